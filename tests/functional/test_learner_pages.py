"""What a learner sees and does: first visit, three steps, asking, signing, a new mentor."""

from datetime import timedelta

import pytest
import sqlalchemy as sa
from sqlalchemy import select

from lti_mentoring.models import (
    ActionItem,
    Agreement,
    AvailabilityWindow,
    Draft,
    Intake,
    MentorRequest,
    Pairing,
    Topic,
    TopicWant,
)
from lti_mentoring.services import availability
from lti_mentoring.vocabulary import (
    CourseRole,
    EndReason,
    FitAnswer,
    PairingState,
    ProgramState,
    RequestState,
)
from tests.support.counting import statements_of
from tests.support.factories import (
    add,
    make_course,
    make_goal,
    make_member,
    make_mentee,
    make_mentor,
    make_pairing,
    make_program,
)
from tests.support.visitor import visit


@pytest.fixture
def program(db, frozen_clock):
    program = make_program(db)
    add(
        db,
        Agreement(
            program_id=program.id, version_number=1, body="We come prepared.",
            created_at=frozen_clock.now,
        ),
    )  # fmt: skip
    db.commit()
    return program


def open_as(app, db, person):
    """The person's pages; people are committed first, so that the application sees them."""
    membership_id = getattr(person, "membership_id", person.id)
    db.commit()
    return visit(app, membership_id)


def newcomer(db, program, **facts):
    return make_member(db, program.course, name="Ana Souza", **facts)


def topic_ids(db, program):
    ids = db.scalars(select(Topic.id).where(Topic.program_id == program.id)).all()
    db.commit()  # so that the application may write
    return [str(topic_id) for topic_id in ids]


def test_the_first_visit_greets_by_name_and_says_what_the_teacher_sees(app, db, program):
    ana = open_as(app, db, newcomer(db, program)).get("/")

    assert "Good morning, Ana" in ana.text
    assert program.purpose in ana.text
    assert "Your teacher sees" in ana.text
    assert "Start" in ana.links


def test_a_new_draft_leaves_the_closed_program_to_those_who_took_part(app, db, program):
    """It is the next program for its makers only."""
    mentee = make_mentee(db, program)
    teacher = make_member(db, program.course, role=CourseRole.INSTRUCTOR)
    program.state = ProgramState.CLOSED
    db.flush()
    make_program(db, program.course, state=ProgramState.DRAFT, title="Next term")
    visitor = open_as(app, db, mentee)

    assert "The program has ended" in visitor.get("/").text
    assert visitor.get("/my-engagement").status == 200
    form = visit(app, teacher.id).get("/program/purpose").page
    assert form.xpath("//input[@name='title']/@value") == ["Next term"]


def test_whoever_lost_the_mentor_is_led_to_what_they_can_do(app, db, program):
    pairing = make_pairing(db, program, state=PairingState.INTERRUPTED)
    ana = open_as(app, db, pairing.mentee).get("/")

    assert "is not in the course at the moment" in ana.text
    assert "Find another mentor" in ana.click("See what you can do").page.text_content()


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
    make_mentor(db, program)
    ana = open_as(app, db, newcomer(db, program))

    everybody = ana.get("/get-started/count?step=1").text
    nobody = ana.get(f"/get-started/count?step=1&topics={topic_ids(db, program)[0]}").text

    assert "1 mentor covers this" in everybody
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


def test_asking_a_mentor_and_following_the_request(app, db, program):
    make_mentor(db, program)
    ana = open_as(app, db, make_mentee(db, program)).get("/mentors").click("Ask Rui")

    ana.submit("Ask Rui", note="Help me with statistics, please")

    assert "Rui has been asked." in ana.text
    assert "Waits for an answer" in ana.text
    assert "Your request waits at Rui" in ana.get("/").text


def test_a_double_click_asks_once(app, db, program):
    rui = make_mentor(db, program)
    ana = open_as(app, db, make_mentee(db, program)).get(f"/mentors/{rui.id}/ask")
    token = ana.csrf_token()

    ana.post(f"/mentors/{rui.id}/ask", note="Please", csrf_token=token)
    ana.post(f"/mentors/{rui.id}/ask", note="Please", csrf_token=token)

    assert ana.status == 409
    assert len(db.scalars(select(MentorRequest)).all()) == 1


def test_up_to_five_are_asked_in_the_order_that_was_given(app, db, program):
    rui, lena = make_mentor(db, program), make_mentor(db, program, name="Lena Berg")
    ana = open_as(app, db, make_mentee(db, program)).get("/mentors/choices")

    ana.submit("Ask in this order", **{f"rank__{rui.id}": "2", f"rank__{lena.id}": "1"})

    states = {r.mentor_id: r.state for r in db.scalars(select(MentorRequest))}
    assert states == {lena.id: RequestState.SENT, rui.id: RequestState.DRAFTED}


