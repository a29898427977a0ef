"""A learner's own engagement: the score with every reason, and what the teacher sees of it."""

from collections.abc import Callable

from flask import Blueprint, g, render_template, url_for
from flask.typing import ResponseReturnValue

from lti_mentoring.core import clock
from lti_mentoring.policies.program import is_mentee
from lti_mentoring.queries.my_engagement import MyEngagement, my_engagement
from lti_mentoring.rules.engagement import NextAct, next_best
from lti_mentoring.vocabulary import Component
from lti_mentoring.web.guards import guarded_by

blueprint = Blueprint("my_engagement", __name__)

WAYS: dict[Component, Callable[[], str]] = {
    Component.AGREEMENT: lambda: url_for("home.show"),
    Component.NEEDS: lambda: url_for("home.show"),
    Component.SESSIONS: lambda: url_for("sessions.index"),
    Component.GOALS_SET: lambda: url_for("goals.index"),
    Component.GOAL_PROGRESS: lambda: url_for("goals.index"),
    Component.REFLECTION: lambda: url_for("sessions.index"),
    Component.FEEDBACK: lambda: url_for("home.show"),
    Component.CLOSURE: lambda: url_for("closing.show"),
}
"""Where something can be done about a component."""


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
        ways={component: way() for component, way in WAYS.items()},
    )


def _next_act(mine: MyEngagement) -> NextAct | None:
    """What helps most of all that can be done now."""
    return next_best(mine.current, mine.doable) if mine.current else None
