"""What a mentor sees and does: card, inbox, mentees."""

from decimal import Decimal

import pytest
from sqlalchemy import select

from lti_mentoring.core import clock
from lti_mentoring.models import EngagementScore, MentorProfile, MentorRequest, TopicOffer
from lti_mentoring.services import mentor_requests
from lti_mentoring.vocabulary import (
    CourseRole,
    MentorSource,
    MentorState,
    PairingState,
    ProgramState,
    RequestState,
)
from tests.support.counting import statements_of
from tests.support.factories import (
    actor_of,
    add,
    make_course,
    make_member,
    make_mentee,
    make_mentor,
    make_pairing,
    make_program,
    make_rubric,
)
from tests.support.visitor import visit


@pytest.fixture
def program(db, frozen_clock):
    return make_program(db)


def open_as(app, db, person):
    membership_id = getattr(person, "membership_id", person.id)
    db.commit()
    return visit(app, membership_id)


def asked(db, program, *mentors, name="Ana Souza"):
    mentee = make_mentee(db, program, name=name)
    note = f"{name} never speaks in seminars."
    return mentor_requests.ask(db, actor_of(db, mentee), list(mentors), note)[0]


def fill_in(visitor, button):
    topic = visitor.page.xpath("//input[@name='topics']/@value")[0]
    return visitor.submit(
        button, headline="Passed it twice", topics=[topic], capacity="3", languages=["en"],
        modes=["video"], week=["0-540"], time_zone="UTC",
    )  # fmt: skip


def profile_of(db):
    return db.scalar(select(MentorProfile).execution_options(populate_existing=True))


def test_an_applicant_hands_in_a_card_and_waits_for_the_coordinator(app, db, program):
    rui = open_as(app, db, make_member(db, program.course, name="Rui Costa"))

    fill_in(rui.get("/mentor").click("Make my card"), "Hand in my card")

    assert profile_of(db).state is MentorState.SUBMITTED
    assert "A coordinator reads your card" in rui.text
    assert db.scalar(select(TopicOffer.strength)) == 2


def test_who_was_invited_is_in_the_pool_at_once(app, db, program, frozen_clock):
    rui = make_mentor(db, program, state=MentorState.INVITED, invited_at=frozen_clock.now)
    rui = open_as(app, db, rui).get("/").click("See what it means")

    fill_in(rui.submit("Yes, make my card"), "Save my card")

    assert profile_of(db).state is MentorState.ACTIVE
    assert "Learners can find you from now on" in rui.text


@pytest.mark.parametrize(
    "there", [{"topics": "last"}, {"week": ["1-600"]}], ids=["topics", "times"]
)
def test_what_another_tab_says_on_the_card_is_not_overwritten(app, db, program, there):
    mentor = make_mentor(db, program, headline="Passed it twice")
    tab, other_tab = (open_as(app, db, mentor).get("/mentor/card") for _ in "ab")
    topics = tab.page.xpath("//input[@name='topics']/@value")
    changed = {"topics": topics[-1:]} if there.get("topics") else there
    same = {
        "headline": "Passed it twice",
        "topics": topics[:1],
        "capacity": "2",
        "languages": ["en"],
        "modes": ["video"],
        "week": ["0-540"],
        "time_zone": "UTC",
    }

    other_tab.submit("Save my card", **{**same, **changed})
    tab.submit("Save my card", **{**same, "how_i_help": "We read together."})

    assert (other_tab.status, tab.status) == (200, 409)
    assert "We read together." in tab.click("Open it again with my text").text
    assert profile_of(db).how_i_help == ""


def test_staff_who_are_invited_find_the_way_to_their_card(app, db, program):
    assistant = make_member(db, program.course, role=CourseRole.TEACHING_ASSISTANT)
    make_mentor(db, program, member=assistant, state=MentorState.INVITED)
    db.commit()

    visitor = visit(app, assistant.id).get().click("My mentor card")

    assert "Yes, make my card" in visitor.text
    assert {"Today", "Requests", "My mentees"} <= set(visitor.links)


def test_an_invitation_is_declined_kindly(app, db, program, frozen_clock):
    mentor = make_mentor(db, program, state=MentorState.INVITED, invited_at=frozen_clock.now)
    rui = open_as(app, db, mentor).get("/mentor").submit("Not this time")

    assert profile_of(db).state is MentorState.DECLINED
    assert "Thank you for telling us" in rui.text


def test_where_mentors_are_invited_nobody_applies(app, db, program):
    program.mentor_source = MentorSource.NOMINATION
    rui = open_as(app, db, make_member(db, program.course, name="Rui Costa"))

    assert "Mentors are invited here" in rui.get("/mentor/card").text


def test_a_card_without_a_line_is_asked_again_with_everything_typed(app, db, program):
    rui = open_as(app, db, make_member(db, program.course, name="Rui Costa")).get("/mentor/card")

    rui.submit("Hand in my card", headline="", how_i_help="We do exercises together")

    assert rui.status == 422
    assert "We do exercises together" in rui.text


def test_the_inbox_shows_the_note_and_accepting_leads_to_the_agreement(app, db, program):
    mentor = make_mentor(db, program)
    asked(db, program, mentor)
    rui = open_as(app, db, mentor).get("/").click("Look at the requests")
    assert "never speaks in seminars" in rui.text

    rui.submit("Accept Ana Souza")

    assert rui.path.endswith("/pairings/1")
    assert "You and Ana" in rui.text


