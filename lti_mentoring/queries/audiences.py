"""The groups of a course as those who may take part in its program."""

from collections import Counter
from dataclasses import dataclass

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from lti_mentoring.models import (
    Course,
    Deployment,
    Membership,
    Participant,
    Platform,
    Program,
    Registration,
)
from lti_mentoring.queries.groups import in_order, is_in_any
from lti_mentoring.rules.groups import Group, read
from lti_mentoring.vocabulary import (
    CourseRole,
    MembershipState,
    ParticipantRole,
    ParticipantState,
    Product,
)


@dataclass(frozen=True)
class CourseGroups:
    """The groups of a course, and how many learners each has.

    ``unknown`` learners are in none that the LMS has told; ``product`` says which LMS that is.
    """

    groups: tuple[Group, ...]
    sizes: dict[str, int]
    learners: int
    unknown: int
    product: Product

    @property
    def by_id(self) -> dict[str, Group]:
        """The groups, to be looked up."""
        return {group.id: group for group in self.groups}


def groups_to_choose(db: Session, program: Program) -> CourseGroups:
    """What a program of this course can be for; what it is for now is always among it."""
    course, product = db.execute(
        select(Course, Platform.product)
        .join(Deployment, Deployment.id == Course.deployment_id)
        .join(Registration, Registration.id == Deployment.registration_id)
        .join(Platform, Platform.id == Registration.platform_id)
        .where(Course.id == program.course_id)
    ).one()
    rows = db.execute(
        select(Membership.groups, Membership.role, func.count(Membership.id))
        .where(
            Membership.course_id == course.id,
            Membership.state == MembershipState.ACTIVE,
            Membership.is_test_user.is_(False),
        )
        .group_by(Membership.groups, Membership.role)
    ).all()
    learners = [(told, count) for told, role, count in rows if role is CourseRole.LEARNER]
    sizes: Counter[str] = Counter()
    for told, count in learners:
        sizes.update({group.id: count for group in read(told)})
    texts = (course.groups, program.audience_groups, *(told for told, _role, _count in rows))
    return CourseGroups(
        groups=in_order(texts),
        sizes=dict(sizes),
        learners=sum(count for _told, count in learners),
        unknown=sum(count for told, count in learners if not told),
        product=product,
    )


def extras(db: Session, program: Program) -> int:
    """How many learners take part who are in none of the groups that the program is for."""
    if not program.audience_groups:
        return 0
    counted = (
        select(func.count(Participant.id))
        .join(Membership, Membership.id == Participant.membership_id)
        .where(
            Participant.program_id == program.id,
            Participant.role == ParticipantRole.MENTEE,
            Participant.state == ParticipantState.ACTIVE,
            Membership.state == MembershipState.ACTIVE,
            Membership.role == CourseRole.LEARNER,
            Membership.is_test_user.is_(False),
            ~is_in_any(Membership.groups, program.audience_groups),
        )
    )
    return db.scalars(counted).one()
