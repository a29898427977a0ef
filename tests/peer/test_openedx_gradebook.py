"""Columns and scores in the gradebook of a real Open edX; E4 to E6 are rows of its quirk table.

What is written is asked of the platform itself: ``grades`` is the LMS's gradebook, where a score
is scaled to the unit's ten points; ``scores`` is what its grade service keeps of each person.
"""

from datetime import timedelta
from decimal import Decimal

import pytest

from lti_mentoring.advantage.scores import Delivered, Score, send
from lti_mentoring.advantage.tokens import RegisteredTool
from lti_mentoring.core import clock
from lti_mentoring.models import (
    LineItem,
    Registration,
)
from lti_mentoring.vocabulary import (
    ActivityProgress,
    Component,
    LineItemKind,
    PublicationState,
)

pytestmark = pytest.mark.peer


def test_a_score_arrives_in_the_column_of_the_unit(course, learner):
    """It has to name its link, or the LMS would take its scores and never show them."""
    amara = learner(course)

    amara.earn()

    seen = course.look()
    (column,) = seen["columns"]
    assert column["link"] == course.block
    assert (column["label"], column["maximum"], column["tag"]) == ("Mentoring", 100, "engagement")
    assert amara.engagement > 0
    assert seen["grades"]["amara"]["points"] == pytest.approx(amara.engagement / 10)
    assert seen["grades"]["amara"]["comment"]
    assert amara.deliveries() == {LineItemKind.ENGAGEMENT: PublicationState.SENT}


def test_e6_a_new_score_replaces_the_old_after_a_look_at_the_persons_result(course, learner):
    """Asked at the column's own address; pylti1p3 says that there are none if it has no id."""
    amara = learner(course)
    amara.earn()

    amara.earn(Component.ORIENTATION)

    seen = course.look()
    assert seen["scores"] == {amara.subject: amara.engagement}
    assert seen["grades"]["amara"]["points"] == pytest.approx(amara.engagement / 10)
    (look,) = course.asked("/results")
    assert look["url"].endswith(f"/results/{amara.subject}")


def test_e5_a_zero_is_shown_by_the_platform_of_today(course, learner):
    """Older releases keep it to themselves, so the tool says where a zero can be seen."""
    amara = learner(course)
    amara.earn()

    amara.lose_everything()

    assert amara.engagement == 0
    assert course.look()["scores"] == {amara.subject: 0}
    assert course.look()["grades"]["amara"]["points"] == 0


def test_e5_a_score_that_is_sent_twice_has_arrived(course, learner):
    """The process died after sending: the platform says 400, that the score exists already."""
    amara = learner(course)
    amara.earn()
    before = course.look()["grades"]

    with amara.act() as db:
        cell = amara.cell(db)
        cell.state, cell.next_at = PublicationState.SENDING, clock.now()
        cell.sent_at = cell.sent_score = cell.sent_maximum = cell.sent_scored_at = None

    assert [asked["status"] for asked in course.asked("/scores")] == [201, 400]
    assert amara.deliveries() == {LineItemKind.ENGAGEMENT: PublicationState.SENT}
    assert course.look()["grades"] == before


@pytest.mark.parametrize("hours", [0, 1])
def test_e5_a_score_that_is_not_newer_changes_nothing_and_counts_as_delivered(
    course, learner, hours
):
    amara = learner(course)
    amara.earn()
    before = course.look()
    work = course.tool.extensions["mentoring"].worker.work
    with course.transaction() as db:
        cell = amara.cell(db)
        url = cell.line_item.url
        late = Score(
            user_id=amara.subject,
            given=Decimal(99),
            maximum=Decimal(100),
            comment="",
            activity_progress=ActivityProgress.IN_PROGRESS,
            scored_at=cell.scored_at - timedelta(hours=hours),
        )
        tool = RegisteredTool.of(db.get_one(Registration, course.registration_id))

    outcome = send(work.client_of(tool), url, late)

    assert outcome == Delivered()
    assert [asked["status"] for asked in course.asked("/scores")] == [201, 400]
    after = course.look()
    assert (after["scores"], after["grades"]) == (before["scores"], before["grades"])


def test_who_decided_a_score_and_when_go_along_and_change_nothing(course, learner):
    """LTI-111: it takes what it does not keep."""
    amara = learner(course)
    amara.earn()
    work = course.tool.extensions["mentoring"].worker.work
    with course.transaction() as db:
        cell = amara.cell(db)
        url, started_at = cell.line_item.url, cell.started_at
        told = Score(
            user_id=amara.subject,
            given=Decimal(50),
            maximum=Decimal(100),
            comment="",
            activity_progress=ActivityProgress.IN_PROGRESS,
            scored_at=cell.scored_at + timedelta(seconds=5),
            scored_by=course.look()["people"]["amara"],
            started_at=started_at,
            submitted_at=cell.scored_at,
        )
        tool = RegisteredTool.of(db.get_one(Registration, course.registration_id))

    assert send(work.client_of(tool), url, told) == Delivered()

    assert started_at is not None
    assert [asked["status"] for asked in course.asked("/scores")] == [201, 201]
    assert course.look()["scores"] == {amara.subject: 50}
    assert course.look()["grades"]["amara"]["points"] == pytest.approx(5)


def test_a_column_without_a_link_takes_scores_and_never_shows_them(course, learner):
    """The column of completion is the course's (docs/decisions/0014)."""
    amara = learner(course, posts_engagement=False, posts_completion=True)

    amara.earn()

    seen = course.look()
    assert [column["link"] for column in seen["columns"]] == [""]
    assert list(seen["scores"]) == [amara.subject]
    assert seen["grades"] == {}
    assert amara.deliveries() == {LineItemKind.COMPLETION: PublicationState.SENT}


def test_e4_where_only_the_platform_makes_columns_its_own_is_used(make_course, learner):
    course = make_course(gradebook="declarative")
    amara = learner(course)

    amara.earn()

    seen = course.look()
    (column,) = seen["columns"]
    assert (column["link"], column["tag"]) == (course.block, "")
    assert seen["grades"]["amara"]["points"] == pytest.approx(amara.engagement / 10)


def test_without_a_gradebook_nothing_is_asked_of_it(make_course, learner):
    course = make_course(gradebook="disabled")
    amara = learner(course)

    amara.earn()

    assert amara.engagement > 0
    assert course.asked("/lti-ags") == []
    assert amara.deliveries() == {}


def test_e5_past_the_due_date_the_score_stays_in_our_view(course, learner):
    amara = learner(course)
    course.change(past_due=True)

    amara.earn()

    seen = course.look()
    assert seen["scores"] == {amara.subject: amara.engagement}
    assert seen["grades"] == {}


def test_our_column_is_found_again_although_the_platform_knows_no_such_filter(course, learner):
    """It answers a search by ``resource_id`` with every column that there is."""
    learner(course, posts_completion=True)
    with course.transaction() as db:
        before = {row.kind: row.url for row in db.query(LineItem).all()}
        for row in db.query(LineItem).all():
            row.url, row.next_at = None, clock.now()

    course.work()

    with course.transaction() as db:
        assert {row.kind: row.url for row in db.query(LineItem).all()} == before
    assert len(set(before.values())) == len(course.look()["columns"]) == 2
