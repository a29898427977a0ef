"""The coordinator's first page: what needs them, and how things stand."""

from flask import Blueprint, g, redirect, render_template, url_for
from flask.typing import ResponseReturnValue

from lti_mentoring.core import clock
from lti_mentoring.policies.program import coordinates, staff
from lti_mentoring.queries.pool import gauge, short_topics
from lti_mentoring.queries.programs import current_program
from lti_mentoring.queries.today import due_move, needs, week_number, weeks
from lti_mentoring.services.programs import today_in
from lti_mentoring.vocabulary import ProgramState
from lti_mentoring.web.charts import bar_chart
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
    held = weeks(g.db, found.program, now)
    return render_template(
        "today/show.html",
        needs=found,
        program=found.program,
        gauge=gauge(g.db, g.actor),
        short=short_topics(g.db, g.actor),
        roster=found.roster,
        weeks=held,
        due=due_move(found.program, today_in(found.program)),
        week=week_number(found.program, today_in(found.program)),
        week_count=week_number(found.program, found.program.ends_on),
        chart=bar_chart(
            [(str(week.number), week.held) for week in held],
            last_is_partial=bool(held) and held[-1].is_now,
        ),
        ago=ago,
    )


def _before() -> ResponseReturnValue:
    if g.actor.program_state is None:
        if coordinates(g.actor):
            return redirect(url_for("programs.setup"), code=303)
        return render_template("today/nothing_yet.html")
    return render_template("today/draft.html", program=current_program(g.db, g.actor))
