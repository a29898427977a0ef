"""The pages' buttons for what teachers and registrars change in a course that runs."""

from flask import Blueprint, redirect, request, url_for
from flask.typing import ResponseReturnValue

from lti_mentoring.sandbox.state import current_sandbox

blueprint = Blueprint("changes", __name__, url_prefix="/courses/<course_id>")


@blueprint.post("/activities/delete")
def delete_activity(course_id: str) -> ResponseReturnValue:
    """Delete the activity that ``activity`` names; the tool is not told."""
    current_sandbox().delete_activity(request.form.get("activity", ""))
    return redirect(url_for("pages.course", course_id=course_id), 303)


@blueprint.post("/sections/move")
def move_section(course_id: str) -> ResponseReturnValue:
    """List the section that ``section`` names in another course, ``into``."""
    into = request.form.get("into", "")
    current_sandbox().world.move_section(request.form.get("section", ""), course_id, into)
    return redirect(url_for("pages.course", course_id=course_id), 303)
