"""A learner's three steps before the mentors: topics, wishes, hours."""

import pytest
import sqlalchemy as sa
from sqlalchemy import select

from lti_mentoring.models import AvailabilityWindow, Draft, Intake, Topic, TopicOffer, TopicWant
from lti_mentoring.services import availability
from tests.support.arrivals import newcomer, open_as
from tests.support.factories import add, make_mentee, make_mentor

pytestmark = pytest.mark.usefixtures("agreement")


def topic_ids(db, program):
    ids = db.scalars(select(Topic.id).where(Topic.program_id == program.id)).all()
    db.commit()  # so that the application may write
    return [str(topic_id) for topic_id in ids]


def test_three_steps_lead_to_the_mentors(app, db, program):
    rui = make_mentor(db, program, languages=["en"])
    availability.save(db, rui.id, {(0, 540)}, "UTC")
    ana = open_as(app, db, newcomer(db, program)).get("/").click("Start")

    ana.submit("Go on", topics=topic_ids(db, program)[:1], goal_text="Speak up")
    ana.submit("Go on", languages=["en"], modes=["video"], cadence="weekly")
    ana.submit("Show me mentors", week=["0-540"], time_zone="UTC")

    intake = db.scalar(select(Intake))
    assert (intake.state.value, intake.goal_text, intake.cadence.value) == (
        "submitted", "Speak up", "weekly",
    )  # fmt: skip
    assert "You share 1 h a week" in ana.text
    assert "Ask Rui" in ana.links


def test_a_step_without_a_topic_is_asked_again_and_keeps_the_goal(app, db, program):
    ana = open_as(app, db, newcomer(db, program)).get("/get-started/topics")

    ana.submit("Go on", goal_text="Speak up")

    assert ana.status == 422
    assert "Please choose at least one topic" in ana.text
    assert "Speak up" in ana.text


def test_the_count_follows_what_is_chosen(app, db, program):
    offered, other = topic_ids(db, program)[:2]
    mentor = make_mentor(db, program)
    add(db, TopicOffer(participant_id=mentor.id, topic_id=int(offered)))
    ana = open_as(app, db, newcomer(db, program))

    everybody = ana.get("/get-started/count?step=1").text
    somebody = ana.get(f"/get-started/count?step=1&topics={offered}").text
    nobody = ana.get(f"/get-started/count?step=1&topics={other}").text

    assert "1 mentor has a free seat" in everybody
    assert "1 mentor covers this" in somebody
    assert "No mentor covers this yet" in nobody


def test_steps_are_kept_while_typing_and_come_back(app, db, program):
    ana = open_as(app, db, newcomer(db, program)).get("/get-started/topics")
    path = ana.path.split("/", 3)[3]

    ana.post("/drafts", _path=f"/in/{ana.key}/{path}", goal_text="Half a sen")
    ana.get("/")

    assert "You were writing" in ana.text
    assert "Half a sen" in ana.click("Go on writing").text


def test_two_tabs_do_not_overwrite_each_other(app, db, program):
    mentee = make_mentee(db, program, next_step=3)
    ana = open_as(app, db, mentee).get("/get-started/topics")
    intake = db.scalar(select(Intake))
    intake.goal_text = "From the other tab"
    db.commit()

    ana.submit("Go on", topics=topic_ids(db, program)[:1], goal_text="From this tab")

    assert ana.status == 409
    assert "From this tab" in ana.click("Open it again with my text").text


def test_topics_chosen_in_another_tab_are_not_overwritten(app, db, program):
    first, second = topic_ids(db, program)
    mentee = make_mentee(db, program, next_step=3, goal_text="Pass")
    db.commit()
    tab, other_tab = (open_as(app, db, mentee).get("/get-started/topics") for _ in "ab")

    other_tab.submit("Go on", topics=[second], goal_text="Pass")
    tab.submit("Go on", topics=[first], goal_text="Pass")

    assert tab.status == 409
    assert db.scalars(select(TopicWant.topic_id)).all() == [int(second)]
    kept = tab.click("Open it again with my text")
    assert kept.page.xpath("//input[@name='topics'][@checked]/@value") == [first]


def test_a_first_answer_from_another_tab_is_not_overwritten(app, db, program):
    first, second = topic_ids(db, program)
    ana = newcomer(db, program)
    tab, other_tab = (open_as(app, db, ana).get("/get-started/topics") for _ in "ab")

    other_tab.submit("Go on", topics=[second], goal_text="Pass")
    tab.submit("Go on", topics=[first], goal_text="Pass")

    assert tab.status == 409


def test_hours_painted_in_another_tab_are_not_overwritten(app, db, program):
    mentee = make_mentee(db, program, next_step=3)
    tab, other_tab = (open_as(app, db, mentee).get("/get-started/times") for _ in "ab")

    other_tab.submit("Save my hours", week=["0-540"], time_zone="UTC")
    tab.submit("Save my hours", week=["1-600"], time_zone="UTC")

    assert tab.status == 409
    assert db.scalars(select(AvailabilityWindow.weekday)).all() == [0]


def test_a_draft_is_only_its_writers(app, db, program):
    ana = open_as(app, db, newcomer(db, program))
    add(
        db,
        Draft(
            membership_id=make_mentee(db, program, name="Bo Li").membership_id,
            path="/get-started/topics",
            fields={"goal_text": ["Bo's secret"]},
            saved_at=program.created_at,
        ),
    )
    db.commit()

    assert "Bo's secret" not in ana.get("/get-started/topics").text
    assert db.scalar(select(sa.func.count(Draft.id))) == 1
