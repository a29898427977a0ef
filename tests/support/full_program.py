"""A program in full swing, with something in every place: for tests that walk all pages."""

from dataclasses import dataclass
from datetime import timedelta
from decimal import Decimal

from sqlalchemy.orm import Session

from lti_mentoring.core import clock
from lti_mentoring.grading import ledger, recompute
from lti_mentoring.models import (
    AvailabilityWindow,
    Closing,
    ContentItem,
    Course,
    CourseLink,
    CourseLinksReading,
    Draft,
    Exemption,
    LinkExclusion,
    LinkRoster,
    Membership,
    MentorProfile,
    Observation,
    Participant,
    PlatformUser,
    Program,
    RosterSync,
    Topic,
    TopicOffer,
    TopicWant,
)
from lti_mentoring.policies.confidentiality import DataKind
from lti_mentoring.rules.groups import Group, write
from lti_mentoring.vocabulary import (
    Cadence,
    ClosingDecision,
    Component,
    ContentKind,
    CourseRole,
    ExemptionReason,
    MeetingMode,
    MentorState,
    RosterSyncState,
)
from tests.support.factories import (
    add,
    make_course,
    make_line_item,
    make_member,
    make_mentee,
    make_mentor,
    make_program,
    make_resource_link,
    make_rubric,
)
from tests.support.full_pair import (
    Say,
    make_goals,
    make_requests,
    make_sessions,
    make_signed_pair,
    plainly,
)
from tests.support.listed_links import BOTH


@dataclass(frozen=True)
class FullProgram:
    """Ids of memberships, by what the people are, and of what the pair has."""

    program: int
    instructor: int
    assistant: int
    observer: int
    mentee: int
    mentor: int
    other_mentor: int
    waiting: int
    new_learner: int
    applicant: int
    pairing: int
    session: int
    goal: int


def make_full_program(db: Session, say: Say = plainly) -> FullProgram:
    """The program, five weeks old. ``say`` may mark the texts of each kind of data."""
    course = make_course(db, title="First-year seminar")
    people = {
        name: make_member(db, course, role=role, name=name)
        for name, role in (
            ("Helena Brandt", CourseRole.INSTRUCTOR),
            ("Tomás Rocha", CourseRole.TEACHING_ASSISTANT),
            ("Margaret Hale", CourseRole.OBSERVER),
            ("Amara Diallo", CourseRole.LEARNER),
            ("Daniel Okafor", CourseRole.LEARNER),
            ("Zoë O'Brien", CourseRole.LEARNER),
            ("Lukas Weber", CourseRole.LEARNER),
            ("Mei Tanaka", CourseRole.LEARNER),
            ("Sofia Mendes", CourseRole.LEARNER),
        )
    }
    _live_in(db, people["Amara Diallo"], "Europe/Lisbon")
    _live_in(db, people["Daniel Okafor"], "Europe/Berlin")
    start = clock.now().date() - timedelta(weeks=5)
    program = make_program(
        db,
        course,
        title="First-year mentoring",
        starts_on=start,
        ends_on=start + timedelta(weeks=14),
        time_zone="Europe/Lisbon",
    )
    make_rubric(db, program)
    make_line_item(db, program)
    mentor = _mentor(db, program, people["Daniel Okafor"], say)
    _mentor(db, program, people["Zoë O'Brien"], plainly)
    _applicant(db, program, people["Sofia Mendes"])
    mentee = _mentee(db, program, people["Amara Diallo"], say)
    waiting = _mentee(db, program, people["Lukas Weber"], say)
    pairing = make_signed_pair(db, program, mentor, mentee, say)
    make_requests(db, mentee, mentor, waiting, say)
    goal = make_goals(db, mentee, mentor, pairing, say)
    session = make_sessions(db, pairing, say)
    _engagement(db, mentee, say)
    _closing(db, mentee, say(DataKind.CLOSING_TAKEAWAY, "I can begin a question now."))
    shown = say(DataKind.SHOWN_TAKEAWAY, "I know whom to ask.")
    _closing(db, waiting, shown, is_shown_to_staff=True)
    _roster(db, course.id)
    _links(db, course, people["Helena Brandt"], [people["Lukas Weber"], people["Mei Tanaka"]])
    _observer(db, people["Margaret Hale"], people["Amara Diallo"], people["Lukas Weber"])
    db.flush()
    return FullProgram(
        program=program.id,
        instructor=people["Helena Brandt"].id,
        assistant=people["Tomás Rocha"].id,
        observer=people["Margaret Hale"].id,
        mentee=people["Amara Diallo"].id,
        mentor=people["Daniel Okafor"].id,
        other_mentor=people["Zoë O'Brien"].id,
        waiting=people["Lukas Weber"].id,
        new_learner=people["Mei Tanaka"].id,
        applicant=people["Sofia Mendes"].id,
        pairing=pairing.id,
        session=session,
        goal=goal,
    )


def _live_in(db: Session, member: Membership, zone: str) -> None:
    db.get_one(PlatformUser, member.user_id).time_zone = zone


def _topics(db: Session, program: Program) -> list[Topic]:
    return list(db.query(Topic).filter_by(program_id=program.id).order_by(Topic.position))


def _hours(db: Session, person: Participant, *weekdays: int) -> None:
    for weekday in weekdays:
        add(
            db,
            AvailabilityWindow(
                participant_id=person.id,
                weekday=weekday,
                start_minute=16 * 60,
                end_minute=18 * 60,
                time_zone="Europe/Lisbon",
            ),
        )


