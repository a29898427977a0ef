"""People of a program, found through the actor's course, and what to call them."""

from collections.abc import Iterable
from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import Session, joinedload
from sqlalchemy.sql.base import ExecutableOption

from lti_mentoring.core.errors import NotFound
from lti_mentoring.models import Membership, Participant, PlatformUser, Program
from lti_mentoring.policies.actor import Actor
from lti_mentoring.queries.previews import is_person
from lti_mentoring.vocabulary import ParticipantRole


@dataclass(frozen=True)
class PersonName:
    """What to call a participant: in full, and in a sentence."""

    participant_id: int
    name: str
    short_name: str


def mentee_of(db: Session, actor: Actor) -> Participant:
    """The actor's own part as mentee, with membership and user loaded.

    Raises:
        NotFound: if the actor is no mentee of the course's program.
    """
    return _own(db, actor.mentee_id, "mentee")


def mentor_of(db: Session, actor: Actor) -> Participant:
    """The actor's own part as mentor, with membership and user loaded.

    Raises:
        NotFound: if the actor is no mentor of the course's program.
    """
    return _own(db, actor.mentor_id, "mentor")


def _own(db: Session, participant_id: int | None, noun: str) -> Participant:
    found = (
        db.scalar(select(Participant).where(Participant.id == participant_id).options(_with_user()))
        if participant_id is not None
        else None
    )
    if found is None:
        raise NotFound(noun)
    return found


def participant_for(
    db: Session, actor: Actor, participant_id: int, role: ParticipantRole
) -> Participant:
    """The participant, if it is in the actor's program, has this role, and is no test user.

    Raises:
        NotFound: if it is not, or does not exist; the caller cannot tell which.
    """
    found = db.scalar(
        select(Participant)
        .join(Participant.program)
        .where(
            Participant.id == participant_id,
            Participant.program_id == actor.program_id,
            Participant.role == role,
            Program.course_id == actor.course_id,
            is_person(participant_id),
        )
        .options(_with_user())
    )
    if found is None:
        raise NotFound(role.value, participant_id)
    return found


def names(db: Session, participant_ids: Iterable[int]) -> dict[int, PersonName]:
    """What to call these participants, by id."""
    wanted = set(participant_ids)
    if not wanted:
        return {}
    rows = db.execute(
        select(Participant.id, PlatformUser)
        .join(Membership, Membership.id == Participant.membership_id)
        .join(PlatformUser, PlatformUser.id == Membership.user_id)
        .where(Participant.id.in_(wanted))
    )
    return {
        participant_id: PersonName(participant_id, user.display_name, user.short_name)
        for participant_id, user in rows
    }


def _with_user() -> ExecutableOption:
    return joinedload(Participant.membership).joinedload(Membership.user)
