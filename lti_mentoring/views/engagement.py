"""Engagement of the learners: numbers, what waits for the gradebook, and what does not count."""

from flask import Blueprint, g, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import ngettext

from lti_mentoring.forms.engagement import ExemptionForm
from lti_mentoring.forms.pool import wanted_in
from lti_mentoring.grading.reasons import reason_of
from lti_mentoring.policies.program import coordinates, staff
from lti_mentoring.queries import engagement as scores
from lti_mentoring.queries import exemptions as let_off
from lti_mentoring.queries.columns import spare_columns
from lti_mentoring.queries.participants import participant_for
from lti_mentoring.queries.programs import current_program
from lti_mentoring.services import deliveries, exemptions
from lti_mentoring.vocabulary import ParticipantRole
from lti_mentoring.web.charts import bar_chart
from lti_mentoring.web.drafts import open_form
from lti_mentoring.web.guards import guarded_by
from lti_mentoring.web.locale import gettext as _
from lti_mentoring.web.notices import say

blueprint = Blueprint("engagement", __name__)

BAND_LABELS = ("0–19", "20–39", "40–59", "60–79", "80–100")


@blueprint.get("/engagement")
@guarded_by(staff)
def index() -> ResponseReturnValue:
    """Everybody's score, the lowest first, and how its delivery stands."""
    wanted = wanted_in(request.args)
    standing = scores.standing(g.db, g.actor)
    return render_template(
        "engagement/index.html",
        standing=standing,
        found=scores.learners(g.db, g.actor, wanted),
        wanted=wanted,
        groups=standing.groups,
        spare=spare_columns(g.db, g.actor),
        bands=list(zip(BAND_LABELS, standing.bands, strict=True)),
        chart=bar_chart(list(zip(BAND_LABELS, standing.bands, strict=True))),
        reason_of=reason_of,
    )


@blueprint.post("/engagement/send")
@guarded_by(coordinates)
def send() -> ResponseReturnValue:
    """Send everything that waits now."""
    count = deliveries.send_now(g.db, g.actor, current_program(g.db, g.actor))
    if count:
        say(ngettext("%(num)s score is on its way.", "%(num)s scores are on their way.", count))
    else:
        say(_("Everything has been sent already."))
    return redirect(url_for("engagement.index"), code=303)


@blueprint.post("/engagement/columns")
@guarded_by(coordinates)
def make_columns() -> ResponseReturnValue:
    """Make columns that somebody has deleted in the LMS, or that could not be made."""
    if deliveries.make_columns_again(g.db, g.actor, current_program(g.db, g.actor)):
        say(_("The column is being made again. The scores follow by themselves."))
    else:
        say(_("The column is there already."))
    return redirect(url_for("engagement.index"), code=303)


@blueprint.post("/engagement/columns/remove")
@guarded_by(coordinates)
def remove_columns() -> ResponseReturnValue:
    """Take columns out of the gradebook that the program does not post to any more."""
    if deliveries.remove_columns(g.db, g.actor, current_program(g.db, g.actor)):
        say(_("The column is being removed from the gradebook."))
    else:
        say(_("There is no column to remove."))
    return redirect(url_for("engagement.index"), code=303)


@blueprint.get("/engagement/<int:participant_id>")
@guarded_by(staff)
def learner(participant_id: int) -> ResponseReturnValue:
    """Why one learner's score is what it is, in dates and counts."""
    return render_template(
        "engagement/learner.html",
        row=scores.learner(g.db, g.actor, participant_id),
        facts=scores.facts(g.db, participant_id),
        exemptions=let_off.exemptions(g.db, participant_id),
        overrides=scores.overrides(g.db, g.actor, participant_id),
        decided_by=let_off.decided_by(g.db, g.actor, participant_id),
        reason_of=reason_of,
    )


@blueprint.post("/engagement/<int:participant_id>/send")
@guarded_by(coordinates)
def send_again(participant_id: int) -> ResponseReturnValue:
    """Try one learner's refused score again."""
    row = scores.learner(g.db, g.actor, participant_id)
    cells = scores.publication_ids(g.db, g.actor, participant_id)
    deliveries.send_again(g.db, g.actor, participant_id, cells)
    say(_("The score of %(name)s is on its way again.", name=row.name))
    where = url_for("engagement.learner", participant_id=participant_id)
    return redirect(where, code=303)


@blueprint.post("/engagement/<int:participant_id>/resume")
@guarded_by(coordinates)
def resume(participant_id: int) -> ResponseReturnValue:
    """Send one learner's score though the LMS shows another grade."""
    row = scores.learner(g.db, g.actor, participant_id)
    cells = scores.publication_ids(g.db, g.actor, participant_id)
    if deliveries.resume_sending(g.db, g.actor, participant_id, cells):
        say(_("The score of %(name)s is sent again from now on.", name=row.name))
    else:
        say(_("The score of %(name)s is being sent already.", name=row.name))
    where = url_for("engagement.learner", participant_id=participant_id)
    return redirect(where, code=303)


@blueprint.route("/engagement/<int:participant_id>/exempt", methods=["GET", "POST"])
@guarded_by(coordinates)
def exempt(participant_id: int) -> ResponseReturnValue:
    """Let something off for a learner."""
    learner = participant_for(g.db, g.actor, participant_id, ParticipantRole.MENTEE)
    form = open_form(ExemptionForm)
    if not form.validate_on_submit():
        page = render_template(
            "engagement/exempt.html",
            form=form,
            participant_id=participant_id,
            name=learner.membership.user.display_name,
        )
        return page, 422 if form.is_submitted() else 200
    exemptions.grant(g.db, g.actor, learner, form.draft())
    say(_("Saved. The score follows at once."))
    return redirect(url_for("engagement.learner", participant_id=participant_id), code=303)


@blueprint.post("/engagement/exemptions/<int:exemption_id>/end")
@guarded_by(coordinates)
def take_back(exemption_id: int) -> ResponseReturnValue:
    """It counts again."""
    exemption = let_off.exemption_for(g.db, g.actor, exemption_id)
    exemptions.take_back(g.db, g.actor, exemption)
    say(_("It counts again. The score follows at once."))
    where = url_for("engagement.learner", participant_id=exemption.participant_id)
    return redirect(where, code=303)
