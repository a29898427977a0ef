"""The way from a course into the administration of its LMS's connection."""

from flask import Blueprint, g, render_template
from flask.typing import ResponseReturnValue

from lti_mentoring.policies.administrator import opens_connection
from lti_mentoring.queries.connections import registration_of
from lti_mentoring.services import administration
from lti_mentoring.web.guards import guarded_by

blueprint = Blueprint("connection", __name__)


@blueprint.get("/connection")
@guarded_by(opens_connection)
def show() -> ResponseReturnValue:
    """What is there, and the button that makes a link to it."""
    return render_template("connection/show.html", path=None)


@blueprint.post("/connection")
@guarded_by(opens_connection)
def open_it() -> ResponseReturnValue:
    """A one-time link: the administration stands in no frame, and has a login of its own."""
    code = administration.make_link(
        g.db,
        registration_id=registration_of(g.db, g.actor.course_id),
        membership_id=g.actor.membership_id,
    )
    return render_template("connection/show.html", path=administration.path_of(code))
