"""The coordinator's pairs: made by hand, looked after, settled, and ended."""

from sqlalchemy import select

from lti_mentoring.core import clock
from lti_mentoring.models import (
    Activity,
    AttendanceReport,
    MentoringSession,
    Pairing,
    Topic,
    TopicOffer,
    TopicWant,
)
from lti_mentoring.vocabulary import (
    AttendanceAnswer,
    EndReason,
    FitAnswer,
    MembershipState,
    PairingState,
    SessionState,
    Verb,
)
from tests.support.counting import statements_of
from tests.support.factories import (
    make_fit_check,
    make_mentee,
    make_mentor,
    make_pairing,
    make_session,
)


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
    make_fit_check(db, pairing, pairing.mentee_id, FitAnswer.NOT_A_FIT)
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


def test_where_nobody_was_asked_there_is_nothing_to_settle(staff, db, program):
    pairing = make_pairing(db, program)
    session = make_session(db, pairing, SessionState.HELD)
    db.commit()

    teacher = staff().get(f"/pairs/disputes/{session.id}")

    assert teacher.path.endswith(f"/pairs/{pairing.id}")


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


def test_choosing_a_mentor_needs_five_queries_with_many_mentors(staff, db, database, program):
    mentee = make_mentee(db, program)
    for number in range(40):
        make_mentor(db, program, name=f"Mentor {number}")
    visitor = staff()

    with statements_of(database) as seen:
        visitor.get(f"/pairs/new/{mentee.id}")

    assert len(seen) <= 5, seen
    assert "Show all 40 mentors" in visitor.text
