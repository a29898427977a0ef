"""The Assignment and Grade Services: line items."""

from flask import Blueprint, Response, g, request
from flask.typing import ResponseReturnValue

from lti_mentoring.sandbox.gradebook import LineItem
from lti_mentoring.sandbox.paging import link_pages, page_of
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
)

blueprint = Blueprint("line_items", __name__, url_prefix="/ags/<course_id>")

FILTERS = {"resource_id": "resource_id", "tag": "tag"}


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
    style = sandbox.accent.grading
    filters = {**FILTERS, style.link_filter: "link_id"}
    wanted = {filters[name]: value for name, value in request.args.items() if name in filters}
    items = [
        item
        for item in sandbox.gradebook.columns(course_id)
        if item.tool == calling_tool().client_id
        and all(getattr(item, name) == value for name, value in wanted.items())
    ]
    page = page_of(items, style.paging)
    g.call_note = f"{len(page.rows)} line items"
    content = [_item_on_wire(sandbox, item) for item in page.rows]
    return link_pages(answer(content, LINE_ITEMS_TYPE), page, style.paging)


@blueprint.post("/lineitems")
@service(LINE_ITEM_SCOPE)
def create_item(sandbox: Sandbox, course_id: str) -> ResponseReturnValue:
    """A new column; asking again makes another one, as most platforms do."""
    item = sandbox.gradebook.create(
        course_id, sent_object(LINE_ITEM_TYPE), tool=calling_tool().client_id
    )
    g.call_note = "column made"
    return answer(
        _item_on_wire(sandbox, item), LINE_ITEM_TYPE, sandbox.accent.grading.created_status
    )


@blueprint.get("/lineitems/<item_id>/lineitem")
@service(LINE_ITEM_SCOPE, LINE_ITEM_READ_SCOPE)
def show_item(sandbox: Sandbox, course_id: str, item_id: str) -> ResponseReturnValue:
    """One line item."""
    require_accept(LINE_ITEM_TYPE)
    item = column_of(sandbox, course_id, item_id)
    return answer(_item_on_wire(sandbox, item), LINE_ITEM_TYPE)


@blueprint.put("/lineitems/<item_id>/lineitem")
@service(LINE_ITEM_SCOPE)
def replace_item(sandbox: Sandbox, course_id: str, item_id: str) -> ResponseReturnValue:
    """Replace the line item; members that are left out are blanked."""
    item = column_of(sandbox, course_id, item_id)
    changed = sandbox.gradebook.update(item, sent_object(LINE_ITEM_TYPE))
    return answer(_item_on_wire(sandbox, changed), LINE_ITEM_TYPE)


@blueprint.delete("/lineitems/<item_id>/lineitem")
@service(LINE_ITEM_SCOPE)
def delete_item(sandbox: Sandbox, course_id: str, item_id: str) -> ResponseReturnValue:
    """Remove a column the tool has made."""
    sandbox.gradebook.delete(column_of(sandbox, course_id, item_id))
    return Response(status=204)


def column_of(sandbox: Sandbox, course_id: str, item_id: str) -> LineItem:
    """One of the calling tool's columns; those of other tools do not exist for it.

    Raises:
        ServiceRefused: 404, if there is none.
    """
    item = sandbox.gradebook.column(course_id, item_id)
    if item.tool != calling_tool().client_id:
        raise ServiceRefused(404, "no such line item in this course")
    return item


def _item_on_wire(sandbox: Sandbox, item: LineItem) -> dict[str, object]:
    members: dict[str, object] = {
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
    if sandbox.accent.grading.nulls:
        return members
    return {name: value for name, value in members.items() if value is not None}
