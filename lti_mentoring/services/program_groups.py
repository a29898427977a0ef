"""For which groups of the course a program is (M-11, M-13)."""

from collections.abc import Iterable

from sqlalchemy import select
from sqlalchemy.orm import Session
from sqlalchemy.orm.attributes import flag_modified

from lti_mentoring.models import Course, Program
from lti_mentoring.policies.actor import Actor
from lti_mentoring.queries.audiences import extras
from lti_mentoring.rules.groups import Group, write
from lti_mentoring.services import activity, roster
from lti_mentoring.services.programs import check_change
from lti_mentoring.vocabulary import Verb


def change_audience(
    db: Session, actor: Actor, program: Program, groups: Iterable[Group], version: int
) -> int:
    """Learners of these groups take part from now on; without any, the whole course does.

    Who takes part already stays, with everything.

    Returns:
        How many learners take part who are in none of the groups.

    Raises:
        NotAllowed: if the actor does not coordinate.
        Stale: if ``version`` is not the newest.
        Conflict: if the program is over.
    """
    check_change(actor, program, version)
    before, program.audience_groups = program.audience_groups, write(groups)
    flag_modified(program, "setup_step")  # so that the version rises, whatever was changed
    db.flush()
    activity.record(db, actor, Verb.PROGRAM_CHANGED, "program", program.id, "groups")
    if program.audience_groups and program.audience_groups != before:
        # Some platforms tell of each learner's groups only when they are asked about them.
        course = db.scalars(select(Course).where(Course.id == program.course_id)).one()
        roster.ask_for_roster(db, actor, course)
    return extras(db, program)
