from datetime import timedelta

import pytest
from sqlalchemy import event, select

from lti_mentoring.core import clock
from lti_mentoring.core.errors import Conflict, NotAllowed
from lti_mentoring.models import (
    Activity,
    Course,
    Membership,
    MentorRequest,
    Pairing,
    PlatformUser,
    RosterSync,
    ScorePublication,
)
from lti_mentoring.policies.actor import Actor
from lti_mentoring.services import roster
from lti_mentoring.services.roster_changes import Staged
from lti_mentoring.vocabulary import (
    ActivityProgress,
    CourseRole,
    MembershipState,
    PairingState,
    PublicationState,
    RequestState,
    RosterSyncState,
    Verb,
)
from tests.roster.conftest import ROSTER, WRITES_PEOPLE, entry
from tests.support.canned_platform import LMS
from tests.support.factories import (
    make_course,
    make_line_item,
    make_member,
    make_mentee,
    make_mentor,
    make_pairing,
    make_program,
)

INSTRUCTOR = Actor(course_id=1, role=CourseRole.INSTRUCTOR, membership_id=None)


def people(database):
    """Everybody's name, role and state, by subject."""
    with database.transaction() as db:
        rows = db.execute(
            select(PlatformUser.subject, PlatformUser.name, Membership.role, Membership.state).join(
                Membership
            )
        )
        return {row.subject: tuple(row[1:]) for row in rows}


def launch(database, course_roster, subject, role=CourseRole.LEARNER, **facts):
    """Somebody opens the tool now."""
    with database.transaction() as db:
        course = db.get_one(Course, course_roster.course_id)
        member = make_member(db, course, role=role, **facts)
        member.user.subject = subject
        return member.id


def test_people_on_the_roster_become_members(course_roster, database):
    course_roster.lists(
        entry("a", name="Ana Souza", given_name="Ana", email="ana@example.edu"),
        entry("t", "Instructor", name="Tea Teacher"),
    )

    done = course_roster.sync()

    assert people(database) == {
        "a": ("Ana Souza", CourseRole.LEARNER, MembershipState.ACTIVE),
        "t": ("Tea Teacher", CourseRole.INSTRUCTOR, MembershipState.ACTIVE),
    }
    assert (done.state, done.member_count, done.added_count) == (RosterSyncState.DONE, 2, 2)


def test_reading_the_same_roster_again_writes_nobody(course_roster, database):
    course_roster.lists(*(entry(f"u{n}", name=f"Person {n}") for n in range(50)))
    course_roster.sync()
    statements = []
    event.listen(
        database.engine, "before_cursor_execute", lambda *given: statements.append(given[2])
    )

    course_roster.sync()

    assert not [statement for statement in statements if WRITES_PEOPLE.match(statement)]


def test_names_follow_the_roster_but_are_kept_where_it_withholds_them(course_roster, database):
    course_roster.lists(entry("a", name="Ana"), entry("b", name="Bo"))
    course_roster.sync()
    course_roster.lists(entry("a", name="Ana Maria"), entry("b"))
    course_roster.sync()

    assert people(database)["a"][0] == "Ana Maria"
    assert people(database)["b"][0] == "Bo"


def test_who_launched_before_is_the_same_person_on_the_roster(course_roster, database):
    launch(database, course_roster, "a", name="Ana Souza")
    course_roster.lists(entry("a", name="Ana Souza"))

    done = course_roster.sync()

    assert (done.added_count, len(people(database))) == (0, 1)


def test_who_is_known_from_another_course_is_the_same_person(course_roster, database):
    with database.transaction() as db:
        here = db.get_one(Course, course_roster.course_id)
        elsewhere = make_course(db, here.deployment)
        make_member(db, elsewhere, name="Old Name").user.subject = "a"
    course_roster.lists(entry("a", name="New Name"))

    course_roster.sync()

    with database.transaction() as db:
        assert db.scalars(select(PlatformUser.name)).all() == ["New Name"]


def test_a_teacher_whom_moodles_roster_calls_a_learner_stays_a_teacher(course_roster, database):
    launch(database, course_roster, "t", CourseRole.INSTRUCTOR)
    course_roster.lists(entry("t"))

    course_roster.sync()
    course_roster.sync()

    assert people(database)["t"][1] is CourseRole.INSTRUCTOR


def test_a_teacher_who_becomes_a_learner_on_the_roster_loses_rights_at_once(
    course_roster, database, frozen_clock
):
    launch(database, course_roster, "t", CourseRole.INSTRUCTOR)
    course_roster.lists(entry("t", "Instructor"))
    course_roster.sync()
    frozen_clock.tick(minutes=1)
    course_roster.lists(entry("t"))
    course_roster.sync()

    assert people(database)["t"][1] is CourseRole.LEARNER


