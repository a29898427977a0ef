"""A learner's record, opened from the cell of the gradebook (submission review)."""

from flask import Blueprint, g, redirect, render_template, url_for
from flask.typing import ResponseReturnValue

from lti_mentoring.policies.program import is_mentee, staff
from lti_mentoring.queries import engagement as scores
from lti_mentoring.queries.records import record_of
from lti_mentoring.web.guards import guarded_by

blueprint = Blueprint("records", __name__)


@blueprint.get("/records/<int:membership_id>")
@guarded_by(lambda _actor: True)
def show(membership_id: int) -> ResponseReturnValue:
    """What staff may know of one learner. Everybody else sees only their own (LTI-140)."""
    if not staff(g.actor):
        own = "my_engagement.show" if is_mentee(g.actor) else "home.show"
        return redirect(url_for(own), code=303)
    record = record_of(g.db, g.actor, membership_id)
    if record is None:
        return render_template("records/nothing.html"), 404
    return render_template(
        "records/show.html",
        record=record,
        row=scores.learner(g.db, g.actor, record.participant_id),
        facts=scores.facts(g.db, record.participant_id),
    )
