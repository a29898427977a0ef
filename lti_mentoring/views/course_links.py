"""The links of the course that open the tool, and who can open them in the LMS."""

from flask import Blueprint, g, redirect, render_template, url_for
from flask.typing import ResponseReturnValue

from lti_mentoring.policies.program import staff
from lti_mentoring.queries.course_links import course_links
from lti_mentoring.services import link_rosters
from lti_mentoring.web.contents import ENTRIES
from lti_mentoring.web.guards import guarded_by
from lti_mentoring.web.locale import gettext as _
from lti_mentoring.web.notices import say
from lti_mentoring.web.spans import ago

blueprint = Blueprint("course_links", __name__)


@blueprint.get("/links")
@guarded_by(staff)
def index() -> ResponseReturnValue:
    """Every link with what it opens, and who the LMS says can open it."""
    found = course_links(g.db, g.actor)
    return render_template("course_links/index.html", found=found, entries=ENTRIES, ago=ago)


@blueprint.post("/links/openers")
@guarded_by(staff)
def ask() -> ResponseReturnValue:
    """Ask the LMS who can open the links, soon."""
    if link_rosters.ask(g.db, g.actor):
        say(_("The LMS is asked in a moment. Open this page again to see what it says."))
    else:
        say(_("This LMS does not say who can open a link."))
    return redirect(url_for("course_links.index"), code=303)
