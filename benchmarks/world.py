"""Databases with people in them, made by the builders of the tests."""

import shutil
import tomllib
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from tempfile import TemporaryDirectory

from sqlalchemy.orm import Session

from benchmarks.measuring import Server, serve_wsgi
from lti_mentoring.cli.db import upgrade_database
from lti_mentoring.core import clock
from lti_mentoring.core.db import Database, connect
from lti_mentoring.core.keys import SecretBox
from lti_mentoring.models import (
    ActionItem,
    Agreement,
    AgreementSignature,
    Course,
    Deployment,
    Membership,
    MentoringSession,
    MentorRequest,
    Pairing,
    PlatformUser,
    Program,
    ResourceLink,
)
from lti_mentoring.services.tool_keys import ensure_signing_key
from lti_mentoring.settings import CONFIG, Settings
from lti_mentoring.vocabulary import CourseRole, RequestState, SessionState
from lti_mentoring.web import identity
from tests.support import factories

CLIENT_ID = "benchmark-client"
DEPLOYMENT_ID = "1"
NO_LMS = "http://127.0.0.1:9"  # an issuer that nobody is behind
SECRET = "a secret that nothing but benchmarks is ever encrypted with"  # noqa: S105 - it protects only throw-away databases
NAMES = ("Ana Souza", "Rui Costa", "Mina Okafor", "Jonas Weber", "Leyla Demir", "Tom Baker")


@dataclass(frozen=True)
class Person:
    """Somebody who launches: what the platform says about them."""

    subject: str
    name: str
    given_name: str
    email: str
    context_id: str
    link_id: str


@contextmanager
def fresh_folder() -> Iterator[Path]:
    """A folder that is gone afterwards."""
    with TemporaryDirectory(prefix="benchmark-") as folder:
        yield Path(folder)


@contextmanager
def fresh_database(folder: Path, name: str = "mentoring") -> Iterator[Database]:
    """An empty SQLite database with today's tables; all of one folder have one signing key."""
    template, file = folder / "template.db", folder / f"{name}.db"
    if not template.exists():
        _make_template(template)
    shutil.copyfile(template, file)
    database = connect(f"sqlite:///{file}")
    yield database
    database.dispose()


def _make_template(file: Path) -> None:
    upgrade_database(f"sqlite:///{file}")
    database = connect(f"sqlite:///{file}")
    with database.transaction() as db:
        ensure_signing_key(db, SecretBox(SECRET))
    database.dispose()  # which also empties the journal beside the file


def settings_for(database: Database, public_url: str) -> Settings:
    """The documented defaults, allowed to talk to loopback."""
    defaults = tomllib.loads((CONFIG / "default.toml").read_text())
    url = database.engine.url.render_as_string(hide_password=False)
    ours = {"database_url": url, "public_url": public_url, "secret_key": SECRET}
    outgoing = {**defaults["outgoing"], "allow_private": True}
    return Settings(**{**defaults, **ours, "outgoing": outgoing})


@contextmanager
def serve_product(database: Database, port: int, *options: str) -> Iterator[Server]:
    """The product under gunicorn, as the documentation recommends; ``options`` are gunicorn's."""
    variables = {
        "LTI_MENTORING_DATABASE_URL": database.engine.url.render_as_string(hide_password=False),
        "LTI_MENTORING_PUBLIC_URL": f"http://127.0.0.1:{port}",
        "LTI_MENTORING_SECRET_KEY": SECRET,
        "LTI_MENTORING_OUTGOING__ALLOW_PRIVATE": "true",
        # A benchmark is a flood from one address; the counting itself is part of what it measures.
        "LTI_MENTORING_LIMITS__PER_ADDRESS": "10000000",
        "LTI_MENTORING_LIMITS__PER_REGISTRATION": "10000000",
    }
    with serve_wsgi("lti_mentoring.wsgi:app", port, variables, *options) as server:
        yield server


def sign_in(database: Database, membership_id: int) -> identity.NewSignIn:
    """A sign-in of this member, as a launch from ``NO_LMS`` makes it."""
    with database.transaction() as db:
        opened = identity.Opened(NO_LMS, locale="en")
        return identity.new_sign_in(db.connection(), membership_id, opened)


def add_platform(db: Session, issuer: str) -> Deployment:
    """The platform, approved; its addresses are all below its issuer."""
    registration = factories.make_registration(db, issuer=issuer, client_id=CLIENT_ID)
    return factories.make_deployment(db, registration, lti_id=DEPLOYMENT_ID)


def add_learners(db: Session, deployment: Deployment, courses: int, each: int) -> list[Person]:
    """Running programs in which every learner has a mentor, a goal and a session coming."""
    people = []
    for _ in range(courses):
        course, link = _add_course(db, deployment)
        program, agreement = add_program(db, course)
        for number in range(each):
            mentee = factories.make_mentee(db, program, name=name_of(number))
            pairing = factories.make_pairing(db, program, mentee=mentee)
            add_signatures(db, agreement, pairing)
            factories.make_goal(db, mentee)
            add_session(db, pairing)
            people.append(_person(db, mentee.membership_id, course, link))
    return people


