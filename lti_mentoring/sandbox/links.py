"""The Link and Content Service: a tool's own links in a course, listed and changed.

Source: what tools that speak it send and expect, and the claim of a Blackboard Learn; LTI-147.
"""

from collections.abc import Mapping
from dataclasses import replace

from flask import Blueprint, g, request
from flask.typing import ResponseReturnValue

from lti_mentoring.sandbox.paging import link_pages, page_of
from lti_mentoring.sandbox.service import (
    ServiceRefused,
    answer,
    calling_tool,
    require_accept,
    sent_object,
    service,
)
from lti_mentoring.sandbox.service_habits import Paging
from lti_mentoring.sandbox.state import Sandbox
from lti_mentoring.sandbox.tools import origin_of
from lti_mentoring.sandbox.vocabulary import LINK_ITEM, LINKS_READ_SCOPE, LINKS_UPDATE_SCOPE
from lti_mentoring.sandbox.world import Activity, Course, NotInWorld

blueprint = Blueprint("links", __name__, url_prefix="/links/<course_id>")

JSON = "application/json"
PAGES = Paging(size=25)
READ_ONLY = ("published",)  # besides the ids, which nobody would change


@blueprint.get("")
@service(LINKS_READ_SCOPE)
def list_links(sandbox: Sandbox, course_id: str) -> ResponseReturnValue:
    """The calling tool's links; ``type`` and ``resource_link_id`` apply."""
    require_accept(JSON)
    course = _course(sandbox, course_id)
    wanted = request.args.get("resource_link_id")
    is_known_kind = request.args.get("type", LINK_ITEM) == LINK_ITEM
    links = [
        each
        for each in course.activities
        if each.tool == calling_tool().client_id and wanted in {None, each.id} and is_known_kind
    ]
    page = page_of(links, PAGES)
    g.call_note = f"{len(page.rows)} links"
    content = {"items": [_on_wire(sandbox, course, each) for each in page.rows]}
    return link_pages(answer(content, JSON), page, PAGES)


@blueprint.get("/<link_id>")
@service(LINKS_READ_SCOPE)
def show_link(sandbox: Sandbox, course_id: str, link_id: str) -> ResponseReturnValue:
    """One link."""
    require_accept(JSON)
    course, link = _link(sandbox, course_id, link_id)
    return answer(_on_wire(sandbox, course, link), JSON)


@blueprint.put("/<link_id>")
@service(LINKS_UPDATE_SCOPE)
def replace_link(sandbox: Sandbox, course_id: str, link_id: str) -> ResponseReturnValue:
    """Replace the link; members that are left out are removed, those of the LMS's own ignored."""
    course, link = _link(sandbox, course_id, link_id)
    sent = sent_object(JSON)
    title, text, url, custom = (sent.get(name) for name in ("title", "text", "url", "custom"))
    if sent.get("type") != LINK_ITEM:
        raise ServiceRefused(400, f"type must be {LINK_ITEM}")
    if not isinstance(title, str) or not title:
        raise ServiceRefused(400, "a link needs a title")
    changed = replace(
        link,
        title=title,
        description=_text(text, "text"),
        target=_address(url),
        custom=_parameters(custom),
    )
    sandbox.world.replace_activity(course.id, changed)
    g.call_note = f"link is now {title}"
    return answer(_on_wire(sandbox, course, changed), JSON)


def _text(value: object, name: str) -> str:
    if value is not None and not isinstance(value, str):
        raise ServiceRefused(400, f"{name} must be a text")
    return value or ""


def _address(value: object) -> str:
    url = _text(value, "url")
    if url and origin_of(url) != calling_tool().origin:
        raise ServiceRefused(400, "url must be an address of the tool")
    return url


def _parameters(value: object) -> dict[str, object]:
    custom = {} if value is None else value
    if not isinstance(custom, dict) or not all(isinstance(each, str) for each in custom.values()):
        raise ServiceRefused(400, "custom must be an object of texts")
    return dict(custom)


def _course(sandbox: Sandbox, course_id: str) -> Course:
    try:
        return sandbox.world.course(course_id)
    except NotInWorld:
        raise ServiceRefused(404, "no such course") from None


def _link(sandbox: Sandbox, course_id: str, link_id: str) -> tuple[Course, Activity]:
    course = _course(sandbox, course_id)
    for link in course.activities:
        if link.id == link_id and link.tool == calling_tool().client_id:
            return course, link
    raise ServiceRefused(404, "no such link of this tool in this course")


def _on_wire(sandbox: Sandbox, course: Course, link: Activity) -> Mapping[str, object]:
    columns = sandbox.gradebook.columns_of_link(link.id)
    members: dict[str, object] = {
        "id": f"{sandbox.links_url(course.id)}/{link.id}",
        "type": LINK_ITEM,
        "resourceLinkId": link.id,
        "title": link.title,
        "text": link.description,
        "url": link.target,
        "custom": {name: str(value) for name, value in link.custom.items()},
        "lineItemIds": [sandbox.line_item_url(each) for each in columns],
        "published": True,
        "readonly": list(READ_ONLY),
    }
    return members
