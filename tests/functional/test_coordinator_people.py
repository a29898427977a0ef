"""The coordinator's days: people, pairs, what needs them, and engagement."""

from datetime import timedelta
from decimal import Decimal

import pytest
from sqlalchemy import select

from lti_mentoring.core import clock
from lti_mentoring.grading import ledger, recompute
from lti_mentoring.models import (
    Activity,
    AttendanceReport,
    Exemption,
    FitCheck,
    MentoringSession,
    MentorProfile,
    MentorRequest,
    Pairing,
    RosterSync,
    ScorePublication,
    Topic,
    TopicOffer,
    TopicWant,
)
from lti_mentoring.vocabulary import (
    AttendanceAnswer,
    Component,
    CourseRole,
    EndReason,
    FitAnswer,
    MembershipState,
    MentorState,
    PairingState,
    ProgramState,
    PublicationState,
    RequestState,
    RosterSyncState,
    SessionState,
    Verb,
)
from tests.support.counting import statements_of
from tests.support.factories import (
    add,
    make_course,
    make_line_item,
    make_member,
    make_mentee,
    make_mentor,
    make_pairing,
    make_program,
    make_rubric,
)
from tests.support.visitor import visit

LISTS = (
    "/today",
    "/people",
    "/people/learners",
    "/people/nominate",
    "/pairs",
    "/pairs/new",
    "/engagement",
)


@pytest.fixture
def program(db, frozen_clock):
    program = make_program(db)
    make_rubric(db, program)
    return program


@pytest.fixture
def staff(app, db, program):
    """Somebody of the staff, in a browser; call it when everything is arranged."""

    def arrive(role=CourseRole.INSTRUCTOR):
        member = make_member(db, program.course, role=role, name="Maria Keller")
        db.commit()
        return visit(app, member.id)

    return arrive


def make_session(db, pairing, state=SessionState.HELD, **facts):
    values = {"starts_at": clock.now() - timedelta(days=1), "length_minutes": 45, **facts}
    return add(
        db,
        MentoringSession(
            pairing_id=pairing.id,
            proposed_by_id=pairing.mentor_id,
            state=state,
            time_zone="UTC",
            created_at=clock.now(),
            **values,
        ),
    )


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


def test_a_learner_is_paired_by_hand_with_the_mentor_who_fits_best(staff, db, program):
    mentee = make_mentee(db, program, name="Ana Souza", languages=["de"])
    fitting = make_mentor(db, program, name="Daniel Okafor", languages=["de"])
    make_mentor(db, program, name="Other Person", languages=["fr"])
    topic = db.scalars(select(Topic)).first()
    db.add(TopicWant(participant_id=mentee.id, topic_id=topic.id))
    db.add(TopicOffer(participant_id=fitting.id, topic_id=topic.id))
    teacher = staff().get("/today").click("Find pairs").click("Find a mentor")
    suggestion = teacher.text

    teacher.submit("Pair with Daniel")

    pairing = db.scalars(select(Pairing)).one()
    assert suggestion.index("Daniel Okafor") < suggestion.index("Other Person")
    assert "Covers 1 of 1 topic: Statistics" in suggestion
    assert "Both speak German" in suggestion
    assert "%" not in suggestion
    assert (pairing.mentee_id, pairing.mentor_id) == (mentee.id, fitting.id)


def test_the_last_seat_is_given_once(staff, db, program):
    mentor = make_mentor(db, program, name="Daniel Okafor", capacity=1)
    mentee, other = make_mentee(db, program), make_mentee(db, program, name="Bea Lima")
    teacher = staff().get(f"/pairs/new/{mentee.id}")
    make_pairing(db, program, mentor=mentor, mentee=other)
    db.commit()

    teacher.submit("Pair with Daniel")

    assert teacher.status == 409