def test_accepting_and_pausing_is_one_click(app, db, program):
    mentor = make_mentor(db, program)
    asked(db, program, mentor)

    open_as(app, db, mentor).get("/requests").submit("Accept Ana Souza and pause my list")

    assert profile_of(db).state is MentorState.PAUSED


def test_a_no_never_shows_its_reason_to_the_learner(app, db, program):
    mentor, other = make_mentor(db, program), make_mentor(db, program, name="Lena Berg")
    request = asked(db, program, mentor)
    rui = open_as(app, db, mentor).get(f"/requests/{request.id}/decline")

    rui.submit("Answer Ana", reason="not_my_topic", suggested=str(other.id))
    ana = open_as(app, db, request.mentee).get("/my-requests")

    assert "Cannot take this on right now" in ana.text
    assert "Suggests Lena Berg" in ana.text
    assert "topic" not in ana.text


def test_a_second_answer_is_a_conflict(app, db, program):
    mentor = make_mentor(db, program)
    request = asked(db, program, mentor)
    rui = open_as(app, db, mentor).get("/requests")
    rui.post(f"/requests/{request.id}/accept")

    rui.get("/mentor").post(f"/requests/{request.id}/accept")

    assert rui.status == 409


def test_an_old_tab_of_an_answered_request_leads_to_the_inbox(app, db, program):
    mentor = make_mentor(db, program)
    request = asked(db, program, mentor)
    rui = open_as(app, db, mentor).get("/requests")
    rui.post(f"/requests/{request.id}/accept")

    rui.get(f"/requests/{request.id}/decline")

    assert rui.path.endswith("/requests")
    assert "Ana Souza" not in rui.text


def test_requests_of_others_are_not_there(app, db, program):
    request = asked(db, program, make_mentor(db, program))
    elsewhere = make_program(db, make_course(db))
    theirs = asked(db, elsewhere, make_mentor(db, elsewhere))
    lena = open_as(app, db, make_mentor(db, program, name="Lena Berg"))

    assert lena.get(f"/requests/{request.id}/decline").status == 404
    assert lena.get(f"/requests/{theirs.id}/decline").status == 404


def test_learners_have_no_inbox(app, db, program):
    assert open_as(app, db, make_mentee(db, program)).get("/requests").status == 403


def test_pausing_the_list_is_said_and_can_be_undone(app, db, program):
    mentor = make_mentor(db, program)
    rui = open_as(app, db, mentor).get("/mentor").submit("Pause my list")
    assert "Your list is paused" in rui.text

    rui.submit("Open my list again")

    assert profile_of(db).state is MentorState.ACTIVE


def test_my_mentees_say_what_comes_next(app, db, program):
    pairing = make_pairing(db, program)

    rui = open_as(app, db, pairing.mentor).get("/mentees")

    assert "Ana Souza" in rui.text
    assert "Propose a time" in rui.links


def mentees_page(app, db, program, **pairing):
    """What a mentor reads there of a mentee whose engagement is 62.5."""
    made = make_pairing(db, program, **pairing)
    rubric = make_rubric(db, program)
    facts = {"rubric_id": rubric.id, "score": Decimal("62.5"), "parts": []}
    add(db, EngagementScore(participant_id=made.mentee_id, computed_at=clock.now(), **facts))
    return open_as(app, db, made.mentor).get("/mentees").text


def test_mentors_see_engagement_where_the_program_says_so(app, db, program):
    program.mentors_see_engagement = True

    assert "62.5 of 100" in mentees_page(app, db, program)


def test_mentors_see_no_engagement_otherwise(app, db, program):
    said = mentees_page(app, db, program)

    assert "Ana Souza" in said
    assert "62.5" not in said
    assert "Engagement" not in said


def test_before_both_have_signed_mentors_see_no_engagement(app, db, program):
    program.mentors_see_engagement = True

    assert "62.5" not in mentees_page(app, db, program, state=PairingState.PROPOSED)


@pytest.mark.parametrize("shared", [True, False])
def test_learners_are_told_whether_their_mentor_sees_the_number(app, db, program, shared):
    program.mentors_see_engagement = shared
    ana = open_as(app, db, make_mentee(db, program)).get("/my-engagement")

    assert ("your mentor sees the number, too" in ana.text) is shared


@pytest.mark.parametrize("path", ["/requests", "/mentees"])
@pytest.mark.parametrize("rows", [5, 20])
def test_lists_need_five_queries_at_most_whatever_their_length(
    app, db, database, program, path, rows
):
    mentor = make_mentor(db, program, capacity=20)
    for number in range(rows):
        make_pairing(
            db, program, mentor=mentor, mentee=make_mentee(db, program, name=f"Learner {number}")
        )
        db.add(
            MentorRequest(
                mentee_id=make_mentee(db, program, name=f"Asks {number}").id, mentor_id=mentor.id,
                state=RequestState.SENT, rank=1, created_at=mentor.joined_at,
                sent_at=mentor.joined_at, expires_at=mentor.joined_at,
            )
        )  # fmt: skip
    rui = open_as(app, db, mentor)

    with statements_of(database) as sent:
        rui.get(path)

    assert rui.status == 200
    assert len(sent) <= 5


def test_a_card_is_for_reading_once_the_program_is_closed(app, db, program):
    rui = make_mentor(db, program, headline="Passed it twice")
    program.state = ProgramState.CLOSED
    visitor = open_as(app, db, rui).get("/mentor")
    before = visitor.text, visitor.links

    visitor.get("/mentor/card").post("/mentor/pause")

    assert "Passed it twice" in before[0]
    assert "Change my card" not in before[1]
    assert visitor.status == 403
