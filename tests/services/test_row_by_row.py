"""One bad row holds up nobody else's clock, and the log does not say what people wrote."""

import logging
from datetime import timedelta

import pytest
from sqlalchemy import insert, select
from sqlalchemy.exc import OperationalError

from lti_mentoring.core import clock
from lti_mentoring.jobs import work
from lti_mentoring.models import EngagementRubric, EngagementScore, Goal, MentorRequest, Program
from lti_mentoring.services import timers
from lti_mentoring.services.row_by_row import each
from lti_mentoring.vocabulary import PairingState, ProgramState, RequestState, SessionState
from tests.support.factories import add, make_mentee, make_mentor
from tests.support.pairs import agree, make_pair

SECRET = "What nobody else may read"

pytestmark = pytest.mark.usefixtures("frozen_clock")


@pytest.fixture
def spoilt(db, frozen_clock):
    """A pair whose learner's score cannot be computed: nobody knows such a part of a rubric."""
    pair = make_pair(db)
    rubric = db.scalar(select(EngagementRubric).filter_by(program_id=pair.program.id))
    rubric.weights = {"nonsense": 100}
    db.flush()
    return pair


@pytest.fixture
def sound(db, spoilt):
    """Another pair in another course, made after it."""
    return make_pair(db)


def waiting(db, pair):
    """A learner whose only request waits for an answer."""
    mentee = make_mentee(db, pair.program, name="Bea Lima")
    mentor = make_mentor(db, pair.program, name="Tom Wu")
    now = clock.now()
    return add(
        db,
        MentorRequest(
            mentee_id=mentee.id,
            mentor_id=mentor.id,
            state=RequestState.SENT,
            created_at=now,
            sent_at=now,
            expires_at=now + timedelta(days=5),
        ),
    )


def test_a_pair_whose_score_fails_holds_up_no_other_clock(db, spoilt, sound, frozen_clock, caplog):
    for pair in (spoilt, sound):
        pair.pairing.state = PairingState.PROPOSED
    request = waiting(db, sound)
    db.commit()
    frozen_clock.tick(days=8)

    with caplog.at_level(logging.ERROR):
        moved = timers.run_due(db)
    db.commit()

    states = (spoilt.pairing.state, sound.pairing.state, request.state)
    assert states == (PairingState.PROPOSED, PairingState.EXPIRED, RequestState.EXPIRED)
    assert moved == 2
    assert f"unsigned pairing {spoilt.pairing.id} failed: " in caplog.text


def test_sessions_of_others_are_still_asked_about(db, spoilt, sound, frozen_clock):
    broken, fine = agree(db, spoilt), agree(db, sound)
    spoilt.program.time_zone = "Nowhere/At_All"  # the calendar of this program fails too
    for pair in (spoilt, sound):
        pair.program.ends_on = clock.now().date() + timedelta(days=16)
    db.commit()
    frozen_clock.tick(days=3)

    timers.run_due(db)

    assert {broken.state, fine.state} == {SessionState.TO_CONFIRM}
    assert (spoilt.program.state, sound.program.state) == (
        ProgramState.RUNNING, ProgramState.CLOSING,
    )  # fmt: skip


def test_other_learners_scores_are_refreshed(database, settings, db, spoilt, sound):
    db.commit()
    nothing: list = [None] * 4

    done = work.refresh_scores(work.Work(database, settings, *nothing))

    known = {row.participant_id for row in db.scalars(select(EngagementScore))}
    assert known == {sound.mentee.id, sound.other.id}
    assert done == 2


def test_the_log_names_the_row_and_nothing_that_was_written(db, sound, caplog):
    owner = sound.mentee.id

    def write(title):
        db.execute(insert(Goal).values(owner_id=owner if title == "Fine" else None, title=title))
        return 1

    rows = [(1, SECRET), (2, "Fine")]
    with caplog.at_level(logging.ERROR):
        done = each(db, "goal", rows, len)
        failed = each(db, "goal", rows[:1], write)

    assert (done, failed) == (len(SECRET) + len("Fine"), 0)
    assert "goal 1 failed: " in caplog.text
    assert SECRET not in caplog.text


def test_what_a_bad_row_had_begun_is_undone(db, sound):
    def spoil(title):
        db.get_one(Program, sound.program.id).title = title
        db.flush()
        if title == SECRET:
            raise ValueError(title)
        return 1

    done = each(db, "program", [(1, "Good"), (2, SECRET)], spoil)

    assert done == 1
    assert sound.program.title == "Good"


def test_a_lost_connection_is_no_bad_row(db, sound):
    def lose(_row):
        raise OperationalError("SELECT 1", {}, Exception("gone"), connection_invalidated=True)

    with pytest.raises(OperationalError):
        each(db, "goal", [(1, None)], lose)
