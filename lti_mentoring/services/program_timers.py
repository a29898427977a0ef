"""Programs that begin to finish, and close, by their dates alone."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import and_, or_, select
from sqlalchemy.orm import Session

from lti_mentoring.models import Program
from lti_mentoring.policies.actor import Actor
from lti_mentoring.queries.programs import in_state_since
from lti_mentoring.rules.program_dates import FINISHING, moves_by_itself_on
from lti_mentoring.services import programs
from lti_mentoring.services.row_by_row import each
from lti_mentoring.vocabulary import ProgramState

A_DAY = timedelta(days=1)  # no zone is further ahead of UTC


def run_due(db: Session, now: datetime) -> int:
    """Take the steps that have come at ``now``; how many. Coordinators may have been earlier."""

    def take_step(row: Any) -> int:
        program, since = row
        zone = ZoneInfo(program.time_zone)
        came_on = (since or program.created_at).astimezone(zone).date()
        step = moves_by_itself_on(program.state, program.ends_on, came_on)
        if step is None or now.astimezone(zone).date() < step[1]:
            return 0
        actor = Actor.system("the program's dates", program.course_id)
        programs.move_program(db, actor, program, step[0])
        return 1

    return each(db, "program", [(row[0].id, row) for row in _near(db, now)], take_step)


def _near(db: Session, now: datetime) -> Sequence[Any]:
    """Programs that could have a step to take today in their own zone, and since when they are."""
    tomorrow = now.date() + A_DAY
    finishing = and_(Program.state == ProgramState.RUNNING, Program.ends_on <= tomorrow + FINISHING)
    closing = and_(Program.state == ProgramState.CLOSING, Program.ends_on < tomorrow)
    found = select(Program, in_state_since()).where(or_(finishing, closing)).order_by(Program.id)
    return db.execute(found.with_for_update(of=Program, skip_locked=True)).all()
