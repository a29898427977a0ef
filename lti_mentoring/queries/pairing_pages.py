"""Everything that the page of one pairing shows to one of its two people, or to staff."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from lti_mentoring.models import (
    ActionItem,
    Agreement,
    Goal,
    Intake,
    Membership,
    MentorProfile,
    Pairing,
    Participant,
    PlatformUser,
)
from lti_mentoring.policies.actor import Actor
from lti_mentoring.policies.pairing import is_in
from lti_mentoring.queries.fits import Why, frame_of, likes_of, load_book, why
from lti_mentoring.queries.goals import ActionLine, GoalLine, action_line, goals_of
from lti_mentoring.queries.pairings import (
    SessionFacts,
    Signature,
    current_agreement,
    fit_answers,
    session_facts,
    signatures,
)
from lti_mentoring.vocabulary import LIVE_PAIRING, ActionState, FitAnswer, Visibility

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


def page_of(db: Session, actor: Actor, pairing: Pairing, now: datetime) -> PairingPage:
    """What the actor may see of ``pairing``."""
    agreement = current_agreement(db, pairing.program_id)
    signed = tuple(signatures(db, pairing, agreement))
    sessions = session_facts(db, [pairing.id], now)[pairing.id]
    if not is_in(actor, pairing):
        return PairingPage(pairing, None, None, agreement, signed, sessions, None, None)
    is_mentee = actor.mentee_id == pairing.mentee_id
    me, partner = (
        (pairing.mentee, pairing.mentor) if is_mentee else (pairing.mentor, pairing.mentee)
    )
    return PairingPage(
        pairing=pairing,
        me=me,
        partner=partner,
        agreement=agreement,
        signed=signed,
        sessions=sessions,
        my_fit=fit_answers(db, pairing.id).get(me.id),
        why=why_of(db, actor, pairing, now),
    )


def open_actions_of(db: Session, pairing: Pairing) -> list[ActionLine]:
    """What is open between the two, soonest first; nothing that belongs to a private goal."""
    rows = db.execute(
        select(ActionItem, PlatformUser)
        .join(ActionItem.owner)
        .join(Participant.membership)
        .join(Membership.user)
        .outerjoin(Goal, Goal.id == ActionItem.goal_id)
        .where(
            ActionItem.pairing_id == pairing.id,
            ActionItem.state == ActionState.OPEN,
            or_(Goal.id.is_(None), Goal.visibility == Visibility.SHARED),
        )
        .order_by(ActionItem.due_on.is_(None), ActionItem.due_on, ActionItem.id)
        .limit(MOST_ACTIONS)
    )
    return [action_line(item, user) for item, user in rows]


def shared_goals_of(db: Session, pairing: Pairing) -> list[GoalLine]:
    """The mentee's goals that both may read, while the pairing is alive."""
    if pairing.state not in LIVE_PAIRING:
        return []
    goals = goals_of(db, pairing.mentee_id)
    return [goal for goal in goals if goal.visibility is Visibility.SHARED]


def why_of(db: Session, actor: Actor, pairing: Pairing, now: datetime) -> Why:
    """Why the two fit, for one of them to read."""
    intake = db.scalar(select(Intake).where(Intake.participant_id == pairing.mentee_id))
    profile = db.scalar(
        select(MentorProfile).where(MentorProfile.participant_id == pairing.mentor_id)
    )
    book = load_book(db, pairing.program_id, {pairing.mentee_id, pairing.mentor_id})
    frame = frame_of(pairing.program, now.date(), actor.time_zone)
    return why(
        book, frame, (pairing.mentee_id, likes_of(intake)), (pairing.mentor_id, likes_of(profile))
    )
