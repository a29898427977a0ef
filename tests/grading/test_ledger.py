from decimal import Decimal

import pytest
from sqlalchemy import func, select

from lti_mentoring.grading import ledger
from lti_mentoring.models import EngagementEvent
from lti_mentoring.vocabulary import Component
from tests.support.factories import make_mentee, make_program


@pytest.fixture
def learner(db):
    return make_mentee(db, make_program(db)).id


def total(db, learner):
    summed = select(func.sum(EngagementEvent.credit)).where(
        EngagementEvent.participant_id == learner
    )
    return Decimal(db.scalar(summed) or 0)


def write(db, learner, frozen_clock, source="session:1", credit=1):
    return ledger.credit(db, learner, Component.SESSIONS, Decimal(credit), source, frozen_clock.now)


def test_the_same_fact_counts_once(db, learner, frozen_clock):
    assert write(db, learner, frozen_clock) is True
    assert write(db, learner, frozen_clock) is False
    assert total(db, learner) == 1


def test_a_fact_can_be_taken_back_once(db, learner, frozen_clock):
    write(db, learner, frozen_clock)
    event = db.scalars(select(EngagementEvent)).one()

    assert ledger.reverse(db, event) is True
    assert ledger.reverse(db, event) is False
    assert total(db, learner) == 0


def test_a_fact_can_change_its_worth_and_every_line_stays(db, learner, frozen_clock):
    now = frozen_clock.now

    worths = [Decimal("0.5"), Decimal(1), Decimal(0), Decimal(1)]
    totals = []
    for worth in worths:
        ledger.restate(db, learner, Component.SESSIONS, worth, "session:1", now)
        totals.append(total(db, learner))

    assert totals == worths
    assert db.scalar(select(func.count()).select_from(EngagementEvent)) == 5


def test_restating_what_stands_writes_nothing(db, learner, frozen_clock):
    write(db, learner, frozen_clock)

    changed = ledger.restate(
        db, learner, Component.SESSIONS, Decimal(1), "session:1", frozen_clock.now
    )

    assert changed is False


def test_restating_one_session_leaves_another_with_a_longer_number_alone(db, learner, frozen_clock):
    write(db, learner, frozen_clock, source="session:10")

    ledger.restate(db, learner, Component.SESSIONS, Decimal(0), "session:1", frozen_clock.now)

    assert total(db, learner) == 1
