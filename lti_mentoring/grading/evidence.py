"""What a learner has shown so far, and how much of the program was open to them."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from itertools import zip_longest
from zoneinfo import ZoneInfo

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from lti_mentoring.core import clock
from lti_mentoring.grading.ledger import MENTOR_MISSED
from lti_mentoring.models import (
    Activity,
    EngagementEvent,
    Exemption,
    Goal,
    Pairing,
    Participant,
    Program,
    ProgramBreak,
)
from lti_mentoring.rules.credits import session_credits
from lti_mentoring.rules.engagement import RubricLine, prorated_target
from lti_mentoring.rules.opportunity import (
    Window,
    exempt_by_waiting,
    lost_days_without_pairing,
    opportunity,
    program_days,
)
from lti_mentoring.vocabulary import Component, PairingState, Verb

STANDSTILL = frozenset(
    {PairingState.PAUSED.value, PairingState.INTERRUPTED.value, PairingState.SUSPENDED.value}
)


@dataclass(frozen=True)
class Evidence:
    """Credits per component, the opportunity ``f`` (0 to 1), and what does not count.

    ``has_events`` is false until the first countable fact.
    """

    earned: dict[Component, Decimal]
    f: Decimal
    exempt: frozenset[Component]
    goals_reviewed: int
    has_events: bool


def gather(
    db: Session, participant: Participant, program: Program, lines: Sequence[RubricLine]
) -> Evidence:
    """Everything that a mentee's score follows from, as it stands now."""
    exemptions = _exemptions(db, participant)
    f, waited_too_long = _opportunity(db, participant, program, exemptions)
    exempt = {e.component for e in exemptions if e.component and e.ended_at is None}
    earned, mentor_missed = _credits(db, participant.id)
    target = next((line.target for line in lines if line.component is Component.SESSIONS), 0)
    earned[Component.SESSIONS] = session_credits(
        earned[Component.SESSIONS],
        mentor_missed,
        prorated_target(Component.SESSIONS, target, f),
    )
    reviewed = select(func.count()).where(
        Goal.owner_id == participant.id, Goal.reviewed_at.is_not(None)
    )
    return Evidence(
        earned=dict(earned),
        f=f,
        exempt=waited_too_long | exempt,
        goals_reviewed=db.scalar(reviewed) or 0,
        has_events=any(earned.values()),
    )


def _credits(db: Session, participant_id: int) -> tuple[defaultdict[Component, Decimal], int]:
    """Sums per component without sessions that the mentor missed, and the number of those."""
    missed = EngagementEvent.source.startswith(MENTOR_MISSED, autoescape=True).label("missed")
    rows = db.execute(
        select(EngagementEvent.component, missed, func.sum(EngagementEvent.credit))
        .where(EngagementEvent.participant_id == participant_id)
        .group_by(EngagementEvent.component, "missed")
    )
    earned: defaultdict[Component, Decimal] = defaultdict(Decimal)
    mentor_missed = 0
    for component, was_missed, credit in rows:
        if was_missed:
            mentor_missed += int(credit)
        else:
            earned[component] += Decimal(credit)
    return earned, mentor_missed


def _opportunity(
    db: Session, participant: Participant, program: Program, exemptions: Sequence[Exemption]
) -> tuple[Decimal, frozenset[Component]]:
    zone = ZoneInfo(program.time_zone)
    today = _day(clock.now(), zone)
    joined = max(program.starts_on, _day(participant.joined_at, zone))
    left = _day(participant.left_at, zone) if participant.left_at else None
    so_far = Window(joined, min(program.ends_on, today, left or today))
    breaks = [
        Window(row.starts_on, row.ends_on or today)
        for row in db.scalars(select(ProgramBreak).where(ProgramBreak.program_id == program.id))
    ]
    pairings = list(
        db.scalars(
            select(Pairing).where(
                Pairing.mentee_id == participant.id, Pairing.started_at.is_not(None)
            )
        )
    )
    worked = [_interval(pairing, zone) for pairing in pairings]
    paused = [_pause(row, zone) for row in exemptions if row.component is None]
    stood_still = _standstills(db, [pairing.id for pairing in pairings], zone)
    lost = lost_days_without_pairing(so_far, worked, breaks, [*paused, *stood_still])
    waited = lost_days_without_pairing(so_far, [*worked, *paused], breaks)
    total = program_days(program.starts_on, program.ends_on, breaks)
    f = opportunity(program.starts_on, program.ends_on, breaks, joined, left, lost)
    return f, exempt_by_waiting(waited, total)


def _interval(pairing: Pairing, zone: ZoneInfo) -> Window:
    started = pairing.started_at or pairing.created_at
    ended = _day(pairing.ended_at, zone) if pairing.ended_at else None
    return Window(_day(started, zone), ended)


def _pause(row: Exemption, zone: ZoneInfo) -> Window:
    starts_on = row.starts_on or _day(row.created_at, zone)
    ends = [row.ends_on, _day(row.ended_at, zone) if row.ended_at else None]
    return Window(starts_on, min((end for end in ends if end), default=None))


def _standstills(db: Session, pairing_ids: Sequence[int], zone: ZoneInfo) -> list[Window]:
    """Days on which a pairing was paused, interrupted or suspended, by the record of its moves."""
    moves = db.execute(
        select(Activity.noun_id, Activity.detail, Activity.at)
        .where(
            Activity.verb == Verb.PAIRING_MOVED,
            Activity.noun == "pairing",
            Activity.noun_id.in_(pairing_ids),
        )
        .order_by(Activity.noun_id, Activity.id)
    ).all()
    found = []
    for now, following in zip_longest(moves, moves[1:]):
        if now.detail in STANDSTILL:
            over = following is not None and following.noun_id == now.noun_id
            found.append(Window(_day(now.at, zone), _day(following.at, zone) if over else None))
    return found


def _exemptions(db: Session, participant: Participant) -> list[Exemption]:
    return list(db.scalars(select(Exemption).where(Exemption.participant_id == participant.id)))


def _day(moment: datetime, zone: ZoneInfo) -> date:
    return moment.astimezone(zone).date()
