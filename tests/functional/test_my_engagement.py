"""My engagement: the number, its reasons, and what the teacher sees of it."""

from datetime import timedelta
from decimal import Decimal

import pytest

from lti_mentoring.core import clock
from lti_mentoring.grading import ledger, recompute
from lti_mentoring.models import (
    Activity,
    EngagementEvent,
    EngagementScore,
    Exemption,
    Program,
    ScorePublication,
)
from lti_mentoring.services import rubrics
from lti_mentoring.vocabulary import Component, ExemptionReason, PublicationState, Verb
from tests.support.counting import statements_of
from tests.support.factories import add, make_goal, make_line_item, make_mentee
from tests.support.pairs import agree, make_pair
from tests.support.visitor import visit


@pytest.fixture
def pair(database, frozen_clock):
    with database.sessions() as db:
        made = make_pair(db)
        make_line_item(db, made.program)
        db.commit()
        yield made


def page(app, pair):
    return visit(app, pair.mentee.membership_id).get("/my-engagement")


def earn(database, pair, component, source, credit=1):
    with database.transaction() as db:
        ledger.credit(db, pair.mentee.id, component, Decimal(credit), source, clock.now())
        recompute.participant(db, pair.mentee.id)


def test_before_anything_counts_the_page_says_so_and_offers_one_act(app, pair):
    visitor = page(app, pair)

    assert "Your score begins with the first thing you do" in visitor.text
    assert "there is no zero before that" in visitor.text
    assert "Write down a goal" in visitor.links


def test_the_next_best_act_stands_first_with_what_it_adds(app, database, pair):
    earn(database, pair, Component.AGREEMENT, "agreement")
    earn(database, pair, Component.NEEDS, "needs")

    visitor = page(app, pair)

    assert "Write down a goal with two steps +10 points" in visitor.text
    visitor.click("See my goals")
    assert visitor.path.endswith("/goals")


def test_what_has_to_wait_is_not_suggested(app, database, pair):
    for component in (Component.NEEDS, Component.GOALS_SET, Component.AGREEMENT):
        earn(database, pair, component, component.value)

    visitor = page(app, pair)

    assert "Hold session 1" in visitor.text
    assert "Look back on your goals" not in visitor.text


def test_progress_is_suggested_once_a_week(app, database, pair, frozen_clock):
    with database.transaction() as db:
        make_goal(db, db.merge(pair.mentee))
    earn(database, pair, Component.GOAL_PROGRESS, "week:2026-W10")
    for component in (Component.NEEDS, Component.GOALS_SET, Component.AGREEMENT):
        earn(database, pair, component, component.value)
    for number in range(6):
        earn(database, pair, Component.SESSIONS, f"session:{number}")
    this_week = page(app, pair).text
    frozen_clock.tick(days=7)

    next_week = page(app, pair).text

    assert "Tell how far a goal is" not in this_week
    assert "Tell how far a goal is" in next_week


def test_every_point_has_its_day_and_leads_to_its_reason(app, database, pair):
    with database.transaction() as db:
        session = agree(db, pair)
    earn(database, pair, Component.SESSIONS, f"session:{session.id}")

    visitor = page(app, pair).click("A session held")

    assert visitor.path.endswith(f"/sessions/{session.id}")


def test_a_mentor_who_was_not_there_and_a_correction_have_words(app, database, pair):
    with database.transaction() as db:
        session = agree(db, pair)
        source = ledger.mentor_missed_source(session.id)
        ledger.credit(db, pair.mentee.id, Component.SESSIONS, Decimal(1), source, clock.now())
        ledger.restate(db, pair.mentee.id, Component.SESSIONS, Decimal(0), source, clock.now())
        recompute.participant(db, pair.mentee.id)

    text = page(app, pair).text

    assert "You were ready, your mentor was not there" in text
    assert "Corrected: Sessions" in text


def test_the_teacher_sees_a_number_and_counts(app, database, pair):
    earn(database, pair, Component.GOALS_SET, "goal:1")
    waiting = page(app, pair).text
    with database.transaction() as db:
        cell = db.query(ScorePublication).one()
        cell.state, cell.sent_at = PublicationState.SENT, clock.now() + timedelta(minutes=1)

    sent = page(app, pair).text

    assert "Goals 1/1" in waiting
    assert "on its way" in waiting
    assert "sent Mon 2 Mar, 09:01" in sent