def test_who_disappears_is_gone_and_comes_back(course_roster, database, frozen_clock):
    course_roster.lists(entry("a"), entry("b"))
    course_roster.sync()
    course_roster.lists(entry("a"))
    gone = course_roster.sync()
    after = people(database)["b"][2]
    course_roster.lists(entry("a"), entry("b"))
    course_roster.sync()

    assert (gone.removed_count, after) == (1, MembershipState.GONE)
    assert people(database)["b"][2] is MembershipState.ACTIVE


@pytest.mark.parametrize(
    ("status", "state"),
    [
        ("Inactive", MembershipState.INACTIVE),
        ("Deleted", MembershipState.GONE),
        ("ACTIVE", MembershipState.ACTIVE),
        ("whatever", MembershipState.ACTIVE),
    ],
)
def test_a_status_is_taken_over(course_roster, database, status, state):
    course_roster.lists(entry("a"))
    course_roster.sync()
    course_roster.lists(entry("a", status=status))
    course_roster.sync()

    assert people(database)["a"][2] is state


def test_staff_whom_no_roster_ever_listed_stay(course_roster, database, frozen_clock):
    launch(database, course_roster, "t", CourseRole.INSTRUCTOR)
    launch(database, course_roster, "old")
    launch(database, course_roster, "preview", is_test_user=True)
    frozen_clock.tick(hours=1)
    course_roster.lists(entry("a"))

    course_roster.sync()

    states = {subject: row[2] for subject, row in people(database).items()}
    assert states["t"] is MembershipState.ACTIVE
    assert states["preview"] is MembershipState.ACTIVE
    assert states["old"] is MembershipState.GONE


def test_who_launches_while_the_roster_is_read_stays(course_roster, database):
    course_roster.lists(entry("a"))
    launch(database, course_roster, "new")  # at the very moment at which the reading begins

    course_roster.sync()

    assert people(database)["new"][2] is MembershipState.ACTIVE


@pytest.mark.parametrize("body", [b"", b'{"members": []}'])
def test_an_empty_roster_sends_nobody_away(course_roster, database, body):
    course_roster.lists(entry("a"))
    course_roster.sync()
    course_roster.platform.instead(ROSTER, body=body)

    done = course_roster.sync()

    assert done.state is RosterSyncState.DONE
    assert people(database)["a"][2] is MembershipState.ACTIVE


def test_a_roster_that_breaks_off_changes_nothing(course_roster, database):
    course_roster.lists(entry("a"))
    course_roster.sync()
    link = f'<{LMS}/rest>; rel="next"'
    course_roster.platform.instead(ROSTER, body={"members": [entry("b")]}, Link=link)
    course_roster.platform.answer("/rest", 500)

    waiting = course_roster.sync()

    assert set(people(database)) == {"a"}
    assert waiting.state is RosterSyncState.DUE
    assert waiting.error == "the LMS cannot answer just now"


def test_a_failed_reading_is_tried_again_later_and_given_up_in_the_end(course_roster, frozen_clock):
    course_roster.platform.answer(ROSTER, 503)
    course_roster.sync()

    for _ in range(roster.MOST_ATTEMPTS):
        frozen_clock.tick(hours=7)
        course_roster.work()

    assert course_roster.latest().state is RosterSyncState.FAILED
    assert len(course_roster.platform.requests_to(ROSTER)) == roster.MOST_ATTEMPTS


def test_a_refused_roster_is_not_asked_for_again(course_roster, frozen_clock):
    course_roster.platform.answer(ROSTER, 404)

    refused = course_roster.sync()
    frozen_clock.tick(days=1)
    course_roster.work()

    assert refused.state is RosterSyncState.FAILED
    assert "the LMS does not have this" in refused.error
    assert len(course_roster.platform.requests_to(ROSTER)) == 1


def test_many_who_leave_at_once_wait_for_a_person(course_roster, database):
    course_roster.lists(*(entry(f"u{n}") for n in range(10)))
    course_roster.sync()
    course_roster.lists(entry("u0"), entry("new"))

    held = course_roster.sync()

    states = [row[2] for row in people(database).values()]
    assert held.state is RosterSyncState.HELD
    assert states == [MembershipState.ACTIVE] * 11
    with database.transaction() as db:
        noted = db.scalars(select(Activity).where(Activity.verb == Verb.ROSTER_HELD)).one()
        assert noted.detail == "9"


