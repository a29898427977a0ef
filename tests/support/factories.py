"""Builders of valid things: they add and flush, never commit. Say only what the test is about."""

import itertools
from datetime import timedelta
from decimal import Decimal
from typing import TypeVar

from sqlalchemy import select
from sqlalchemy.orm import Session

from lti_mentoring.core import clock
from lti_mentoring.models import (
    Course,
    Deployment,
    EngagementRubric,
    FitCheck,
    Goal,
    Intake,
    LineItem,
    Membership,
    MentoringSession,
    MentorProfile,
    Pairing,
    Participant,
    Platform,
    PlatformUser,
    Program,
    Registration,
    ResourceLink,
    Topic,
)
from lti_mentoring.policies.actor import Actor
from lti_mentoring.vocabulary import (
    Component,
    CourseRole,
    DeploymentState,
    FitAnswer,
    GoalState,
    IntakeState,
    LineItemKind,
    MentorState,
    PairingOrigin,
    PairingState,
    ParticipantRole,
    Preset,
    Product,
    ProgramState,
    RegistrationState,
    Scope,
    SessionState,
)

PLATFORM = "https://lms.test"
TERM = timedelta(weeks=14)

WEIGHTS = {
    Component.ORIENTATION: 10,
    Component.AGREEMENT: 5,
    Component.NEEDS: 10,
    Component.SESSIONS: 40,
    Component.GOALS_SET: 10,
    Component.GOAL_PROGRESS: 10,
    Component.REFLECTION: 10,
    Component.FEEDBACK: 0,
    Component.CLOSURE: 5,
}
TARGETS = {
    Component.ORIENTATION: 1,
    Component.AGREEMENT: 1,
    Component.NEEDS: 1,
    Component.SESSIONS: 6,
    Component.GOALS_SET: 1,
    Component.GOAL_PROGRESS: 7,
    Component.REFLECTION: 5,
    Component.FEEDBACK: 2,
    Component.CLOSURE: 1,
}

Row = TypeVar("Row")

_numbers = itertools.count(1)


def add(db: Session, row: Row) -> Row:
    """The row, with its id."""
    db.add(row)
    db.flush()
    return row


def make_registration(
    db: Session,
    *,
    issuer: str = PLATFORM,
    client_id: str | None = None,
    product: Product = Product.OTHER,
    state: RegistrationState = RegistrationState.APPROVED,
) -> Registration:
    """An approved platform whose addresses are all below its issuer; learners may be followed."""
    now = clock.now()
    platform = add(db, Platform(name="University LMS", product=product, created_at=now))
    return add(
        db,
        Registration(
            platform_id=platform.id,
            issuer=issuer,
            client_id=client_id or f"client-{next(_numbers)}",
            shows_observers=True,
            auth_url=f"{issuer}/auth",
            token_url=f"{issuer}/token",
            jwks_url=f"{issuer}/jwks",
            state=state,
            created_at=now,
        ),
    )


def make_deployment(
    db: Session,
    registration: Registration | None = None,
    *,
    lti_id: str = "1",
    state: DeploymentState = DeploymentState.APPROVED,
) -> Deployment:
    """A deployment that launches are let in from."""
    registration = registration or make_registration(db)
    return add(
        db,
        Deployment(
            registration_id=registration.id, lti_id=lti_id, state=state, created_at=clock.now()
        ),
    )


def make_course(
    db: Session, deployment: Deployment | None = None, *, with_services: bool = True, **facts
) -> Course:
    """A course whose platform offers roster and gradebook, unless told otherwise."""
    deployment = deployment or make_deployment(db)
    number = next(_numbers)
    issuer = db.get_one(Registration, deployment.registration_id).issuer
    home = f"{issuer}/courses/{number}"
    services = {
        "memberships_url": f"{home}/memberships",
        "line_items_url": f"{home}/lineitems",
        "ags_scopes": " ".join((Scope.LINE_ITEM, Scope.SCORE)),
    }
    return add(
        db,
        Course(
            deployment_id=deployment.id,
            created_at=clock.now(),
            **{
                "context_id": f"course-{number}",
                "title": "Statistics I",
                **(services if with_services else {}),
                **facts,
            },
        ),
    )


