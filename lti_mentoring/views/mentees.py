"""A mentor's board of mentees."""

from flask import Blueprint, g, render_template
from flask.typing import ResponseReturnValue

from lti_mentoring.core import clock
from lti_mentoring.policies.program import is_mentor
from lti_mentoring.queries.mentees import board_of
from lti_mentoring.web.guards import guarded_by

blueprint = Blueprint("mentees", __name__)


@blueprint.get("/mentees")
@guarded_by(is_mentor)
def index() -> ResponseReturnValue:
    """Each mentee: what comes next, what is open, when we last met."""
    return render_template("mentees/index.html", board=board_of(g.db, g.actor, clock.now()))
