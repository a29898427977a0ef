"""A mentor's board: each mentee with what comes next, what is open and when they last met."""

from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

from sqlalchemy import ColumnElement, ScalarSelect, and_, func, or_, select
from sqlalchemy.orm import Session

from lti_mentoring.models import (
    ActionItem,
    EngagementScore,
    Goal,
    Intake,
    Membership,
    MentorProfile,
    Pairing,
    Participant,
    PlatformUser,
    Program,
)
from lti_mentoring.policies.actor import Actor
from lti_mentoring.policies.pairing import SIGNED
from lti_mentoring.queries.pairings import SessionFacts, session_facts
from lti_mentoring.vocabulary import (
    LIVE_PAIRING,
    ActionState,
    MentorState,
    PairingState,
    Visibility,
)


@dataclass(frozen=True)
class MenteeLine:
    """One mentee of the actor; ``goal_text`` is theirs to read since the two are a pair.

    ``engagement`` (of 100) is null unless the program lets mentors see it.
    """

    pairing_id: int
    state: PairingState
    name: str
    short_name: str
    goal_text: str
    since: datetime
    sessions: SessionFacts
    open_actions: int
    engagement: Decimal | None


@dataclass(frozen=True)
class Board:
    """A mentor's mentees, the oldest pairing first."""

    lines: tuple[MenteeLine, ...]
    mentor_state: MentorState | None


def board_of(db: Session, actor: Actor, now: datetime) -> Board:
    """The actor's mentees now; three queries."""
    state = (
        select(MentorProfile.state)
        .where(MentorProfile.participant_id == actor.mentor_id)
        .scalar_subquery()
    )
    rows = db.execute(
        select(
            Pairing, PlatformUser, Intake.goal_text, state, _open_actions(), EngagementScore.score
        )
        .join(Pairing.mentee)
        .join(Participant.membership)
        .join(Membership.user)
        .join(Program, Program.id == Pairing.program_id)
        .outerjoin(Intake, Intake.participant_id == Pairing.mentee_id)
        .outerjoin(EngagementScore, _mentor_sees_engagement())
        .where(Pairing.mentor_id == actor.mentor_id, Pairing.state.in_(LIVE_PAIRING))
        .order_by(Pairing.created_at, Pairing.id)
    ).all()
    facts = session_facts(db, [row[0].id for row in rows], now)
    lines = tuple(
        MenteeLine(
            pairing_id=pairing.id,
            state=pairing.state,
            name=user.display_name,
            short_name=user.short_name,
            goal_text=goal_text or "",
            since=pairing.started_at or pairing.created_at,
            sessions=facts[pairing.id],
            open_actions=open_actions,
            engagement=engagement,
        )
        for pairing, user, goal_text, _state, open_actions, engagement in rows
    )
    return Board(lines, rows[0][3] if rows else db.scalar(select(state)))


def _mentor_sees_engagement() -> ColumnElement[bool]:
    """The mentee's score, if the program says so and both have signed."""
    return and_(
        EngagementScore.participant_id == Pairing.mentee_id,
        Program.mentors_see_engagement,
        Pairing.state.in_(SIGNED),
    )


def _open_actions() -> ScalarSelect[int]:
    """What is open between the two; what belongs to a private goal is not the mentor's to know."""
    return (
        select(func.count())
        .select_from(ActionItem)
        .outerjoin(Goal, Goal.id == ActionItem.goal_id)
        .where(
            ActionItem.pairing_id == Pairing.id,
            ActionItem.state == ActionState.OPEN,
            or_(Goal.id.is_(None), Goal.visibility == Visibility.SHARED),
        )
        .correlate(Pairing)
        .scalar_subquery()
    )
