"""The links of a course that open the tool: what each leads to, and who can open it in the LMS."""

from collections import defaultdict
from dataclasses import dataclass
from datetime import datetime
from typing import NamedTuple

from sqlalchemy import select
from sqlalchemy.orm import Session, aliased

from lti_mentoring.core.errors import NotFound
from lti_mentoring.models import (
    ContentItem,
    Course,
    CourseLink,
    CourseLinksReading,
    Deployment,
    LinkExclusion,
    LinkRoster,
    Membership,
    Platform,
    PlatformUser,
    Program,
    Registration,
    ResourceLink,
)
from lti_mentoring.models.people import shown_name
from lti_mentoring.policies.actor import Actor
from lti_mentoring.rules.course_links import LinkTarget, PlacedTitle, newer_title, target_of
from lti_mentoring.rules.platform_profiles import profile_of
from lti_mentoring.vocabulary import ContentKind, MembershipState, Product, Scope

MOST_SHOWN = 100

_Here, _Origin = aliased(Course), aliased(Course)
_HereDeployment, _OriginDeployment = aliased(Deployment), aliased(Deployment)


@dataclass(frozen=True)
class Openers:
    """Who could open a link when the LMS was last asked.

    ``read_at`` is null until it has said so; ``is_waiting`` while it is to be asked. ``names`` are
    those of the learners who are shut out and still belong to the course, at most 500.
    """

    is_waiting: bool
    read_at: datetime | None
    openers: int
    learners: int
    error: str | None
    names: tuple[str, ...] = ()


@dataclass(frozen=True)
class Listed:
    """A link as the LMS lists it. ``newer_title`` is the program's name, where it has a former one.

    ``is_waiting`` while a change of it is to be told to the LMS; ``error`` is why one was refused.
    """

    id: int
    target: LinkTarget
    newer_title: str | None
    can_be_led: bool
    is_waiting: bool
    error: str | None


@dataclass(frozen=True)
class LinkRow:
    """One link; ``kind`` is what it leads to.

    ``listed`` is null where the LMS does not list links, or not this one; ``is_gone`` where it
    should have, since the link was known when the LMS listed all.
    """

    title: str
    kind: ContentKind
    openers: Openers | None = None
    listed: Listed | None = None
    is_gone: bool = False


@dataclass(frozen=True)
class Listing:
    """How the LMS's own list of links stands; ``may_change``: whether the tool may change them."""

    may_change: bool
    is_waiting: bool
    read_at: datetime | None
    error: str | None


@dataclass(frozen=True)
class CourseLinks:
    """The newest links of a course, at most 100 listed and 100 known by launches.

    ``tells_openers``: whether the LMS can be asked who may open them. ``listing`` is null where it
    has no list of links. ``unplaced`` are titles of content that was placed here and stands in no
    link, as of the listing.
    """

    rows: tuple[LinkRow, ...]
    tells_openers: bool
    listing: Listing | None
    unplaced: tuple[str, ...] = ()

    @property
    def is_waiting(self) -> bool:
        """Whether the LMS is being asked about one of them, or for all."""
        asked = any(row.openers is not None and row.openers.is_waiting for row in self.rows)
        return asked or (self.listing is not None and self.listing.is_waiting)

    @property
    def stale(self) -> int:
        """How many have a former name of the program."""
        return sum(row.listed is not None and bool(row.listed.newer_title) for row in self.rows)


class _Opened(NamedTuple):
    """A link that somebody has opened."""

    title: str
    openers: Openers | None
    kind: ContentKind
    created_at: datetime


@dataclass(frozen=True)
class _Facts:
    """What the page needs to know of the course."""

    course_id: int
    product: Product
    has_roster: bool
    links_url: str | None
    links_scopes: str
    reading: CourseLinksReading | None
    program_title: str | None

    @property
    def may_change(self) -> bool:
        return Scope.LINKS_UPDATE.value in self.links_scopes.split()


def course_links(db: Session, actor: Actor) -> CourseLinks:
    """The links of the actor's course: those that the LMS lists, and those that were opened.

    Raises:
        NotFound: if the actor has no course.
    """
    facts = _facts(db, actor)
    known = _known(db, facts.course_id)
    read_at = facts.reading.read_at if facts.reading and facts.links_url else None
    rows, keys = [], set()
    for link, item in _listed(db, facts) if read_at else ():
        keys.add(link.content_key)
        opened = known.pop(link.lti_id, None)
        kind = item.kind if item else ContentKind.PROGRAM
        listed = _as_listed(link, item, facts)
        rows.append(LinkRow(link.title, kind, opened.openers if opened else None, listed))
    rows += [
        LinkRow(
            each.title,
            each.kind,
            each.openers,
            is_gone=read_at is not None and each.created_at < read_at,
        )
        for each in known.values()
    ]
    return CourseLinks(
        tuple(rows),
        tells_openers=facts.has_roster and profile_of(facts.product).lists_by_link,
        listing=_listing(facts),
        unplaced=_unplaced(db, facts.course_id, keys, read_at),
    )


def stale_titles(db: Session, actor: Actor) -> dict[int, str]:
    """The listed links that have a former name of the program, each with the newer one.

    Raises:
        NotFound: if the actor has no course.
    """
    facts = _facts(db, actor)
    if facts.links_url is None:
        return {}
    found = ((link, _as_listed(link, item, facts)) for link, item in _listed(db, facts))
    return {link.id: listed.newer_title for link, listed in found if listed.newer_title}


