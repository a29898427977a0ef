"""Nominating, approving and pausing mentors, and exemptions of learners."""

from datetime import date

import pytest
from sqlalchemy import select

from lti_mentoring.core.errors import Conflict, NotAllowed, Stale
from lti_mentoring.models import (
    EngagementScore,
    Exemption,
    MentorProfile,
    MentorRequest,
    Topic,
    TopicOffer,
    TopicWant,
)
from lti_mentoring.queries.pool import gauge, profile_for, short_topics
from lti_mentoring.services import exemptions, mentor_profiles, mentors
from lti_mentoring.services.exemptions import Allowance
from lti_mentoring.services.mentor_profiles import Card
from lti_mentoring.vocabulary import (
    Component,
    CourseRole,
    ExemptionReason,
    MembershipState,
    MentorState,
    ProgramState,
    RequestState,
)
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


@pytest.fixture
def program(db, frozen_clock):
    program = make_program(db)
    make_rubric(db, program)
    return program


@pytest.fixture
def teacher(db, program):
    return actor_of(db, make_member(db, program.course, role=CourseRole.INSTRUCTOR))


def test_nominated_people_are_invited_once(db, program, teacher):
    member = make_member(db, program.course)

    first = mentors.nominate(db, teacher, program, [member.id])
    second = mentors.nominate(db, teacher, program, [member.id])

    assert (first, second) == (1, 0)
    assert db.scalars(select(MentorProfile.state)).all() == [MentorState.INVITED]


@pytest.mark.parametrize(
    "facts",
    [
        {"is_test_user": True},
        {"state": MembershipState.GONE},
        {"role": CourseRole.OBSERVER},
    ],
    ids=["test user", "has left", "observer"],
)
def test_who_cannot_mentor_is_passed_over(db, program, teacher, facts):
    member = make_member(db, program.course, **facts)

    assert mentors.nominate(db, teacher, program, [member.id]) == 0


def test_people_of_another_course_cannot_be_nominated(db, program, teacher):
    stranger = make_member(db, make_course(db))

    assert mentors.nominate(db, teacher, program, [stranger.id]) == 0


def test_a_closed_program_looks_for_nobody(db, program, teacher):
    program.state = ProgramState.CLOSED

    with pytest.raises(Conflict):
        mentors.nominate(db, teacher, program, [])


def test_whoever_said_no_can_be_invited_again(db, program, teacher):
    mentor = make_mentor(db, program, state=MentorState.DECLINED)

    count = mentors.nominate(db, teacher, program, [mentor.membership_id])

    assert count == 1
    assert profile_for(db, teacher, mentor.id).state is MentorState.INVITED


def test_applications_are_approved_together(db, program, teacher):
    waiting = [make_mentor(db, program, state=MentorState.SUBMITTED) for _ in range(2)]
    profiles = [profile_for(db, teacher, mentor.id) for mentor in waiting]

    assert mentors.approve(db, teacher, profiles) == 2
    assert {profile.state for profile in profiles} == {MentorState.ACTIVE}


def test_an_application_is_answered_once(db, program, teacher):
    profile = profile_for(db, teacher, make_mentor(db, program, state=MentorState.SUBMITTED).id)
    mentors.reject(db, teacher, [profile])

    with pytest.raises(Conflict):
        mentors.approve(db, teacher, [profile])


def test_teaching_assistants_do_not_decide(db, program):
    assistant = actor_of(db, make_member(db, program.course, role=CourseRole.TEACHING_ASSISTANT))

    with pytest.raises(NotAllowed):
        mentors.approve(db, assistant, [])


def test_capacity_can_go_below_what_is_taken(db, program, teacher):
    mentor = make_mentor(db, program, capacity=2)
    make_pairing(db, program, mentor=mentor)
    profile = profile_for(db, teacher, mentor.id)

    mentors.change_capacity(db, teacher, profile, 0, profile.version)

    assert gauge(db, teacher).free == 0


def test_an_old_capacity_is_not_overwritten(db, program, teacher):
    profile = profile_for(db, teacher, make_mentor(db, program).id)

    with pytest.raises(Stale):
        mentors.change_capacity(db, teacher, profile, 3, profile.version - 1)


def test_who_waits_for_a_mentor_that_pauses_goes_on(db, program, teacher):
    mentor, mentee = make_mentor(db, program), make_mentee(db, program)
    ask = add(
        db,
        MentorRequest(
            mentee_id=mentee.id,
            mentor_id=mentor.id,
            state=RequestState.SENT,
            created_at=mentor.joined_at,
        ),
    )

    mentors.move_mentor(db, teacher, profile_for(db, teacher, mentor.id), MentorState.PAUSED)

    assert ask.state is RequestState.RELEASED


CARD = Card("I passed it twice", "We read together.", {}, 2, (), None, (), (), "UTC")


