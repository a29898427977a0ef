"""How a course's list of people stands: when it was read, and what waits for a person."""

from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, and_, func, or_, select
from sqlalchemy.orm import Session, aliased

from lti_mentoring.core.errors import NotFound
from lti_mentoring.models import (
    Activity,
    Course,
    Deployment,
    LinkRoster,
    Membership,
    Participant,
    Platform,
    PlatformUser,
    Program,
    Registration,
    ResourceLink,
    RosterSync,
)
from lti_mentoring.policies.actor import Actor
from lti_mentoring.queries.groups import course_groups, groups_in
from lti_mentoring.rules.groups import Group
from lti_mentoring.rules.platform_profiles import CAUSES, Cause, profile_of
from lti_mentoring.vocabulary import (
    CourseRole,
    MembershipState,
    Product,
    ProgramState,
    RosterSyncState,
    Verb,
)

OVER = (ProgramState.CLOSED, ProgramState.CANCELLED)

_Reading = aliased(RosterSync)
_Asked = aliased(LinkRoster)


@dataclass(frozen=True)
class RestrictedLink:
    """A link that the LMS opens to ``openers`` of the course's ``learners`` only (LTI-96)."""

    title: str
    openers: int
    learners: int
    read_at: datetime


@dataclass(frozen=True)
class RosterFacts:
    """How the course's list of people stands. ``leaving`` would go if a person confirms it.

    ``groups`` are those of the course that somebody is in, where they were asked for. Of an LMS
    that ``lists_only_openers`` the list usually has nobody who never opened the tool (LTI-101).
    ``restricted`` is the link that fewest learners can open, if any is shut to somebody.
    """

    is_offered: bool
    read_at: datetime | None
    people: int
    sync_id: int | None
    state: RosterSyncState | None
    leaving: int
    error: str | None
    groups: tuple[Group, ...] = ()
    lists_only_openers: bool = False
    restricted: "RestrictedLink | None" = None

    @property
    def cause(self) -> Cause | None:
        """Why the LMS does not hand out the list, where it said so in words that are known."""
        return next((cause for cause, words in CAUSES.items() if words == self.error), None)


def roster_facts(db: Session, actor: Actor) -> RosterFacts:
    """How the list of people of the actor's course stands, with the groups it has.

    Raises:
        NotFound: if the actor has no course.
    """
    row = db.execute(
        select(*roster_columns(), course_groups(actor.course_id), LinkRoster, ResourceLink.title)
        .select_from(Course)
        .outerjoin(RosterSync, is_newest_sync())
        .outerjoin(LinkRoster, _is_most_restricted(actor.course_id))
        .outerjoin(ResourceLink, ResourceLink.id == LinkRoster.resource_link_id)
        .where(Course.id == actor.course_id)
    ).first()
    if row is None:
        raise NotFound("course", actor.course_id)
    *stands, told, asked, title = row
    restricted = None
    if asked is not None:
        openers, learners = asked.opener_count, asked.learner_count
        restricted = RestrictedLink(title, openers, learners, asked.read_at)
    return replace(facts_in(*stands), groups=groups_in(told), restricted=restricted)


def roster_columns() -> tuple[Any, ...]:
    """What ``facts_in`` takes, to be selected beside a course and its newest reading."""
    leaving = (
        select(Activity.detail)
        .where(
            Activity.noun == "roster_sync",
            Activity.noun_id == RosterSync.id,
            Activity.verb == Verb.ROSTER_HELD,
        )
        .order_by(Activity.id.desc())
        .limit(1)
        .correlate(RosterSync)
        .scalar_subquery()
    )
    people = (
        select(func.count(Membership.id))
        .where(
            Membership.course_id == Course.id,
            Membership.state == MembershipState.ACTIVE,
            Membership.is_test_user.is_(False),
        )
        .correlate(Course)
        .scalar_subquery()
    )
    product = (
        select(Platform.product)
        .join(Registration, Registration.platform_id == Platform.id)
        .join(Deployment, Deployment.registration_id == Registration.id)
        .where(Deployment.id == Course.deployment_id)
        .correlate(Course)
        .scalar_subquery()
    )
    return Course, RosterSync, people, leaving, product


def _is_most_restricted(course_id: int | None) -> ColumnElement[bool]:
    """Whether a link's row is that of the one which fewest of the course's learners can open."""
    fewest = (
        select(_Asked.resource_link_id)
        .join(ResourceLink, ResourceLink.id == _Asked.resource_link_id)
        .where(
            ResourceLink.course_id == course_id,
            _Asked.read_at.is_not(None),
            _Asked.opener_count < _Asked.learner_count,
        )
        .order_by(_Asked.opener_count, _Asked.resource_link_id)
        .limit(1)
        .correlate(None)
    )
    return LinkRoster.resource_link_id == fewest.scalar_subquery()


def is_newest_sync() -> ColumnElement[bool]:
    """Whether a reading is the course's newest, for an outer join."""
    newest = select(func.max(_Reading.id)).where(_Reading.course_id == Course.id)
    return RosterSync.id == newest.correlate(Course).scalar_subquery()


def facts_in(
    course: Course, sync: RosterSync | None, people: int, leaving: str | None, product: Product
) -> RosterFacts:
    """The facts of one row of ``roster_columns``."""
    return RosterFacts(
        is_offered=course.memberships_url is not None,
        read_at=course.roster_read_at,
        people=people,
        sync_id=sync.id if sync else None,
        state=sync.state if sync else None,
        leaving=int(leaving or 0),
        error=sync.error if sync else None,
        lists_only_openers=profile_of(product).lists_only_openers,
    )


def course_of(db: Session, actor: Actor) -> Course:
    """The actor's course.

    Raises:
        NotFound: if there is none.
    """
    found = db.get(Course, actor.course_id) if actor.course_id else None
    if found is None:
        raise NotFound("course", actor.course_id)
    return found


def sync_for(db: Session, actor: Actor, sync_id: int) -> RosterSync:
    """One reading of the actor's course.

    Raises:
        NotFound: if it is another course's, or does not exist; the caller cannot tell which.
    """
    found = db.scalar(
        select(RosterSync).where(RosterSync.id == sync_id, RosterSync.course_id == actor.course_id)
    )
    if found is None:
        raise NotFound("roster_sync", sync_id)
    return found


def subjects_with_groups(db: Session, sync_id: int) -> list[str]:
    """Whose groups matter in the course of a reading, as the platform calls them.

    Those are who takes part in a program; and behind them all learners, where the program is
    for some groups only.
    """
    part = select(Participant.id).where(Participant.membership_id == Membership.id).exists()
    for_some = select(Program.id).where(
        Program.course_id == Membership.course_id,
        Program.audience_groups != "",
        Program.state.not_in(OVER),
    )
    might = and_(for_some.exists(), Membership.role == CourseRole.LEARNER)
    found = (
        select(PlatformUser.subject)
        .join(Membership, Membership.user_id == PlatformUser.id)
        .join(RosterSync, RosterSync.course_id == Membership.course_id)
        .where(RosterSync.id == sync_id, Membership.state == MembershipState.ACTIVE)
        .where(or_(part, might))
    )
    return list(db.scalars(found.order_by(part.desc(), PlatformUser.subject)))
