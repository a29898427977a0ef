"""The learners of a course as its coordinator sees them: how far each is on the way to a mentor."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import (
    ColumnElement,
    ScalarSelect,
    Subquery,
    and_,
    exists,
    func,
    or_,
    select,
)
from sqlalchemy.orm import Session, aliased

from lti_mentoring.models import (
    Intake,
    Membership,
    MentorRequest,
    Pairing,
    Participant,
    PlatformUser,
)
from lti_mentoring.policies.actor import Actor
from lti_mentoring.queries.groups import is_in, is_in_any
from lti_mentoring.queries.lists import AnyRow, AnySelect, Page, Wanted, contains, fetch
from lti_mentoring.rules.groups import Group, read, shares
from lti_mentoring.vocabulary import (
    LIVE_PAIRING,
    CourseRole,
    IntakeState,
    MembershipState,
    ParticipantRole,
    ParticipantState,
    RequestState,
)

OPEN_REQUEST = (RequestState.DRAFTED, RequestState.SENT)
EXTRA = "extra"
"""Filters the list for those who take part, and are in none of the program's groups."""

_Mentor = aliased(Participant)
_MentorMember = aliased(Membership)
_MentorUser = aliased(PlatformUser)


@dataclass(frozen=True)
class LearnerRow:
    """A learner of the course, and how far the way to a mentor is.

    ``is_extra`` is who takes part although the program is for other groups by now.
    """

    membership_id: int
    name: str
    participant_id: int | None
    intake: IntakeState | None
    submitted_at: datetime | None
    priority: int
    asked: int
    open_asks: int
    mentor: str | None
    groups: tuple[Group, ...] = ()
    is_extra: bool = False

    @property
    def step(self) -> str:
        """``paired``, ``asked``, ``stuck``, ``waiting``, ``started`` or ``none``."""
        if self.mentor is not None:
            return "paired"
        if self.intake is not IntakeState.SUBMITTED:
            return "started" if self.intake else "none"
        if self.open_asks:
            return "asked"
        return "stuck" if self.asked else "waiting"


def learners(db: Session, actor: Actor, wanted: Wanted) -> Page:
    """Learners of the actor's program, and how far each is on the way to a mentor.

    Who is in the pool as a mentor only is left out, and so is who is in none of the groups that
    the program is for, unless they take part already.
    """
    columns = _learner_columns(actor).subquery()
    found = select(columns, PlatformUser).join(PlatformUser, PlatformUser.id == columns.c.user_id)
    if wanted.state in LEARNER_STEPS:
        found = found.where(LEARNER_STEPS[wanted.state](columns))
    if wanted.state == EXTRA:
        found = found.where(~is_in_any(columns.c.groups, actor.audience))
    if wanted.group:
        found = found.where(is_in(columns.c.groups, wanted.group))
    if wanted.text:
        found = found.where(contains(columns.c.name, wanted.text))
    order = (
        columns.c.mentor.is_not(None),
        columns.c.intake.is_(None),
        columns.c.priority.desc(),
        columns.c.submitted_at,
        columns.c.name,
        columns.c.membership_id,
    )
    rows, total = fetch(db, found.order_by(*order), wanted)
    return Page([_learner(row, actor.audience) for row in rows], total, wanted.page)


def _learner(row: AnyRow, audience: str) -> LearnerRow:
    return LearnerRow(
        membership_id=row.membership_id,
        name=row.PlatformUser.display_name,
        participant_id=row.participant_id,
        intake=row.intake,
        submitted_at=row.submitted_at,
        priority=row.priority or 0,
        asked=row.asked,
        open_asks=row.open_asks,
        mentor=row.mentor,
        groups=read(row.groups),
        is_extra=bool(audience) and not shares(row.groups, audience),
    )


def _learner_columns(actor: Actor) -> AnySelect:
    is_mentor = exists().where(
        _Mentor.membership_id == Membership.id,
        _Mentor.program_id == actor.program_id,
        _Mentor.role == ParticipantRole.MENTOR,
        _Mentor.state == ParticipantState.ACTIVE,
    )
    is_for = is_in_any(Membership.groups, actor.audience)
    mentor = (
        select(func.coalesce(func.nullif(_MentorUser.name, ""), "…"))
        .join(_MentorMember, _MentorMember.user_id == _MentorUser.id)
        .join(_Mentor, _Mentor.membership_id == _MentorMember.id)
        .join(Pairing, Pairing.mentor_id == _Mentor.id)
        .where(Pairing.mentee_id == Participant.id, Pairing.state.in_(LIVE_PAIRING))
        .limit(1)
        .correlate(Participant)
        .scalar_subquery()
    )
    return (
        select(
            Membership.id.label("membership_id"),
            Membership.groups,
            PlatformUser.id.label("user_id"),
            PlatformUser.name,
            Participant.id.label("participant_id"),
            Participant.fit_priority.label("priority"),
            Intake.state.label("intake"),
            Intake.submitted_at,
            _asks().label("asked"),
            _asks(MentorRequest.state.in_(OPEN_REQUEST)).label("open_asks"),
            mentor.label("mentor"),
        )
        .join(PlatformUser, PlatformUser.id == Membership.user_id)
        .outerjoin(Participant, _is_mentee(actor))
        .outerjoin(Intake, Intake.participant_id == Participant.id)
        .where(
            Membership.course_id == actor.course_id,
            Membership.role == CourseRole.LEARNER,
            Membership.state == MembershipState.ACTIVE,
            Membership.is_test_user.is_(False),
            or_(Participant.id.is_not(None), and_(~is_mentor, is_for)),
        )
    )


def _is_mentee(actor: Actor) -> ColumnElement[bool]:
    return and_(
        Participant.membership_id == Membership.id,
        Participant.program_id == actor.program_id,
        Participant.role == ParticipantRole.MENTEE,
        Participant.state == ParticipantState.ACTIVE,
    )


def _asks(*which: ColumnElement[bool]) -> ScalarSelect[int]:
    return (
        select(func.count(MentorRequest.id))
        .where(MentorRequest.mentee_id == Participant.id, *which)
        .correlate(Participant)
        .scalar_subquery()
    )


Filter = Callable[[Subquery], ColumnElement[bool]]

LEARNER_STEPS: Mapping[str, Filter] = {
    "paired": lambda c: c.c.mentor.is_not(None),
    "asked": lambda c: and_(c.c.mentor.is_(None), c.c.open_asks > 0),
    "waiting": lambda c: and_(
        c.c.mentor.is_(None), c.c.intake == IntakeState.SUBMITTED, c.c.open_asks == 0
    ),
    "stuck": lambda c: and_(
        c.c.mentor.is_(None),
        c.c.intake == IntakeState.SUBMITTED,
        c.c.open_asks == 0,
        c.c.asked > 0,
    ),
    "unpaired": lambda c: and_(c.c.mentor.is_(None), c.c.intake == IntakeState.SUBMITTED),
    "none": lambda c: or_(c.c.intake.is_(None), c.c.intake == IntakeState.STARTED),
}
"""Filters of the list of learners."""