def test_exemptions_are_shown_without_the_coordinators_note(app, database, pair):
    with database.transaction() as db:
        add(
            db,
            Exemption(
                participant_id=pair.mentee.id,
                component=Component.REFLECTION,
                reason=ExemptionReason.OTHER,
                private_note="zq-private-qz",
                created_at=clock.now(),
            ),
        )
    earn(database, pair, Component.GOALS_SET, "goal:1")

    text = page(app, pair).text

    assert "What does not count for me" in text
    assert "zq-private-qz" not in text


def test_what_is_missing_for_completion_is_listed(app, database, pair):
    earn(database, pair, Component.AGREEMENT, "agreement")

    listed = page(app, pair).page.xpath("//section[@aria-labelledby='complete']//li")

    assert ["Sessions" in item.text_content() for item in listed] == [True]


def change_what_counts(database, pair, **weights):
    with database.transaction() as db:
        program = db.get_one(Program, pair.program.id)
        wanted = {**rubrics.newest_rubric(db, program).weights, **weights}
        rubrics.change_weights(db, pair.teresa(db), program, wanted)


# The rubric of the tests' programs gives orientation ten points, which nobody can choose.
MORE_GOALS = {"orientation": 0, "sessions": 30, "goals_set": 30}
MORE_SESSIONS = {"sessions": 50, "goals_set": 10}


def test_who_takes_part_is_told_when_what_counts_was_changed(app, database, pair, frozen_clock):
    earn(database, pair, Component.GOALS_SET, "goal:1")
    before = page(app, pair)
    frozen_clock.tick(days=1)
    change_what_counts(database, pair, **MORE_GOALS)

    after = page(app, pair)

    assert "What counts was changed" not in before.text
    assert "What counts was changed on Tue 3 Mar." in after.text
    assert "Nothing that you earned is lost; your score was worked out anew." in after.text
    assert "30 of 30 points" in after.text
    assert "10 of 10 points" in before.text


def test_what_counted_before_stays_to_be_read_with_its_dates(app, database, pair, frozen_clock):
    for weights in (MORE_GOALS, MORE_SESSIONS):
        frozen_clock.tick(days=1)
        change_what_counts(database, pair, **weights)

    told = page(app, pair).page.xpath("//section[@aria-labelledby='changed']")[0]

    said = " ".join(told.text_content().split())
    assert said.index("Until Wed 4 Mar, 09:00") < said.index("Until Tue 3 Mar, 09:00")
    assert told.xpath(".//dl/dt[starts-with(., 'Goals')]/following-sibling::dd[1]/text()") == [
        "30 points",
        "10 points",
    ]


def test_a_change_takes_nothing_from_the_ledger(database, pair, frozen_clock):
    earn(database, pair, Component.GOALS_SET, "goal:1")
    with database.reading() as db:
        before = [(e.id, e.credit, e.source) for e in db.query(EngagementEvent)]

    change_what_counts(database, pair, **MORE_GOALS)

    with database.reading() as db:
        after = [(e.id, e.credit, e.source) for e in db.query(EngagementEvent)]
        score = db.get_one(EngagementScore, pair.mentee.id)
        rubric = rubrics.newest_rubric(db, db.get_one(Program, pair.program.id))
        noted = db.query(Activity).filter_by(verb=Verb.RUBRIC_CHANGED).one()
    assert after == before
    assert score.rubric_id == rubric.id
    assert (noted.noun_id, noted.detail) == (pair.program.id, str(rubric.version_number))


def test_who_came_after_the_change_is_told_nothing(app, database, pair, frozen_clock):
    frozen_clock.tick(days=1)
    change_what_counts(database, pair, **MORE_GOALS)
    with database.transaction() as db:
        late = make_mentee(db, db.merge(pair.program), name="Late Comer")

    assert (
        "What counts was changed" not in visit(app, late.membership_id).get("/my-engagement").text
    )


@pytest.mark.parametrize("who", ["mentor", "teacher"])
def test_only_learners_have_the_page(app, pair, who):
    member_id = pair.teacher.id if who == "teacher" else pair.mentor.membership_id

    assert visit(app, member_id).get("/my-engagement").status == 403


@pytest.mark.parametrize("facts", [5, 50])
def test_my_engagement_needs_five_queries_at_most_however_long_the_ledger_is(
    app, database, pair, facts
):
    for number in range(facts):
        earn(database, pair, Component.SESSIONS, f"session:{number}")
    change_what_counts(database, pair, **MORE_GOALS)
    visitor = visit(app, pair.mentee.membership_id)

    with statements_of(database) as sent:
        visitor.get("/my-engagement")

    assert visitor.status == 200
    assert len(sent) <= 5