@pytest.mark.parametrize("status", ["Inactive", "Deleted"])
def test_many_who_are_suspended_at_once_wait_for_a_person_too(course_roster, database, status):
    everybody = [entry(f"u{n}") for n in range(20)]
    course_roster.lists(*everybody)
    course_roster.sync()
    course_roster.lists(*(entry(f"u{n}", "Instructor", status=status) for n in range(20)))

    held = course_roster.sync()

    assert held.state is RosterSyncState.HELD
    assert {row[1:] for row in people(database).values()} == {
        (CourseRole.INSTRUCTOR, MembershipState.ACTIVE)
    }
    with database.transaction() as db:
        noted = db.scalars(select(Activity).where(Activity.verb == Verb.ROSTER_HELD)).one()
        assert noted.detail == "20"
        roster.confirm_removals(db, INSTRUCTOR, db.get_one(RosterSync, held.id))
    course_roster.work()
    assert MembershipState.ACTIVE not in {row[2] for row in people(database).values()}


def test_the_missing_and_the_suspended_count_together(course_roster, database):
    course_roster.lists(*(entry(f"u{n}") for n in range(10)))
    course_roster.sync()
    stay = [entry(f"u{n}") for n in range(4)]
    suspended = [entry(f"u{n}", status="Inactive") for n in range(4, 7)]
    course_roster.lists(*stay, *suspended)

    held = course_roster.sync()

    assert held.state is RosterSyncState.HELD
    assert {row[2] for row in people(database).values()} == {MembershipState.ACTIVE}


def test_who_was_inactive_before_does_not_count_as_leaving(course_roster, database):
    course_roster.lists(
        *(entry(f"u{n}") for n in range(4)),
        *(entry(f"x{n}", status="Inactive") for n in range(8)),
    )
    course_roster.sync()
    course_roster.lists(*(entry(f"u{n}") for n in range(4)))

    done = course_roster.sync()

    assert done.state is RosterSyncState.DONE
    assert people(database)["x0"][2] is MembershipState.GONE


def test_after_a_coordinators_yes_they_leave(course_roster, database):
    course_roster.lists(*(entry(f"u{n}") for n in range(10)))
    course_roster.sync()
    course_roster.lists(entry("u0"))
    held = course_roster.sync()

    with database.transaction() as db:
        roster.confirm_removals(db, INSTRUCTOR, db.get_one(RosterSync, held.id))
    course_roster.work()

    assert course_roster.latest().removed_count == 9


def test_after_a_coordinators_no_everybody_stays(course_roster, database):
    course_roster.lists(*(entry(f"u{n}") for n in range(10)))
    course_roster.sync()
    course_roster.lists(entry("u0"))
    held = course_roster.sync()

    with database.transaction() as db:
        roster.dismiss_removals(db, INSTRUCTOR, db.get_one(RosterSync, held.id))
        with pytest.raises(Conflict):
            roster.dismiss_removals(db, INSTRUCTOR, db.get_one(RosterSync, held.id))

    assert course_roster.latest().state is RosterSyncState.DONE
    assert {row[2] for row in people(database).values()} == {MembershipState.ACTIVE}


def test_a_whole_reading_answers_older_questions(course_roster, database):
    everybody = [entry(f"u{n}") for n in range(10)]
    course_roster.lists(*everybody)
    course_roster.sync()
    course_roster.lists(entry("u0"))
    held = course_roster.sync()
    course_roster.lists(*everybody)
    course_roster.sync()

    with database.transaction() as db:
        assert db.get_one(RosterSync, held.id).state is RosterSyncState.DONE


def test_only_coordinators_let_many_people_leave(course_roster, db):
    learner = Actor(course_id=1, role=CourseRole.LEARNER)

    with pytest.raises(NotAllowed):
        roster.confirm_removals(db, learner, RosterSync(state=RosterSyncState.HELD))
    with pytest.raises(NotAllowed):
        roster.ask_for_roster(db, learner, Course())


def test_what_waits_is_not_asked_for_twice(course_roster, db):
    course = db.get_one(Course, course_roster.course_id)

    first = roster.ask_for_roster(db, Actor.system("launch"), course)
    second = roster.ask_for_roster(db, Actor.system("launch"), course)

    assert first is second


def test_a_person_does_not_wait_for_a_back_off(course_roster, database, frozen_clock):
    course_roster.platform.answer(ROSTER, 503)
    course_roster.platform.answer(ROSTER, body={"members": [entry("a")]})
    course_roster.sync()
    with database.transaction() as db:
        roster.ask_for_roster(db, INSTRUCTOR, db.get_one(Course, course_roster.course_id))

    course_roster.work()

    assert course_roster.latest().state is RosterSyncState.DONE


