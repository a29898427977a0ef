"""Two people who work together, with everything that a session or a shared goal needs."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import event
from sqlalchemy.orm import Session

from lti_mentoring.core import clock
from lti_mentoring.models import (
    Course,
    Membership,
    MentoringSession,
    MentorRequest,
    Pairing,
    Participant,
    PlatformUser,
    Program,
)
from lti_mentoring.policies.actor import Actor
from lti_mentoring.services import pairings, sessions
from lti_mentoring.vocabulary import CourseRole, MeetingMode, PairingState, RequestState
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

WAY = (PairingState.TRIAL, PairingState.ACTIVE, PairingState.PAUSED)
LINK = "https://meet.example.edu/room"


@dataclass
class Pair:
    """Ana in Lisbon is mentored by Rui in New York; Teresa teaches; Lia learns without a mentor."""

    course: Course
    program: Program
    mentee: Participant
    mentor: Participant
    pairing: Pairing
    other: Participant
    teacher: Membership

    def ana(self, db: Session) -> Actor:
        return actor_of(db, self.mentee)

    def rui(self, db: Session) -> Actor:
        return actor_of(db, self.mentor)

    def lia(self, db: Session) -> Actor:
        return actor_of(db, self.other)

    def teresa(self, db: Session) -> Actor:
        return actor_of(db, self.teacher)


def make_pair(db: Session, state: PairingState = PairingState.ACTIVE, **program_facts) -> Pair:
    """The people above, in a running program."""
    course = make_course(db)
    program = make_program(db, course, **program_facts)
    make_rubric(db, program)
    mentee, mentor = make_mentee(db, program), make_mentor(db, program)
    move_to(db, mentee, "Europe/Lisbon")
    move_to(db, mentor, "America/New_York")
    return Pair(
        course=course,
        program=program,
        mentee=mentee,
        mentor=mentor,
        pairing=make_pairing(db, program, mentor=mentor, mentee=mentee, state=state),
        other=make_mentee(db, program, name="Lia Berg"),
        teacher=make_member(db, course, role=CourseRole.INSTRUCTOR, name="Teresa Prof"),
    )


def move_to(db: Session, participant: Participant, zone: str) -> None:
    """The person's LMS profile says this zone."""
    member = db.get_one(Membership, participant.membership_id)
    db.get_one(PlatformUser, member.user_id).time_zone = zone
    db.flush()


def draft_at(starts_at: datetime, minutes: int = 45, link: str = LINK) -> sessions.SessionDraft:
    """A video session then."""
    return sessions.SessionDraft(starts_at, minutes, MeetingMode.VIDEO, link, "")


def agree(
    db: Session, pair: Pair, starts_at: datetime | None = None, minutes: int = 45
) -> MentoringSession:
    """Ana proposed, Rui confirmed: in two days, unless told otherwise."""
    starts_at = starts_at or clock.now() + timedelta(days=2)
    made = sessions.propose(db, pair.ana(db), pair.pairing, draft_at(starts_at, minutes))
    sessions.confirm(db, pair.rui(db), made, made.version)
    db.flush()
    return made


def put(db: Session, pair: Pair, state: PairingState) -> None:
    """The two are in this state, however they came there."""
    pair.pairing.state = state
    db.flush()


def lead_to(db: Session, pair: Pair, state: PairingState) -> None:
    """The two come to this state of ``WAY`` step by step, as the records say."""
    put(db, pair, PairingState.PROPOSED)
    for step in WAY[: WAY.index(state) + 1]:
        pairings.move(db, pair.teresa(db), pair.pairing, step)


def waiting_request(db: Session, pair: Pair, **facts) -> MentorRequest:
    """Ana asks Rui now."""
    now = clock.now()
    values = {"state": RequestState.SENT, "created_at": now, "sent_at": now, **facts}
    return add(db, MentorRequest(mentee_id=pair.mentee.id, mentor_id=pair.mentor.id, **values))


class QueryCount:
    """How many statements the block has sent."""

    def __init__(self, engine) -> None:
        self.engine = engine
        self.statements: list[str] = []

    def __enter__(self):
        event.listen(self.engine, "before_cursor_execute", self._note)
        return self

    def __exit__(self, *_error):
        event.remove(self.engine, "before_cursor_execute", self._note)

    def _note(self, _conn, _cursor, statement, *_rest):
        self.statements.append(statement)

    @property
    def count(self) -> int:
        return sum(s.lstrip().upper().startswith("SELECT") for s in self.statements)
