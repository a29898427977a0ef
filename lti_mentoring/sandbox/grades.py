"""The gradebook's pages: learners by columns, and what an instructor does there."""

from collections.abc import Sequence
from dataclasses import dataclass

from flask import Blueprint, abort, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from lti_mentoring.sandbox.gradebook import Grade, LineItem
from lti_mentoring.sandbox.staff_launches import can_be_reviewed, review_launch
from lti_mentoring.sandbox.state import Sandbox, current_sandbox
from lti_mentoring.sandbox.vocabulary import Role
from lti_mentoring.sandbox.world import NotInWorld, Person

blueprint = Blueprint("grades", __name__, url_prefix="/courses/<course_id>/gradebook")


@dataclass(frozen=True)
class GradeRow:
    """One learner's line in the gradebook: a cell for each column."""

    person: Person
    cells: Sequence[tuple[LineItem, Grade | None]]


@blueprint.get("")
def gradebook(course_id: str) -> ResponseReturnValue:
    """Learners by columns, with scores and comments."""
    sandbox = current_sandbox()
    wanted = request.args.get("q", "").casefold().strip()
    with sandbox.lock:
        members = list(sandbox.world.members(course_id))
        columns = sandbox.gradebook.columns(course_id)
        rows = [
            GradeRow(person, [(col, sandbox.gradebook.grade(col.id, person.id)) for col in columns])
            for person, enrollment in members
            if enrollment.role is Role.LEARNER and wanted in person.name.casefold()
        ]
        return render_template(
            "gradebook.html",
            course=sandbox.world.course(course_id),
            columns=columns,
            rows=rows,
            reviewed={col.id for col in columns if can_be_reviewed(sandbox, col)},
            q=request.args.get("q", ""),
        )


@blueprint.post("/<item_id>/delete")
def delete_column(course_id: str, item_id: str) -> ResponseReturnValue:
    """An instructor takes a column out of the gradebook; the tool is not told."""
    sandbox = current_sandbox()
    for item in sandbox.gradebook.columns(course_id):
        if item.id == item_id:
            sandbox.gradebook.remove(item)
    return redirect(url_for("grades.gradebook", course_id=course_id), 303)


@blueprint.post("/<item_id>/lock")
def lock_column(course_id: str, item_id: str) -> ResponseReturnValue:
    """Keep the tool's scores out of a column, or let them in again."""
    sandbox = current_sandbox()
    item = _column(sandbox, course_id, item_id)
    sandbox.gradebook.lock(item, locked=not item.locked)
    return redirect(url_for("grades.gradebook", course_id=course_id), 303)


@blueprint.post("/<item_id>/edit")
def edit_column(course_id: str, item_id: str) -> ResponseReturnValue:
    """An instructor gives a column another label, or other points."""
    sandbox = current_sandbox()
    item = _column(sandbox, course_id, item_id)
    maximum = request.form.get("maximum", type=float)
    if maximum is None or maximum <= 0:
        abort(400, "A column has at least some points.")
    label = request.form.get("label", "").strip() or item.label
    sandbox.gradebook.edit(item, label=label, maximum=maximum)
    return redirect(url_for("grades.gradebook", course_id=course_id), 303)


@blueprint.get("/<item_id>/grade/<person_id>")
def grade(course_id: str, item_id: str, person_id: str) -> ResponseReturnValue:
    """One cell: what stands there, and a field to type another grade."""
    sandbox = current_sandbox()
    item = _column(sandbox, course_id, item_id)
    sandbox.world.enrollment(course_id, person_id)
    found = sandbox.gradebook.grade(item.id, person_id)
    return render_template(
        "grade.html",
        course=sandbox.world.course(course_id),
        item=item,
        learner=sandbox.world.person(person_id),
        grade=found,
        scorer=_scorer(sandbox, found),
    )


@blueprint.post("/<item_id>/grade/<person_id>")
def type_grade(course_id: str, item_id: str, person_id: str) -> ResponseReturnValue:
    """An instructor's grade, which later scores do not change; or the tool's own again."""
    sandbox = current_sandbox()
    item = _column(sandbox, course_id, item_id)
    sandbox.world.enrollment(course_id, person_id)
    if "clear" in request.form:
        sandbox.gradebook.clear_override(item, person_id)
    else:
        score = request.form.get("score", type=float)
        if score is None or not 0 <= score <= item.maximum:
            abort(400, f"A grade is a number from 0 to {item.maximum:g}.")
        sandbox.gradebook.override(item, person_id, score, sandbox.clock())
    return redirect(url_for("grades.gradebook", course_id=course_id), 303)


@blueprint.get("/<item_id>/review/<person_id>")
def review(course_id: str, item_id: str, person_id: str) -> ResponseReturnValue:
    """One learner's work in a frame, as an instructor, or as whoever ``viewer`` names."""
    sandbox = current_sandbox()
    item = _reviewable(sandbox, course_id, item_id)
    viewer = request.args.get("viewer") or _instructor(sandbox, course_id)
    return render_template(
        "review.html",
        course=sandbox.world.course(course_id),
        item=item,
        learner=sandbox.world.person(person_id),
        viewer=sandbox.world.person(viewer),
        tool_origin=sandbox.tools.find(item.tool).origin,
    )


@blueprint.get("/<item_id>/review/<person_id>/open")
def open_review(course_id: str, item_id: str, person_id: str) -> ResponseReturnValue:
    """Send the browser to the tool's login, for a review."""
    sandbox = current_sandbox()
    item = _reviewable(sandbox, course_id, item_id)
    viewer = request.args.get("viewer") or _instructor(sandbox, course_id)
    launch = review_launch(sandbox, course_id, item.id, viewer=viewer, learner=person_id)
    return render_template(
        "handover.html",
        title=f"Opening {item.label}",
        action=sandbox.tools.find(item.tool).login_url,
        method=sandbox.accent.login.method,
        fields=sandbox.begin(launch),
    )


def _scorer(sandbox: Sandbox, found: Grade | None) -> Person | None:
    if found is None or not found.origin.scored_by:
        return None
    return sandbox.world.person(found.origin.scored_by)


def _column(sandbox: Sandbox, course_id: str, item_id: str) -> LineItem:
    for item in sandbox.gradebook.columns(course_id):
        if item.id == item_id:
            return item
    raise NotInWorld("no such column")


def _reviewable(sandbox: Sandbox, course_id: str, item_id: str) -> LineItem:
    item = _column(sandbox, course_id, item_id)
    if not can_be_reviewed(sandbox, item):
        raise NotInWorld("nothing can be reviewed there")
    return item


def _instructor(sandbox: Sandbox, course_id: str) -> str:
    for person, enrollment in sandbox.world.members(course_id):
        if enrollment.role is Role.INSTRUCTOR:
            return person.id
    raise NotInWorld("this course has no instructor")
