"""What a learner has shown so far, and how much of the program was open to them."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal
from zoneinfo import ZoneInfo

from sqlalchemy import and_, case, func, select
from sqlalchemy.orm import Session, aliased

from lti_mentoring.core import clock
from lti_mentoring.grading.ledger import MENTOR_MISSED
from lti_mentoring.grading.search import pairings_of, ready_on, requests_of
from lti_mentoring.models import (
    EngagementEvent,
    Exemption,
    Goal,
    Participant,
    Program,
    ProgramBreak,
)
from lti_mentoring.rules.credits import session_credits
from lti_mentoring.rules.engagement import RubricLine, prorated_target
from lti_mentoring.rules.opportunity import (
    Window,
    exempt_by_waiting,
    lost_days,
    opportunity,
    program_days,
    waiting,
)
from lti_mentoring.vocabulary import Component, GoalState, PairingMethod

DAY = timedelta(days=1)


@dataclass(frozen=True)
class Evidence:
    """Credits per component, the opportunity ``f`` (0 to 1), and what does not count.

    ``exempt`` is what coordinators said; ``let_off`` is not demanded, but counts where that
    helps. ``has_events`` is false until the first countable fact; ``last_at`` is when the latest
    one happened of those that count now.
    """

    earned: dict[Component, Decimal]
    f: Decimal
    exempt: frozenset[Component]
    let_off: frozenset[Component]
    goals_reviewed: int
    has_events: bool
    last_at: datetime | None = None


def gather(
    db: Session, participant: Participant, program: Program, lines: Sequence[RubricLine]
) -> Evidence:
    """Everything that a mentee's score follows from, as it stands now."""
    exemptions = _exemptions(db, participant)
    f, let_off = _opportunity(db, participant, program, exemptions)
    if not program.trial_days and not program.trial_sessions:
        let_off |= {Component.FEEDBACK}  # what is asked in a trial is asked nobody
    exempt = {e.component for e in exemptions if e.component and e.ended_at is None}
    earned, mentor_missed, latest = _credits(db, participant.id)
    counted = {line.component for line in lines if line.weight} - exempt
    target = next((line.target for line in lines if line.component is Component.SESSIONS), 0)
    earned[Component.SESSIONS] = session_credits(
        earned[Component.SESSIONS],
        mentor_missed,
        max(1, prorated_target(Component.SESSIONS, target, f)),
    )
    return Evidence(
        earned=dict(earned),
        f=f,
        exempt=frozenset(exempt),
        let_off=let_off,
        goals_reviewed=_goals_reviewed(db, participant.id, earned),
        has_events=any(earned.values()),
        last_at=max((latest[each] for each in counted if each in latest), default=None),
    )


def _goals_reviewed(db: Session, participant_id: int, earned: Mapping[Component, Decimal]) -> int:
    """Goals that were looked back on at their end; those given up once the learner has closed."""
    reviewed = select(func.count()).where(
        Goal.owner_id == participant_id, Goal.reviewed_at.is_not(None)
    )
    if not earned.get(Component.CLOSURE):
        reviewed = reviewed.where(Goal.state != GoalState.DROPPED)
    return db.scalar(reviewed) or 0


def _credits(
    db: Session, participant_id: int
) -> tuple[defaultdict[Component, Decimal], int, dict[Component, datetime]]:
    """Sums per component without sessions that the mentor missed, and the number of those.

    And per component when the latest fact happened that was not taken back.
    """
    reversal = aliased(EngagementEvent)
    missed = EngagementEvent.source.startswith(MENTOR_MISSED, autoescape=True).label("missed")
    stands = and_(EngagementEvent.reverses_id.is_(None), reversal.id.is_(None))
    rows = db.execute(
        select(
            EngagementEvent.component,
            missed,
            func.sum(EngagementEvent.credit),
            func.max(case((stands, EngagementEvent.occurred_at))),
        )
        .outerjoin(reversal, reversal.reverses_id == EngagementEvent.id)
        .where(EngagementEvent.participant_id == participant_id)
        .group_by(EngagementEvent.component, "missed")
    )
    earned: defaultdict[Component, Decimal] = defaultdict(Decimal)
    latest: dict[Component, datetime] = {}
    mentor_missed = 0
    for component, was_missed, credit, last_at in rows:
        if was_missed:
            mentor_missed += int(credit)
        else:
            earned[component] += Decimal(credit)
        if last_at is not None:
            latest[component] = max(last_at, latest.get(component, last_at))
    return earned, mentor_missed, latest


def _opportunity(
    db: Session, participant: Participant, program: Program, exemptions: Sequence[Exemption]
) -> tuple[Decimal, frozenset[Component]]:
    """The learner's share of the program, and what a long wait lets off."""
    zone = ZoneInfo(program.time_zone)
    today = _day(clock.now(), zone)
    joined = max(program.starts_on, _day(participant.joined_at, zone))
    left = _day(participant.left_at, zone) if participant.left_at else None
    whole_days = Window(joined, min(program.ends_on, today - DAY, left or today))
    breaks = [
        Window(starts_on, ends_on or today)
        for starts_on, ends_on in db.execute(
            select(ProgramBreak.starts_on, ProgramBreak.ends_on).where(
                ProgramBreak.program_id == program.id
            )
        )
    ]
    lived = pairings_of(db, participant, zone)
    worked = [Window(tie.started_on, tie.ended_on) for tie in lived.ties if tie.started_on]
    waits = waiting(
        ready_on(db, participant.id, zone),
        lived.ties,
        requests_of(db, participant.id, zone),
        by_coordinator=program.pairing_method is PairingMethod.COORDINATOR,
    )
    paused = [_pause(row, zone) for row in exemptions if row.component is None]
    lost = lost_days(whole_days, waits, worked, breaks, [*paused, *lived.standstills])
    waited = lost_days(whole_days, waits, [*worked, *paused], breaks)
    total = program_days(program.starts_on, program.ends_on, breaks)
    f = opportunity(program.starts_on, program.ends_on, breaks, joined, left, lost)
    return f, exempt_by_waiting(waited, total)


def _pause(row: Exemption, zone: ZoneInfo) -> Window:
    starts_on = row.starts_on or _day(row.created_at, zone)
    ends = [row.ends_on, _day(row.ended_at, zone) if row.ended_at else None]
    return Window(starts_on, min((end for end in ends if end), default=None))


def _exemptions(db: Session, participant: Participant) -> list[Exemption]:
    return list(db.scalars(select(Exemption).where(Exemption.participant_id == participant.id)))


def _day(moment: datetime, zone: ZoneInfo) -> date:
    return moment.astimezone(zone).date()
