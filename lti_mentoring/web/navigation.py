"""The one line of navigation: what a person can open, at most seven words."""

from dataclasses import dataclass

from flask import request

from lti_mentoring.policies import program as may
from lti_mentoring.policies.actor import Actor
from lti_mentoring.web.addresses import page_address
from lti_mentoring.web.locale import gettext as _

Word = tuple[str, str, tuple[str, ...]]
"""A label, the endpoint that it opens, and the blueprints whose pages belong to it."""


@dataclass(frozen=True)
class Entry:
    """A word in the line; ``is_current`` where the open page belongs to it."""

    label: str
    address: str
    is_current: bool


def entries(actor: Actor) -> list[Entry]:
    """The line for ``actor``, empty when there is only one page anyway."""
    here = request.blueprint
    words = _words(actor)
    if actor.administers_connection:
        words.append((_("Administration"), "connection.show", ("connection",)))
    return [
        Entry(label, page_address(endpoint), here in blueprints)
        for label, endpoint, blueprints in words
    ]


def _words(actor: Actor) -> list[Word]:
    if may.staff(actor):
        return _staff_words(actor)
    if not may.sees_program(actor):
        return []
    mine = ("pairings",) if actor.mentor_id is None else ()
    words: list[Word] = [(_("Home"), "home.show", ("home", "intake", "profile", *mine))]
    if actor.mentor_id is not None:
        words.append((_("Requests"), "requests.inbox", ("requests",)))
        words.append((_("My mentees"), "mentees.index", ("mentees", "pairings")))
    if actor.mentee_id is not None or actor.mentor_id is None:
        asked = ("requests",) if actor.mentor_id is None else ()
        words.append((_("Mentors"), "mentors.index", ("mentors", *asked)))
    if actor.participant_ids:
        words.append((_("Goals"), "goals.index", ("goals", "actions")))
        words.append((_("Sessions"), "sessions.index", ("sessions",)))
    if actor.mentee_id is not None:
        words.append((_("My engagement"), "my_engagement.show", ("my_engagement",)))
    return words


def _staff_words(actor: Actor) -> list[Word]:
    if actor.program_id is None:
        return []
    words: list[Word] = [
        (_("Today"), "today.show", ("today", "home")),
        (_("People"), "pool.index", ("pool", "mentors", "course_links")),
        (_("Pairs"), "pairs.index", ("pairs", "pairings")),
        (_("Engagement"), "engagement.index", ("engagement",)),
    ]
    if may.coordinates(actor):
        words.append((_("Setup"), "programs.settings", ("programs", "program_groups")))
    if may.is_mentor(actor):  # a teaching assistant, say, who was invited to mentor
        words.append((_("My mentor card"), "profile.show", ("profile",)))
        words.append((_("Requests"), "requests.inbox", ("requests",)))
        words.append((_("My mentees"), "mentees.index", ("mentees", "pairings")))
    return words