def add_newcomers(db: Session, deployment: Deployment, courses: int, each: int) -> list[Person]:
    """Running programs in which no learner has started: a launch leads to the welcome page."""
    people = []
    for _ in range(courses):
        course, link = _add_course(db, deployment)
        add_program(db, course)
        for number in range(each):
            learner = factories.make_member(db, course, name=name_of(number))
            people.append(_person(db, learner.id, course, link))
    return people


def _add_course(db: Session, deployment: Deployment) -> tuple[Course, ResourceLink]:
    """A course for whose roster no launch asks, and the place in it that opens the tool."""
    course = factories.make_course(db, deployment)
    course.roster_read_at = clock.now() + timedelta(days=1)
    return course, factories.make_resource_link(db, course)


def add_program(db: Session, course: Course) -> tuple[Program, Agreement]:
    """A running program with all that its setup makes, and the agreement that its pairs sign."""
    program = factories.make_program(db, course)
    factories.make_rubric(db, program)
    text = {"version_number": 1, "body": "We meet twice a month.", "created_at": clock.now()}
    return program, factories.add(db, Agreement(program_id=program.id, **text))


def add_signatures(db: Session, agreement: Agreement, pairing: Pairing) -> None:
    """Both have signed."""
    for participant_id in (pairing.mentor_id, pairing.mentee_id):
        signed = {"signed_name": "Signed", "signed_at": clock.now()}
        ids = {"agreement_id": agreement.id, "participant_id": participant_id}
        factories.add(db, AgreementSignature(pairing_id=pairing.id, **ids, **signed))


def add_session(db: Session, pairing: Pairing) -> MentoringSession:
    """A session in two days that both know of."""
    now = clock.now()
    return factories.add(
        db,
        MentoringSession(
            pairing_id=pairing.id,
            proposed_by_id=pairing.mentee_id,
            state=SessionState.SCHEDULED,
            starts_at=now + timedelta(days=2),
            length_minutes=45,
            time_zone="Europe/Lisbon",
            created_at=now,
        ),
    )


@dataclass(frozen=True)
class Course50:
    """Who looks at a program's lists, each a membership's id."""

    coordinator: int
    mentor: int
    mentee: int
    seeker: int  # a learner who looks for a mentor

    @property
    def readers(self) -> dict[str, int]:
        """By what they are called in figures."""
        return dict(vars(self))


def add_program_with_rows(db: Session, deployment: Deployment, rows: int) -> Course50:
    """A program in which every list has at least ``rows`` rows for one of its readers."""
    course = factories.make_course(db, deployment)
    factories.make_resource_link(db, course)
    program, agreement = add_program(db, course)
    factories.make_line_item(db, program)
    coordinator = factories.make_member(db, course, role=CourseRole.INSTRUCTOR, name="Petra Lang")
    mentor = factories.make_mentor(db, program, name="Rui Costa", capacity=20)
    mentee = factories.make_mentee(db, program, name="Ana Souza")
    pairing = factories.make_pairing(db, program, mentor=mentor, mentee=mentee)
    add_signatures(db, agreement, pairing)
    seeker = factories.make_mentee(db, program, name="Mina Okafor")
    for number in range(rows):
        _add_row(db, program, pairing, number)
    return Course50(
        coordinator.id, mentor.membership_id, mentee.membership_id, seeker.membership_id
    )


def _add_row(db: Session, program: Program, pairing: Pairing, number: int) -> None:
    """One more of everything that is listed somewhere."""
    now, mentor, mentee = clock.now(), pairing.mentor, pairing.mentee
    factories.make_mentor(db, program, name=name_of(number))
    another = factories.make_mentee(db, program, name=name_of(number + 1))
    factories.make_pairing(db, program, mentor=mentor, mentee=another)
    factories.make_goal(db, another, title=f"Pass exam {number}")
    factories.make_goal(db, mentee, title=f"Read paper {number}")
    add_session(db, pairing)
    asking = factories.make_mentee(db, program, name=name_of(number + 2))
    soon = now + timedelta(days=3)
    request = {"state": RequestState.SENT, "created_at": now, "sent_at": now, "expires_at": soon}
    factories.add(db, MentorRequest(mentee_id=asking.id, mentor_id=mentor.id, rank=1, **request))
    for owner in (mentee, mentor):
        todo = {"text": f"Bring question {number}", "due_on": soon.date(), "created_at": now}
        factories.add(db, ActionItem(owner_id=owner.id, pairing_id=pairing.id, **todo))


def name_of(number: int) -> str:
    """A name; they repeat."""
    return NAMES[number % len(NAMES)]


def _person(db: Session, membership_id: int, course: Course, link: ResourceLink) -> Person:
    member = db.get_one(Membership, membership_id)
    user = db.get_one(PlatformUser, member.user_id)
    return Person(
        user.subject,
        user.name,
        user.given_name,
        f"{user.subject}@example.edu",
        course.context_id,
        link.lti_id,
    )