def _facts(db: Session, actor: Actor) -> _Facts:
    row = db.execute(
        select(Course, Platform.product, CourseLinksReading, Program.title)
        .select_from(Course)
        .join(Deployment, Deployment.id == Course.deployment_id)
        .join(Registration, Registration.id == Deployment.registration_id)
        .join(Platform, Platform.id == Registration.platform_id)
        .outerjoin(CourseLinksReading, CourseLinksReading.course_id == Course.id)
        .outerjoin(Program, Program.id == actor.program_id)
        .where(Course.id == actor.course_id)
    ).first()
    if row is None:
        raise NotFound("course", actor.course_id)
    course, product, reading, title = row
    return _Facts(
        course_id=course.id,
        product=product,
        has_roster=course.memberships_url is not None,
        links_url=course.links_url,
        links_scopes=course.links_scopes,
        reading=reading,
        program_title=title,
    )


def _listing(facts: _Facts) -> Listing | None:
    if facts.links_url is None:
        return None
    reading = facts.reading
    return Listing(
        may_change=facts.may_change,
        is_waiting=reading is not None and reading.due_at is not None,
        read_at=reading.read_at if reading else None,
        error=reading.error if reading else None,
    )


def _listed(db: Session, facts: _Facts) -> list[tuple[CourseLink, ContentItem | None]]:
    """The links that the LMS lists, each with its content, if that is of the same registration."""
    is_ours = _OriginDeployment.registration_id == _HereDeployment.registration_id
    rows = db.execute(
        select(CourseLink, ContentItem, is_ours)
        .join(_Here, _Here.id == CourseLink.course_id)
        .join(_HereDeployment, _HereDeployment.id == _Here.deployment_id)
        .outerjoin(ContentItem, ContentItem.key == CourseLink.content_key)
        .outerjoin(_Origin, _Origin.id == ContentItem.course_id)
        .outerjoin(_OriginDeployment, _OriginDeployment.id == _Origin.deployment_id)
        .where(CourseLink.course_id == facts.course_id)
        .order_by(CourseLink.id)
        .limit(MOST_SHOWN)
    )
    return [(link, item if same else None) for link, item, same in rows]


def _as_listed(link: CourseLink, item: ContentItem | None, facts: _Facts) -> Listed:
    target = target_of(link.content_key, item.course_id if item else None, facts.course_id)
    placed = PlacedTitle(item.title, is_programs=item.is_programs) if item else None
    newer = newer_title(link.title, placed, link.our_title, facts.program_title)
    fixed = set(link.fixed.split())
    is_waiting = link.wanted_title is not None or link.wants_program
    may_rename = facts.may_change and "title" not in fixed and not is_waiting
    return Listed(
        id=link.id,
        target=target,
        newer_title=newer if may_rename else None,
        can_be_led=facts.may_change and fixed.isdisjoint({"url", "custom"}) and not is_waiting,
        is_waiting=is_waiting,
        error=link.error,
    )


def _unplaced(
    db: Session, course_id: int, keys: set[str], read_at: datetime | None
) -> tuple[str, ...]:
    """Content that was placed before the LMS listed its links, and stands in none of them."""
    if read_at is None:
        return ()
    items = db.execute(
        select(ContentItem.title, ContentItem.key)
        .where(ContentItem.course_id == course_id, ContentItem.created_at < read_at)
        .order_by(ContentItem.id.desc())
        .limit(MOST_SHOWN)
    )
    return tuple(title for title, key in items if key not in keys)


def _known(db: Session, course_id: int) -> dict[str, _Opened]:
    """The newest links that somebody has opened, the oldest of them first, by their ids."""
    found = db.execute(
        select(ResourceLink, ContentItem.kind, LinkRoster)
        .outerjoin(ContentItem, ContentItem.id == ResourceLink.content_item_id)
        .outerjoin(LinkRoster, LinkRoster.resource_link_id == ResourceLink.id)
        .where(ResourceLink.course_id == course_id)
        .order_by(ResourceLink.id.desc())
        .limit(MOST_SHOWN)
    ).all()
    names = _shut_out(db, [link.id for link, _, _ in found])
    return {
        link.lti_id: _Opened(
            link.title, _openers(asked, names), kind or ContentKind.PROGRAM, link.created_at
        )
        for link, kind, asked in reversed(found)
    }


def _openers(asked: LinkRoster | None, names: dict[int, list[str]]) -> Openers | None:
    if asked is None:
        return None
    return Openers(
        is_waiting=asked.due_at is not None,
        read_at=asked.read_at,
        openers=asked.opener_count,
        learners=asked.learner_count,
        error=asked.error,
        names=tuple(names.get(asked.resource_link_id, ())),
    )


def _shut_out(db: Session, link_ids: list[int]) -> dict[int, list[str]]:
    found: dict[int, list[str]] = defaultdict(list)
    if not link_ids:
        return found
    rows = db.execute(
        select(LinkExclusion.resource_link_id, PlatformUser.id, PlatformUser.name)
        .join(Membership, Membership.id == LinkExclusion.membership_id)
        .join(PlatformUser, PlatformUser.id == Membership.user_id)
        .where(
            LinkExclusion.resource_link_id.in_(link_ids),
            Membership.state == MembershipState.ACTIVE,
        )
        .order_by(PlatformUser.name, PlatformUser.id)
    )
    for link_id, user_id, name in rows:
        found[link_id].append(shown_name(user_id, name))
    return found
