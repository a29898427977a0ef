"""The Assignment and Grade Services: line items, scores and results."""

from flask import Blueprint, Response, g, request
from flask.typing import ResponseReturnValue

from lti_mentoring.sandbox.gradebook import Grade, LineItem
from lti_mentoring.sandbox.paging import link_next, page_of
from lti_mentoring.sandbox.service import (
    ServiceRefused,
    answer,
    calling_tool,
    require_accept,
    sent_object,
    service,
)
from lti_mentoring.sandbox.state import Sandbox, current_sandbox
from lti_mentoring.sandbox.vocabulary import (
    LINE_ITEM_READ_SCOPE,
    LINE_ITEM_SCOPE,
    LINE_ITEM_TYPE,
    LINE_ITEMS_TYPE,
    RESULT_SCOPE,
    RESULTS_TYPE,
    SCORE_SCOPE,
    SCORE_TYPE,
)

blueprint = Blueprint("line_items", __name__, url_prefix="/ags/<course_id>")

FILTERS = {"resource_link_id": "link_id", "resource_id": "resource_id", "tag": "tag"}


@blueprint.before_request
def require_whole_address() -> Response | None:
    """A service URL belongs to its query: who drops ``type_id`` asks for something else.

    Raises:
        ServiceRefused: 404, for such an address and for an unknown course.
    """
    sandbox = current_sandbox()
    numbers = {str(tool.number) for tool in sandbox.tools}
    if sandbox.accent.service_query and request.args.get("type_id") not in numbers:
        raise ServiceRefused(404, "no such service: the query type_id is part of the address")
    if (request.view_args or {}).get("course_id") not in sandbox.world.courses:
        raise ServiceRefused(404, "no such course")
    return None


@blueprint.get("/lineitems")
@service(LINE_ITEM_SCOPE, LINE_ITEM_READ_SCOPE)
def list_items(sandbox: Sandbox, course_id: str) -> ResponseReturnValue:
    """The course's line items, filtered as AGS allows, in pages if asked for."""
    require_accept(LINE_ITEMS_TYPE)
    wanted = {FILTERS[name]: value for name, value in request.args.items() if name in FILTERS}
    items = [
        item
        for item in sandbox.gradebook.columns(course_id)
        if item.tool == calling_tool().client_id
        and all(getattr(item, name) == value for name, value in wanted.items())
    ]
    page, following = page_of(items)
    g.call_note = f"{len(page)} line items"
    content = [_item_on_wire(sandbox, item) for item in page]
    return link_next(answer(content, LINE_ITEMS_TYPE), following)


@blueprint.post("/lineitems")
@service(LINE_ITEM_SCOPE)
def create_item(sandbox: Sandbox, course_id: str) -> ResponseReturnValue:
    """A new column; asking again makes another one, as most platforms do."""
    item = sandbox.gradebook.create(
        course_id, sent_object(LINE_ITEM_TYPE), tool=calling_tool().client_id
    )
    g.call_note = "column made"
    return answer(_item_on_wire(sandbox, item), LINE_ITEM_TYPE, 201)


@blueprint.get("/lineitems/<item_id>/lineitem")
@service(LINE_ITEM_SCOPE, LINE_ITEM_READ_SCOPE)
def show_item(sandbox: Sandbox, course_id: str, item_id: str) -> ResponseReturnValue:
    """One line item."""
    require_accept(LINE_ITEM_TYPE)
    item = _column(sandbox, course_id, item_id)
    return answer(_item_on_wire(sandbox, item), LINE_ITEM_TYPE)


@blueprint.put("/lineitems/<item_id>/lineitem")
@service(LINE_ITEM_SCOPE)
def replace_item(sandbox: Sandbox, course_id: str, item_id: str) -> ResponseReturnValue:
    """Replace the line item; members that are left out are blanked."""
    item = _column(sandbox, course_id, item_id)
    changed = sandbox.gradebook.update(item, sent_object(LINE_ITEM_TYPE))
    return answer(_item_on_wire(sandbox, changed), LINE_ITEM_TYPE)


@blueprint.delete("/lineitems/<item_id>/lineitem")
@service(LINE_ITEM_SCOPE)
def delete_item(sandbox: Sandbox, course_id: str, item_id: str) -> ResponseReturnValue:
    """Remove a column the tool has made."""
    sandbox.gradebook.delete(_column(sandbox, course_id, item_id))
    return Response(status=204)


@blueprint.post("/lineitems/<item_id>/lineitem/scores")
@service(SCORE_SCOPE)
def take_score(sandbox: Sandbox, course_id: str, item_id: str) -> ResponseReturnValue:
    """Enter one person's score; success is an empty 200, as in Moodle."""
    item = _column(sandbox, course_id, item_id)
    score = sent_object(SCORE_TYPE)
    if sandbox.temper.refuse_scores:
        raise ServiceRefused(400, sandbox.temper.refuse_scores)
    grade = sandbox.gradebook.take_score(item, score)
    g.call_note = "cleared" if grade.score is None else f"{grade.score:g} of {grade.maximum:g}"
    return Response(status=200)


@blueprint.get("/lineitems/<item_id>/lineitem/results")
@service(RESULT_SCOPE)
def list_results(sandbox: Sandbox, course_id: str, item_id: str) -> ResponseReturnValue:
    """What stands in the column now, for everybody or for one ``user_id``."""
    require_accept(RESULTS_TYPE)
    item = _column(sandbox, course_id, item_id)
    wanted = request.args.get("user_id")
    rows = [
        _result_on_wire(sandbox, item, person_id, grade)
        for person_id, grade in sandbox.gradebook.grades(item.id)
        if wanted in (None, person_id)
    ]
    page, following = page_of(rows)
    g.call_note = f"{len(page)} results"
    return link_next(answer(page, RESULTS_TYPE), following)


def _column(sandbox: Sandbox, course_id: str, item_id: str) -> LineItem:
    """One of the calling tool's columns; those of other tools do not exist for it."""
    item = sandbox.gradebook.column(course_id, item_id)
    if item.tool != calling_tool().client_id:
        raise ServiceRefused(404, "no such line item in this course")
    return item


def _item_on_wire(sandbox: Sandbox, item: LineItem) -> dict[str, object]:
    members = {
        "id": sandbox.line_item_url(item),
        "label": item.label,
        "scoreMaximum": item.maximum,
        "resourceLinkId": item.link_id,
        "resourceId": item.resource_id,
        "tag": item.tag,
        "startDateTime": item.start,
        "endDateTime": item.end,
        "submissionReview": item.review,
    }
    return {name: value for name, value in members.items() if value is not None}


def _result_on_wire(
    sandbox: Sandbox, item: LineItem, person_id: str, grade: Grade
) -> dict[str, object]:
    address, _, query = sandbox.line_item_url(item).partition("?")
    result: dict[str, object] = {
        "id": f"{address}/results/{person_id}?{query}",
        "scoreOf": sandbox.line_item_url(item),
        "userId": person_id,
        "resultMaximum": item.maximum,
    }
    if grade.score is not None:
        result["resultScore"] = grade.score
    if grade.comment:
        result["comment"] = grade.comment
    return result
