"""Who may ask, answer, meet, write and end; sessions and goals follow the pairing."""

from lti_mentoring.models import Goal, MentoringSession, MentorRequest, Pairing
from lti_mentoring.policies.actor import Actor
from lti_mentoring.policies.program import LIVE, is_open
from lti_mentoring.vocabulary import LIVE_PAIRING, PairingState, Visibility

WORKING = frozenset({PairingState.TRIAL, PairingState.ACTIVE, PairingState.CLOSING})
"""The states in which the two write to one another and find times. All others only read."""

SIGNED = tuple(state for state in LIVE_PAIRING if state is not PairingState.PROPOSED)
"""The states in which a mentor reads what the mentee shares: both have signed, nobody has gone."""


def may_answer(actor: Actor, asked: MentorRequest) -> bool:
    """Only the mentor who was asked, until the program is closed."""
    return actor.mentor_id is not None and asked.mentor_id == actor.mentor_id and is_open(actor)


def may_withdraw(actor: Actor, asked: MentorRequest) -> bool:
    """Only the learner who asks, until the program is closed."""
    return actor.mentee_id is not None and asked.mentee_id == actor.mentee_id and is_open(actor)


def is_in(actor: Actor, pairing: Pairing) -> bool:
    """One of the two people of the pairing."""
    return bool(actor.participant_ids & {pairing.mentor_id, pairing.mentee_id})


def may_work(actor: Actor, pairing: Pairing) -> bool:
    """One of the two, while the pairing and its program are alive."""
    return is_in(actor, pairing) and pairing.state in WORKING and actor.program_state in LIVE


def may_sign(actor: Actor, pairing: Pairing) -> bool:
    """Each of the two, while the program is alive: a signature can begin a trial."""
    return is_in(actor, pairing) and actor.program_state in LIVE


def may_answer_fit(actor: Actor, pairing: Pairing) -> bool:
    """Each of the two, for oneself, while the program is alive."""
    return is_in(actor, pairing) and actor.program_state in LIVE


def may_end(actor: Actor, pairing: Pairing) -> bool:
    """Either of the two, or whoever coordinates, until the pairing or its program is over."""
    concerns = actor.coordinates or is_in(actor, pairing)
    return concerns and pairing.state in LIVE_PAIRING and is_open(actor)


def may_see_facts(actor: Actor, pairing: Pairing) -> bool:
    """States, dates and counts: the two, and staff. Never content."""
    return actor.is_staff or is_in(actor, pairing)


def may_open_session(actor: Actor, session: MentoringSession) -> bool:
    """The room with agenda and notes: the two people of its pairing and nobody else."""
    return is_in(actor, session.pairing)


def owns_goal(actor: Actor, goal: Goal) -> bool:
    """The mentee whose goal it is."""
    return actor.mentee_id is not None and goal.owner_id == actor.mentee_id


def may_read_goal(actor: Actor, goal: Goal, pairing: Pairing | None) -> bool:
    """The owner; if the goal is shared, also the mentor, once both have signed, until they part."""
    if owns_goal(actor, goal):
        return True
    return (
        pairing is not None
        and goal.visibility is Visibility.SHARED
        and pairing.mentee_id == goal.owner_id
        and pairing.mentor_id == actor.mentor_id
        and pairing.state in SIGNED
    )
