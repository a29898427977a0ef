"""The promise that nothing is lost or doubled with another meaning when a process is killed."""

from datetime import timedelta

import pytest
from sqlalchemy import select

from lti_mentoring.core import clock
from lti_mentoring.grading import outbox
from lti_mentoring.grading.comment import Counts
from lti_mentoring.models import Participant, PlatformUser, ScorePublication
from lti_mentoring.vocabulary import (
    ActivityProgress,
    CourseRole,
    Product,
    PublicationState,
    Scope,
)
from tests.grading import score_sender
from tests.support.factories import make_line_item, make_member, make_mentee, make_program
from tests.support.killable import Killable
from tests.support.strict_gradebook import all_sent, serve_gradebook, wait_until

LEARNERS = 40


@pytest.fixture
def gradebook():
    with serve_gradebook() as platform:
        yield platform


def start_sender(database):
    """A delivering process that can be killed."""
    return Killable(score_sender.main, database.engine.url.render_as_string(hide_password=False))


def want_scores(database, platform):
    """Forty learners with a wanted score each; their publications' ids."""
    with database.transaction() as db:
        program = make_program(db)
        registration = program.course.deployment.registration
        registration.token_url = f"{platform.url}/token"
        registration.platform.product = Product.MOODLE  # takes everything that a score may say
        teacher = make_member(db, program.course, role=CourseRole.INSTRUCTOR)
        column = make_line_item(db, program, url=f"{platform.url}/column")
        now = clock.now()
        rows = [
            ScorePublication(
                line_item_id=column.id,
                participant_id=make_mentee(db, program, name=f"Person {number}").id,
                score_given=number,
                score_maximum=100,
                activity_progress=ActivityProgress.IN_PROGRESS,
                scored_at=now,
                next_at=now,
                started_at=now - timedelta(days=30),
                submitted_at=now - timedelta(days=1),
                scored_by_id=teacher.user_id if number % 2 else None,
            )
            for number in range(LEARNERS)
        ]
        db.add_all(rows)
        db.flush()
        return [row.id for row in rows]


def change_all(database, points):
    """Everybody has earned more: a new revision with a later timestamp, due at once."""
    with database.transaction() as db:
        for row in db.scalars(select(ScorePublication).with_for_update()):
            row.score_given += points
            row.revision += 1
            row.scored_at = max(clock.now(), row.scored_at + timedelta(seconds=1))
            row.next_at = clock.now()
            row.submitted_at, row.scored_by_id = clock.now(), None
            row.state = PublicationState.PENDING


@pytest.mark.sockets
@pytest.mark.slow
def test_a_killed_sender_loses_nothing_and_sends_nothing_with_another_meaning(database, gradebook):
    want_scores(database, gradebook)
    for round_number in range(1, 4):
        before = gradebook.count
        sender = start_sender(database)
        wait_until(lambda enough=before + 5: gradebook.count >= enough)
        if round_number == 2:
            change_all(database, points=40)  # while scores are on their way
        sender.kill()

    last = start_sender(database)
    wait_until(lambda: all_sent(database))
    last.kill()

    with database.transaction() as db:
        wanted = sorted(float(score) for score in db.scalars(select(ScorePublication.score_given)))
    assert sorted(float(score) for _, score in gradebook.accepted.values()) == wanted
    for arrivals in gradebook.arrived.values():
        assert arrivals == sorted(arrivals), "an older score arrived after a newer one"
        assert len(dict(arrivals)) == len(set(arrivals)), "one timestamp had two meanings"
    assert {len(said) for said in gradebook.meanings.values()} == {1}
    assert gradebook.misshapen == []


def look_before_sending(database):
    """The tool may see the column, so changed scores are compared with what it shows."""
    with database.transaction() as db:
        for row in db.scalars(select(ScorePublication)):
            course = db.get_one(Participant, row.participant_id).program.course
            course.ags_scopes = " ".join((Scope.LINE_ITEM, Scope.SCORE, Scope.RESULT_READ))


def want_more(database, points):
    """Everybody has earned more, as the tool counts it; due at once."""
    with database.transaction() as db:
        for row in db.scalars(select(ScorePublication).with_for_update()):
            more = outbox.Wanted(
                row.score_given + points, row.score_maximum, row.activity_progress, Counts()
            )
            outbox.want(db, row.line_item, row.participant_id, more, begin=False)
            row.next_at = clock.now()


def long_ago(database):
    """The last scores were sent some minutes ago, so that the LMS must show them by now."""
    with database.transaction() as db:
        for row in db.scalars(select(ScorePublication)):
            assert row.sent_at is not None
            row.sent_at -= timedelta(minutes=5)


def first_learners_subject(database):
    with database.transaction() as db:
        row = db.scalars(select(ScorePublication).order_by(ScorePublication.id)).first()
        assert row is not None
        member = db.get_one(Participant, row.participant_id).membership
        return db.get_one(PlatformUser, member.user_id).subject


def settled(database):
    """Nobody's score is on its way any more."""
    with database.transaction() as db:
        states = set(db.scalars(select(ScorePublication.state)).all())
    return states <= {PublicationState.SENT, PublicationState.OVERRIDDEN}


@pytest.mark.sockets
@pytest.mark.slow
def test_what_a_killed_sender_left_behind_is_not_taken_for_somebody_elses_grade(
    database, gradebook
):
    want_scores(database, gradebook)
    look_before_sending(database)
    first = start_sender(database)
    wait_until(lambda: all_sent(database))
    first.kill()
    long_ago(database)
    gradebook.typed[first_learners_subject(database)] = 99
    for points in (10, 20, 10):
        before = gradebook.count
        want_more(database, points)
        sender = start_sender(database)
        wait_until(lambda enough=before + 5: gradebook.count >= enough)
        sender.kill()

    last = start_sender(database)
    wait_until(lambda: settled(database))
    last.kill()

    with database.transaction() as db:
        rows = db.scalars(select(ScorePublication).order_by(ScorePublication.id)).all()
    assert [row.state for row in rows].count(PublicationState.OVERRIDDEN) == 1
    assert rows[0].state is PublicationState.OVERRIDDEN
    assert all(row.sent_score == row.score_given for row in rows[1:])
    assert gradebook.looked > 0
