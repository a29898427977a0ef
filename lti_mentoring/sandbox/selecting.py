"""Adding activities: an instructor selects content of a tool, or takes the tool as it is."""

from dataclasses import replace

from flask import Blueprint, abort, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from lti_mentoring.sandbox.content_items import AnswerRefused, ContentItem, read_answer
from lti_mentoring.sandbox.dialogs import Dialog, DialogOver
from lti_mentoring.sandbox.state import Sandbox, current_sandbox
from lti_mentoring.sandbox.tools import Tool
from lti_mentoring.sandbox.vocabulary import DEEP_LINKING, Role
from lti_mentoring.sandbox.world import Activity

blueprint = Blueprint("selecting", __name__, url_prefix="/courses/<course_id>")

MAY_ADD = {Role.INSTRUCTOR, Role.ADMIN}


@blueprint.get("/as/<person_id>/add")
def choose(course_id: str, person_id: str) -> ResponseReturnValue:
    """The tools that can be added to the course."""
    sandbox = current_sandbox()
    _require_instructor(sandbox, course_id, person_id)
    return render_template(
        "add.html",
        course=sandbox.world.course(course_id),
        person=sandbox.world.person(person_id),
        tools=[(tool, _placements(sandbox, tool)) for tool in sandbox.tools if _offered(tool)],
    )


@blueprint.get("/as/<person_id>/add/<client_id>")
def select(course_id: str, person_id: str, client_id: str) -> ResponseReturnValue:
    """The tool's content in a frame."""
    sandbox = current_sandbox()
    tool = _tool_for(sandbox, course_id, person_id, client_id)
    return render_template(
        "select.html",
        course=sandbox.world.course(course_id),
        person=sandbox.world.person(person_id),
        tool=tool,
        placement=request.args.get("placement", ""),
    )


@blueprint.get("/as/<person_id>/add/<client_id>/open")
def open_dialog(course_id: str, person_id: str, client_id: str) -> ResponseReturnValue:
    """Send the browser to the tool's login, for a selection."""
    sandbox = current_sandbox()
    tool = _tool_for(sandbox, course_id, person_id, client_id)
    return render_template(
        "handover.html",
        title=f"Opening {tool.name}",
        action=tool.login_url,
        method=sandbox.accent.login.method,
        fields=sandbox.begin_dialog(
            person_id, course_id, client_id=client_id, placement=request.args.get("placement", "")
        ),
    )


@blueprint.post("/as/<person_id>/add/<client_id>")
def add_as_it_is(course_id: str, person_id: str, client_id: str) -> ResponseReturnValue:
    """Place the tool without choosing content."""
    sandbox = current_sandbox()
    tool = _tool_for(sandbox, course_id, person_id, client_id)
    placed = sandbox.world.place(
        course_id, Activity("", tool.name, tool.description, tool=client_id)
    )
    return redirect(url_for("pages.course", course_id=course_id, activity=placed.id), 303)


@blueprint.post("/deep_linking_response")
def take_answer(course_id: str) -> ResponseReturnValue:
    """What the tool answers, posted by the browser; shown in the frame."""
    sandbox = current_sandbox()
    try:
        dialog = sandbox.dialogs.find(request.args.get("dialog", ""))
        answer = read_answer(sandbox, dialog, request.form.get("JWT", ""))
    except (AnswerRefused, DialogOver) as refused:
        return _said(course_id, "The answer was refused", error=str(refused)), 400
    dialog = sandbox.dialogs.answer(dialog, answer.items)
    if not answer.items:
        return _said(course_id, "Nothing was added", message=answer.message, error=answer.error)
    if sandbox.accent.dialog.asks_before_saving:
        return render_template("save.html", course_id=course_id, dialog=dialog)
    placed = _save(sandbox, dialog, dialog.items)
    return _said(course_id, "Your activities were added", message=answer.message, placed=placed)


@blueprint.post("/selections/<dialog_id>")
def save(course_id: str, dialog_id: str) -> ResponseReturnValue:
    """Save what was selected; a single item with what the instructor has changed about it."""
    sandbox = current_sandbox()
    try:
        dialog = sandbox.dialogs.waiting(dialog_id)
    except DialogOver as over:
        return _said(course_id, "Nothing was added", error=str(over)), 404
    items = dialog.items
    if len(items) == 1:
        title, text = request.form.get("title", ""), request.form.get("text", "")
        items = (replace(items[0], title=title or items[0].title, text=text),)
    placed = _save(sandbox, dialog, items)
    return redirect(url_for("pages.course", course_id=course_id, activity=placed[0].id), 303)


def _save(sandbox: Sandbox, dialog: Dialog, items: tuple[ContentItem, ...]) -> list[Activity]:
    with sandbox.lock:
        sandbox.dialogs.end(dialog)
        return [sandbox.place(dialog.course_id, dialog.client_id, item) for item in items]


def _said(
    course_id: str,
    title: str,
    *,
    message: str = "",
    error: str = "",
    placed: list[Activity] | None = None,
) -> str:
    return render_template(
        "selected.html",
        title=title,
        course=current_sandbox().world.course(course_id),
        message=message,
        error=error,
        placed=placed or [],
    )


def _require_instructor(sandbox: Sandbox, course_id: str, person_id: str) -> None:
    enrollment = sandbox.world.enrollment(course_id, person_id)
    if enrollment.role not in MAY_ADD or enrollment.suspended:
        abort(403, "Only instructors add activities.")


def _tool_for(sandbox: Sandbox, course_id: str, person_id: str, client_id: str) -> Tool:
    _require_instructor(sandbox, course_id, person_id)
    tool = sandbox.tools.find(client_id)
    if not _offered(tool):
        abort(403, "An administrator has yet to activate this tool, or to show it in courses.")
    return tool


def _offered(tool: Tool) -> bool:
    return tool.is_active and tool.in_courses


def _placements(sandbox: Sandbox, tool: Tool) -> list[str]:
    """Where content of the tool can be selected; a place without a name is just the course."""
    message = tool.message(DEEP_LINKING)
    if message is None:
        return []
    asked = [each for each in message.placements if each in sandbox.accent.dialog.placements]
    return asked or list(sandbox.accent.dialog.placements)[:1]
