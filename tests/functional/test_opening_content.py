"""Every kind of link for everybody who may open it: each lands on the page that fits them."""

import pytest

from lti_mentoring.models import Course, Intake, Participant, Program
from lti_mentoring.vocabulary import ContentKind, IntakeState, ProgramState
from lti_mentoring.web import identity
from tests.support.choosing import make_content_item
from tests.support.factories import make_course, make_member, make_program
from tests.support.full_program import make_full_program
from tests.support.visitor import visit

HOME, TODAY, START, OBSERVING = "/", "/today", "/get-started/topics", "/observing"
AGAIN = "/get-started/times"

# who opens it: for each kind, where they land while the program runs
LANDINGS = {
    "program": {"mentee": HOME, "mentor": HOME, "staff": TODAY, "new": HOME},
    "get_started": {"mentee": AGAIN, "mentor": "/mentor", "staff": "/people/learners",
                    "new": START},
    "mentors": {"mentee": "/mentors", "mentor": "/requests", "staff": "/people", "new": START},
    "mentor_card": {"mentee": "/mentor", "mentor": "/mentor", "staff": "/people",
                    "new": "/mentor"},
    "goal": {"mentee": "/goals", "mentor": "/goals", "staff": "/engagement", "new": START},
    "session": {"mentee": "/sessions", "mentor": "/sessions", "staff": "/pairs", "new": START},
    "my_engagement": {"mentee": "/my-engagement", "mentor": "/mentees", "staff": "/engagement",
                      "new": START},
    "look_back": {"mentee": HOME, "mentor": "/mentees", "staff": TODAY, "new": START},
}  # fmt: skip
STANDING = {
    "mentee": "mentee",
    "waiting": "mentee",
    "mentor": "mentor",
    "other_mentor": "mentor",
    "applicant": "mentor",
    "instructor": "staff",
    "assistant": "staff",
    "new_learner": "new",
}


@pytest.fixture
def full(database, frozen_clock):
    with database.transaction() as db:
        made = make_full_program(db)
        for intake in db.query(Intake):
            intake.state = IntakeState.SUBMITTED
        return made


def opened(app, membership_id, course_id, kind):
    """The page on which somebody lands whose sign-in was to open content of this kind."""
    visitor = visit(app, membership_id)
    with app.extensions["mentoring"].database.transaction() as db:
        course = db.get_one(Course, course_id)
        item = make_content_item(db, course, membership_id, ContentKind(kind))
        identity.keep_content(db.connection(), visitor.key, item.id)
    return visitor.get("/content/open")


def course_of(database, full):
    with database.reading() as db:
        return db.get_one(Program, full.program).course_id


def within(visitor):
    return visitor.path.removeprefix(f"/in/{visitor.key}")


def test_every_kind_has_its_landings():
    assert set(LANDINGS) == {kind.value for kind in ContentKind}


@pytest.mark.parametrize("who", STANDING)
@pytest.mark.parametrize("kind", LANDINGS)
def test_everybody_lands_on_what_fits_them(app, database, full, kind, who):
    visitor = opened(app, getattr(full, who), course_of(database, full), kind)

    assert (visitor.status, within(visitor)) == (200, LANDINGS[kind][STANDING[who]])


@pytest.mark.parametrize("kind", LANDINGS)
def test_observers_land_on_their_own_page(app, database, full, kind):
    visitor = opened(app, full.observer, course_of(database, full), kind)

    assert (visitor.status, within(visitor)) == (200, OBSERVING)


@pytest.mark.parametrize("state", list(ProgramState))
def test_no_state_of_the_program_leads_to_a_closed_door(app, database, full, state):
    with database.transaction() as db:
        db.get_one(Program, full.program).state = state
    course_id = course_of(database, full)

    closed = [
        (who, kind)
        for who in [*STANDING, "observer"]
        for kind in LANDINGS
        if opened(app, getattr(full, who), course_id, kind).status != 200
    ]

    assert closed == []


def test_looking_back_opens_when_the_program_comes_to_its_end(app, database, full):
    with database.transaction() as db:
        db.get_one(Program, full.program).state = ProgramState.CLOSING

    visitor = opened(app, full.mentee, course_of(database, full), "look_back")

    assert within(visitor) == "/closing"


@pytest.mark.parametrize("role", ["instructor", "teaching_assistant", "learner", "none"])
@pytest.mark.parametrize("kind", LANDINGS)
def test_before_there_is_a_program_a_calm_page_or_the_setup(app, db, frozen_clock, kind, role):
    course = make_course(db)
    member = make_member(db, course, role=role)
    db.commit()

    visitor = opened(app, member.id, course.id, kind)

    is_setup = role == "instructor"
    assert (visitor.status, within(visitor)) == (200, "/program/setup" if is_setup else HOME)


def test_a_preview_user_is_not_asked_to_get_started(app, db, frozen_clock):
    program = make_program(db)
    member = make_member(db, program.course, is_test_user=True)
    db.commit()

    visitor = opened(app, member.id, program.course_id, "goal")

    assert (visitor.status, within(visitor)) == (200, HOME)
    assert db.query(Participant).all() == []


def test_somebody_in_the_middle_of_the_steps_goes_on_with_them(app, database, full):
    with database.transaction() as db:
        owner = db.query(Participant).filter_by(membership_id=full.waiting).one()
        intake = db.query(Intake).filter_by(participant_id=owner.id).one()
        intake.state, intake.next_step = IntakeState.STARTED, 2

    visitor = opened(app, full.waiting, course_of(database, full), "goal")

    assert within(visitor) == "/get-started/ways"


@pytest.mark.parametrize(
    ("kind", "then"),
    [("goal", "/goals"), ("session", "/sessions"), ("my_engagement", "/my-engagement"),
     ("mentors", "/mentors"), ("get_started", "/mentors"), ("program", "/mentors")],
)  # fmt: skip
def test_a_new_learner_gets_started_and_comes_back(app, database, full, kind, then):
    visitor = opened(app, full.new_learner, course_of(database, full), kind).get("/get-started")
    topic = visitor.page.xpath("//input[@name='topics']/@value")[0]

    visitor.submit("Go on", topics=[topic])
    visitor.submit("Go on", modes=["video"], languages=["en"], cadence="weekly")
    visitor.submit("Show me mentors", week=["1-960"], time_zone="UTC")

    assert (visitor.status, within(visitor)) == (200, then)
    came_from_a_link = kind not in {"get_started", "program"}
    assert ("Here is what you had opened." in visitor.text) is came_from_a_link


def test_a_link_of_content_that_a_sign_in_does_not_name_is_the_first_page(app, full):
    assert within(visit(app, full.mentee).get("/content/open")) == HOME
