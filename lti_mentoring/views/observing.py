"""An observer's only page: those whom they follow, and what these let them see."""

from flask import Blueprint, g, render_template, request
from flask.typing import ResponseReturnValue

from lti_mentoring.forms.pool import wanted_in
from lti_mentoring.policies.observing import observes
from lti_mentoring.queries.observing import followed
from lti_mentoring.web.guards import guarded_by

blueprint = Blueprint("observing", __name__)


@blueprint.get("/observing")
@guarded_by(observes)
def show() -> ResponseReturnValue:
    """Nothing that a learner has not allowed; numbers where one has."""
    found = followed(g.db, g.actor, wanted_in(request.args).page)
    return render_template("observing/show.html", found=found)