def test_a_pair_is_shown_in_facts_and_ended_after_a_question(staff, db, program):
    pairing = make_pairing(db, program)
    make_session(db, pairing, shared_notes="Between the two of us")
    db.add(
        FitCheck(
            pairing_id=pairing.id,
            participant_id=pairing.mentee_id,
            answer=FitAnswer.NOT_A_FIT,
            answered_at=clock.now(),
        )
    )
    teacher = staff().get("/pairs").click("Ana Souza with Rui Costa")
    facts = teacher.text

    teacher.click("End this pair").submit("End this pair")

    db.expire_all()
    assert "not a good fit" in facts
    assert "Between the two of us" not in facts
    assert db.scalars(select(Pairing.state)).one() is PairingState.ENDED_NO_FAULT


def test_a_dispute_is_settled_by_facts(staff, db, program):
    pairing = make_pairing(db, program)
    session = make_session(db, pairing, SessionState.DISPUTED, shared_notes="Our secret")
    for who, answer in (
        (pairing.mentee_id, AttendanceAnswer.HELD),
        (pairing.mentor_id, AttendanceAnswer.MENTEE_MISSED),
    ):
        db.add(
            AttendanceReport(
                mentoring_session_id=session.id,
                reporter_id=who,
                answer=answer,
                reported_at=clock.now(),
            )
        )
    teacher = staff().get("/today").click("Settle")
    page = teacher.text

    teacher.submit("They met")

    db.expire_all()
    assert "We met" in page
    assert "The learner did not come" in page
    assert "Our secret" not in page
    assert db.scalars(select(MentoringSession.state)).one() is SessionState.HELD


def test_today_is_calm_when_nothing_needs_anybody(staff, db, program):
    make_pairing(db, program)

    assert "Nothing needs you today" in staff().get("/today").text


def test_today_names_what_needs_the_coordinator(staff, db, program, frozen_clock):
    make_pairing(db, program)
    make_mentor(db, program, state=MentorState.INVITED, invited_at=clock.now())
    stuck = make_mentee(db, program, name="Bea Lima")
    mentor = make_mentor(db, program)
    db.add(
        MentorRequest(
            mentee_id=stuck.id,
            mentor_id=mentor.id,
            state=RequestState.EXPIRED,
            created_at=clock.now(),
        )
    )
    frozen_clock.tick(days=22)

    page = staff().get("/today").text

    assert "1 pair has not met for 21 days" in page
    assert "1 learner has asked without success" in page
    assert "1 invited mentor has not answered" in page


def not_a_fit(db, pairing):
    db.add(
        FitCheck(
            pairing_id=pairing.id,
            participant_id=pairing.mentor_id,
            answer=FitAnswer.NOT_A_FIT,
            answered_at=clock.now(),
        )
    )


@pytest.mark.parametrize(
    ("state", "said", "reason"),
    [
        (PairingState.INTERRUPTED, "1 pair was interrupted", EndReason.LEFT_COURSE),
        (PairingState.TRIAL, "1 pair says that it is not a good fit", EndReason.NO_FIT),
    ],
)
def test_one_click_on_today_helps_the_learner_of_a_pair_that_broke(
    staff, db, program, state, said, reason
):
    make_mentor(db, program, name="Eva Neu")
    pairing = make_pairing(db, program, state=state)
    if state is PairingState.TRIAL:
        not_a_fit(db, pairing)
    teacher = staff().get("/today")
    before = teacher.text

    teacher.submit("Find another mentor")

    db.expire_all()
    assert said in before
    assert "Nothing needs you today" not in before
    assert pairing.end_reason is reason
    assert "Ana Souza comes first" in teacher.text
    assert "Pair with Eva" in teacher.text


def test_several_broken_pairs_are_helped_one_by_one(staff, db, program):
    make_pairing(db, program, state=PairingState.INTERRUPTED)
    bea = make_mentee(db, program, name="Bea Lima")
    left = make_pairing(db, program, mentee=bea, state=PairingState.INTERRUPTED)
    bea.membership.state = MembershipState.GONE
    teacher = staff().get("/today")
    assert teacher.page.xpath("//a[@aria-label='Help pairs that were interrupted']")
    teacher.get("/pairs?state=interrupted")

    teacher.submit("Free the seat of Rui Costa")

    db.expire_all()
    assert (left.state, left.end_reason) == (PairingState.CLOSED, EndReason.LEFT_COURSE)
    assert "is free again" in teacher.text


