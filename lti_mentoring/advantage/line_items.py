"""Finding and making gradebook columns (LTI-AGS 2.0, line item service)."""

from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from decimal import Decimal, InvalidOperation
from typing import Any

from lti_mentoring.advantage.client import NOT_FOUND, OK, REMOVED, ServiceClient
from lti_mentoring.advantage.links import next_page, with_query
from lti_mentoring.advantage.scores import json_number
from lti_mentoring.core.errors import PlatformRefused, PlatformUnavailable
from lti_mentoring.core.http import Answer
from lti_mentoring.vocabulary import MediaType, Scope

MOST_PAGES = 200
PREFIX = "lti-mentoring:"
READ_ONE = {"Accept": MediaType.LINE_ITEM.value}
READ_ALL = {"Accept": MediaType.LINE_ITEMS.value}
WRITE = {"Accept": MediaType.LINE_ITEM.value, "Content-Type": MediaType.LINE_ITEM.value}
REVIEW = {
    "reviewableStatus": ["InProgress", "Submitted", "Completed"],
    "label": "Mentoring record",
}
"""A cell can be opened once there is something to see; at the tool's usual address."""
NOT_OURS = "the column was not made by this tool"
NOT_DELETED = "the LMS does not let the tool delete the column"
MANAGE = (Scope.LINE_ITEM,)  # includes reading; Blackboard has no scope for reading alone


@dataclass(frozen=True)
class Column:
    """A column as the platform has it; ``content`` is all that it told of it."""

    url: str
    label: str
    score_maximum: Decimal
    resource_id: str
    tag: str
    resource_link_id: str
    content: Mapping[str, Any] = field(repr=False, compare=False, default_factory=dict)


@dataclass(frozen=True)
class WantedColumn:
    """A column as we would have it.

    ``resource_link_id`` ties it to a link of the course. Of one that ``is_reviewable`` each
    cell opens the learner's record in the tool (LTI-140).
    """

    label: str
    score_maximum: Decimal
    resource_id: str
    tag: str
    resource_link_id: str | None = None
    is_reviewable: bool = True


def resource_id_of(program_id: int) -> str:
    """How our columns are told from everybody else's, also in a copy of the course (LTI-109)."""
    return f"{PREFIX}{program_id}"


def is_ours(column: Column) -> bool:
    """Whether this tool made the column, for whichever program."""
    return column.resource_id.startswith(PREFIX)


def list_columns(
    client: ServiceClient, line_items_url: str, *, resource_id: str, tag: str
) -> list[Column]:
    """The course's columns with this resource id and tag.

    Filtered on our side as well, since platforms know different filters (LTI-105). ``limit``
    is never sent: Moodle's paging of columns leads in circles.

    Raises:
        PlatformUnavailable: if a page could not be had.
        PlatformRefused: if the tool may not list columns.
    """
    first = with_query(line_items_url, resource_id=resource_id, tag=tag)
    found: dict[str, Column] = {}
    seen: set[str] = set()
    page: str | None = first
    while page is not None and page not in seen and len(seen) < MOST_PAGES:
        seen.add(page)
        answer = client.call("GET", page, MANAGE, headers=READ_ALL)
        for column in map(_column, _entries(answer)):
            if column and (column.resource_id, column.tag) == (resource_id, tag):
                found[column.url] = column
        page = next_page(answer.headers.get("Link", ""), page, first)
    return list(found.values())


def find(client: ServiceClient, line_items_url: str, wanted: WantedColumn) -> Column | None:
    """The wanted column, if the course has it.

    Asked before one is made, so that what was made and whose answer was lost is found. Of several
    (a copied activity shares its ids) the one of the wanted link wins, then the first.

    Raises:
        PlatformUnavailable: if asking later may help.
        PlatformRefused: if the tool may not list columns.
    """
    found = list_columns(client, line_items_url, resource_id=wanted.resource_id, tag=wanted.tag)
    ours = [c for c in found if c.resource_link_id == (wanted.resource_link_id or "")]
    return next(iter(ours or found), None)


