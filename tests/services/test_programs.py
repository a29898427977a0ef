"""A program's design and its way from draft to closed."""

from datetime import timedelta

import pytest
from sqlalchemy import func, select

from lti_mentoring.core.errors import Conflict, NotAllowed, Stale
from lti_mentoring.models import Agreement, EngagementRubric, ProgramBreak, Topic, TopicWant
from lti_mentoring.services import programs
from lti_mentoring.services.programs import Beginning, Confidence, Purpose, Rhythm
from lti_mentoring.services.rubrics import Counting, newest_rubric
from lti_mentoring.vocabulary import Cadence, Component, CourseRole, Preset, ProgramState
from tests.support.factories import (
    actor_of,
    make_course,
    make_member,
    make_mentee,
    make_program,
)

BEGINNING = Beginning(
    preset=Preset.PEER_TUTORING,
    title="Peer tutoring",
    purpose="Nobody studies alone",
    objectives="Everybody has a mentor",
    audience="All",
    topics=("Statistics", "Writing"),
    agreement="We are on time.",
)
WEIGHTS = {
    Component.AGREEMENT: 10,
    Component.NEEDS: 10,
    Component.SESSIONS: 50,
    Component.GOALS_SET: 10,
    Component.GOAL_PROGRESS: 10,
    Component.REFLECTION: 10,
}


@pytest.fixture
def teacher(db, frozen_clock):
    return make_member(db, make_course(db), role=CourseRole.INSTRUCTOR, name="Maria Keller")


@pytest.fixture
def program(db, teacher):
    return programs.create_program(db, actor_of(db, teacher), BEGINNING)


def opened(db, teacher, program):
    programs.move_program(db, actor_of(db, teacher), program, ProgramState.RECRUITING)
    return actor_of(db, teacher)


def test_a_new_program_is_a_draft_with_everything_suggested(db, program, frozen_clock):
    assert program.state is ProgramState.DRAFT
    assert program.starts_on == frozen_clock.now.date()
    assert (program.ends_on - program.starts_on).days == 14 * 7 - 1
    assert programs.newest_agreement(db, program).body == "We are on time."
    assert sum(newest_rubric(db, program).weights.values()) == 100


def test_a_course_has_one_open_program(db, teacher, program):
    with pytest.raises(Conflict):
        programs.create_program(db, actor_of(db, teacher), BEGINNING)


def test_a_closed_program_makes_room_for_a_new_one(db, teacher, program):
    program.state = ProgramState.CLOSED

    following = programs.create_program(db, actor_of(db, teacher), BEGINNING)

    assert following.id != program.id


@pytest.mark.parametrize("role", [CourseRole.LEARNER, CourseRole.TEACHING_ASSISTANT])
def test_only_instructors_set_up_a_program(db, teacher, role):
    somebody = make_member(db, teacher.course, role=role)

    with pytest.raises(NotAllowed):
        programs.create_program(db, actor_of(db, somebody), BEGINNING)


def test_the_wizard_goes_on_where_it_was_left(db, teacher, program):
    actor = actor_of(db, teacher)
    draft = Purpose("Buddies", "For a good start", "Everybody arrives", "")

    programs.change_purpose(db, actor, program, draft, program.version)
    programs.skip_step(db, actor, program, "rhythm")

    assert program.title == "Buddies"
    assert programs.STEPS[program.setup_step - 1] == "topics"


def test_whoever_saves_an_old_page_is_told_so(db, teacher, program):
    actor, seen = actor_of(db, teacher), program.version
    programs.change_topics(db, actor, program, ["Statistics"], seen)

    with pytest.raises(Stale):
        programs.change_topics(db, actor, program, ["Writing"], seen)


def test_topics_that_people_use_stay(db, teacher, program):
    actor = actor_of(db, teacher)
    mentee = make_mentee(db, program)
    used = db.scalar(select(Topic).where(Topic.name == "Statistics"))
    db.add(TopicWant(participant_id=mentee.id, topic_id=used.id))

    kept = programs.change_topics(db, actor, program, ["Planning"], program.version)

    names = db.scalars(select(Topic.name).order_by(Topic.position))
    assert kept == ("Statistics",)
    assert list(names) == ["Planning", "Statistics"]


