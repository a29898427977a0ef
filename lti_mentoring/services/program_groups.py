"""What the groups of a course mean to its program: for whom it is, and who may be a pair (M-11)."""

from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import Session
from sqlalchemy.orm.attributes import flag_modified

from lti_mentoring.models import Course, Program
from lti_mentoring.policies.actor import Actor
from lti_mentoring.queries.audiences import extras
from lti_mentoring.rules.groups import Group, write
from lti_mentoring.services import activity, request_travel, roster
from lti_mentoring.services.programs import check_change
from lti_mentoring.vocabulary import PairingGroups, Verb


@dataclass(frozen=True)
class Grouping:
    """Whose learners take part (of no groups: everybody's), and who may be paired with whom."""

    audience: tuple[Group, ...]
    pairing: PairingGroups


def change_groups(
    db: Session, actor: Actor, program: Program, draft: Grouping, version: int
) -> int:
    """Groups mean from now on what ``draft`` says.

    Who takes part already stays, with everything, and so do pairs. Requests between two who may
    not be paired any more go on to the learner's next choice.

    Returns:
        How many learners take part who are in none of the groups.

    Raises:
        NotAllowed: if the actor does not coordinate.
        Stale: if ``version`` is not the newest.
        Conflict: if the program is over.
    """
    check_change(actor, program, version)
    before, program.audience_groups = program.audience_groups, write(draft.audience)
    program.pairing_groups = draft.pairing
    flag_modified(program, "setup_step")  # so that the version rises, whatever was changed
    db.flush()
    activity.record(db, actor, Verb.PROGRAM_CHANGED, "program", program.id, "groups")
    if draft.pairing is not PairingGroups.ANY:
        request_travel.release_misfits(db, actor, program)
    if program.audience_groups and program.audience_groups != before:
        # Some platforms tell of each learner's groups only when they are asked about them.
        course = db.scalars(select(Course).where(Course.id == program.course_id)).one()
        roster.ask_for_roster(db, actor, course)
    return extras(db, program)
