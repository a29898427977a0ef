"""A pair in full swing: what the two signed, asked, aim at, and talk about."""

from collections.abc import Callable
from datetime import timedelta

from sqlalchemy.orm import Session

from lti_mentoring.core import clock
from lti_mentoring.models import (
    ActionItem,
    AgendaItem,
    Agreement,
    AgreementSignature,
    AttendanceReport,
    GoalEntry,
    MentorRequest,
    Milestone,
    Note,
    Pairing,
    Participant,
    Program,
)
from lti_mentoring.policies.confidentiality import DataKind
from lti_mentoring.vocabulary import (
    AttendanceAnswer,
    FitAnswer,
    GoalEntryKind,
    GoalState,
    PairingState,
    RequestState,
    SessionState,
    Visibility,
)
from tests.support.factories import add, make_fit_check, make_goal, make_pairing, make_session

Say = Callable[[DataKind, str], str]

AGREEMENT = (
    "What we tell each other stays between us.\n\n"
    "We meet every two weeks and say so a day before if we cannot.\n\n"
    "If somebody may come to harm, we ask for help."
)


def plainly(_kind: DataKind, text: str) -> str:
    """The text as it is."""
    return text


def make_signed_pair(
    db: Session, program: Program, mentor: Participant, mentee: Participant, say: Say
) -> Pairing:
    """Two in their trial who have signed the agreement and said how they fit."""
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
                signed_name=say(DataKind.SIGNATURE, person.membership.user.display_name),
                signed_at=begun,
            ),
        )
    for person, answer in ((mentee, FitAnswer.GOOD), (mentor, FitAnswer.UNSURE)):
        make_fit_check(db, pairing, person.id, answer)
    return pairing


def make_requests(
    db: Session,
    mentee: Participant,
    mentor: Participant,
    waiting: Participant,
    say: Say,
) -> None:
    """The request that made the two a pair, and one of somebody who waits for the same mentor."""
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


def make_goals(
    db: Session, mentee: Participant, mentor: Participant, pairing: Pairing, say: Say
) -> int:
    """A shared, a private and a proposed goal, and one that only staff read; things to do.

    Returns the id of the shared one.
    """
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
    make_goal(
        db,
        mentee,
        title=say(DataKind.SHOWN_GOAL, "Give a talk of ten minutes"),
        measure=say(DataKind.PRIVATE_GOAL, "Without notes"),
        visibility=Visibility.PRIVATE,
        state=GoalState.ON_HOLD,
        is_shown_to_staff=True,
    )
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


def make_sessions(db: Session, pairing: Pairing, say: Say) -> int:
    """One session in each of the states that pages show; the id of the one to come."""
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
    session = make_session(
        db,
        pairing,
        state,
        starts_at=starts_at,
        time_zone="Europe/Berlin",
        join_url="https://meet.example.edu/room",
        shared_notes=say(DataKind.AGENDA_AND_SHARED_NOTES, "Bring the lab report."),
        created_at=starts_at - timedelta(days=4),
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
        is_shown = author == pairing.mentee_id and state is SessionState.HELD
        body = say(kind, "Only for me.")
        if is_shown:
            body = say(DataKind.SHOWN_REFLECTION, "I asked my first question.")
        add(
            db,
            Note(
                mentoring_session_id=session.id,
                author_id=author,
                body=body,
                is_shown_to_staff=is_shown,
                updated_at=clock.now(),
            ),
        )
    return session.id
