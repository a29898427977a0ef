"""What the two of a pair do with a session once it is over, and what it has earned."""

from datetime import datetime, timedelta
from decimal import Decimal

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from lti_mentoring.models import EngagementEvent, MentoringSession
from lti_mentoring.policies.actor import Actor
from lti_mentoring.queries.sessions import private_note, room_for
from lti_mentoring.services import attendances, sessions
from lti_mentoring.services.attendances import ReportDraft
from lti_mentoring.vocabulary import AttendanceAnswer, Component
from tests.support.frozen_clock import FrozenClock
from tests.support.pairs import Pair, agree


def over(
    db: Session, frozen_clock: FrozenClock, pair: Pair, starts_at: datetime | None = None
) -> MentoringSession:
    """An agreed session whose time has just passed."""
    session = agree(db, pair, starts_at)
    frozen_clock.move_to(sessions.ends_at(session) + timedelta(minutes=1))
    return session


def say(
    db: Session,
    pair: Pair,
    session: MentoringSession,
    by_ana: AttendanceAnswer | None = None,
    by_rui: AttendanceAnswer | None = None,
    minutes: int = 40,
) -> None:
    """The two report, first Ana, then Rui; ``minutes`` if they met. Who has no answer is silent."""
    for answer, actor in ((by_ana, pair.ana(db)), (by_rui, pair.rui(db))):
        if answer is not None:
            length = minutes if answer is AttendanceAnswer.HELD else 0
            attendances.report(db, actor, session, ReportDraft(answer, length))
            db.flush()


def earned(db: Session, pair: Pair, component: Component = Component.SESSIONS) -> Decimal | int:
    """The mentee's credits for the component so far."""
    db.flush()
    total = select(func.sum(EngagementEvent.credit)).where(
        EngagementEvent.participant_id == pair.mentee.id, EngagementEvent.component == component
    )
    return db.scalar(total) or 0


def note_of(db: Session, actor: Actor, session: MentoringSession) -> str | None:
    """What the actor has written in private about the session."""
    note = private_note(db, room_for(db, actor, session.id))
    return note.body if note else None