def test_a_pair_that_goes_well_is_not_parted_by_an_old_page(staff, db, program):
    pairing = make_pairing(db, program, state=PairingState.INTERRUPTED)
    teacher = staff().get("/today")
    pairing.state = PairingState.ACTIVE
    db.commit()

    teacher.submit("Find another mentor")

    db.expire_all()
    assert teacher.status == 409
    assert pairing.state is PairingState.ACTIVE


def test_assistants_see_broken_pairs_and_do_not_part_them(staff, db, program):
    make_pairing(db, program, state=PairingState.INTERRUPTED)

    page = staff(CourseRole.TEACHING_ASSISTANT).get("/today")

    assert "1 pair was interrupted" in page.text
    assert "Find another mentor" not in page.text


def test_two_who_have_parted_are_paired_again_only_with_a_reason(staff, db, program):
    pairing = make_pairing(db, program, state=PairingState.ENDED_NO_FAULT, ended_at=clock.now())
    teacher = staff().get(f"/pairs/new/{pairing.mentee_id}")
    suggested = teacher.text
    teacher.click("Try again").submit("Pair them again")
    asked = (teacher.status, teacher.text)

    teacher.submit("Pair them again", reason="both_wish")

    assert "Pair with Rui" not in suggested
    assert asked[0] == 422
    assert "Please choose one" in asked[1]
    states = set(db.scalars(select(Pairing.state)))
    assert states == {PairingState.ENDED_NO_FAULT, PairingState.PROPOSED}
    told = select(Activity.detail).where(Activity.verb == Verb.PAIRED)
    assert db.scalars(told).one() == "coordinator again both_wish"


def test_today_says_when_the_program_finishes_by_itself(staff, db, program, frozen_clock):
    program.ends_on = clock.now().date() + timedelta(days=21)
    db.commit()
    frozen_clock.tick(days=1)

    page = staff().get("/today")

    assert "the last two weeks begin by themselves" in page.text
    assert "Do it earlier" in page.links


def test_while_it_finishes_today_says_when_it_closes(staff, db, program):
    program.state = ProgramState.CLOSING

    assert "the program closes by itself" in staff().get("/today").text


def test_a_program_is_started_from_today_on_its_first_day(staff, db, program):
    program.state = ProgramState.RECRUITING
    teacher = staff().get("/today").click("Start the program")

    teacher.submit("Start the program")

    db.expire_all()
    assert "The program is running." in teacher.text
    assert program.state is ProgramState.RUNNING


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
    staff().get("/people").submit("Read it again")

    assert db.scalars(select(RosterSync.state)).one() is RosterSyncState.DUE


def with_refused_score(db, program):
    mentee = make_mentee(db, program, name="Amara Nwosu")
    make_line_item(db, program)
    ledger.credit(db, mentee.id, Component.NEEDS, Decimal(1), "intake:1", clock.now())
    recompute.participant(db, mentee.id)
    cell = db.scalars(select(ScorePublication)).one()
    cell.state, cell.error = PublicationState.BLOCKED, "User is not gradable"
    return mentee


def test_a_refused_score_says_why_and_is_sent_again(staff, db, program):
    with_refused_score(db, program)
    teacher = staff().get("/today").click("Resolve")
    reason = teacher.text

    teacher.submit("Send the score of Amara Nwosu again")

    db.expire_all()
    assert "User is not gradable" in reason
    assert db.scalars(select(ScorePublication.state)).one() is PublicationState.PENDING


def test_waiting_scores_are_sent_now(staff, db, program):
    with_refused_score(db, program)
    db.scalars(select(ScorePublication)).one().state = PublicationState.PENDING

    teacher = staff().get("/engagement").submit("Send the scores now")

    assert "1 score is on its way." in teacher.text