def test_a_course_without_the_service_has_no_roster_to_ask_for(db):
    course = make_course(db, with_services=False)

    assert roster.ask_for_roster(db, Actor.system("launch"), course) is None


def test_a_reading_that_another_process_has_taken_over_is_thrown_away(
    course_roster, database, frozen_clock
):
    course_roster.lists(entry("a"))
    with database.transaction() as db:
        roster.ask_for_roster(db, Actor.system("t"), db.get_one(Course, course_roster.course_id))
        slow = roster.claim_due(db)
    assert slow is not None
    frozen_clock.tick(seconds=roster.LEASE_SECONDS + 1)
    course_roster.work()

    with database.transaction() as db:
        late = roster.apply_reading(db, slow, Staged(), complete=True, guard_percent=50)

    assert late is None
    assert course_roster.latest().member_count == 1


def paired_course(course_roster, database, **pairing):
    """A pair, both on the roster; the mentee's score is waiting. Ids of the two memberships."""
    with database.transaction() as db:
        course = db.get_one(Course, course_roster.course_id)
        program = make_program(db, course, posts_engagement=False)
        mentor, mentee = make_mentor(db, program), make_mentee(db, program)
        make_pairing(db, program, mentor=mentor, mentee=mentee, **pairing)
        mentor.membership.user.subject, mentee.membership.user.subject = "mentor", "mentee"
        column = make_line_item(db, program, url=None)
        db.add(waiting_score(column, mentee))
    course_roster.lists(entry("mentor"), entry("mentee"), entry("other"))
    course_roster.sync()


def waiting_score(column, mentee):
    return ScorePublication(
        line_item_id=column.id,
        participant_id=mentee.id,
        score_given=10,
        score_maximum=100,
        activity_progress=ActivityProgress.IN_PROGRESS,
        scored_at=clock.now(),
        next_at=clock.now() + timedelta(days=30),
    )


def states_of(database):
    with database.transaction() as db:
        return db.scalars(select(Pairing.state)).one(), db.scalars(
            select(ScorePublication.state)
        ).one()


@pytest.mark.parametrize("leaver", ["mentor", "mentee"])
def test_when_one_of_two_leaves_the_pairing_is_interrupted(
    course_roster, database, frozen_clock, leaver
):
    paired_course(course_roster, database)
    frozen_clock.tick(hours=1)
    stayer = {"mentor", "mentee"} - {leaver}
    course_roster.lists(*map(entry, stayer), entry("other"))
    course_roster.sync()

    pairing, score = states_of(database)
    assert pairing is PairingState.INTERRUPTED
    assert score is (PublicationState.STOPPED if leaver == "mentee" else PublicationState.PENDING)


def test_who_comes_back_takes_up_the_pairing_where_it_was(course_roster, database, frozen_clock):
    paired_course(course_roster, database, state=PairingState.ACTIVE)
    frozen_clock.tick(hours=1)
    course_roster.lists(entry("mentor"), entry("other"))
    course_roster.sync()
    course_roster.lists(entry("mentor"), entry("mentee"), entry("other"))
    course_roster.sync()

    assert states_of(database) == (PairingState.ACTIVE, PublicationState.PENDING)


def test_a_proposed_pairing_is_let_go_when_one_leaves(course_roster, database, frozen_clock):
    paired_course(course_roster, database, state=PairingState.PROPOSED)
    frozen_clock.tick(hours=1)
    course_roster.lists(entry("mentee"), entry("other"))
    course_roster.sync()

    assert states_of(database)[0] is PairingState.EXPIRED


def test_requests_to_and_from_people_who_left_are_released(course_roster, database, frozen_clock):
    with database.transaction() as db:
        course = db.get_one(Course, course_roster.course_id)
        program = make_program(db, course, posts_engagement=False)
        mentor, mentee = make_mentor(db, program), make_mentee(db, program)
        mentor.membership.user.subject, mentee.membership.user.subject = "mentor", "mentee"
        db.add(
            MentorRequest(
                mentee_id=mentee.id,
                mentor_id=mentor.id,
                state=RequestState.SENT,
                created_at=frozen_clock.now,
            )
        )
    course_roster.lists(entry("mentor"), entry("mentee"), entry("other"))
    course_roster.sync()
    frozen_clock.tick(hours=1)
    course_roster.lists(entry("mentor"), entry("other"))
    course_roster.sync()

    with database.transaction() as db:
        assert db.scalars(select(MentorRequest.state)).one() is RequestState.WITHDRAWN