def test_two_mentors_cannot_have_the_same_place(app, db, program):
    rui, lena = make_mentor(db, program), make_mentor(db, program, name="Lena Berg")
    ana = open_as(app, db, make_mentee(db, program)).get("/mentors/choices")

    ana.submit("Ask in this order", **{f"rank__{rui.id}": "1", f"rank__{lena.id}": "1"})

    assert ana.status == 422
    assert "each place to one mentor only" in ana.text


def test_signing_needs_a_name_and_shows_who_signs_next(app, db, program):
    pairing = make_pairing(db, program, state=PairingState.PROPOSED)
    ana = open_as(app, db, pairing.mentee).get("/").click("Read and sign")

    ana.submit("Sign")
    assert ana.status == 422
    ana.submit("Sign", signed_name="Ana Souza")

    assert "Rui signs next" in ana.text


def test_the_fit_answer_stays_private(app, db, program, frozen_clock):
    ends = frozen_clock.now + timedelta(days=5)
    pairing = make_pairing(db, program, state=PairingState.TRIAL, trial_ends_at=ends)
    ana = open_as(app, db, pairing.mentee).get("/").click("Answer")

    ana.submit("Answer", answer=FitAnswer.UNSURE.value)
    rui = open_as(app, db, pairing.mentor).get(f"/pairings/{pairing.id}")

    assert ana.page.xpath("//input[@name='answer'][@value='unsure'][@checked]")
    assert not rui.page.xpath("//input[@name='answer'][@checked]")


def test_who_was_not_asked_in_the_trial_answers_on_the_pairs_page(app, db, program):
    pairing = make_pairing(db, program, state=PairingState.ACTIVE)
    ana = open_as(app, db, pairing.mentee).get(f"/pairings/{pairing.id}")

    ana.submit("Answer", answer=FitAnswer.GOOD.value)

    assert "Only you see your answer" in ana.text
    assert not ana.page.xpath("//form[contains(@action, '/fit')]")


def test_a_new_mentor_is_two_clicks_away_and_the_old_one_is_not_shown_again(app, db, program):
    pairing = make_pairing(db, program, state=PairingState.TRIAL)
    make_mentor(db, program, name="Lena Berg")
    ana = open_as(app, db, pairing.mentee).get(f"/pairings/{pairing.id}")

    ana.submit("Answer", answer=FitAnswer.NOT_A_FIT.value)
    ana.submit("End this pairing")

    assert db.scalar(select(Pairing.state)) is PairingState.ENDED_NO_FAULT
    assert "Ask Lena" in ana.links
    assert "Ask Rui" not in ana.links


def test_who_has_finished_says_so_and_may_meet_the_mentor_again(app, db, program):
    pairing = make_pairing(db, program)
    ana = open_as(app, db, pairing.mentee).get(f"/pairings/{pairing.id}")

    ana.click("We have reached what we wanted").submit("We have finished")

    db.expire_all()
    assert (pairing.state, pairing.end_reason) == (PairingState.CLOSED, EndReason.GOALS_REACHED)
    assert pairing.mentee.fit_priority == 0
    assert "What you have reached stays yours" in ana.text
    assert "Ask Rui" in ana.get("/mentors").links


def test_a_pair_that_has_not_begun_has_not_finished(app, db, program):
    pairing = make_pairing(db, program, state=PairingState.PROPOSED)
    ana = open_as(app, db, pairing.mentee).get(f"/pairings/{pairing.id}/end")

    assert "We have finished" not in ana.text
    ana.post(f"/pairings/{pairing.id}/end", version=str(pairing.version), finished="yes")

    db.expire_all()
    assert pairing.end_reason is EndReason.NO_FIT


def test_a_learner_whose_mentor_has_left_goes_on_with_one_click(app, db, program):
    pairing = make_pairing(db, program, state=PairingState.INTERRUPTED)
    make_mentor(db, program, name="Eva Neu")
    ana = open_as(app, db, pairing.mentee).get(f"/pairings/{pairing.id}")
    before = ana.text

    ana.submit("Find another mentor")

    db.expire_all()
    assert "nobody’s fault" in before
    assert (pairing.state, pairing.end_reason) == (PairingState.CLOSED, EndReason.LEFT_COURSE)
    assert "Ask Eva" in ana.links


def test_the_mentor_of_a_learner_who_has_left_need_not_do_anything(app, db, program):
    pairing = make_pairing(db, program, state=PairingState.INTERRUPTED)

    rui = open_as(app, db, pairing.mentor).get(f"/pairings/{pairing.id}")

    assert "You need not do anything" in rui.text
    assert "Find another mentor" not in rui.text


def test_ending_from_an_old_page_is_refused(app, db, program):
    pairing = make_pairing(db, program)
    ana = open_as(app, db, pairing.mentee).get(f"/pairings/{pairing.id}/end")

    ana.post(f"/pairings/{pairing.id}/end", version="0")

    assert ana.status == 409


