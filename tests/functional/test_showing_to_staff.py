"""A learner shows goals, reflections and the closing words to staff: each one alone, or none."""

import pytest
from sqlalchemy import select

from lti_mentoring.models import Activity, Closing, Goal, Membership, Note, Participant, Program
from lti_mentoring.policies.actor import Actor
from lti_mentoring.services.privacy_erasure import erase_person
from lti_mentoring.services.privacy_export import export_person
from lti_mentoring.services.privacy_ways import Person
from lti_mentoring.vocabulary import CourseRole, GoalState, ParticipantState, ProgramState, Verb
from tests.support.factories import make_goal
from tests.support.full_program import make_full_program
from tests.support.pairs import agree
from tests.support.session_pages import as_ana
from tests.support.visitor import visit

BUTTON, BACK = "Show to teaching staff", "Stop showing it"
TITLE, PRIVATE = "Speak up in seminars at least once a week", "Sleep before exams"


@pytest.fixture
def full(database, frozen_clock):
    """A pair in full swing, in a program that is about to close; nothing is shown yet."""
    with database.transaction() as db:
        full = make_full_program(db)
        db.get_one(Program, full.program).state = ProgramState.CLOSING
        for kind in (Goal, Note, Closing):
            for text in db.scalars(select(kind)):
                text.is_shown_to_staff = False
    return full


def record(app, full, who="instructor"):
    return visit(app, getattr(full, who)).get(f"/records/{full.mentee}")


def told(database):
    with database.reading() as db:
        lines = select(Activity).where(Activity.verb == Verb.SHOWN_TO_STAFF).order_by(Activity.id)
        return [(line.noun, line.detail, line.membership_id) for line in db.scalars(lines)]


@pytest.mark.parametrize("who", ["instructor", "assistant"])
def test_nothing_is_shown_until_the_learner_says_so(app, full, who):
    page = record(app, full, who)

    assert "4 goals are kept private." in page.text
    for words in (TITLE, PRIVATE, "I asked my first question.", "I can begin a question now."):
        assert words not in page.text


@pytest.mark.parametrize("who", ["instructor", "assistant"])
def test_a_goal_is_shown_by_its_sentence_and_the_others_are_counted(app, database, full, who):
    amara = visit(app, full.mentee).get(f"/goals/{full.goal}")
    assert "They see that you have a goal, not which." in amara.text

    amara.submit(BUTTON)

    assert "Teaching staff can read it now." in amara.text
    page = record(app, full, who)
    assert TITLE in page.text
    assert "3 more goals are kept private." in page.text
    for kept in (PRIVATE, "One question a week", "I want to be heard", "Step 1", "on Tuesday"):
        assert kept not in page.text
    assert told(database) == [("goal", "on", full.mentee)]


def test_what_is_shown_can_be_taken_back(app, database, full):
    amara = visit(app, full.mentee).get(f"/goals/{full.goal}").submit(BUTTON)

    amara.submit(BACK)

    assert "Teaching staff cannot read it any more." in amara.text
    assert TITLE not in record(app, full).text
    assert [(noun, detail) for noun, detail, _who in told(database)] == [
        ("goal", "on"),
        ("goal", "off"),
    ]


@pytest.mark.parametrize("state", [ProgramState.PAUSED, ProgramState.CLOSED])
def test_it_can_be_taken_back_when_nothing_else_can_be_changed(app, database, full, state):
    amara = visit(app, full.mentee).get(f"/goals/{full.goal}").submit(BUTTON)
    with database.transaction() as db:
        db.get_one(Program, full.program).state = state

    amara.get(f"/goals/{full.goal}").submit(BACK)

    assert TITLE not in record(app, full).text


def test_saying_it_twice_is_recorded_once(app, database, full):
    amara = visit(app, full.mentee).get(f"/goals/{full.goal}")

    for _ in range(2):
        amara.post(f"/goals/{full.goal}/show")

    assert len(told(database)) == 1


def test_a_page_that_was_open_meanwhile_can_still_be_sent(app, full):
    editing = visit(app, full.mentee).get(f"/goals/{full.goal}/edit")
    visit(app, full.mentee).get(f"/goals/{full.goal}").submit(BUTTON)

    editing.submit("Save this goal", title="Speak up every week")

    assert editing.status == 200
    assert "Speak up every week" in record(app, full).text


def test_a_reflection_is_shown_beside_its_session(app, database, full):
    with database.reading() as db:
        held = db.scalars(select(Note).where(Note.body == "I asked my first question.")).one()
        session_id = held.mentoring_session_id
    amara = visit(app, full.mentee).get(f"/sessions/{session_id}")
    assert "You and teaching staff" not in amara.text

    amara.submit(BUTTON)

    assert "You and teaching staff" in amara.text
    page = record(app, full)
    shown = page.page.xpath("//li[contains(., 'with Daniel Okafor')]//*[@class='shown-text']")
    assert [part.text_content().count("I asked my first question.") for part in shown] == [1]
    assert "Only for me." not in page.text
    assert told(database) == [("note", "on", full.mentee)]
    amara.submit(BACK)
    assert "I asked my first question." not in record(app, full).text


