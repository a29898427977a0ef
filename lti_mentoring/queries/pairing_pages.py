"""Everything that the page of one pairing shows to one of its two people, or to staff."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ScalarSelect, and_, func, null, or_, select, type_coerce, union_all
from sqlalchemy.orm import Session, aliased

from lti_mentoring.core.errors import NotFound
from lti_mentoring.models import (
    ActionItem,
    Agreement,
    AgreementSignature,
    FitCheck,
    Goal,
    Intake,
    Membership,
    MentoringSession,
    MentorProfile,
    Pairing,
    Participant,
    PlatformUser,
)
from lti_mentoring.policies.actor import Actor
from lti_mentoring.policies.pairing import is_in
from lti_mentoring.queries.actions import open_action
from lti_mentoring.queries.fits import Why, frame_of, likes_of, load_book, why
from lti_mentoring.queries.goals import GOAL_ORDER, LAST, ActionLine
from lti_mentoring.queries.lists import AnyRow, AnySelect
from lti_mentoring.queries.pairings import COMING, SessionFacts, Signature, one_pairing
from lti_mentoring.queries.pairs import of_sessions
from lti_mentoring.vocabulary import (
    LIVE_PAIRING,
    ActionState,
    FitAnswer,
    GoalState,
    PairingState,
    SessionState,
    Visibility,
)

MOST_ACTIONS = 10


@dataclass(frozen=True)
class PairingPage:
    """Facts for everybody who may open it. ``me`` is None for staff, and so is all that is private.

    ``partner`` is the other person, ``my_fit`` the reader's own answer and nobody else's.
    """

    pairing: Pairing
    me: Participant | None
    partner: Participant | None
    agreement: Agreement | None
    signed: tuple[Signature, ...]
    sessions: SessionFacts
    my_fit: FitAnswer | None
    why: Why | None

    @property
    def signed_ids(self) -> frozenset[int]:
        """Who has signed the current version."""
        return frozenset(signature.participant_id for signature in self.signed)

    @property
    def i_signed(self) -> bool:
        """Whether the reader has."""
        return self.me is not None and self.me.id in self.signed_ids

    @property
    def partner_signed(self) -> bool:
        """Whether the other one has."""
        return self.partner is not None and self.partner.id in self.signed_ids


@dataclass(frozen=True)
class SharedGoal:
    """A goal that both may read."""

    id: int
    title: str
    progress: int
    is_suggested: bool


@dataclass(frozen=True)
class Work:
    """What the two work on: the goals that they share, and what is open, soonest first."""

    goals: Sequence[SharedGoal] = ()
    actions: Sequence[ActionLine] = ()


def page_of(db: Session, actor: Actor, pairing_id: int, now: datetime) -> PairingPage:
    """What the actor may see of the pairing; one query for staff, three for its two people.

    Raises:
        NotFound: if it is not in the actor's course, or does not exist; nobody can tell which.
    """
    rows = db.execute(_page(actor, pairing_id, now)).all()
    if not rows:
        raise NotFound("pairing", pairing_id)
    row = rows[0]
    pairing: Pairing = row.Pairing
    me = partner = reasons = None
    if is_in(actor, pairing):
        both = (pairing.mentee, pairing.mentor)
        me, partner = both if actor.mentee_id == pairing.mentee_id else both[::-1]
        reasons = _why(db, actor, row, now)
    facts = SessionFacts(row.held, row.last_held_at, row.next_id, row.next_at, row.next_state)
    return PairingPage(
        pairing=pairing,
        me=me,
        partner=partner,
        agreement=row.Agreement,
        signed=tuple(_signature(row.AgreementSignature) for row in rows if row.AgreementSignature),
        sessions=facts,
        my_fit=row.my_fit,
        why=reasons,
    )


def work_of(db: Session, pairing: Pairing) -> Work:
    """What the two work on while they are a pair; nothing that belongs to a private goal."""
    if pairing.state is PairingState.PROPOSED or pairing.state not in LIVE_PAIRING:
        return Work()
    rows = db.execute(union_all(_actions(pairing.id), _goals(pairing.mentee_id))).all()
    goals = sorted(
        (row for row in rows if row.state is not None),
        key=lambda row: (GOAL_ORDER.get(row.state, LAST), -row.id),
    )
    actions = sorted(
        (row for row in rows if row.state is None),
        key=lambda row: (row.due_on is None, row.due_on or 0, row.id),
    )
    return Work(
        [
            SharedGoal(goal.id, goal.text, goal.progress, goal.state == GoalState.PROPOSED)
            for goal in goals
        ],
        [open_action(row) for row in actions[:MOST_ACTIONS]],
    )


def _page(actor: Actor, pairing_id: int, now: datetime) -> AnySelect:
    """One row for each signature under the newest agreement; one row without any."""
    text, coming = aliased(Agreement), aliased(MentoringSession)
    newest_text = (
        select(func.max(text.id)).where(text.program_id == Pairing.program_id).scalar_subquery()
    )
    held = MentoringSession.state == SessionState.HELD
    starts_at = MentoringSession.starts_at
    return (
        one_pairing(actor, pairing_id)
        .add_columns(
            Agreement,
            AgreementSignature,
            Intake,
            MentorProfile,
            FitCheck.answer.label("my_fit"),
            of_sessions(func.count(MentoringSession.id), held).label("held"),
            of_sessions(func.max(starts_at), held).label("last_held_at"),
            coming.id.label("next_id"),
            coming.starts_at.label("next_at"),
            coming.state.label("next_state"),
        )
        .outerjoin(Agreement, Agreement.id == newest_text)
        .outerjoin(
            AgreementSignature,
            and_(
                AgreementSignature.pairing_id == Pairing.id,
                AgreementSignature.agreement_id == Agreement.id,
            ),
        )
        .outerjoin(Intake, Intake.participant_id == Pairing.mentee_id)
        .outerjoin(MentorProfile, MentorProfile.participant_id == Pairing.mentor_id)
        .outerjoin(
            FitCheck,
            and_(
                FitCheck.pairing_id == Pairing.id,
                FitCheck.participant_id.in_(actor.participant_ids),
            ),
        )
        .outerjoin(coming, coming.id == _next_session(now))
        .order_by(AgreementSignature.signed_at)
    )


def _next_session(now: datetime) -> ScalarSelect[int]:
    starts_at = MentoringSession.starts_at
    return (
        select(MentoringSession.id)
        .where(
            MentoringSession.pairing_id == Pairing.id,
            MentoringSession.state.in_(COMING),
            starts_at >= now,
        )
        .order_by(starts_at, MentoringSession.id)
        .limit(1)
        .correlate(Pairing)
        .scalar_subquery()
    )


def _signature(row: AgreementSignature) -> Signature:
    return Signature(row.participant_id, row.signed_name, row.signed_at)


def _why(db: Session, actor: Actor, row: AnyRow, now: datetime) -> Why:
    """Why the two fit, for one of them to read."""
    pairing: Pairing = row.Pairing
    book = load_book(db, pairing.program_id, {pairing.mentee_id, pairing.mentor_id})
    frame = frame_of(pairing.program, now.date(), actor.time_zone)
    mentee = (pairing.mentee_id, likes_of(row.Intake))
    return why(book, frame, mentee, (pairing.mentor_id, likes_of(row.MentorProfile)))


def _actions(pairing_id: int) -> AnySelect:
    """What is open between the two; columns of goals are null."""
    return (
        select(
            ActionItem.id,
            ActionItem.text,
            ActionItem.due_on,
            ActionItem.owner_id,
            ActionItem.goal_id,
            PlatformUser.id.label("user_id"),
            PlatformUser.name,
            PlatformUser.given_name,
            type_coerce(null(), Goal.state.type).label("state"),
            type_coerce(null(), Goal.progress.type).label("progress"),
        )
        .join(ActionItem.owner)
        .join(Participant.membership)
        .join(Membership.user)
        .outerjoin(Goal, Goal.id == ActionItem.goal_id)
        .where(
            ActionItem.pairing_id == pairing_id,
            ActionItem.state == ActionState.OPEN,
            or_(Goal.id.is_(None), Goal.visibility == Visibility.SHARED),
        )
    )


def _goals(mentee_id: int) -> AnySelect:
    """The mentee's goals that both may read; columns of actions are null."""
    nothing = (null(),) * 6
    return select(Goal.id, Goal.title, *nothing, Goal.state, Goal.progress).where(
        Goal.owner_id == mentee_id, Goal.visibility == Visibility.SHARED
    )
