"""The pages' buttons for copies."""

from flask import Blueprint, redirect, request, url_for
from flask.typing import ResponseReturnValue

from lti_mentoring.sandbox.copying import copy_course, duplicate, import_course
from lti_mentoring.sandbox.state import current_sandbox

blueprint = Blueprint("copies", __name__, url_prefix="/courses/<course_id>")


@blueprint.post("/copy")
def copy(course_id: str) -> ResponseReturnValue:
    """A new course like this one."""
    copied = copy_course(current_sandbox(), course_id)
    return redirect(url_for("pages.course", course_id=copied.id), 303)


@blueprint.post("/import")
def import_into(course_id: str) -> ResponseReturnValue:
    """This course's content in another course, which ``into`` names."""
    target = import_course(current_sandbox(), course_id, request.form.get("into", ""))
    return redirect(url_for("pages.course", course_id=target.id), 303)


@blueprint.post("/duplicate")
def duplicate_activity(course_id: str) -> ResponseReturnValue:
    """The activity that ``activity`` names, once more."""
    copied = duplicate(current_sandbox(), request.form.get("activity", ""))
    return redirect(url_for("pages.course", course_id=course_id, activity=copied.id), 303)