def test_a_reflection_that_is_emptied_is_shown_no_more(app, database, full):
    with database.reading() as db:
        held = db.scalars(select(Note).where(Note.body == "I asked my first question.")).one()
    amara = visit(app, full.mentee).get(f"/sessions/{held.mentoring_session_id}").submit(BUTTON)
    amara.submit("Save my note", body="")

    amara.submit("Save my note", body="A new thought, for me.")

    assert "Your note is saved, for you alone." in amara.text
    assert "A new thought" not in record(app, full).text


def test_a_changed_reflection_says_that_staff_read_it(app, database, full):
    with database.reading() as db:
        held = db.scalars(select(Note).where(Note.body == "I asked my first question.")).one()
    amara = visit(app, full.mentee).get(f"/sessions/{held.mentoring_session_id}").submit(BUTTON)

    amara.submit("Save my note", body="I asked two.")

    assert "Saved. Teaching staff can read it." in amara.text
    assert "I asked two." in record(app, full).text


def test_the_closing_words_are_shown_and_taken_back(app, database, full):
    amara = visit(app, full.mentee).get("/closing").submit(BUTTON)
    assert "What I take with me You and teaching staff" in amara.text.replace("(optional) ", "")
    assert "I can begin a question now." in record(app, full).text

    amara.submit(BACK)

    assert "I can begin a question now." not in record(app, full).text
    assert [noun for noun, _detail, _who in told(database)] == ["closing", "closing"]


@pytest.mark.parametrize("who", ["mentor", "other_mentor", "waiting", "instructor", "observer"])
def test_nobody_else_decides(app, database, full, who):
    with database.reading() as db:
        note = db.scalars(select(Note).where(Note.body == "I asked my first question.")).one()
    other = visit(app, getattr(full, who)).get("/")
    token = visit(app, full.mentee).get(f"/goals/{full.goal}").csrf_token()

    for path in (f"/goals/{full.goal}", f"/sessions/{note.mentoring_session_id}/note"):
        other.post(f"{path}/show", csrf_token=token)
        assert other.status in {400, 403, 404}

    assert told(database) == []


def test_a_mentor_with_a_note_of_their_own_has_nothing_to_show(app, db, pair):
    session_id = agree(db, pair).id
    db.add(Note(mentoring_session_id=session_id, author_id=pair.mentor.id, body="Mine",
                updated_at=pair.mentor.joined_at))  # fmt: skip
    db.commit()

    rui = visit(app, pair.mentor.membership_id).get(f"/sessions/{session_id}")

    assert BUTTON not in rui.text
    assert "Mine" in rui.page.xpath("string(//*[@id='my-note'])")


def test_a_suggestion_is_the_mentors_until_it_is_taken(app, database, pair):
    with database.transaction() as db:
        mentee = db.get_one(Participant, pair.mentee.id)
        goal = make_goal(db, mentee, state=GoalState.PROPOSED, proposed_by_id=pair.mentor.id).id

    ana = as_ana(app, pair).get(f"/goals/{goal}")

    assert BUTTON not in ana.text
    assert ana.post(f"/goals/{goal}/show").status == 403
    assert told(database) == []


def test_an_assistant_who_mentors_reads_as_staff_what_is_shown_to_staff(app, database, full):
    with database.transaction() as db:
        db.get_one(Membership, full.mentor).role = CourseRole.TEACHING_ASSISTANT
    visit(app, full.mentee).get(f"/goals/{full.goal}").submit(BUTTON)

    page = record(app, full, "mentor")

    assert TITLE in page.text
    assert PRIVATE not in page.text
    amara = visit(app, full.mentee).get(f"/goals/{full.goal}")
    assert "also if one of them is your mentor" in amara.text


def test_who_left_shows_nothing_since_they_could_not_take_it_back(app, database, full):
    amara = visit(app, full.mentee)
    amara.get(f"/goals/{full.goal}").submit(BUTTON)
    amara.get("/closing").submit(BUTTON)
    with database.transaction() as db:
        mentee = db.scalars(select(Participant).filter_by(membership_id=full.mentee)).one()
        mentee.state = ParticipantState.LEFT

    page = record(app, full)

    assert page.status == 200
    assert "4 goals are kept private." in page.text
    assert "I can begin a question now." not in page.text


def test_a_private_goal_that_is_shown_does_not_say_only_you_alone(app, database, full):
    with database.reading() as db:
        goal = db.scalars(select(Goal.id).where(Goal.title == PRIVATE)).one()
    amara = visit(app, full.mentee).get(f"/goals/{goal}").submit(BUTTON)

    for address in (f"/goals/{goal}", "/goals"):
        assert "Only you Its sentence: teaching staff, too" in amara.get(address).text
    assert "and teaching staff" in amara.get(f"/goals/{goal}/edit").text
    assert "only you" not in amara.get("/").text
    assert PRIVATE not in visit(app, full.mentor).get("/goals").text


def test_the_export_tells_what_is_shown_and_erasure_takes_it_along(app, database, full):
    visit(app, full.mentee).get(f"/goals/{full.goal}").submit(BUTTON)

    with database.transaction() as db:
        person = Person(db.get_one(Membership, full.mentee).user_id)
        document = export_person(db, Actor.system("test"), person)
        goals = next(part["rows"] for part in document["kept"] if part["table"] == "goal")
        erase_person(db, Actor.system("test"), person)

    assert [row["title"] for row in goals if row["is_shown_to_staff"]] == [TITLE]
    assert TITLE not in record(app, full).text
