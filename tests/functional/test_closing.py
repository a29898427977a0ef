"""The end of a program: what a learner takes along, and how they want to go on."""

import pytest

from lti_mentoring.models import Closing, Draft, Pairing
from lti_mentoring.vocabulary import (
    ClosingDecision,
    CourseRole,
    PairingState,
    ParticipantState,
    ProgramState,
)
from tests.support.counting import statements_of
from tests.support.factories import add, make_goal, make_member, make_mentee, make_program
from tests.support.pairs import make_pair
from tests.support.visitor import visit

WORDS = "I can begin a question now.\n\nAsk earlier."
SECRET = "zq-takeaway-qz"


@pytest.fixture
def pair(database, frozen_clock):
    with database.sessions() as db:
        made = make_pair(db, state=PairingState.ACTIVE)
        made.program.state = ProgramState.CLOSING
        db.commit()
        yield made


def as_ana(app, pair):
    return visit(app, pair.mentee.membership_id)


def look_back(app, pair, **fields):
    return as_ana(app, pair).get("/closing").submit("I have looked back", **fields)


def move_program(database, pair, state):
    with database.transaction() as db:
        db.merge(pair.program).state = state


def kept(database, pair):
    with database.sessions() as db:
        return db.get(Closing, pair.mentee.id)


def test_a_learner_keeps_words_for_themselves_and_says_what_comes_next(app, database, pair):
    visitor = as_ana(app, pair).get("/closing")
    said_by_field = visitor.page.get_element_by_id("takeaway-readers").text_content()

    visitor.submit("I have looked back", takeaway=WORDS, decision="new_mentor")

    assert "Only you" in said_by_field
    assert "Looked back at the end" in visitor.text
    assert kept(database, pair).takeaway == WORDS
    assert kept(database, pair).decision is ClosingDecision.NEW_MENTOR


def test_nobody_has_to_write_or_to_choose(app, database, pair):
    visitor = look_back(app, pair)

    assert visitor.status == 200
    assert "Looked back at the end" in visitor.text
    assert kept(database, pair) is None


def test_words_can_be_changed_until_the_program_is_closed(app, database, pair):
    look_back(app, pair, takeaway=WORDS, decision="independent")

    again = as_ana(app, pair).get("/closing")
    shown = again.page.get_element_by_id("takeaway").value
    again.submit("Save", takeaway="Ask early.")

    assert shown.replace("\r\n", "\n").strip() == WORDS
    assert kept(database, pair).takeaway == "Ask early."
    assert kept(database, pair).decision is ClosingDecision.INDEPENDENT


def test_goals_that_go_on_need_no_second_answer(app, database, pair):
    with database.transaction() as db:
        goal = make_goal(db, db.merge(pair.mentee))
    look_back(app, pair, **{f"goal__{goal.id}": "go_on"})

    again = as_ana(app, pair).get("/closing").submit("Save", takeaway=WORDS)

    assert again.status == 200
    assert kept(database, pair).takeaway == WORDS


def test_after_the_end_the_writer_reads_it_again_and_changes_it_no_more(app, database, pair):
    look_back(app, pair, takeaway=WORDS, decision="continue_informally")
    open_page = as_ana(app, pair).get("/closing")
    move_program(database, pair, ProgramState.CLOSED)

    late = open_page.submit("Save", takeaway="Too late, but not lost").status
    visitor = as_ana(app, pair).get("/closing")

    assert late == 409
    assert kept(database, pair).takeaway == WORDS
    assert "Ask earlier." in visitor.text
    assert "What comes next for me: We stay in touch informally" in visitor.text
    assert "Too late, but not lost" in visitor.text
    assert not visitor.page.xpath("//main//textarea")


def test_who_forgot_can_still_look_back_on_goals_after_the_end(app, database, pair):
    with database.transaction() as db:
        goal = make_goal(db, db.merge(pair.mentee))
    move_program(database, pair, ProgramState.CLOSED)

    visitor = look_back(app, pair, **{f"goal__{goal.id}": "achieved"})

    assert visitor.status == 200
    assert "Looked back at the end" in visitor.text


def test_the_look_back_needs_no_mentor(app, database, pair):
    with database.transaction() as db:
        db.get_one(Pairing, pair.pairing.id).state = PairingState.ENDED_NO_FAULT

    visitor = as_ana(app, pair).get("/closing")
    says_mentor = "Your mentor sees" in visitor.text
    visitor.submit("I have looked back", takeaway=WORDS, decision="new_mentor")

    assert not says_mentor
    assert "Looked back at the end" in visitor.text
    assert kept(database, pair).takeaway == WORDS


