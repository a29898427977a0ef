"""The ledger of countable facts: append-only, and each fact counts once.

``source`` names the fact, such as ``session:90``. A session that the mentor missed is
named by ``missed_by_mentor``, since of those only some count.
"""

from datetime import datetime
from decimal import Decimal

from sqlalchemy import or_, select
from sqlalchemy.orm import Session, aliased

from lti_mentoring.core import clock
from lti_mentoring.core.upsert import insert_into
from lti_mentoring.models import EngagementEvent, Participant
from lti_mentoring.vocabulary import Component

MENTOR_MISSED = "mentor_missed:"
VERSION = "#"


def session_source(session_id: int) -> str:
    """The name of the fact that a session took place."""
    return f"session:{session_id}"


def mentor_missed_source(session_id: int) -> str:
    """The name of the fact that the mentee was ready for a session and the mentor was not."""
    return f"{MENTOR_MISSED}{session_id}"


def hold(db: Session, participant_id: int) -> Participant:
    """The participant as stored now, whose ledger and score nobody else changes until the commit.

    Two acts of one learner at once come one after the other by it, and the second counts the
    first. Whoever locks a pairing as well does so before.
    """
    return db.scalars(
        select(Participant)
        .where(Participant.id == participant_id)
        # Rows that only point at the participant, such as credits, do not have to wait.
        .with_for_update(key_share=True)
        .execution_options(populate_existing=True)
    ).one()


def credit(
    db: Session,
    participant_id: int,
    component: Component,
    credit: Decimal,
    source: str,
    occurred_at: datetime,
) -> bool:
    """Write a fact down; false if it stands there already, which changes nothing."""
    row = {
        "participant_id": participant_id,
        "component": component,
        "credit": credit,
        "source": source,
        "occurred_at": occurred_at,
        "recorded_at": clock.now(),
    }
    statement = insert_into(db, EngagementEvent).values(row).on_conflict_do_nothing()
    return db.execute(statement.returning(EngagementEvent.id)).first() is not None


def reverse(db: Session, event: EngagementEvent) -> bool:
    """Take a fact back by a line of the opposite credit; false if it was taken back before."""
    row = {
        "participant_id": event.participant_id,
        "component": event.component,
        "credit": -event.credit,
        "source": event.source,
        "occurred_at": event.occurred_at,
        "recorded_at": clock.now(),
        "reverses_id": event.id,
    }
    statement = insert_into(db, EngagementEvent).values(row).on_conflict_do_nothing()
    return db.execute(statement.returning(EngagementEvent.id)).first() is not None


def restate(
    db: Session,
    participant_id: int,
    component: Component,
    credit_now: Decimal,
    source: str,
    occurred_at: datetime,
) -> bool:
    """Let a fact be worth ``credit_now``, whatever it was worth before; false if it already is.

    For facts that change their mind: a session that is disputed and then settled. What stood
    is taken back, and the fact written anew as its next version.
    """
    versions = _versions(db, participant_id, component, source)
    standing = [event for event in versions if not _is_reversed(db, event)]
    if [event.credit for event in standing] == ([credit_now] if credit_now else []):
        return False
    for event in standing:
        reverse(db, event)
    if credit_now:
        name = f"{source}{VERSION}{len(versions) + 1}" if versions else source
        credit(db, participant_id, component, credit_now, name, occurred_at)
    return True


def _versions(
    db: Session, participant_id: int, component: Component, source: str
) -> list[EngagementEvent]:
    return list(
        db.scalars(
            select(EngagementEvent).where(
                EngagementEvent.participant_id == participant_id,
                EngagementEvent.component == component,
                EngagementEvent.reverses_id.is_(None),
                or_(
                    EngagementEvent.source == source,
                    EngagementEvent.source.startswith(source + VERSION, autoescape=True),
                ),
            )
        )
    )


def _is_reversed(db: Session, event: EngagementEvent) -> bool:
    reversal = aliased(EngagementEvent)
    found = db.scalar(select(reversal.id).where(reversal.reverses_id == event.id))
    return found is not None
