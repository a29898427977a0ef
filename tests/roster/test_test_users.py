"""Test users and student previews are in no list, no count and no gradebook (LTI-59, B9)."""

import pytest

from lti_mentoring.core import clock
from lti_mentoring.grading import outbox, recompute
from lti_mentoring.models import (
    Course,
    Membership,
    Pairing,
    PlatformUser,
    Program,
    ScorePublication,
)
from lti_mentoring.queries import engagement as scores
from lti_mentoring.queries import learners, mentors, pair_choices, pool
from lti_mentoring.queries.lists import Wanted
from lti_mentoring.queries.rosters import roster_facts
from lti_mentoring.rules.roles import is_test_user
from lti_mentoring.services import mentors as mentor_services
from lti_mentoring.vocabulary import LIVE_PAIRING, TEST_USER_ROLE, EndReason, PublicationState
from tests.roster.conftest import entry
from tests.support.factories import make_line_item, make_mentor
from tests.support.pairs import make_pair

EVERYBODY = Wanted(state="", text="", page=1)


@pytest.fixture
def previewed(course_roster, database, frozen_clock):
    """A pair, a second mentor and a learner of whom the roster says that they are test users."""
    with database.transaction() as db:
        pair = make_pair(db)
        course = db.get_one(Course, pair.course.id)
        course.memberships_url = db.get_one(Course, course_roster.course_id).memberships_url
        course_roster.course_id = course.id
        make_line_item(db, pair.program)
        preview = make_mentor(db, pair.program, name="Preview Mentor")
        recompute.participant(db, pair.mentee.id)
        members = db.query(Membership).filter(Membership.course_id == course.id).all()
        people = {one.id: db.get_one(PlatformUser, one.user_id).subject for one in members}
    tested = {pair.mentee.membership_id, preview.membership_id}
    course_roster.lists(
        *(
            {"user_id": subject, "roles": [TEST_USER_ROLE]} if number in tested else entry(subject)
            for number, subject in people.items()
        )
    )
    course_roster.sync()
    return pair


def test_b9_the_role_alone_makes_a_test_user(previewed, database):
    assert is_test_user([TEST_USER_ROLE])
    with database.transaction() as db:
        assert db.get_one(Membership, previewed.mentee.membership_id).is_test_user


def test_b9_a_pairing_with_a_test_user_is_over_and_its_seat_is_free(previewed, db):
    pairing = db.get_one(Pairing, previewed.pairing.id)

    assert pairing.state not in LIVE_PAIRING
    assert pairing.end_reason is EndReason.LEFT_COURSE


def names(page):
    return {row.name for row in page.rows}


def test_lti59_no_list_has_a_test_user(previewed, db):
    teacher = previewed.teresa(db)
    nominated = names(pool.members(db, teacher, EVERYBODY))

    assert names(learners.learners(db, teacher, EVERYBODY)) == {"Lia Berg"}
    assert names(scores.learners(db, teacher, EVERYBODY)) == {"Lia Berg"}
    assert not nominated & {"Ana Souza", "Preview Mentor"}


def test_lti59_no_count_has_a_test_user(previewed, db):
    teacher = previewed.teresa(db)

    assert roster_facts(db, teacher).people == 3
    standing = scores.standing(db, teacher)
    assert standing.scored + standing.unscored == 1


def test_lti59_a_test_user_is_in_no_ranking_and_no_pool(previewed, db):
    choice = pair_choices.choice_for(db, previewed.teresa(db), previewed.other.id, clock.now())
    cards = db.execute(mentors._in_pool(previewed.lia(db))).all()

    assert {each.name for each in choice.candidates} == {"Rui Costa"}
    assert len(cards) == 1


def test_lti59_a_test_user_gets_no_grade(previewed, database):
    with database.transaction() as db:
        recompute.participant(db, previewed.mentee.id)
    with database.transaction() as db:
        assert outbox.claim(db, 10, 60) == []
        cells = db.query(ScorePublication).all()
        assert {cell.state for cell in cells} <= {PublicationState.STOPPED}


def test_lti59_a_test_user_cannot_be_nominated(previewed, db):
    teacher = previewed.teresa(db)

    chosen = [previewed.mentee.membership_id]

    assert (
        mentor_services.nominate(db, teacher, db.get_one(Program, previewed.program.id), chosen)
        == 0
    )