def test_two_windows_do_not_overwrite_one_another(app, database, pair):
    one, other = as_ana(app, pair).get("/closing"), as_ana(app, pair).get("/closing")
    one.submit("I have looked back", takeaway="The first window")

    other.submit("I have looked back", takeaway="The second window")

    assert other.status == 409
    assert (
        other.click("Open it again with my text")
        .page.get_element_by_id("takeaway")
        .value.endswith("The second window")
    )
    assert kept(database, pair).takeaway == "The first window"


def test_what_was_typed_and_not_sent_is_there_again(app, database, pair, frozen_clock):
    with database.transaction() as db:
        draft = {"takeaway": ["Half a thought"], "decision": ["new_mentor"]}
        member_id, now = pair.mentee.membership_id, frozen_clock.now
        add(db, Draft(membership_id=member_id, path="/closing", fields=draft, saved_at=now))

    visitor = as_ana(app, pair).get("/closing")

    assert visitor.page.get_element_by_id("takeaway").value.strip() == "Half a thought"
    assert "It has not been sent yet." in visitor.text


def test_the_coordinator_reads_the_choice_and_nobody_reads_the_words(app, database, pair):
    look_back(app, pair, takeaway=SECRET, decision="new_mentor")
    teresa = visit(app, pair.teacher.id)

    listed = teresa.get("/pairs").text
    teresa.click("See what comes next")

    assert "1 learner would like another mentor." in listed
    assert "Would like another mentor1 learner" in teresa.text
    assert "Ana Souza" in teresa.text
    for reader in (teresa, visit(app, pair.mentor.membership_id)):
        for address in ("/pairs", "/pairs/next", f"/pairs/{pair.pairing.id}", "/today", "/goals"):
            assert SECRET not in reader.get(address).text
        assert SECRET not in reader.get(f"/pairings/{pair.pairing.id}").text


def test_only_coordinators_see_what_learners_chose(app, database, pair):
    look_back(app, pair, decision="new_mentor")
    with database.transaction() as db:
        course = db.merge(pair.course)
        helper = make_member(db, course, role=CourseRole.TEACHING_ASSISTANT, name="Tomás Rocha")

    assistant = visit(app, helper.id)

    assert "another mentor" not in assistant.get("/pairs").text
    assert assistant.get("/pairs/next").status == 403
    assert visit(app, pair.mentor.membership_id).get("/pairs/next").status == 403


def test_who_left_who_only_tries_and_who_learns_elsewhere_are_not_listed(app, database, pair):
    with database.transaction() as db:
        program = db.merge(pair.program)
        gone = make_mentee(db, program, name="Noah Kim")
        gone.state = ParticipantState.LEFT
        trying = make_member(db, db.merge(pair.course), name="Test Student", is_test_user=True)
        elsewhere = make_mentee(db, make_program(db), name="Lia Berg")
        for person in (gone, make_mentee(db, program, member=trying), elsewhere):
            decision = ClosingDecision.NEW_MENTOR
            words = Closing(
                participant_id=person.id, decision=decision, updated_at=person.joined_at
            )
            add(db, words)

    teresa = visit(app, pair.teacher.id)

    assert "another mentor" not in teresa.get("/pairs").text
    assert "Nobody has chosen yet." in teresa.get("/pairs/next").text


def test_before_anybody_has_chosen_the_list_of_pairs_says_nothing_of_it(app, database, pair):
    teresa = visit(app, pair.teacher.id)

    assert "See what comes next" not in teresa.get("/pairs").links
    assert "Nobody has chosen yet." in teresa.get("/pairs/next").text


@pytest.mark.parametrize("learners", [5, 50])
def test_what_comes_next_is_one_query_for_any_number(app, database, pair, learners):
    with database.transaction() as db:
        program = db.merge(pair.program)
        for _ in range(learners):
            mentee = make_mentee(db, program)
            decision = ClosingDecision.NEW_MENTOR
            words = Closing(
                participant_id=mentee.id, decision=decision, updated_at=mentee.joined_at
            )
            add(db, words)
    teresa = visit(app, pair.teacher.id)

    with statements_of(database) as sent:
        teresa.get("/pairs/next")

    assert f"{learners} learners" in teresa.text
    assert len(sent) <= 3
