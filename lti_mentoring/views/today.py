"""The coordinator's first page: what needs them, and how things stand."""

from datetime import date
from zoneinfo import ZoneInfo

from flask import Blueprint, g, redirect, render_template, url_for
from flask.typing import ResponseReturnValue

from lti_mentoring.core import clock
from lti_mentoring.grading.reasons import reason_of
from lti_mentoring.policies.program import coordinates, staff
from lti_mentoring.queries.pool import gauge, short_topics
from lti_mentoring.queries.programs import current_program
from lti_mentoring.queries.today import Needs, Week, needs, week_number, weeks
from lti_mentoring.rules.program_dates import ANNOUNCED, due_move, moves_by_itself_on
from lti_mentoring.services.programs import today_in
from lti_mentoring.vocabulary import ProgramState
from lti_mentoring.web.charts import Chart, bar_chart
from lti_mentoring.web.guards import guarded_by
from lti_mentoring.web.spans import ago

blueprint = Blueprint("today", __name__)

BEFORE = frozenset({None, ProgramState.DRAFT})


@blueprint.get("/today")
@guarded_by(staff)
def show() -> ResponseReturnValue:
    """What needs the coordinator today; before the program is open, how to get there."""
    if g.actor.program_state in BEFORE:
        return _before()
    now = clock.now()
    found = needs(g.db, g.actor, now)
    program, today = found.program, today_in(found.program)
    held = weeks(g.db, program, now)
    return render_template(
        "today/show.html",
        needs=found,
        program=program,
        gauge=gauge(g.db, g.actor),
        short=short_topics(g.db, g.actor),
        weeks=held,
        due=due_move(program.state, program.starts_on, program.ends_on, today),
        coming=_coming(found, today),
        week=week_number(program, today),
        week_count=week_number(program, program.ends_on),
        chart=_chart(held),
        ago=ago,
        reason_of=reason_of,
    )


def _chart(held: list[Week]) -> Chart:
    bars = [(str(week.number), week.held) for week in held]
    return bar_chart(bars, last_is_partial=bool(held) and held[-1].is_now)


def _coming(found: Needs, today: date) -> date | None:
    """The day on which the program takes its next step by itself, once it is near."""
    program = found.program
    since = found.in_state_since or program.created_at
    came_on = since.astimezone(ZoneInfo(program.time_zone)).date()
    step = moves_by_itself_on(program.state, program.ends_on, came_on)
    if step is None:
        return None
    is_near = program.state is ProgramState.CLOSING or today >= step[1] - ANNOUNCED
    return step[1] if is_near else None


def _before() -> ResponseReturnValue:
    if g.actor.program_state is None:
        if coordinates(g.actor):
            return redirect(url_for("programs.setup"), code=303)
        return render_template("today/nothing_yet.html")
    return render_template("today/draft.html", program=current_program(g.db, g.actor))
