"""Rows of the confidentiality table that hold facts instead of words: who sees that one changed?

A fact is hidden from a reader if no page of theirs says anything else when only it is another.
"""

import re
from datetime import timedelta
from decimal import Decimal

import pytest
from sqlalchemy import inspect, select

from lti_mentoring.models import (
    Closing,
    EngagementScore,
    FitCheck,
    MentoringSession,
    Observation,
    Pairing,
    Program,
)
from lti_mentoring.policies.confidentiality import MATRIX, Access, DataKind, Reader
from lti_mentoring.vocabulary import ClosingDecision, FitAnswer, ProgramState, SessionState
from tests.functional.test_confidentiality import READERS
from tests.support.every_page import open_every_page
from tests.support.full_program import make_full_program
from tests.support.visitor import visit

CHANGING = re.compile(r'name="(csrf_token|version)"[^>]*>')


def other_session_facts(db, full):
    """A session was not held after all, and the next one is a day later."""
    held = select(MentoringSession).where(MentoringSession.state == SessionState.HELD)
    db.scalars(held).one().state = SessionState.MISSED_BY_MENTEE
    db.get_one(MentoringSession, full.session).starts_at += timedelta(days=1)


def other_answer_of(side):
    """One of the two does not find it a good fit."""

    def change(db, full):
        pairing = db.get_one(Pairing, full.pairing)
        answers = select(FitCheck).where(FitCheck.participant_id == getattr(pairing, side))
        db.scalars(answers).one().answer = FitAnswer.NOT_A_FIT

    return change


def other_engagement(db, full):
    """The mentee's number is another."""
    mentee = db.get_one(Pairing, full.pairing).mentee_id
    db.get_one(EngagementScore, mentee).score = Decimal("77.7")


def other_decision(db, full):
    """The mentee decides otherwise at the end."""
    db.scalars(select(Closing)).one().decision = ClosingDecision.INDEPENDENT


FACTS = {
    DataKind.SESSION_FACTS: other_session_facts,
    DataKind.FIT_ANSWER_OF_MENTEE: other_answer_of("mentee_id"),
    DataKind.FIT_ANSWER_OF_MENTOR: other_answer_of("mentor_id"),
    DataKind.ENGAGEMENT: other_engagement,
    DataKind.CLOSING_DECISION: other_decision,
}


def old_values(row):
    """What the changed columns held before."""
    histories = {each.key: each.history for each in inspect(row).attrs}
    return {name: old.deleted[0] for name, old in histories.items() if old.deleted}


class Looking:
    """One reader, who has opened all pages and opens them again after something is changed."""

    def __init__(self, app, database, full, reader):
        self.database = database
        self.full = full
        self.visitor = visit(app, getattr(full, READERS[reader]))
        self.addresses = [address for address, _ in open_every_page(app, self.visitor)]
        self.before = self._open()

    def pages_that_show(self, change):
        """The addresses whose pages are others while ``change`` is made; it is undone again."""
        with self.database.transaction() as db, db.no_autoflush:
            change(db, self.full)
            old = [(type(row), inspect(row).identity, old_values(row)) for row in db.dirty]
        after = self._open()
        with self.database.transaction() as db:
            for model, identity, values in old:
                row = db.get_one(model, identity)
                for name, value in values.items():
                    setattr(row, name, value)
        return [address for address in self.addresses if self.before[address] != after[address]]

    def _open(self):
        return {address: self._text(address) for address in self.addresses}

    def _text(self, address):
        html = self.visitor.get(address).response.get_data(as_text=True)
        assert self.visitor.status == 200, address
        return CHANGING.sub("", html)


def prepare(database, **facts):
    with database.transaction() as db:
        full = make_full_program(db)
        for name, value in facts.items():
            setattr(db.get_one(Program, full.program), name, value)
    return full


@pytest.mark.slow
@pytest.mark.parametrize("reader", READERS)
def test_facts_are_seen_by_whom_the_table_names_and_by_nobody_else(
    app, database, frozen_clock, reader
):
    looking = Looking(app, database, prepare(database), reader)

    seen = {kind: looking.pages_that_show(change) for kind, change in FACTS.items()}

    hidden = {Access.NONE, Access.IF_SHARED}  # the program shares no engagement with mentors
    leaks = {kind: seen[kind] for kind in FACTS if MATRIX[kind][reader] in hidden and seen[kind]}
    closed = {DataKind.CLOSING_DECISION}  # seen at the end only, below
    shown = {kind for kind in FACTS if MATRIX[kind][reader] not in hidden} - closed
    assert not leaks
    assert not [kind for kind in shown if not seen[kind]], seen


@pytest.mark.slow
@pytest.mark.parametrize("reader", READERS)
def test_how_somebody_decides_at_the_end_is_seen_by_whom_the_table_names(
    app, database, frozen_clock, reader
):
    full = prepare(database, state=ProgramState.CLOSING)
    looking = Looking(app, database, full, reader)

    seen = looking.pages_that_show(other_decision)

    may_see = MATRIX[DataKind.CLOSING_DECISION][reader] is not Access.NONE
    assert bool(seen) is may_see, seen


@pytest.mark.slow
@pytest.mark.parametrize("reader", [Reader.MENTOR, Reader.OTHER_MENTOR])
def test_where_the_program_says_so_only_the_own_mentor_sees_the_engagement(
    app, database, frozen_clock, reader
):
    full = prepare(database, mentors_see_engagement=True)
    looking = Looking(app, database, full, reader)

    seen = looking.pages_that_show(other_engagement)

    is_own = MATRIX[DataKind.ENGAGEMENT][reader] is Access.IF_SHARED
    assert seen == (["/mentees"] if is_own else [])


def test_an_observer_sees_how_many_sessions_were_held_and_never_when_they_are(
    app, database, frozen_clock
):
    looking = Looking(app, database, prepare(database), Reader.OBSERVER)

    def later(db, full):
        db.get_one(MentoringSession, full.session).starts_at += timedelta(days=1)

    assert not looking.pages_that_show(later)


@pytest.mark.parametrize("kind", FACTS)
def test_an_observer_with_whom_nothing_is_shared_sees_no_fact(app, database, frozen_clock, kind):
    full = prepare(database)
    with database.transaction() as db:
        for observation in db.scalars(select(Observation)):
            observation.is_shared = False
    looking = Looking(app, database, full, Reader.OBSERVER)

    assert not looking.pages_that_show(FACTS[kind])