def read_column(client: ServiceClient, url: str) -> Column:
    """The column at ``url``.

    Raises:
        PlatformUnavailable: if asking later may help.
        PlatformRefused: if it is gone, or the tool may not read it.
    """
    column = _column(client.call("GET", url, MANAGE, headers=READ_ONE).json(), url)
    if column is None:
        raise PlatformUnavailable("the LMS's answer is no gradebook column")
    return column


def create(client: ServiceClient, line_items_url: str, wanted: WantedColumn) -> Column:
    """A new column, for a course that has none; asking twice makes two.

    Raises:
        PlatformUnavailable: if asking later may help.
        PlatformRefused: if the tool may not make columns.
    """
    content: dict[str, Any] = {
        "label": wanted.label,
        "scoreMaximum": json_number(wanted.score_maximum),
        "resourceId": wanted.resource_id,
        "tag": wanted.tag,
    }
    if wanted.resource_link_id:
        content["resourceLinkId"] = wanted.resource_link_id
    if wanted.is_reviewable:
        content["submissionReview"] = REVIEW
    answer = client.call("POST", line_items_url, MANAGE, headers=WRITE, json=content)
    made = _column(answer.json())
    if made is None:
        raise PlatformUnavailable("the LMS did not say where the new column is")
    try:
        # What came back is what we sent; what was stored may differ (Moodle).
        return read_column(client, made.url)
    except (PlatformRefused, PlatformUnavailable):
        return made


def let_review(client: ServiceClient, column: Column) -> None:
    """Let the cells of a column of ours open the learner's record, if they do not yet.

    Everything that was read is written back, since what is left out is lost (LTI-107, M17);
    label and maximum stay what they are. Where a column is somebody's assignment nothing is
    written, for the label may have been changed there (C13). If the platform does not take
    it, the column is used as it is.
    """
    is_assignment = client.tool.profile.columns_are_assignments
    if is_assignment or not is_ours(column) or column.content.get("submissionReview"):
        return
    content = {**column.content, "submissionReview": REVIEW}
    with suppress(PlatformRefused, PlatformUnavailable):
        client.call("PUT", column.url, MANAGE, headers=WRITE, json=content)


def delete(client: ServiceClient, column: Column) -> None:
    """Take a column of ours out of the gradebook; one that is gone already is as good (M18).

    Raises:
        PlatformUnavailable: if asking later may help.
        PlatformRefused: if the column is not ours, or the tool may not delete it.
    """
    if not is_ours(column):
        raise PlatformRefused(NOT_OURS, 0)
    answer = client.ask("DELETE", column.url, MANAGE, headers=READ_ONE)
    if answer.status not in {*OK, NOT_FOUND, REMOVED}:
        raise PlatformRefused(NOT_DELETED, answer.status)


def _entries(answer: Answer) -> list[Any]:
    """The page's columns: a list, or (seen in the field) one inside an object; may be empty."""
    if not answer.body.strip():
        return []
    content = answer.json()
    if isinstance(content, dict):
        content = content.get("lineItems", content.get("lineitems"))
    if not isinstance(content, list):
        raise PlatformUnavailable("the LMS's answer is no list of gradebook columns")
    return content


def _column(content: Any, url: str = "") -> Column | None:
    if not isinstance(content, dict):
        return None
    url = str(content.get("id") or url)
    maximum = _decimal(content.get("scoreMaximum"))
    if not url or maximum is None:
        return None
    return Column(
        url=url,
        label=str(content.get("label") or ""),
        score_maximum=maximum,
        resource_id=str(content.get("resourceId") or ""),
        tag=str(content.get("tag") or ""),
        resource_link_id=str(content.get("resourceLinkId") or ""),
        content=content,
    )


def _decimal(value: Any) -> Decimal | None:
    try:
        return Decimal(str(value))
    except InvalidOperation:
        return None
