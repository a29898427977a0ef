"""A learner shows a goal, a reflection or the closing words to teaching staff, or stops that."""

from flask import Blueprint, g, redirect, url_for
from flask.typing import ResponseReturnValue

from lti_mentoring.policies.program import is_mentee
from lti_mentoring.policies.showing import Showable
from lti_mentoring.queries.closings import closing_for
from lti_mentoring.queries.goals import goal_for
from lti_mentoring.queries.sessions import note_for, room_for
from lti_mentoring.services import showing
from lti_mentoring.web.guards import guarded_by
from lti_mentoring.web.locale import gettext as _
from lti_mentoring.web.notices import say

blueprint = Blueprint("showing", __name__)


@blueprint.post("/goals/<int:goal_id>/<any(show, hide):answer>")
@guarded_by(is_mentee)
def goal(goal_id: int, answer: str) -> ResponseReturnValue:
    """Staff read the sentence of my goal, or only count it again."""
    _answer(goal_for(g.db, g.actor, goal_id).goal, answer)
    return redirect(url_for("goals.show", goal_id=goal_id, _anchor="staff"), code=303)


@blueprint.post("/sessions/<int:session_id>/note/<any(show, hide):answer>")
@guarded_by(is_mentee)
def note(session_id: int, answer: str) -> ResponseReturnValue:
    """Staff read my note on a session, or I alone do."""
    _answer(note_for(g.db, room_for(g.db, g.actor, session_id)), answer)
    return redirect(url_for("sessions.room", session_id=session_id, _anchor="my-note"), code=303)


@blueprint.post("/closing/<any(show, hide):answer>")
@guarded_by(is_mentee)
def closing(answer: str) -> ResponseReturnValue:
    """Staff read what I take with me, or I alone do."""
    _answer(closing_for(g.db, g.actor), answer)
    return redirect(url_for("closing.show", _anchor="staff"), code=303)


def _answer(text: Showable, answer: str) -> None:
    if answer == "show":
        showing.show(g.db, g.actor, text)
        say(_("Teaching staff can read it now. You can take that back at any time."))
    else:
        showing.stop_showing(g.db, g.actor, text)
        say(_("Teaching staff cannot read it any more."))
