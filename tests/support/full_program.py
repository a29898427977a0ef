"""A program in full swing, with something in every place: for tests that walk all pages."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from decimal import Decimal

from sqlalchemy.orm import Session

from lti_mentoring.core import clock
from lti_mentoring.grading import ledger, recompute
from lti_mentoring.models import (
    ActionItem,
    AgendaItem,
    Agreement,
    AgreementSignature,
    AttendanceReport,
    AvailabilityWindow,
    Closing,
    Draft,
    Exemption,
    FitCheck,
    GoalEntry,
    Membership,
    MentoringSession,
    MentorProfile,
    MentorRequest,
    Milestone,
    Note,
    Observation,
    Pairing,
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
    AttendanceAnswer,
    Cadence,
    ClosingDecision,
    Component,
    CourseRole,
    ExemptionReason,
    FitAnswer,
    GoalEntryKind,
    GoalState,
    MeetingMode,
    MentorState,
    PairingState,
    RequestState,
    RosterSyncState,
    SessionState,
    Visibility,
)
from tests.support.factories import (
    add,
    make_course,
    make_goal,
    make_line_item,
    make_member,
    make_mentee,
    make_mentor,
    make_pairing,
    make_program,
    make_rubric,
)

Say = Callable[[DataKind, str], str]

AGREEMENT = (
    "What we tell each other stays between us.\n\n"
    "We meet every two weeks and say so a day before if we cannot.\n\n"
    "If somebody may come to harm, we ask for help."
)


def plainly(_kind: DataKind, text: str) -> str:
    """The text as it is."""
    return text


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
    pairing = _pair(db, program, mentor, mentee, say)
    _requests(db, mentee, mentor, waiting, say)
    goal = _goals(db, mentee, mentor, pairing, say)
    session = _sessions(db, pairing, say)
    _engagement(db, mentee, say)
    _closing(db, mentee, say)
    _roster(db, course.id)
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


def _pair(
    db: Session, program: Program, mentor: Participant, mentee: Participant, say: Say
) -> Pairing:
    begun = clock.now() - timedelta(weeks=4)
    pairing = make_pairing(
        db,
        program,
        mentor=mentor,
        mentee=mentee,
        state=PairingState.TRIAL,
        created_at=begun,
        started_at=begun,
        trial_ends_at=clock.now() + timedelta(days=3),
    )
    text = add(
        db, Agreement(program_id=program.id, version_number=1, body=AGREEMENT, created_at=begun)
    )
    for person in (mentor, mentee):
        add(
            db,
            AgreementSignature(
                agreement_id=text.id,
                pairing_id=pairing.id,
                participant_id=person.id,
                signed_name=say(DataKind.SIGNATURE, "as in the LMS"),
                signed_at=begun,
            ),
        )
    for person, answer in ((mentee, FitAnswer.GOOD), (mentor, FitAnswer.UNSURE)):
        add(
            db,
            FitCheck(
                pairing_id=pairing.id,
                participant_id=person.id,
                answer=answer,
                answered_at=clock.now(),
            ),
        )
    return pairing


def _requests(
    db: Session,
    mentee: Participant,
    mentor: Participant,
    waiting: Participant,
    say: Say,
) -> None:
    before = clock.now() - timedelta(weeks=4, days=1)
    add(
        db,
        MentorRequest(
            mentee_id=mentee.id,
            mentor_id=mentor.id,
            state=RequestState.ACCEPTED,
            note=say(DataKind.REQUEST_NOTE, "I would like to learn from you."),
            created_at=before,
            sent_at=before,
            answered_at=before + timedelta(days=1),
        ),
    )
    add(
        db,
        MentorRequest(
            mentee_id=waiting.id,
            mentor_id=mentor.id,
            state=RequestState.SENT,
            note=say(DataKind.REQUEST_NOTE, "Could we talk about writing?"),
            created_at=clock.now() - timedelta(days=2),
            sent_at=clock.now() - timedelta(days=2),
            expires_at=clock.now() + timedelta(days=3),
        ),
    )


def _goals(
    db: Session, mentee: Participant, mentor: Participant, pairing: Pairing, say: Say
) -> int:
    today = clock.now().date()
    shared = make_goal(
        db,
        mentee,
        title=say(DataKind.SHARED_GOAL, "Speak up in seminars at least once a week"),
        measure=say(DataKind.SHARED_GOAL, "One question a week"),
        means=say(DataKind.SHARED_GOAL, "I prepare it the evening before"),
        reason=say(DataKind.SHARED_GOAL, "I want to be heard"),
        due_on=today + timedelta(weeks=4),
        review_on=today + timedelta(days=6),
        progress=66,
    )
    for position, done in enumerate((True, True, False)):
        add(
            db,
            Milestone(
                goal_id=shared.id,
                title=say(DataKind.SHARED_GOAL, f"Step {position + 1}"),
                position=position,
                done_at=clock.now() if done else None,
            ),
        )
    for author, kind in ((mentee, GoalEntryKind.UPDATE), (mentor, GoalEntryKind.COMMENT)):
        add(
            db,
            GoalEntry(
                goal_id=shared.id,
                author_id=author.id,
                kind=kind,
                body=say(DataKind.SHARED_GOAL, "It went well on Tuesday."),
                progress=66 if kind is GoalEntryKind.UPDATE else None,
                created_at=clock.now() - timedelta(days=3),
            ),
        )
    private = make_goal(
        db,
        mentee,
        title=say(DataKind.PRIVATE_GOAL, "Sleep before exams"),
        reason=say(DataKind.PRIVATE_GOAL, "I get nervous"),
        visibility=Visibility.PRIVATE,
    )
    make_goal(db, mentee, title="Read one paper a month", state=GoalState.PROPOSED)
    for owner, goal in ((mentee, shared), (mentor, shared), (mentee, private)):
        read_by = DataKind.PRIVATE_GOAL if goal is private else DataKind.ACTION_ITEM
        add(
            db,
            ActionItem(
                owner_id=owner.id,
                goal_id=goal.id,
                pairing_id=None if goal is private else pairing.id,
                text=say(read_by, "Ask one question in Tuesday’s seminar"),
                due_on=today + timedelta(days=2),
                created_at=clock.now(),
            ),
        )
    return shared.id


def _sessions(db: Session, pairing: Pairing, say: Say) -> int:
    now = clock.now()
    plan = (
        (SessionState.HELD, -21),
        (SessionState.TO_CONFIRM, -1),
        (SessionState.DISPUTED, -8),
        (SessionState.SCHEDULED, 3),
        (SessionState.PROPOSED, 10),
        (SessionState.CANCELLED_IN_TIME, -14),
    )
    ids = [_session(db, pairing, state, now + timedelta(days=days), say) for state, days in plan]
    for reporter, answer in (
        (pairing.mentee_id, AttendanceAnswer.MENTOR_MISSED),
        (pairing.mentor_id, AttendanceAnswer.MENTEE_MISSED),
    ):
        add(
            db,
            AttendanceReport(
                mentoring_session_id=ids[2], reporter_id=reporter, answer=answer, reported_at=now
            ),
        )
    return ids[3]


def _session(db: Session, pairing: Pairing, state: SessionState, starts_at, say: Say) -> int:
    session = add(
        db,
        MentoringSession(
            pairing_id=pairing.id,
            proposed_by_id=pairing.mentor_id,
            state=state,
            starts_at=starts_at,
            length_minutes=45,
            time_zone="Europe/Berlin",
            join_url="https://meet.example.edu/room",
            shared_notes=say(DataKind.AGENDA_AND_SHARED_NOTES, "Bring the lab report."),
            created_at=starts_at - timedelta(days=4),
        ),
    )
    for position, minutes in enumerate((5, 25, 15)):
        add(
            db,
            AgendaItem(
                mentoring_session_id=session.id,
                added_by_id=pairing.mentee_id,
                position=position,
                minutes=minutes,
                text=say(DataKind.AGENDA_AND_SHARED_NOTES, "How to begin a question"),
            ),
        )
    for author, kind in (
        (pairing.mentee_id, DataKind.NOTE_OF_MENTEE),
        (pairing.mentor_id, DataKind.NOTE_OF_MENTOR),
    ):
        body = say(kind, "Only for me.")
        add(
            db,
            Note(
                mentoring_session_id=session.id,
                author_id=author,
                body=body,
                updated_at=clock.now(),
            ),
        )
    return session.id


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


def _closing(db: Session, mentee: Participant, say: Say) -> None:
    add(
        db,
        Closing(
            participant_id=mentee.id,
            takeaway=say(DataKind.CLOSING_TAKEAWAY, "I can begin a question now."),
            decision=ClosingDecision.NEW_MENTOR,
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


def _observer(db: Session, observer: Membership, sharing: Membership, silent: Membership) -> None:
    """Somebody who follows two learners, of whom one shares."""
    add(db, Observation(observer_id=observer.id, learner_id=sharing.id, is_shared=True))
    add(db, Observation(observer_id=observer.id, learner_id=silent.id))
    sharing.groups = write([Group("17", "Tutorial A"), Group("18")])
    silent.groups = write([Group("18")])
