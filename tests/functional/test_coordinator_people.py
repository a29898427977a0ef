"""The coordinator's people: who is invited, welcomed, given seats, and read from the LMS."""

from sqlalchemy import select

from lti_mentoring.core import clock
from lti_mentoring.models import Activity, MentorProfile, RosterSync
from lti_mentoring.vocabulary import MentorState, RosterSyncState, Verb
from tests.support.factories import add, make_member, make_mentor


def test_people_of_the_course_are_found_and_invited(staff, db, program):
    make_member(db, program.course, name="Daniel Okafor")
    make_member(db, program.course, name="Li Na Chen")
    teacher = staff().get("/people/nominate?q=okafor")
    box = teacher.page.xpath("//input[@name='person']/@value")

    teacher.submit("Invite those I ticked", person=box)

    assert len(box) == 1
    assert "1 person is invited" in teacher.text
    assert "Daniel Okafor" in teacher.text


def test_applications_are_welcomed_in_one_go(staff, db, program):
    waiting = [
        make_mentor(db, program, name=name, state=MentorState.SUBMITTED)
        for name in ("Nora Lind", "Peter Hahn")
    ]
    teacher = staff().get("/today").click("Review")

    teacher.submit("Welcome those I ticked", person=[str(mentor.id) for mentor in waiting])

    assert "2 new mentors in the pool." in teacher.text
    assert set(db.scalars(select(MentorProfile.state))) == {MentorState.ACTIVE}


def test_an_application_that_was_answered_meanwhile_is_a_conflict(staff, db, program):
    mentor = make_mentor(db, program, state=MentorState.SUBMITTED)
    teacher = staff().get(f"/people/{mentor.id}")
    page = teacher.page
    teacher.submit("Not this time")
    teacher.page = page

    teacher.submit("Welcome to the pool")

    assert teacher.status == 409


def test_seats_and_pause_are_the_coordinators_too(staff, db, program):
    mentor = make_mentor(db, program)
    teacher = staff().get(f"/people/{mentor.id}").submit("Save", capacity="5").submit("Pause")

    profile = db.scalars(select(MentorProfile)).one()
    assert (profile.capacity, profile.state) == (5, MentorState.PAUSED)
    assert "Let them go on" in teacher.text


def test_too_many_seats_are_explained(staff, db, program):
    mentor = make_mentor(db, program)

    teacher = staff().get(f"/people/{mentor.id}").submit("Save", capacity="99")

    assert teacher.status == 422


def test_a_mass_removal_waits_for_a_word(staff, db, program):
    now = clock.now()
    sync = add(
        db,
        RosterSync(
            course_id=program.course_id,
            state=RosterSyncState.HELD,
            requested_at=now,
            next_at=now,
        ),
    )
    db.add(
        Activity(
            course_id=program.course_id,
            verb=Verb.ROSTER_HELD,
            noun="roster_sync",
            noun_id=sync.id,
            detail="40",
            at=now,
        )
    )
    teacher = staff().get("/today")
    question = teacher.text

    teacher.get("/people").submit("Keep everybody")

    db.expire_all()
    assert "40 people would leave the course" in question
    assert sync.state is RosterSyncState.DONE


def test_the_course_list_is_read_again_on_demand(staff, db, program):
    staff().get("/people").submit("Read it now")

    assert db.scalars(select(RosterSync.state)).one() is RosterSyncState.DUE
