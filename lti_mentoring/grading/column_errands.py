"""One errand to a gradebook: find the column of a program, or make it. Nothing is written here."""

from dataclasses import dataclass, replace
from decimal import Decimal
from typing import NamedTuple

from lti_mentoring.advantage.client import NOT_FOUND, ServiceClient
from lti_mentoring.advantage.line_items import (
    Column,
    WantedColumn,
    create,
    find,
    let_review,
    read_column,
)
from lti_mentoring.advantage.tokens import RegisteredTool
from lti_mentoring.core.errors import PlatformRefused
from lti_mentoring.vocabulary import Scope

NOT_ACCEPTED = frozenset({400, 403, 404, 412, 422})
"""What an LMS answers if it does not take the link that a new column names, or what it has beside
it; Moodle says 403, Canvas 412."""

NO_COLUMN = (
    "The LMS lets the tool write scores, but not make columns. Add a grade to the activity in "
    "the LMS and open it once, or permit the tool to manage columns."
)
DELETED = "The column was deleted in the LMS, so no scores are sent."


class Coupled(NamedTuple):
    """A column that the LMS has tied to one of the course's links."""

    resource_link_id: int
    url: str


@dataclass(frozen=True)
class Errand:
    """What finding or making one column takes; no transaction is needed any more."""

    line_item_id: int
    tool: RegisteredTool
    line_items_url: str | None
    coupled: tuple[Coupled, ...]
    scopes: frozenset[str]
    wanted: WantedColumn
    lost_url: str | None
    was_remade: bool
    former_ids: frozenset[str]
    """Resource ids of the course's other programs, whose scores stay in their columns."""


@dataclass(frozen=True)
class Found:
    """Where the column is, and of which link. ``maximum`` is null where the tool may not look.

    ``gone`` are columns of links that are not there any more.
    """

    url: str
    maximum: Decimal | None = None
    is_new: bool = False
    resource_link_id: int | None = None
    gone: tuple[Coupled, ...] = ()


def run(errand: Errand, client: ServiceClient) -> Found:
    """A coupled column is taken as it is; otherwise ours is found or made.

    Raises:
        PlatformUnavailable: if asking later may help.
        PlatformRefused: if there is none, and the tool may not or should not make one.
    """
    may_manage = Scope.LINE_ITEM in errand.scopes
    coupled, gone = _coupled(errand, client) if may_manage else (_coupled_unseen(errand), ())
    found = coupled or _our_own(errand, client, may_manage=may_manage)
    return replace(found, gone=gone)


def _our_own(errand: Errand, client: ServiceClient, *, may_manage: bool) -> Found:
    if not errand.line_items_url or not may_manage:
        raise PlatformRefused(NO_COLUMN, 0)
    column = find(client, errand.line_items_url, errand.wanted)
    if column is not None:
        let_review(client, column)
        return Found(column.url, column.score_maximum)
    if errand.was_remade:
        raise PlatformRefused(DELETED, 0)
    column = _make(errand.wanted, errand.line_items_url, client)
    return Found(column.url, column.score_maximum, is_new=True)


def _make(wanted: WantedColumn, line_items_url: str, client: ServiceClient) -> Column:
    """The new column; a plain one of the course where the LMS does not take its link or review."""
    try:
        return create(client, line_items_url, wanted)
    except PlatformRefused as error:
        if error.status not in NOT_ACCEPTED:
            raise
    plain = replace(wanted, resource_link_id=None, is_reviewable=False)
    return create(client, line_items_url, plain)


def _coupled(errand: Errand, client: ServiceClient) -> tuple[Found | None, tuple[Coupled, ...]]:
    """The first column of a link that is there, and was not made for a former program.

    Nobody tells us that a link was deleted, or has no grade any more: its column is not there.
    """
    gone: list[Coupled] = []
    for each in errand.coupled:
        try:
            column = read_column(client, each.url)
        except PlatformRefused as error:
            if error.status != NOT_FOUND:
                raise
            gone.append(each)
            continue
        if column.resource_id not in errand.former_ids:
            # One of ours with another id came along with a copied course: it is this program's.
            link_id = each.resource_link_id
            return Found(column.url, column.score_maximum, resource_link_id=link_id), tuple(gone)
    return None, tuple(gone)


def _coupled_unseen(errand: Errand) -> Found | None:
    """The coupled column, taken on trust where the tool may not look; not if it was lost."""
    for link_id, url in errand.coupled:
        if url != errand.lost_url:
            return Found(url, resource_link_id=link_id)
    return None
