"""Looking back at the end of a program."""

from flask import Blueprint, g, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from lti_mentoring.forms.closing import closing_form
from lti_mentoring.policies.actor import require
from lti_mentoring.policies.goal import may_look_back
from lti_mentoring.policies.program import is_mentee
from lti_mentoring.queries.goals import goals_of
from lti_mentoring.services import closings
from lti_mentoring.web.guards import guarded_by
from lti_mentoring.web.notices import say

blueprint = Blueprint("closing", __name__)


@blueprint.route("/closing", methods=["GET", "POST"])
@guarded_by(is_mentee)
def show() -> ResponseReturnValue:
    """What became of my goals; confirming it counts."""
    require(may_look_back(g.actor), "look back before the program is closing")
    goals = closings.open_goals(g.db, g.actor.mentee_id)
    form = closing_form(goals)
    if not form.validate_on_submit():
        page = render_template(
            "closing/show.html",
            form=form,
            goals=goals,
            done=closings.is_done(g.db, g.actor.mentee_id),
            over=[goal for goal in goals_of(g.db, g.actor.mentee_id) if goal.is_over],
        )
        return page, 422 if form.errors else 200
    closings.close(g.db, g.actor, form.answers())
    say(_("You have looked back. It counts from now on."))
    return redirect(url_for("my_engagement.show"), code=303)
