"""What becomes of pairings, scores and requests when somebody leaves the course."""

from datetime import timedelta

import pytest
from sqlalchemy import select

from lti_mentoring.core import clock
from lti_mentoring.models import Course, MentorRequest, Pairing, ScorePublication
from lti_mentoring.vocabulary import ActivityProgress, PairingState, PublicationState, RequestState
from tests.roster.conftest import entry
from tests.support.factories import (
    make_line_item,
    make_mentee,
    make_mentor,
    make_pairing,
    make_program,
)


def paired_course(course_roster, database, **pairing):
    """A pair, both on the roster; the mentee's score is waiting."""
    with database.transaction() as db:
        course = db.get_one(Course, course_roster.course_id)
        program = make_program(db, course, posts_engagement=False)
        mentor, mentee = make_mentor(db, program), make_mentee(db, program)
        make_pairing(db, program, mentor=mentor, mentee=mentee, **pairing)
        mentor.membership.user.subject, mentee.membership.user.subject = "mentor", "mentee"
        column = make_line_item(db, program, url=None)
        db.add(waiting_score(column, mentee))
    course_roster.lists(entry("mentor"), entry("mentee"), entry("other"))
    course_roster.sync()


def waiting_score(column, mentee):
    return ScorePublication(
        line_item_id=column.id,
        participant_id=mentee.id,
        score_given=10,
        score_maximum=100,
        activity_progress=ActivityProgress.IN_PROGRESS,
        scored_at=clock.now(),
        next_at=clock.now() + timedelta(days=30),
    )


def states_of(database):
    with database.transaction() as db:
        return db.scalars(select(Pairing.state)).one(), db.scalars(
            select(ScorePublication.state)
        ).one()


@pytest.mark.parametrize("leaver", ["mentor", "mentee"])
def test_when_one_of_two_leaves_the_pairing_is_interrupted(
    course_roster, database, frozen_clock, leaver
):
    paired_course(course_roster, database)
    frozen_clock.tick(hours=1)
    stayer = {"mentor", "mentee"} - {leaver}
    course_roster.lists(*map(entry, stayer), entry("other"))
    course_roster.sync()

    pairing, score = states_of(database)
    assert pairing is PairingState.INTERRUPTED
    assert score is (PublicationState.STOPPED if leaver == "mentee" else PublicationState.PENDING)


def test_who_comes_back_takes_up_the_pairing_where_it_was(course_roster, database, frozen_clock):
    paired_course(course_roster, database, state=PairingState.ACTIVE)
    frozen_clock.tick(hours=1)
    course_roster.lists(entry("mentor"), entry("other"))
    course_roster.sync()
    course_roster.lists(entry("mentor"), entry("mentee"), entry("other"))
    course_roster.sync()

    assert states_of(database) == (PairingState.ACTIVE, PublicationState.PENDING)


def test_a_proposed_pairing_is_let_go_when_one_leaves(course_roster, database, frozen_clock):
    paired_course(course_roster, database, state=PairingState.PROPOSED)
    frozen_clock.tick(hours=1)
    course_roster.lists(entry("mentee"), entry("other"))
    course_roster.sync()

    assert states_of(database)[0] is PairingState.EXPIRED


def test_requests_to_and_from_people_who_left_are_released(course_roster, database, frozen_clock):
    with database.transaction() as db:
        course = db.get_one(Course, course_roster.course_id)
        program = make_program(db, course, posts_engagement=False)
        mentor, mentee = make_mentor(db, program), make_mentee(db, program)
        mentor.membership.user.subject, mentee.membership.user.subject = "mentor", "mentee"
        db.add(
            MentorRequest(
                mentee_id=mentee.id,
                mentor_id=mentor.id,
                state=RequestState.SENT,
                created_at=frozen_clock.now,
            )
        )
    course_roster.lists(entry("mentor"), entry("mentee"), entry("other"))
    course_roster.sync()
    frozen_clock.tick(hours=1)
    course_roster.lists(entry("mentor"), entry("other"))
    course_roster.sync()

    with database.transaction() as db:
        assert db.scalars(select(MentorRequest.state)).one() is RequestState.WITHDRAWN
