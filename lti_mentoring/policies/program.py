"""Who may see and run a program."""

from lti_mentoring.policies.actor import Actor
from lti_mentoring.vocabulary import CourseRole, ProgramState

OPEN_TO_PEOPLE = frozenset(
    {
        ProgramState.RECRUITING,
        ProgramState.RUNNING,
        ProgramState.PAUSED,
        ProgramState.CLOSING,
        ProgramState.CLOSED,
    }
)
LIVE = frozenset({ProgramState.RECRUITING, ProgramState.RUNNING, ProgramState.CLOSING})
STILL_OPEN = LIVE | {ProgramState.PAUSED}
"""Until the program is closed, people write what is theirs and end what they do not want."""


def is_open(actor: Actor) -> bool:
    """Until the program is closed there is something to write, also while it pauses."""
    return actor.program_state in STILL_OPEN


def belongs(actor: Actor) -> bool:
    """Anybody with a course role that counts: learners and staff, no observers."""
    return actor.role in {
        CourseRole.LEARNER,
        CourseRole.INSTRUCTOR,
        CourseRole.TEACHING_ASSISTANT,
    }


def coordinates(actor: Actor) -> bool:
    """Instructors of the course run its program."""
    return actor.coordinates


def staff(actor: Actor) -> bool:
    """Instructors and teaching assistants of the course."""
    return actor.is_staff


def sees_program(actor: Actor) -> bool:
    """Course members for whom it is, once the program is open; coordinators always."""
    if not belongs(actor) or actor.is_outside:
        return False
    return actor.coordinates or actor.program_state in OPEN_TO_PEOPLE


def may_learn(actor: Actor) -> bool:
    """A learner of the course may look for a mentor while the program is open.

    Where it is for some groups, only theirs may; who is a mentee already stays one (M-11).
    """
    return (
        actor.role is CourseRole.LEARNER
        and not actor.is_test_user
        and actor.program_state in OPEN_TO_PEOPLE
        and (actor.mentee_id is not None or actor.is_in_audience)
    )


def may_mentor(actor: Actor) -> bool:
    """Course members may become mentors; test users may not. Being LTI *Mentor* is no reason.

    A learner for whom the program is not does so if a coordinator asks.
    """
    if actor.is_test_user or actor.is_outside:
        return False
    return belongs(actor) and actor.program_state in OPEN_TO_PEOPLE


def takes_part(actor: Actor) -> bool:
    """Mentees and mentors of the course's program, as long as the program is open to people."""
    return belongs(actor) and bool(actor.participant_ids) and actor.program_state in OPEN_TO_PEOPLE


def is_mentee(actor: Actor) -> bool:
    """A mentee of the course's program."""
    return takes_part(actor) and actor.mentee_id is not None


def is_mentor(actor: Actor) -> bool:
    """A mentor of the course's program, in whatever state."""
    return takes_part(actor) and actor.mentor_id is not None
