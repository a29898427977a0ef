"""The links of the course that open the tool: where they lead, and who can open them in the LMS."""

from flask import Blueprint, g, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import ngettext

from lti_mentoring.policies.content import may_place
from lti_mentoring.policies.program import staff
from lti_mentoring.queries.course_links import course_links
from lti_mentoring.services import course_links as links
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


@blueprint.post("/links/ask")
@guarded_by(staff)
def ask() -> ResponseReturnValue:
    """Ask the LMS which links there are and who can open them, soon."""
    can_tell = [link_rosters.ask(g.db, g.actor) > 0, links.ask(g.db, g.actor)]
    if any(can_tell):
        say(_("The LMS is asked in a moment. Open this page again to see what it says."))
    else:
        say(_("This LMS does not say who can open a link."))
    return redirect(url_for("course_links.index"), code=303)


@blueprint.post("/links/titles")
@guarded_by(may_place)
def bring_up_to_date() -> ResponseReturnValue:
    """Give links with the program's former name its new one, in the LMS."""
    count = links.bring_titles_up_to_date(g.db, g.actor)
    if count:
        say(
            ngettext(
                "The LMS gets %(num)s new title in a moment.",
                "The LMS gets %(num)s new titles in a moment.",
                count,
            )
        )
    else:
        say(_("All titles are right already."))
    return redirect(url_for("course_links.index"), code=303)


@blueprint.post("/links/<int:link_id>/program")
@guarded_by(may_place)
def lead_to_program(link_id: int) -> ResponseReturnValue:
    """Let a link that leads nowhere open the whole program."""
    links.lead_to_program(g.db, g.actor, link_id)
    say(_("The LMS is told in a moment. From then on the link opens the whole program."))
    return redirect(url_for("course_links.index"), code=303)
