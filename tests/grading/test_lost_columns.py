"""A column that somebody deleted in the LMS is made anew once, and again only if a person asks."""

import pytest
from sqlalchemy import select

from lti_mentoring.advantage.scores import COLUMN_GONE
from lti_mentoring.grading import column_errands, line_items
from lti_mentoring.models import Course
from lti_mentoring.vocabulary import Component, PublicationState, Scope
from tests.support.taught_class import LATER, TaughtClass


@pytest.fixture
def taught(campus, frozen_clock):
    return TaughtClass(campus, frozen_clock)


def test_a_deleted_column_is_made_anew_with_everybodys_scores(taught):
    """C14 too: an address that is not known any more is looked for."""
    assert taught.grades == taught.wanted
    taught.delete_columns()

    taught.credit(taught.learners[0], Component.NEEDS)  # only one has news
    taught.work()
    taught.work()

    assert taught.grades == taught.wanted
    assert {cell.state for cell in taught.cells} == {PublicationState.SENT}


def test_a_column_that_is_deleted_again_stays_away_until_a_person_asks(taught):
    components = iter((Component.NEEDS, Component.GOALS_SET, Component.GOAL_PROGRESS))
    taught.delete_columns()
    taught.credit(taught.learners[0], next(components))
    taught.work()
    taught.delete_columns()

    for wait in (LATER, 2 * 3600, 30 * 86_400):
        component = next(components, None)
        if component:
            taught.credit(taught.learners[0], component)
        taught.work(wait)
        assert taught.columns == []

    assert taught.row.error == column_errands.DELETED
    page = taught.page()
    assert "A column has been deleted in the LMS" in page.text
    page.submit("Make the column again")
    taught.work()
    assert taught.grades == taught.wanted


def test_who_deletes_the_column_that_a_person_asked_for_is_heeded_too(taught):
    for component in (Component.NEEDS, Component.GOALS_SET):
        taught.delete_columns()
        taught.credit(taught.learners[0], component)
        taught.work()
    taught.page().submit("Make the column again")
    taught.work()
    assert len(taught.columns) == 1

    taught.delete_columns()
    taught.credit(taught.learners[0], Component.GOAL_PROGRESS)
    taught.work(2 * 3600)

    assert taught.columns == []
    assert "Make the column again" in taught.page().text


def test_asking_for_a_column_that_is_there_changes_nothing(taught):
    with taught.campus.database.transaction() as db:
        assert line_items.make_again(db, taught.program_id) == 0
    assert "Make the column again" not in taught.page().text


def test_a_coupled_column_that_was_deleted_is_replaced_by_our_own(campus, frozen_clock):
    taught = TaughtClass(campus, frozen_clock, is_coupled=True)
    before = taught.row.url
    taught.delete_columns()

    taught.credit(taught.learners[0], Component.NEEDS)
    taught.work()
    taught.work()

    assert taught.row.url != before
    assert taught.grades == taught.wanted


def test_a_column_that_can_be_read_but_not_made_says_what_to_do(campus, frozen_clock):
    taught = TaughtClass(campus, frozen_clock, is_coupled=True)
    with campus.database.transaction() as db:
        db.scalars(select(Course)).one().ags_scopes = Scope.SCORE.value
    taught.delete_columns()

    taught.credit(taught.learners[0], Component.NEEDS)
    taught.work()

    assert (taught.row.url, taught.row.error) == (None, column_errands.NO_COLUMN)
    page = taught.page()
    assert "Add a grade to the activity" in page.text
    with campus.database.transaction() as db:
        db.scalars(select(Course)).one().ags_scopes = f"{Scope.SCORE} {Scope.LINE_ITEM}"
    page.submit("Try again to make the column")
    taught.work()
    assert taught.grades == taught.wanted


def test_if_the_column_is_there_it_is_the_person_who_is_not(gradebook, frozen_clock):
    learners = [gradebook.learner(f"Person {number}") for number in range(12)]
    for learner in learners:
        gradebook.credit(learner)
    frozen_clock.tick(seconds=LATER)
    gradebook.platform.instead("/column/scores", 404)

    for _ in range(5):
        gradebook.work()
        frozen_clock.tick(minutes=5)

    cells = [gradebook.cell(learner) for learner in learners]
    assert {(cell.state, cell.error) for cell in cells} == {("blocked", COLUMN_GONE)}
    looks = gradebook.platform.requests_to("/lineitems")
    assert len(looks) == 2  # when it was planned, and once for all those who are not there
    assert not any(look.method == "POST" for look in looks)
