"""Whoever asks a mentor reads beforehand what that mentor sees, and the mentor sees just that."""

from dataclasses import fields
from typing import Any

import pytest
from sqlalchemy import select

from lti_mentoring.models import AvailabilityWindow, Topic, TopicOffer, TopicWant
from lti_mentoring.queries.mentor_requests import InboxLine
from lti_mentoring.vocabulary import Cadence, MeetingMode
from tests.support.factories import add, make_member, make_mentee, make_mentor, make_program
from tests.support.visitor import visit

TOLD = (
    "sees your name, this note, the topics you want, how and how often you like to meet, and the "
    "time and languages you two share. Nothing else"
)
WAYS: dict[str, Any] = {"modes": [MeetingMode.VIDEO.value], "cadence": Cadence.FORTNIGHTLY}


class Asking:
    """Ana, who may ask Rui, with something in every answer of her intake."""

    def __init__(self, db):
        program = make_program(db)
        topic = db.scalars(select(Topic).where(Topic.name == "Statistics")).one()
        member = make_member(db, program.course, name="Ana Souza")
        self.ana = make_mentee(
            db, program, member=member, goal_text="zq-goal", languages=["en", "pl"], **WAYS
        )
        self.rui = make_mentor(db, program, languages=["en"], **WAYS)
        add(db, TopicWant(participant_id=self.ana.id, topic_id=topic.id, importance=3))
        add(db, TopicOffer(participant_id=self.rui.id, topic_id=topic.id, strength=3))
        for person, end in ((self.ana, 1080), (self.rui, 1020)):
            hours = {"weekday": 1, "start_minute": 960, "end_minute": end, "time_zone": "UTC"}
            add(db, AvailabilityWindow(participant_id=person.id, **hours))
        db.commit()


@pytest.fixture
def asking(db, frozen_clock):
    return Asking(db)


def test_the_page_for_asking_says_beside_the_button_what_the_mentor_sees(app, asking):
    ana = visit(app, asking.ana.membership_id).get(f"/mentors/{asking.rui.id}/ask")

    assert f"Before answering, Rui {TOLD}." in ana.text


def test_the_ranked_list_says_it_too_and_that_the_order_stays_with_the_learner(app, asking):
    ana = visit(app, asking.ana.membership_id).get("/mentors/choices")

    assert f"Before answering, whoever is asked {TOLD}, and not the order." in ana.text


def test_the_mentor_sees_what_was_told_and_nothing_else(app, asking):
    visit(app, asking.ana.membership_id).get(f"/mentors/{asking.rui.id}/ask").submit(
        "Ask Rui", note="Help me, please"
    )

    inbox = visit(app, asking.rui.membership_id).get("/requests")

    for shown in (
        "Ana Souza",
        "Help me, please",
        "Statistics",
        "Video",
        "Every two weeks",
        "You share 1 h a week, on Tuesday",
        "You both speak English",
    ):
        assert shown in inbox.text
    for kept in ("zq-goal", "Polish", "18:00"):
        assert kept not in inbox.text


def test_a_line_of_the_inbox_holds_nothing_that_the_sentence_leaves_out():
    held = {field.name for field in fields(InboxLine)}

    asked = {"id", "sent_at", "expires_at"}  # when, which the learner sees as well
    told = {"name", "short_name", "note", "topics", "modes", "cadence", "why"}
    assert held == asked | told


def test_whoever_declines_is_told_that_nobody_sees_the_reason(app, asking):
    visit(app, asking.ana.membership_id).get(f"/mentors/{asking.rui.id}/ask").submit("Ask Rui")

    rui = visit(app, asking.rui.membership_id).get("/requests").click("Not now, or somebody else")

    assert "Your reason is shown to nobody, coordinators included." in rui.text