def _mentor(db: Session, program: Program, member: Membership, say: Say) -> Participant:
    mentor = make_mentor(
        db,
        program,
        member=member,
        headline=say(DataKind.MENTOR_CARD, "Third year, passed it twice"),
        how_i_help=say(DataKind.MENTOR_CARD, "We look at your notes together."),
        languages=["en", "de"],
        modes=[MeetingMode.VIDEO.value],
        cadence=Cadence.FORTNIGHTLY,
    )
    for topic in _topics(db, program):
        add(db, TopicOffer(participant_id=mentor.id, topic_id=topic.id, strength=3))
    _hours(db, mentor, 1, 3)
    return mentor


def _applicant(db: Session, program: Program, member: Membership) -> None:
    person = make_mentor(db, program, member=member, state=MentorState.SUBMITTED)
    profile = db.query(MentorProfile).filter_by(participant_id=person.id).one()
    profile.submitted_at = clock.now() - timedelta(days=4)


def _mentee(db: Session, program: Program, member: Membership, say: Say) -> Participant:
    mentee = make_mentee(
        db,
        program,
        member=member,
        goal_text=say(DataKind.INTAKE, "Speak up in seminars"),
        languages=["en"],
        modes=[MeetingMode.VIDEO.value],
        cadence=Cadence.FORTNIGHTLY,
        next_step=3,
    )
    for topic in _topics(db, program):
        add(db, TopicWant(participant_id=mentee.id, topic_id=topic.id, importance=2))
    _hours(db, mentee, 1)
    return mentee


def _engagement(db: Session, mentee: Participant, say: Say) -> None:
    now = clock.now()
    for component, source, days in (
        (Component.NEEDS, "intake", 30),
        (Component.AGREEMENT, "agreement:1", 28),
        (Component.SESSIONS, "session:1", 21),
        (Component.GOALS_SET, "goal:1", 20),
        (Component.GOAL_PROGRESS, "week:2026-W07", 10),
    ):
        ledger.credit(db, mentee.id, component, Decimal(1), source, now - timedelta(days=days))
    add(
        db,
        Exemption(
            participant_id=mentee.id,
            starts_on=now.date() - timedelta(days=12),
            ends_on=now.date() - timedelta(days=8),
            reason=ExemptionReason.PAUSE,
            private_note=say(DataKind.EXEMPTION_NOTE, "Told me on the phone."),
            created_at=now,
        ),
    )
    recompute.participant(db, mentee.id)
    add(
        db,
        Draft(
            membership_id=mentee.membership_id,
            path="/goals/new",
            fields={"title": ["Half a thought"]},
            saved_at=now,
        ),
    )


def _closing(
    db: Session, mentee: Participant, takeaway: str, *, is_shown_to_staff: bool = False
) -> None:
    add(
        db,
        Closing(
            participant_id=mentee.id,
            takeaway=takeaway,
            decision=ClosingDecision.NEW_MENTOR,
            is_shown_to_staff=is_shown_to_staff,
            updated_at=clock.now(),
        ),
    )


def _roster(db: Session, course_id: int) -> None:
    now = clock.now()
    add(
        db,
        RosterSync(
            course_id=course_id,
            state=RosterSyncState.DONE,
            requested_at=now,
            next_at=now,
            finished_at=now - timedelta(minutes=20),
            member_count=9,
        ),
    )


def _links(db: Session, course: Course, teacher: Membership, shut_out: list[Membership]) -> None:
    """Two links that open the program; the LMS opens one of them to some learners only.

    It lists these, one with a former name of the program, and a third that leads nowhere.
    """
    asked = {"asked_at": clock.now(), "read_at": clock.now(), "learner_count": 6}
    course.links_url, course.links_scopes = "https://lms.test/links", BOTH
    now = clock.now()
    add(db, CourseLinksReading(course_id=course.id, asked_at=now, read_at=now))
    former = {"title": "Mentoring", "kind": ContentKind.PROGRAM, "is_programs": True}
    key = "key-of-the-former-name"
    placed = {"course_id": course.id, "created_by_id": teacher.id, "created_at": now}
    add(db, ContentItem(key=key, **placed, **former))
    lost = {"title": "Meet your mentor", "content_key": "key-that-nobody-knows"}
    add(db, CourseLink(course_id=course.id, address="https://lms.test/links/9", **lost))
    for title, members in (("Mentoring", []), ("Mentoring for tutorial A", shut_out)):
        link = make_resource_link(db, course, title=title)
        listed = {"lti_id": link.lti_id, "title": title, "content_key": "" if members else key}
        address = f"https://lms.test/links/{link.lti_id}"
        add(db, CourseLink(course_id=course.id, address=address, **listed))
        add(db, LinkRoster(resource_link_id=link.id, opener_count=6 - len(members), **asked))
        for member in members:
            add(db, LinkExclusion(resource_link_id=link.id, membership_id=member.id))


def _observer(db: Session, observer: Membership, sharing: Membership, silent: Membership) -> None:
    """Somebody who follows two learners, of whom one shares."""
    add(db, Observation(observer_id=observer.id, learner_id=sharing.id, is_shared=True))
    add(db, Observation(observer_id=observer.id, learner_id=silent.id))
    sharing.groups = write([Group("17", "Tutorial A"), Group("18")])
    silent.groups = write([Group("18")])
