"""The links of a course that open the tool, and who can open each in the LMS."""

from collections import defaultdict
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from lti_mentoring.models import (
    ContentItem,
    Course,
    Deployment,
    LinkExclusion,
    LinkRoster,
    Membership,
    Platform,
    PlatformUser,
    Registration,
    ResourceLink,
)
from lti_mentoring.models.people import shown_name
from lti_mentoring.policies.actor import Actor
from lti_mentoring.rules.platform_profiles import profile_of
from lti_mentoring.vocabulary import ContentKind, MembershipState

MOST_SHOWN = 20


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
class LinkRow:
    """One link from which somebody has opened the tool; ``kind`` is what it leads to."""

    id: int
    title: str
    kind: ContentKind
    openers: Openers | None


@dataclass(frozen=True)
class CourseLinks:
    """The newest links of a course. ``tells_openers``: whether the LMS can be asked for them."""

    rows: tuple[LinkRow, ...]
    tells_openers: bool

    @property
    def is_waiting(self) -> bool:
        """Whether the LMS is being asked about one of them."""
        return any(row.openers is not None and row.openers.is_waiting for row in self.rows)


def course_links(db: Session, actor: Actor) -> CourseLinks:
    """The newest links of the actor's course, the oldest of them first."""
    found = db.execute(
        select(ResourceLink, ContentItem.kind, LinkRoster)
        .outerjoin(ContentItem, ContentItem.id == ResourceLink.content_item_id)
        .outerjoin(LinkRoster, LinkRoster.resource_link_id == ResourceLink.id)
        .where(ResourceLink.course_id == actor.course_id)
        .order_by(ResourceLink.id.desc())
        .limit(MOST_SHOWN)
    ).all()
    names = _shut_out(db, [link.id for link, _, _ in found])
    rows = [
        LinkRow(link.id, link.title, kind or ContentKind.PROGRAM, _openers(asked, names))
        for link, kind, asked in reversed(found)
    ]
    return CourseLinks(tuple(rows), _tells_openers(db, actor))


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


def _tells_openers(db: Session, actor: Actor) -> bool:
    """Whether the LMS has a list of people, and can say who of them may open a link."""
    product = db.scalar(
        select(Platform.product)
        .join(Registration, Registration.platform_id == Platform.id)
        .join(Deployment, Deployment.registration_id == Registration.id)
        .join(Course, Course.deployment_id == Deployment.id)
        .where(Course.id == actor.course_id, Course.memberships_url.is_not(None))
    )
    return product is not None and profile_of(product).lists_by_link
