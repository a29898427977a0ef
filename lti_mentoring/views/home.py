"""The page a resource link opens: what is my next step?"""

from collections.abc import Mapping
from typing import Any

from flask import Blueprint, g, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import lazy_gettext as _l

from lti_mentoring.core import clock
from lti_mentoring.forms.fields import MODE_NAMES, language_name
from lti_mentoring.policies.actor import Actor
from lti_mentoring.policies.observing import observes
from lti_mentoring.policies.program import belongs, coordinates, staff
from lti_mentoring.queries.homes import STANDING, Home, home_of
from lti_mentoring.rules.next_step import Kind
from lti_mentoring.services.pairings import SEAT_HELD
from lti_mentoring.vocabulary import Component
from lti_mentoring.web import drafts, locale
from lti_mentoring.web.guards import found_with_sign_in, guarded_by
from lti_mentoring.web.locale import gettext as _

blueprint = Blueprint("home", __name__)

MORNING, NOON, EVENING = 4, 12, 18

GROUPS: Mapping[Kind, str] = {
    **dict.fromkeys(("not_open", "outside", "paused", "closed", "look_back"), "program"),
    **dict.fromkeys(
        ("welcome", "finish_intake", "find_mentor", "wait_for_answer", "wait_for_coordinator"),
        "start",
    ),
    **dict.fromkeys(
        (
            "sign_agreement", "sign_again", "wait_for_signature", "fit_check", "pairing_rests",
            "propose_session",
        ),
        "pair",
    ),
    **dict.fromkeys(
        ("confirm_session", "answer_time", "wait_for_time", "prepare_soon", "prepare_session"),
        "session",
    ),
    **dict.fromkeys(("set_goal", "review_goal", "stretch"), "goal"),
    **dict.fromkeys(
        (
            "answer_invitation", "finish_card", "answer_requests", "wait_for_approval",
            "list_paused", "no_requests", "nothing",
        ),
        "mentor",
    ),
}  # fmt: skip
"""Which template has the words for a step."""

ACTS = {
    Component.AGREEMENT: _l("sign your agreement"),
    Component.NEEDS: _l("say what you want"),
    Component.GOALS_SET: _l("set a goal with two steps"),
    Component.GOAL_PROGRESS: _l("tell how a goal goes"),
    Component.REFLECTION: _l("write down what a session gave you"),
    Component.CLOSURE: _l("look back"),
}


DRAFTS = (
    ("/get-started", _l("What you want and how you like to work")),
    ("/mentors/", _l("A note to a mentor")),
    ("/mentor/card", _l("Your mentor card")),
    ("/goals/new", _l("A new goal")),
    ("/goals/", _l("Something on a goal")),
    ("/sessions/", _l("Something for a session")),
    ("/closing", _l("Looking back")),
)
"""What a kept text is called, by the beginning of its form's path."""


@blueprint.get("/")
@guarded_by(lambda _actor: True)
@found_with_sign_in(STANDING)
def show() -> ResponseReturnValue:
    """The next step of whoever opens it; staff go to Today, or to the setup."""
    actor: Actor = g.actor
    if coordinates(actor) and actor.program_id is None:
        return redirect(url_for("programs.setup"), code=303)
    if staff(actor) and actor.program_id is not None:
        return redirect(url_for("today.show"), code=303)
    if staff(actor) or not belongs(actor):
        return _no_next_step()
    now = clock.now()
    home = home_of(g.unit.connection, actor, g.standing, now)
    pair, here = home.pair, now.astimezone(locale.zone())
    return render_template(
        "home/show.html",
        home=home,
        group=GROUPS[home.step.kind],
        held_until=pair.created_at + SEAT_HELD if pair else None,
        next_act=_act_words(home),
        session_day=_session_day(home),
        greeting=_greeting(here.hour, actor.name),
        today=here.date(),
        drafts=_drafts(),
        language_name=language_name,
        mode_names=MODE_NAMES,
    )


def _no_next_step() -> ResponseReturnValue:
    """Observers have a page of their own; others are told why there is nothing for them."""
    if observes(g.actor):
        return redirect(url_for("observing.show"), code=303)
    return render_template("home/nothing_here.html")


def _act_words(home: Home) -> str:
    """The act that adds most to the score, to complete "Next: …"."""
    act = home.learner.next_act if home.learner else None
    if act is None:
        return ""
    if act.component is Component.SESSIONS:
        return _("hold session %(number)s", number=act.number)
    return str(ACTS.get(act.component, ""))


def _drafts() -> list[dict[str, Any]]:
    """Typed and unsent texts whose forms can still be opened, with what they were about."""
    found: list[dict[str, Any]] = []
    if not g.sign_in.has_drafts:
        return found
    for draft in drafts.waiting(g.unit.connection, g.actor.membership_id):
        title = next((words for start, words in DRAFTS if draft.path.startswith(start)), None)
        if title is not None:
            address = url_for("home.show").rstrip("/") + draft.path
            found.append({"title": title, "address": address, "saved_at": draft.saved_at})
    return found


def _session_day(home: Home) -> str:
    """The day of the session that comes next: "tomorrow", "Thursday", or its date."""
    if home.session is None:
        return ""
    starts_on = home.session.starts_at.astimezone(locale.zone()).date()
    days = (starts_on - clock.now().astimezone(locale.zone()).date()).days
    if 1 < days < locale.NEAR_DAYS:
        return locale.weekday_name(starts_on.weekday())
    return locale.near_day(starts_on)


def _greeting(hour: int, name: str) -> str:
    if not name:
        return _("Hello")
    if MORNING <= hour < NOON:
        return _("Good morning, %(name)s", name=name)
    if NOON <= hour < EVENING:
        return _("Good afternoon, %(name)s", name=name)
    return _("Good evening, %(name)s", name=name)
