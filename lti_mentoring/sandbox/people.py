"""The People page: a registrar's edits to who is in a course."""

from flask import Blueprint, abort, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from lti_mentoring.sandbox.state import current_sandbox
from lti_mentoring.sandbox.vocabulary import Role

blueprint = Blueprint("people", __name__, url_prefix="/courses/<course_id>/people")


@blueprint.get("")
def roster(course_id: str) -> ResponseReturnValue:
    """Everybody in the course, and who could be added."""
    world = current_sandbox().world
    wanted = request.args.get("q", "").casefold().strip()
    with world.lock:
        members = [pair for pair in world.members(course_id) if wanted in pair[0].name.casefold()]
        return render_template(
            "people.html",
            course=world.course(course_id),
            members=members[:100],
            count=len(members),
            candidates=world.candidates(course_id),
            q=request.args.get("q", ""),
        )


@blueprint.post("")
def add(course_id: str) -> ResponseReturnValue:
    """Put somebody into the course, or back into it."""
    role = _role(request.form.get("role", Role.LEARNER))
    current_sandbox().world.enroll(course_id, request.form.get("person", ""), role)
    return _back(course_id)


@blueprint.post("/<person_id>/suspend")
def suspend(course_id: str, person_id: str) -> ResponseReturnValue:
    """Keep somebody on the roster, inactive."""
    current_sandbox().world.suspend(course_id, person_id)
    return _back(course_id)


@blueprint.post("/<person_id>/reinstate")
def reinstate(course_id: str, person_id: str) -> ResponseReturnValue:
    """End a suspension."""
    current_sandbox().world.reinstate(course_id, person_id)
    return _back(course_id)


@blueprint.post("/<person_id>/remove")
def remove(course_id: str, person_id: str) -> ResponseReturnValue:
    """Take somebody off the roster."""
    current_sandbox().world.remove(course_id, person_id)
    return _back(course_id)


@blueprint.post("/<person_id>/role")
def change_role(course_id: str, person_id: str) -> ResponseReturnValue:
    """Give somebody another role in the course."""
    current_sandbox().world.change_role(course_id, person_id, _role(request.form.get("role", "")))
    return _back(course_id)


@blueprint.post("/<person_id>/groups")
def regroup(course_id: str, person_id: str) -> ResponseReturnValue:
    """Put somebody into these groups of the course, and out of all others."""
    groups = tuple(sorted(set(request.form.getlist("group"))))
    current_sandbox().world.regroup(course_id, person_id, groups)
    return _back(course_id)


def _role(name: str) -> Role:
    try:
        return Role(name)
    except ValueError:
        abort(400, "There is no such role.")


def _back(course_id: str) -> ResponseReturnValue:
    here = url_for("people.roster", course_id=course_id, q=request.args.get("q") or None)
    return redirect(here, 303)
