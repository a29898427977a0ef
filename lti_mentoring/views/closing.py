"""Looking back at the end of a program."""

from collections.abc import Sequence
from dataclasses import asdict

from flask import Blueprint, g, redirect, render_template, url_for
from flask.typing import ResponseReturnValue

from lti_mentoring.forms.closing import ClosingForm, closing_form
from lti_mentoring.models import Goal
from lti_mentoring.policies.actor import require
from lti_mentoring.policies.goal import may_look_back, may_write_closing
from lti_mentoring.policies.program import is_mentee
from lti_mentoring.queries.closings import Words, words_of
from lti_mentoring.queries.goals import goals_of, mentor_of
from lti_mentoring.services import closings
from lti_mentoring.web.drafts import open_form
from lti_mentoring.web.guards import guarded_by
from lti_mentoring.web.locale import gettext as _
from lti_mentoring.web.notices import say
from lti_mentoring.web.page_forms import typed_version

blueprint = Blueprint("closing", __name__)


@blueprint.route("/closing", methods=["GET", "POST"])
@guarded_by(is_mentee)
def show() -> ResponseReturnValue:
    """What became of my goals, what I take with me, and what comes next; confirming it counts."""
    require(may_look_back(g.actor), "look back before the program is closing")
    goals = closings.open_goals(g.db, g.actor.mentee_id)
    words = words_of(g.db, g.actor.mentee_id)
    form = open_form(closing_form(goals), **asdict(words))
    if not form.validate_on_submit():
        return _page(form, goals, words)
    was_done = closings.is_done(g.db, g.actor.mentee_id)
    closings.close(g.db, g.actor, form.draft(), typed_version())
    say(_("Saved.") if was_done else _("You have looked back. It counts from now on."))
    return redirect(url_for("my_engagement.show"), code=303)


def _page(form: ClosingForm, goals: Sequence[Goal], words: Words) -> ResponseReturnValue:
    page = render_template(
        "closing/show.html",
        form=form,
        goals=goals,
        words=words,
        done=closings.is_done(g.db, g.actor.mentee_id),
        may_write=may_write_closing(g.actor),
        mentor=mentor_of(g.db, g.actor),
        over=[goal for goal in goals_of(g.db, g.actor.mentee_id) if goal.is_over],
    )
    return page, 422 if form.errors else 200
