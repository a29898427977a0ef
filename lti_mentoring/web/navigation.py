"""The one line of navigation: what a person can open, at most seven words."""

from dataclasses import dataclass

from flask import request
from flask_babel import gettext as _

from lti_mentoring.policies import program as may
from lti_mentoring.policies.actor import Actor
from lti_mentoring.web.addresses import page_address


@dataclass(frozen=True)
class Entry:
    """A word in the line; ``is_current`` where the open page belongs to it."""

    label: str
    address: str
    is_current: bool


def entries(actor: Actor) -> list[Entry]:
    """The line for ``actor``, empty when there is only one page anyway."""
    if may.staff(actor):
        return _staff_entries(actor)
    if not may.sees_program(actor):
        return []
    words = [_entry(_("Home"), "home.show", ("home", "intake", "profile"))]
    if actor.mentor_id is not None:
        words.append(_entry(_("Requests"), "requests.inbox", ("requests",)))
        words.append(_entry(_("My mentees"), "mentees.index", ("mentees",)))
    if actor.mentee_id is not None or actor.mentor_id is None:
        words.append(_entry(_("Mentors"), "mentors.index", ("mentors",)))
    if actor.participant_ids:
        words.append(_entry(_("Goals"), "goals.index", ("goals", "actions")))
        words.append(_entry(_("Sessions"), "sessions.index", ("sessions",)))
    if actor.mentee_id is not None:
        words.append(_entry(_("My engagement"), "my_engagement.show", ("my_engagement",)))
    return words


def _staff_entries(actor: Actor) -> list[Entry]:
    if actor.program_id is None:
        return []
    words = [
        _entry(_("Today"), "today.show", ("today", "home")),
        _entry(_("People"), "pool.index", ("pool",)),
        _entry(_("Pairs"), "pairs.index", ("pairs",)),
        _entry(_("Engagement"), "engagement.index", ("engagement",)),
    ]
    if may.coordinates(actor):
        words.append(_entry(_("Setup"), "programs.settings", ("programs",)))
    if may.is_mentor(actor):  # a teaching assistant, say, who was invited to mentor
        words.append(_entry(_("My mentor card"), "profile.show", ("profile",)))
        words.append(_entry(_("Requests"), "requests.inbox", ("requests",)))
        words.append(_entry(_("My mentees"), "mentees.index", ("mentees",)))
    return words


def _entry(label: str, endpoint: str, blueprints: tuple[str, ...]) -> Entry:
    return Entry(label, page_address(endpoint), request.blueprint in blueprints)