def test_a_pair_of_another_course_is_not_there(app, db, program):
    elsewhere = make_pairing(db, make_program(db, make_course(db)))
    ana = open_as(app, db, make_mentee(db, program))

    assert ana.get(f"/pairings/{elsewhere.id}").status == 404
    assert ana.get(f"/mentors/{elsewhere.mentor_id}/ask").status == 404


def test_another_pair_of_the_course_is_refused(app, db, program):
    pairing = make_pairing(db, program)
    stranger = open_as(app, db, make_mentee(db, program, name="Bo Li"))

    assert stranger.get(f"/pairings/{pairing.id}").status == 403


def test_staff_see_facts_of_a_pair_and_nothing_that_was_written(app, db, program):
    pairing = make_pairing(db, program)
    intake = db.scalar(select(Intake))
    intake.goal_text = "Speak up in seminars"
    staff = make_member(db, program.course, role=CourseRole.INSTRUCTOR, name="Maria Silva")

    maria = open_as(app, db, staff).get(f"/pairings/{pairing.id}")

    assert "Sessions held" in maria.text
    assert "Speak up" not in maria.text
    assert not maria.page.xpath("//form[contains(@action, 'sign') or contains(@action, 'fit')]")


@pytest.mark.parametrize(
    ("state", "said"),
    [
        (ProgramState.DRAFT, "Mentoring opens here soon"),
        (ProgramState.PAUSED, "taking a break"),
        (ProgramState.CLOSED, "The program has ended"),
    ],
)
def test_a_program_that_is_not_running_says_what_happens(app, db, program, state, said):
    program.state = state

    assert said in open_as(app, db, newcomer(db, program)).get("/").text


def test_observers_and_guests_get_a_kind_page(app, db, program):
    observer = open_as(app, db, newcomer(db, program, role=CourseRole.OBSERVER)).get("/")
    nobody = open_as(app, db, newcomer(db, program, role=CourseRole.NONE)).get("/")

    assert "No student has shared mentoring progress with you" in observer.text
    assert "You have no part in this course" in nobody.text
    assert observer.get("/mentors").status == 403


@pytest.mark.parametrize("rows", [5, 50])
@pytest.mark.parametrize("path", ["/mentors", "/my-requests"])
def test_lists_need_five_queries_at_most_whatever_their_length(
    app, db, database, program, path, rows
):
    mentee = make_mentee(db, program)
    for number in range(rows):
        mentor = make_mentor(db, program, name=f"Mentor {number}")
        db.add(
            MentorRequest(
                mentee_id=mentee.id,
                mentor_id=mentor.id,
                state=RequestState.DECLINED,
                rank=1,
                created_at=mentee.joined_at,
            )
        )
    ana = open_as(app, db, mentee)

    with statements_of(database) as sent:
        ana.get(path)

    assert ana.status == 200
    assert len(sent) <= 5


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


@pytest.mark.parametrize("rows", [5, 50])
@pytest.mark.parametrize("standing", ["new", "unpaired", "paired", "mentor", "mentor_and_mentee"])
def test_the_first_page_needs_five_queries_at_most_whatever_is_open(
    app, db, database, program, standing, rows
):
    person = newcomer(db, program)
    mentee = make_mentee(db, program, member=person) if standing not in ("new", "mentor") else None
    mentor = make_mentor(db, program, member=person) if "mentor" in standing else None
    if standing in ("paired", "mentor_and_mentee"):
        make_pairing(db, program, mentee=mentee)
    for number in range(rows):
        if mentor:
            learner = make_mentee(db, program, name=f"Learner {number}")
            make_pairing(db, program, mentor=mentor, mentee=learner)
        if mentee:
            make_goal(db, mentee, title=f"Goal {number}")
            action = ActionItem(owner_id=mentee.id, text="Read", created_at=program.created_at)
            add(db, action)
    ana = open_as(app, db, person)

    with statements_of(database) as sent:
        ana.get("/")

    assert ana.status == 200
    assert len(sent) <= 5


def test_the_first_page_shows_what_waits_for_an_unpaired_learner_and_who_was_suggested(
    app, db, program
):
    mentee = make_mentee(db, program)
    rui, zoe = make_mentor(db, program), make_mentor(db, program, name="Zoë O'Brien")
    make_goal(db, mentee, title="Speak up")
    add(
        db,
        MentorRequest(
            mentee_id=mentee.id, mentor_id=rui.id, suggested_mentor_id=zoe.id, rank=1,
            state=RequestState.DECLINED, created_at=program.created_at,
        ),
    )  # fmt: skip

    ana = open_as(app, db, mentee).get("/")

    assert "Rui suggests Zoë O'Brien to you." in ana.text
    assert "Speak up" in ana.text
