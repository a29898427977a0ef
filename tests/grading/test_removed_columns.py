"""A column that a program does not post to any more leaves the gradebook, if a person wants it."""

import pytest
from sqlalchemy import select

from lti_mentoring.advantage.line_items import NOT_DELETED, NOT_OURS
from lti_mentoring.grading import line_items, removals
from lti_mentoring.models import LineItem, Program
from lti_mentoring.vocabulary import PublicationState

LATER = 21  # seconds, a bit more than the quiet while
THEIRS = {"id": "https://lms.test/column", "scoreMaximum": 100, "resourceId": "quiz"}


@pytest.fixture
def sent(gradebook, frozen_clock):
    """A learner whose score is in the gradebook."""
    learner = gradebook.learner()
    gradebook.credit(learner)
    gradebook.work()
    frozen_clock.tick(seconds=LATER)
    gradebook.work()
    assert gradebook.cell(learner).state is PublicationState.SENT
    return learner


def posts(gradebook, wanted):
    with gradebook.database.transaction() as db:
        program = db.get_one(Program, gradebook.program_id)
        program.posts_engagement = wanted
        line_items.plan_columns(db, program)


def remove(gradebook):
    with gradebook.database.transaction() as db:
        return removals.ask_for(db, db.get_one(Program, gradebook.program_id))


def column(gradebook):
    with gradebook.database.transaction() as db:
        return db.scalars(select(LineItem)).one()


def deletions(gradebook):
    asked = gradebook.platform.requests_to("/column")
    return [each for each in asked if each.method == "DELETE"]


def answers(gradebook, *answered):
    """What the platform says to reading and then to deleting the column."""
    _status, _reason, _headers, body = gradebook.platform._answers["/column"][0]
    gradebook.platform.instead("/column", body=body)
    for status in answered:
        gradebook.platform.answer("/column", status)


def test_a_column_that_is_not_posted_to_is_deleted(gradebook, sent):
    posts(gradebook, wanted=False)
    answers(gradebook, 204)

    assert remove(gradebook) == 1
    gradebook.work()

    assert len(deletions(gradebook)) == 1
    assert column(gradebook).url is None


def test_a_column_that_is_posted_to_stays(gradebook, sent):
    assert remove(gradebook) == 0
    gradebook.work()

    assert deletions(gradebook) == []


def test_a_column_of_others_is_never_deleted_and_the_page_can_say_so(gradebook, sent):
    posts(gradebook, wanted=False)
    gradebook.platform.instead("/column", body=THEIRS)
    remove(gradebook)

    gradebook.work()

    assert deletions(gradebook) == []
    assert (column(gradebook).error, column(gradebook).unwanted_at) == (NOT_OURS, None)
    assert column(gradebook).url is not None


def test_a_refusal_is_told_and_not_repeated(gradebook, sent, frozen_clock):
    posts(gradebook, wanted=False)
    answers(gradebook, 403)
    remove(gradebook)

    gradebook.work()
    frozen_clock.tick(hours=1)
    gradebook.work()

    assert len(deletions(gradebook)) == 1
    assert column(gradebook).error == NOT_DELETED


def test_a_gradebook_that_is_away_is_asked_later(gradebook, sent, frozen_clock):
    posts(gradebook, wanted=False)
    answers(gradebook, 503)
    remove(gradebook)
    gradebook.work()
    assert column(gradebook).url is not None

    gradebook.platform.instead("/column", 404)  # it had been deleted all the same
    frozen_clock.tick(minutes=2)
    gradebook.work()

    assert column(gradebook).url is None


def test_switched_on_again_a_new_column_gets_every_score(gradebook, sent, frozen_clock):
    posts(gradebook, wanted=False)
    answers(gradebook, 204)
    remove(gradebook)
    gradebook.work()
    made = {"id": "https://lms.test/made", "scoreMaximum": 100}
    gradebook.platform.instead("/lineitems", body=[])
    gradebook.platform.answer("/lineitems", 201, body=made)
    gradebook.platform.answer("/made", body=made)
    gradebook.platform.answer("/made/scores")

    posts(gradebook, wanted=True)
    gradebook.work()
    frozen_clock.tick(minutes=1)
    gradebook.work()

    assert column(gradebook).url == "https://lms.test/made"
    assert len(gradebook.platform.requests_to("/made/scores")) == 1


def test_switched_on_again_in_time_nothing_is_deleted(gradebook, sent):
    posts(gradebook, wanted=False)
    remove(gradebook)
    posts(gradebook, wanted=True)

    gradebook.work()

    assert deletions(gradebook) == []
    assert column(gradebook).unwanted_at is None