def hand_in(db, mentor):
    profile = db.scalar(select(MentorProfile).filter_by(participant_id=mentor.id))
    return mentor_profiles.save_card(
        db, actor_of(db, mentor), CARD, version=profile.version, hand_in=True
    ).state


@pytest.mark.parametrize(
    ("before", "left_as"),
    [
        (MentorState.INVITED, MentorState.WITHDRAWN),
        (MentorState.STARTED, MentorState.WITHDRAWN),
        (MentorState.ACTIVE, MentorState.RETIRED),
        (MentorState.PAUSED, MentorState.RETIRED),
    ],
)
def test_an_old_invitation_opens_the_pool_no_more(db, program, teacher, before, left_as):
    mentor = make_mentor(db, program, state=before, invited_at=program.created_at)
    mentors.move_mentor(db, teacher, profile_for(db, teacher, mentor.id), left_as)

    assert hand_in(db, mentor) is MentorState.SUBMITTED


def test_who_was_turned_down_or_said_no_applies_like_anybody_else(db, program, teacher):
    facts = {"state": MentorState.SUBMITTED, "invited_at": program.created_at}
    rejected, withdrew = make_mentor(db, program, **facts), make_mentor(db, program, **facts)
    declined = make_mentor(db, program, invited_at=program.created_at, state=MentorState.INVITED)
    mentors.reject(db, teacher, [profile_for(db, teacher, rejected.id)])
    mentor_profiles.withdraw(db, actor_of(db, withdrew))
    mentor_profiles.decline_invitation(db, actor_of(db, declined))

    states = {hand_in(db, mentor) for mentor in (rejected, withdrew, declined)}

    assert states == {MentorState.SUBMITTED}


def test_an_invitation_that_stands_opens_the_pool_also_after_a_former_ending(db, program, teacher):
    mentor = make_mentor(db, program, state=MentorState.RETIRED)
    mentors.nominate(db, teacher, program, [mentor.membership_id])

    assert hand_in(db, mentor) is MentorState.ACTIVE


@pytest.mark.parametrize(
    "state",
    [MentorState.INVITED, MentorState.STARTED, MentorState.SUBMITTED, MentorState.DECLINED],
)
def test_nobody_is_moved_into_the_pool_who_has_not_said_yes(db, program, teacher, state):
    profile = profile_for(db, teacher, make_mentor(db, program, state=state).id)

    with pytest.raises(Conflict):
        mentors.move_mentor(db, teacher, profile, MentorState.ACTIVE)

    assert profile.state is state


def test_the_gauge_counts_seats_and_learners(db, program, teacher):
    make_pairing(db, program, mentor=make_mentor(db, program, capacity=3))
    make_mentor(db, program, state=MentorState.PAUSED, capacity=9)
    make_mentor(db, program, state=MentorState.SUBMITTED)
    make_mentee(db, program)

    found = gauge(db, teacher)

    assert (found.mentors, found.seats, found.taken, found.free) == (1, 3, 1, 2)
    assert (found.waiting, found.applications) == (1, 1)


def test_wanted_topics_without_a_free_mentor_are_short(db, program, teacher):
    statistics, writing = db.scalars(select(Topic).order_by(Topic.position)).all()
    mentor, mentee = make_mentor(db, program), make_mentee(db, program)
    add(db, TopicOffer(participant_id=mentor.id, topic_id=writing.id))
    for topic in (statistics, writing):
        add(db, TopicWant(participant_id=mentee.id, topic_id=topic.id))

    assert [topic.name for topic in short_topics(db, teacher)] == ["Statistics"]


def test_an_exemption_changes_the_score_and_can_be_taken_back(db, program, teacher):
    mentee = make_mentee(db, program)
    everything = tuple(Component)
    exemptions.grant(
        db,
        teacher,
        mentee,
        Allowance(everything, None, None, ExemptionReason.ALTERNATIVE_WORK, "essay"),
    )
    excused = db.get_one(EngagementScore, mentee.id).score

    for row in db.scalars(select(Exemption)).all():
        exemptions.take_back(db, teacher, row)

    assert excused is None
    assert db.get_one(EngagementScore, mentee.id).score == 0


def test_a_pause_is_taken_back_once(db, program, teacher):
    mentee = make_mentee(db, program)
    days = (date(2026, 3, 2), date(2026, 3, 8))
    exemptions.grant(db, teacher, mentee, Allowance((), *days, ExemptionReason.PAUSE, ""))
    row = db.scalars(select(Exemption)).one()
    exemptions.take_back(db, teacher, row)

    with pytest.raises(Conflict):
        exemptions.take_back(db, teacher, row)


def test_only_coordinators_let_something_off(db, program):
    mentee = make_mentee(db, program)

    with pytest.raises(NotAllowed):
        exemptions.grant(
            db,
            actor_of(db, mentee),
            mentee,
            Allowance((), None, None, ExemptionReason.OTHER, ""),
        )