def make_resource_link(db: Session, course: Course, **facts) -> ResourceLink:
    """A place in the course that opens the tool."""
    values = {"lti_id": f"link-{next(_numbers)}", "title": "Mentoring", **facts}
    return add(
        db,
        ResourceLink(
            deployment_id=course.deployment_id,
            course_id=course.id,
            created_at=clock.now(),
            **values,
        ),
    )


def make_user(db: Session, registration_id: int, name: str = "Ana Souza", **facts) -> PlatformUser:
    """A person of a platform."""
    number = next(_numbers)
    values = {
        "subject": f"user-{number}",
        "name": name,
        "given_name": name.partition(" ")[0],
        **facts,
    }
    return add(db, PlatformUser(registration_id=registration_id, created_at=clock.now(), **values))


def make_member(
    db: Session,
    course: Course,
    *,
    role: CourseRole = CourseRole.LEARNER,
    name: str = "Ana Souza",
    **facts,
) -> Membership:
    """A person in a course who has opened the tool once. ``facts`` are columns of Membership."""
    now = clock.now()
    deployment = db.get_one(Deployment, course.deployment_id)
    user = make_user(db, deployment.registration_id, name)
    values = {"launch_role": role, "launched_at": now, "joined_at": now, **facts}
    return add(db, Membership(course_id=course.id, user_id=user.id, role=role, **values))


def make_program(db: Session, course: Course | None = None, **facts) -> Program:
    """A running program of 14 weeks from today, with two topics."""
    course = course or make_course(db)
    today = clock.now().date()
    values = {
        "state": ProgramState.RUNNING,
        "preset": Preset.PEER_TUTORING,
        "title": "Peer mentoring",
        "purpose": "Nobody studies alone.",
        "objectives": "Every learner has a mentor",
        "starts_on": today,
        "ends_on": today + TERM,
        "time_zone": "UTC",
        **facts,
    }
    program = add(db, Program(course_id=course.id, created_at=clock.now(), **values))
    for position, name in enumerate(("Statistics", "Academic writing")):
        add(db, Topic(program_id=program.id, name=name, position=position))
    return program


def make_rubric(db: Session, program: Program, **facts) -> EngagementRubric:
    """What counts: the default weights; completion needs agreement and sessions."""
    values = {
        "version_number": 1,
        "weights": {part.value: weight for part, weight in WEIGHTS.items()},
        "targets": {part.value: target for part, target in TARGETS.items()},
        "gates": [Component.AGREEMENT.value, Component.SESSIONS.value],
        **facts,
    }
    return add(db, EngagementRubric(program_id=program.id, created_at=clock.now(), **values))


def make_line_item(db: Session, program: Program, **facts) -> LineItem:
    """The program's column, already found in the gradebook."""
    course = db.get_one(Course, program.course_id)
    values = {
        "kind": LineItemKind.ENGAGEMENT,
        "url": f"{course.line_items_url}/{next(_numbers)}/lineitem",
        "score_maximum": Decimal(100),
        **facts,
    }
    return add(db, LineItem(program_id=program.id, created_at=clock.now(), **values))


def make_participant(
    db: Session, program: Program, member: Membership, role: ParticipantRole, **facts
) -> Participant:
    """A member's part in a program."""
    return add(
        db,
        Participant(
            program_id=program.id,
            membership_id=member.id,
            role=role,
            joined_at=clock.now(),
            **facts,
        ),
    )


