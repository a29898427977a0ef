"""Rows of the confidentiality table that hold facts instead of words: who sees that one changed?

A fact is hidden from a reader if no page of theirs says anything else when only it is another.
"""

from datetime import timedelta

import pytest
from sqlalchemy import select

from lti_mentoring.models import MentoringSession, Observation, Program
from lti_mentoring.policies.confidentiality import MATRIX, Access, DataKind, Reader
from lti_mentoring.vocabulary import ProgramState
from tests.support.changed_facts import (
    FACTS,
    add_requests_and_activity,
    other_decision,
    other_engagement,
    other_order_of_requests,
)
from tests.support.full_program import make_full_program
from tests.support.looking import READERS, Looking

HIDDEN = {Access.NONE, Access.IF_SHARED}  # the program shares no engagement with mentors
ELSEWHERE = {
    (Reader.MENTEE, DataKind.REQUEST_LIST),  # of somebody who still asks, below
    (Reader.MENTEE, DataKind.CLOSING_DECISION),  # at the end only, below
    (Reader.COORDINATOR, DataKind.CLOSING_DECISION),
    # Said once, in an answer; the page that takes it does not show it again.
    (Reader.MENTOR, DataKind.DECLINE_REASON),
    (Reader.MENTOR, DataKind.SUGGESTED_MENTOR),
}
"""What a reader may see, but not on a page of a program in full swing."""


def prepare(database, **facts):
    with database.transaction() as db:
        full = make_full_program(db)
        add_requests_and_activity(db, full)
        for name, value in facts.items():
            setattr(db.get_one(Program, full.program), name, value)
    return full


@pytest.mark.slow
@pytest.mark.parametrize("reader", READERS)
def test_facts_are_seen_by_whom_the_table_names_and_by_nobody_else(
    app, database, frozen_clock, reader
):
    looking = Looking(app, database, prepare(database), READERS[reader])
    hidden = {kind: change for kind, change in FACTS.items() if MATRIX[kind][reader] in HIDDEN}

    shown = FACTS.keys() - hidden
    unseen = [
        kind
        for kind in shown
        if (reader, kind) not in ELSEWHERE and not looking.pages_that_show(FACTS[kind])
    ]
    leaks = {}
    if looking.pages_that_show(*hidden.values()):  # all at once; one by one to say which
        leaks = {kind: looking.pages_that_show(change) for kind, change in hidden.items()}

    assert not {kind: pages for kind, pages in leaks.items() if pages}
    assert not unseen, f"{reader.value} should be able to see {sorted(unseen)}"


@pytest.mark.slow
@pytest.mark.parametrize("reader", READERS)
def test_how_somebody_decides_at_the_end_is_seen_by_whom_the_table_names(
    app, database, frozen_clock, reader
):
    full = prepare(database, state=ProgramState.CLOSING)
    looking = Looking(app, database, full, READERS[reader])

    seen = looking.pages_that_show(other_decision)

    may_see = MATRIX[DataKind.CLOSING_DECISION][reader] is not Access.NONE
    assert bool(seen) is may_see, seen


@pytest.mark.slow
def test_whoever_asks_sees_the_order_of_their_own_list(app, database, frozen_clock):
    looking = Looking(app, database, prepare(database), "waiting")

    assert "/my-requests" in looking.pages_that_show(other_order_of_requests)


@pytest.mark.slow
@pytest.mark.parametrize("reader", [Reader.MENTOR, Reader.OTHER_MENTOR])
def test_where_the_program_says_so_only_the_own_mentor_sees_the_engagement(
    app, database, frozen_clock, reader
):
    full = prepare(database, mentors_see_engagement=True)
    looking = Looking(app, database, full, READERS[reader])

    seen = looking.pages_that_show(other_engagement)

    is_own = MATRIX[DataKind.ENGAGEMENT][reader] is Access.IF_SHARED
    assert seen == (["/mentees"] if is_own else [])


def test_an_observer_sees_how_many_sessions_were_held_and_never_when_they_are(
    app, database, frozen_clock
):
    looking = Looking(app, database, prepare(database), READERS[Reader.OBSERVER])

    def later(db, full):
        db.get_one(MentoringSession, full.session).starts_at += timedelta(days=1)

    assert not looking.pages_that_show(later)


def test_an_observer_with_whom_nothing_is_shared_sees_no_fact(app, database, frozen_clock):
    full = prepare(database)
    with database.transaction() as db:
        for observation in db.scalars(select(Observation)):
            observation.is_shared = False
    looking = Looking(app, database, full, READERS[Reader.OBSERVER])

    assert not looking.pages_that_show(*FACTS.values())