def test_a_learners_page_shows_facts_and_takes_exemptions(staff, db, program):
    mentee = with_refused_score(db, program)
    teacher = staff().get("/engagement").click("Amara Nwosu").click("Let something off")

    teacher.submit("Save", what="sessions", reason="accessibility", private_note="Talked on Monday")
    page = teacher.text
    teacher.submit("Let it count")

    db.expire_all()
    assert "Talked on Monday" in page
    assert "does not count" in page
    assert db.scalars(select(Exemption)).one().ended_at is not None
    assert f"/engagement/{mentee.id}" in teacher.path


def test_a_pause_needs_its_first_day(staff, db, program):
    mentee = make_mentee(db, program)

    teacher = staff().get(f"/engagement/{mentee.id}/exempt").submit("Save", what="pause")

    assert teacher.status == 422
    assert "A pause needs its first day." in teacher.text


def test_without_a_gradebook_the_page_says_what_to_do(app, db, frozen_clock):
    program = make_program(db, make_course(db, with_services=False))
    member = make_member(db, program.course, role=CourseRole.INSTRUCTOR)
    db.commit()

    page = visit(app, member.id).get("/engagement").text

    assert "does not let this tool write grades" in page


def test_assistants_look_and_do_not_act(staff, db, program):
    mentee, mentor = make_mentee(db, program), make_mentor(db, program, state=MentorState.SUBMITTED)
    assistant = staff(CourseRole.TEACHING_ASSISTANT)

    pages = [assistant.get(path).status for path in ("/today", "/people", "/pairs", "/engagement")]

    assert pages == [200] * 4
    assert "Welcome" not in assistant.get("/people").text
    assert assistant.get(f"/pairs/new/{mentee.id}").status == 403
    assert assistant.get(f"/engagement/{mentee.id}/exempt").status == 403
    assert "Pause" not in assistant.get(f"/people/{mentor.id}").text


@pytest.mark.parametrize("path", LISTS)
def test_learners_do_not_see_pages_of_staff(app, db, program, path):
    member = make_member(db, program.course)
    db.commit()

    assert visit(app, member.id).get(path).status == 403


def test_another_course_is_as_good_as_nothing(app, db, program):
    pairing = make_pairing(db, program)
    session = make_session(db, pairing, SessionState.DISPUTED)
    other = make_program(db)
    stranger = make_member(db, other.course, role=CourseRole.INSTRUCTOR)
    db.commit()
    teacher = visit(app, stranger.id)

    for path in (
        f"/people/{pairing.mentor_id}",
        f"/pairs/{pairing.id}",
        f"/pairs/{pairing.id}/end",
        f"/pairs/new/{pairing.mentee_id}",
        f"/pairs/disputes/{session.id}",
        f"/engagement/{pairing.mentee_id}",
        f"/engagement/{pairing.mentee_id}/exempt",
    ):
        assert teacher.get(path).status == 404, path


def fill(db, program, count):
    make_line_item(db, program)
    for number in range(count):
        make_member(db, program.course, name=f"Member {number}")
        make_mentee(db, program, name=f"Waiting {number}")
        make_mentor(db, program, name=f"Applicant {number}", state=MentorState.SUBMITTED)
        make_session(db, make_pairing(db, program))


@pytest.mark.parametrize("count", [5, 50])
@pytest.mark.parametrize("path", LISTS)
def test_lists_need_at_most_five_queries_whatever_their_length(
    staff, db, database, program, path, count
):
    fill(db, program, count)
    visitor = staff()

    with statements_of(database) as seen:
        visitor.get(path)

    assert visitor.status == 200
    assert len(seen) <= 5, seen


def test_choosing_a_mentor_needs_five_queries_with_many_mentors(staff, db, database, program):
    mentee = make_mentee(db, program)
    for number in range(40):
        make_mentor(db, program, name=f"Mentor {number}")
    visitor = staff()

    with statements_of(database) as seen:
        visitor.get(f"/pairs/new/{mentee.id}")

    assert len(seen) <= 5, seen
    assert "Show all 40 mentors" in visitor.text
