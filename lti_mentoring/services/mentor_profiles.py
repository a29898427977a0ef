"""A mentor's own side of the pool: apply, accept, describe what is offered, pause, come back."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass

from sqlalchemy import delete, select
from sqlalchemy.orm import Session
from sqlalchemy.orm.attributes import flag_modified

from lti_mentoring.core import clock
from lti_mentoring.core.errors import Conflict, NotFound, Stale
from lti_mentoring.models import MentorProfile, Participant, Program, Topic, TopicOffer
from lti_mentoring.policies.actor import Actor, require
from lti_mentoring.policies.program import LIVE, is_mentor, is_open, may_mentor
from lti_mentoring.rules.mentor_steps import ENDS_INVITATION, IN_POOL
from lti_mentoring.rules.transitions import next_state
from lti_mentoring.services import activity, availability, request_travel
from lti_mentoring.vocabulary import (
    Cadence,
    MeetingMode,
    MentorSource,
    MentorState,
    ParticipantRole,
    ParticipantState,
    Verb,
)

NOT_YET = frozenset({MentorState.INVITED, MentorState.STARTED, MentorState.SUBMITTED})


@dataclass(frozen=True)
class Card:
    """What a mentor offers. ``topics`` maps topic ids to strength, 1 to 3; capacity is seats."""

    headline: str
    how_i_help: str
    topics: Mapping[int, int]
    capacity: int
    modes: Collection[MeetingMode]
    cadence: Cadence | None
    languages: Collection[str]
    cells: Collection[availability.Cell]
    time_zone: str


def begin_application(db: Session, actor: Actor) -> MentorProfile:
    """The actor's profile, begun as an application if there was none.

    Raises:
        NotAllowed: if the actor may not become a mentor.
        Conflict: if mentors are invited only, or the program is not running.
    """
    require(may_mentor(actor), "become a mentor")
    profile = _own(db, actor)
    if profile is not None and profile.state in IN_POOL | NOT_YET:
        return profile
    program = db.get_one(Program, actor.program_id)
    if program.mentor_source is MentorSource.NOMINATION or actor.program_state not in LIVE:
        raise Conflict("nobody can apply now")
    if profile is None:
        profile = MentorProfile(
            participant_id=_participant(db, actor).id, state=MentorState.STARTED
        )
        db.add(profile)
        db.flush()
        return profile
    _participant(db, actor)
    profile.invited_at = None  # an application of its own: someone decides on it
    _move(db, actor, profile, MentorState.STARTED)
    return profile


def _participant(db: Session, actor: Actor) -> Participant:
    key = {
        "program_id": actor.program_id,
        "membership_id": actor.membership_id,
        "role": ParticipantRole.MENTOR,
    }
    mentor = db.scalar(select(Participant).filter_by(**key))
    if mentor is None:
        mentor = Participant(**key, joined_at=clock.now())
        db.add(mentor)
    mentor.state, mentor.left_at = ParticipantState.ACTIVE, None
    db.flush()
    return mentor


def accept_invitation(db: Session, actor: Actor) -> MentorProfile:
    """The invited person wants to mentor; the card comes next.

    Raises:
        NotAllowed: if the actor is no mentor of the program.
        Conflict: if there is no open invitation.
    """
    profile = _mine(db, actor)
    if profile.state is not MentorState.INVITED:
        raise Conflict("there is no open invitation")
    _move(db, actor, profile, MentorState.STARTED)
    return profile


def decline_invitation(db: Session, actor: Actor) -> None:
    """The invited person does not want to now; they can be invited again.

    Raises:
        NotAllowed, Conflict: as in ``accept_invitation``.
    """
    profile = _mine(db, actor)
    if profile.state not in {MentorState.INVITED, MentorState.STARTED}:
        raise Conflict("there is no open invitation")
    _move(db, actor, profile, MentorState.DECLINED)


def save_card(
    db: Session, actor: Actor, card: Card, *, version: int | None, hand_in: bool
) -> MentorProfile:
    """Keep the card. ``hand_in`` also takes the next step: into the pool, or to the coordinator.

    Who was invited goes into the pool at once; who applied waits for approval. ``version`` is
    that of the card that was opened, None if there was none.

    Raises:
        NotAllowed: if the actor may not mentor.
        NotFound: if a topic is not the program's.
        Stale: if the card was changed meanwhile.
        Conflict: if the application is over.
    """
    require(may_mentor(actor) and is_open(actor), "change a mentor's card")
    before = _own(db, actor)
    if (before.version if before else None) != version:
        raise Stale("mentor profile")
    profile = begin_application(db, actor)
    profile.headline, profile.how_i_help = card.headline, card.how_i_help
    profile.capacity, profile.cadence = card.capacity, card.cadence
    profile.modes = [mode.value for mode in card.modes]
    profile.languages = list(card.languages)
    _save_offers(db, actor, profile.participant_id, card.topics)
    availability.save(db, profile.participant_id, card.cells, card.time_zone)
    availability.read_times_in(db, actor, card.time_zone)
    flag_modified(profile, "headline")  # topics and times are part of the card's version
    db.flush()
    if hand_in and profile.state in {MentorState.INVITED, MentorState.STARTED}:
        _hand_in(db, actor, profile)
    return profile


def _hand_in(db: Session, actor: Actor, profile: MentorProfile) -> None:
    now = clock.now()
    if profile.invited_at is not None:
        profile.decided_at = now
        _move(db, actor, profile, MentorState.ACTIVE)
        return
    profile.submitted_at = now
    activity.record(db, actor, Verb.MENTOR_APPLIED, "mentor_profile", profile.id)
    _move(db, actor, profile, MentorState.SUBMITTED)


def _save_offers(db: Session, actor: Actor, participant_id: int, topics: Mapping[int, int]) -> None:
    known = set(db.scalars(select(Topic.id).where(Topic.program_id == actor.program_id)))
    if not topics.keys() <= known:
        raise NotFound("topic")
    db.execute(delete(TopicOffer).where(TopicOffer.participant_id == participant_id))
    db.add_all(
        TopicOffer(participant_id=participant_id, topic_id=topic_id, strength=strength)
        for topic_id, strength in topics.items()
    )


def withdraw(db: Session, actor: Actor) -> None:
    """Take the application back.

    Raises:
        NotAllowed: if the actor is no mentor of the program.
        Conflict: if it was decided meanwhile.
    """
    _move(db, actor, _mine(db, actor), MentorState.WITHDRAWN)


def pause(db: Session, actor: Actor) -> int:
    """No new requests for a while; who waits goes on to the next choice. How many those were.

    Raises:
        NotAllowed: if the actor is no mentor of the program.
        Conflict: if the list is not open.
    """
    profile = _mine(db, actor)
    _move(db, actor, profile, MentorState.PAUSED)
    return request_travel.release_from_mentor(db, actor, profile.participant_id)


def resume(db: Session, actor: Actor) -> None:
    """New requests are welcome again.

    Raises:
        NotAllowed: if the actor is no mentor of the program.
        Conflict: if the list is not paused.
    """
    profile = _mine(db, actor)
    if profile.state is not MentorState.PAUSED:
        raise Conflict("the list is not paused")
    _move(db, actor, profile, MentorState.ACTIVE)


def _mine(db: Session, actor: Actor) -> MentorProfile:
    require(is_mentor(actor) and is_open(actor), "change a mentor's card")
    profile = _own(db, actor)
    if profile is None:
        raise NotFound("mentor profile")
    return profile


def _own(db: Session, actor: Actor) -> MentorProfile | None:
    return db.scalar(
        select(MentorProfile)
        .join(MentorProfile.participant)
        .where(
            Participant.program_id == actor.program_id,
            Participant.membership_id == actor.membership_id,
        )
    )


def _move(db: Session, actor: Actor, profile: MentorProfile, wanted: MentorState) -> None:
    profile.state = next_state(profile.state, wanted)
    if wanted in ENDS_INVITATION:
        profile.invited_at = None
    db.flush()
    activity.record(db, actor, Verb.MENTOR_MOVED, "mentor_profile", profile.id, wanted)
