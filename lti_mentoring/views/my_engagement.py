"""A learner's own engagement: the score with every reason, and what the teacher sees of it."""

from collections.abc import Callable

from flask import Blueprint, g, redirect, render_template, url_for
from flask.typing import ResponseReturnValue

from lti_mentoring.core import clock
from lti_mentoring.policies.program import is_mentee
from lti_mentoring.queries.my_engagement import MyEngagement, my_engagement
from lti_mentoring.queries.observing import followers, observation_for
from lti_mentoring.rules.engagement import NextAct, next_best
from lti_mentoring.services import observing
from lti_mentoring.vocabulary import Component
from lti_mentoring.web.guards import guarded_by
from lti_mentoring.web.locale import gettext as _
from lti_mentoring.web.notices import say

blueprint = Blueprint("my_engagement", __name__)

WAYS: dict[Component, Callable[[], str]] = {
    Component.NEEDS: lambda: url_for("home.show"),
    Component.SESSIONS: lambda: url_for("sessions.index"),
    Component.GOALS_SET: lambda: url_for("goals.index"),
    Component.GOAL_PROGRESS: lambda: url_for("goals.index"),
    Component.REFLECTION: lambda: url_for("sessions.index"),
    Component.CLOSURE: lambda: url_for("closing.show"),
}
"""Where something can be done about a component, whoever the mentor is."""


@blueprint.get("/my-engagement")
@guarded_by(is_mentee)
def show() -> ResponseReturnValue:
    """My score, what it is made of, and the next best act."""
    mine = my_engagement(g.db, g.actor.mentee_id, g.actor.program_id, clock.now())
    act = _next_act(mine)
    return render_template(
        "my_engagement/show.html",
        mine=mine,
        act=act,
        ways=_ways(mine),
        followers=followers(g.db, g.actor),
    )


@blueprint.post("/my-engagement/followers/<int:observation_id>/<any(share, stop):answer>")
@guarded_by(is_mentee)
def answer_follower(observation_id: int, answer: str) -> ResponseReturnValue:
    """Somebody who follows me sees my numbers, or nothing again."""
    observation = observation_for(g.db, g.actor, observation_id)
    if answer == "share":
        observing.share(g.db, g.actor, observation)
        say(_("Your numbers are shown now. You can stop that at any time."))
    else:
        observing.stop_sharing(g.db, g.actor, observation)
        say(_("Nothing is shown any more."))
    return redirect(url_for("my_engagement.show"), code=303)


def _ways(mine: MyEngagement) -> dict[Component, str]:
    """Where something can be done about each component.

    Agreement and feedback are given on the page of the pair, and nowhere without one.
    """
    ways = {component: way() for component, way in WAYS.items()}
    if mine.pairing_id is not None:
        pair = url_for("pairings.show", pairing_id=mine.pairing_id)
        ways |= {Component.AGREEMENT: pair, Component.FEEDBACK: f"{pair}#fit"}
    return ways


def _next_act(mine: MyEngagement) -> NextAct | None:
    """What helps most of all that can be done now."""
    return next_best(mine.current, mine.doable) if mine.current else None