def make_mentor(
    db: Session,
    program: Program,
    *,
    name: str = "Rui Costa",
    capacity: int = 2,
    member: Membership | None = None,
    **facts,
) -> Participant:
    """A mentor in the pool. ``facts`` are columns of MentorProfile."""
    course = db.get_one(Course, program.course_id)
    member = member or make_member(db, course, name=name)
    mentor = make_participant(db, program, member, ParticipantRole.MENTOR)
    values = {"state": MentorState.ACTIVE, "headline": "I passed it twice", **facts}
    add(db, MentorProfile(participant_id=mentor.id, capacity=capacity, **values))
    return mentor


def make_mentee(
    db: Session,
    program: Program,
    *,
    name: str = "Ana Souza",
    member: Membership | None = None,
    **facts,
) -> Participant:
    """A learner whose three steps are done. ``facts`` are columns of Intake."""
    course = db.get_one(Course, program.course_id)
    member = member or make_member(db, course, name=name)
    mentee = make_participant(db, program, member, ParticipantRole.MENTEE)
    values = {"state": IntakeState.SUBMITTED, "submitted_at": clock.now(), **facts}
    add(db, Intake(participant_id=mentee.id, **values))
    return mentee


def make_pairing(
    db: Session,
    program: Program,
    *,
    mentor: Participant | None = None,
    mentee: Participant | None = None,
    state: PairingState = PairingState.ACTIVE,
    **facts,
) -> Pairing:
    """A mentor and a mentee who work together since now."""
    mentor = mentor or make_mentor(db, program)
    mentee = mentee or make_mentee(db, program)
    now = clock.now()
    values = {
        "origin": PairingOrigin.REQUEST,
        "created_at": now,
        "started_at": None if state is PairingState.PROPOSED else now,
        **facts,
    }
    return add(
        db,
        Pairing(
            program_id=program.id,
            mentor_id=mentor.id,
            mentee_id=mentee.id,
            state=state,
            **values,
        ),
    )


def make_goal(db: Session, owner: Participant, **facts) -> Goal:
    """An active goal that the mentor may read."""
    now = clock.now()
    values = {"title": "Pass the exam", "state": GoalState.ACTIVE, **facts}
    return add(db, Goal(owner_id=owner.id, created_at=now, updated_at=now, **values))


def make_session(
    db: Session, pairing: Pairing, state: SessionState = SessionState.HELD, **facts
) -> MentoringSession:
    """A session of the two that was to be yesterday."""
    now = clock.now()
    values = {
        "starts_at": now - timedelta(days=1),
        "length_minutes": 45,
        "time_zone": "UTC",
        "proposed_by_id": pairing.mentor_id,
        "created_at": now,
        **facts,
    }
    return add(db, MentoringSession(pairing_id=pairing.id, state=state, **values))


def make_fit_check(db: Session, pairing: Pairing, by: int, answer: FitAnswer) -> FitCheck:
    """What the participant ``by`` answers now about how the two fit."""
    facts = {"participant_id": by, "answer": answer, "answered_at": clock.now()}
    return add(db, FitCheck(pairing_id=pairing.id, **facts))


def actor_of(db: Session, member: Membership | Participant) -> Actor:
    """The person behind a membership or participant, as a sign-in would make them."""
    if isinstance(member, Participant):
        member = db.get_one(Membership, member.membership_id)
    user = db.get_one(PlatformUser, member.user_id)
    newest = select(Program).where(Program.course_id == member.course_id)
    program = db.scalars(newest.order_by(Program.id.desc())).first()
    parts = {
        part.role: part.id
        for part in db.scalars(select(Participant).where(Participant.membership_id == member.id))
        if program is not None and part.program_id == program.id
    }
    return Actor(
        course_id=member.course_id,
        membership_id=member.id,
        user_id=user.id,
        role=member.role,
        name=user.display_name,
        time_zone=user.time_zone or "UTC",
        is_test_user=member.is_test_user,
        program_id=program.id if program else None,
        program_state=program.state if program else None,
        mentee_id=parts.get(ParticipantRole.MENTEE),
        mentor_id=parts.get(ParticipantRole.MENTOR),
        groups=member.groups,
        audience=program.audience_groups if program else "",
    )