def test_a_draft_agreement_is_changed_in_place_and_a_published_one_gets_a_version(
    db, teacher, program
):
    actor = actor_of(db, teacher)
    programs.change_confidence(db, actor, program, Confidence(False, "First"), program.version)
    actor = opened(db, teacher, program)

    is_new = programs.change_confidence(
        db, actor, program, Confidence(True, "Second"), program.version
    )

    texts = list(db.scalars(select(Agreement.body).order_by(Agreement.version_number)))
    assert is_new
    assert texts == ["First", "Second"]
    assert program.mentors_see_engagement


def test_changed_weights_of_an_open_program_are_a_new_version(db, teacher, program):
    actor = opened(db, teacher, program)

    programs.change_counting(db, actor, program, Counting(WEIGHTS, True, False), program.version)

    versions = db.scalars(select(EngagementRubric.version_number))
    assert sorted(versions) == [1, 2]
    assert newest_rubric(db, program).weights["sessions"] == 50


def test_weights_that_do_not_make_100_are_refused(db, teacher, program):
    wrong = Counting({Component.SESSIONS: 90}, True, False)

    with pytest.raises(ValueError, match="100"):
        programs.change_counting(db, actor_of(db, teacher), program, wrong, program.version)


def test_the_rubric_expects_as_many_sessions_as_the_program(db, teacher, program):
    draft = Rhythm(program.starts_on, program.ends_on, "Europe/Lisbon", Cadence.WEEKLY, 10, 30)

    programs.change_rhythm(db, actor_of(db, teacher), program, draft, program.version)

    assert newest_rubric(db, program).targets["sessions"] == 10


def test_a_program_without_an_objective_does_not_open(db, teacher, program):
    program.objectives = " "

    with pytest.raises(Conflict):
        opened(db, teacher, program)


def test_a_program_whose_last_day_has_passed_does_not_open(db, teacher, program, frozen_clock):
    frozen_clock.tick(days=120)

    with pytest.raises(Conflict):
        opened(db, teacher, program)


def test_a_break_ends_the_day_before_the_program_goes_on(db, teacher, program, frozen_clock):
    program.state = ProgramState.RUNNING
    programs.move_program(db, actor_of(db, teacher), program, ProgramState.PAUSED)
    frozen_clock.tick(days=10)

    programs.move_program(db, actor_of(db, teacher), program, ProgramState.RUNNING)

    pause = db.scalars(select(ProgramBreak)).one()
    assert pause.ends_on - pause.starts_on == timedelta(days=9)


def test_a_break_that_ends_on_its_first_day_was_none(db, teacher, program):
    program.state = ProgramState.RUNNING
    programs.move_program(db, actor_of(db, teacher), program, ProgramState.PAUSED)

    programs.move_program(db, actor_of(db, teacher), program, ProgramState.RUNNING)
    db.flush()

    assert db.scalar(select(func.count(ProgramBreak.id))) == 0


@pytest.mark.parametrize(("days", "reopens"), [(29, True), (30, False)])
def test_a_program_reopens_within_thirty_days(db, teacher, program, frozen_clock, days, reopens):
    program.state = ProgramState.CLOSING
    programs.move_program(db, actor_of(db, teacher), program, ProgramState.CLOSED)
    db.flush()
    frozen_clock.tick(days=days)

    assert programs.closed_recently(db, program) is reopens


def test_nobody_steps_over_a_state(db, teacher, program):
    with pytest.raises(Conflict):
        programs.move_program(db, actor_of(db, teacher), program, ProgramState.RUNNING)


def test_a_program_with_people_is_no_draft_any_more(db, teacher, program):
    actor = opened(db, teacher, program)
    make_mentee(db, program)

    with pytest.raises(Conflict):
        programs.move_program(db, actor, program, ProgramState.DRAFT)


def test_a_program_that_is_over_does_not_change(db, teacher):
    program = make_program(db, teacher.course, state=ProgramState.CLOSED)
    draft = Purpose("Other", "x", "y", "")

    with pytest.raises(Conflict):
        programs.change_purpose(db, actor_of(db, teacher), program, draft, program.version)
