"""Pairs, in facts: bring two people together, see how it goes, end it, settle a dispute."""

from collections.abc import Iterable

from flask import Blueprint, g, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from lti_mentoring.core import clock
from lti_mentoring.forms.fields import language_name
from lti_mentoring.forms.pool import BulkForm, wanted_in
from lti_mentoring.policies.program import coordinates, staff
from lti_mentoring.queries import learners
from lti_mentoring.queries.lists import Wanted
from lti_mentoring.queries.pairings import pairing_for
from lti_mentoring.queries.pairs import choice_for, dispute_for, pair_row, pairs, sessions_of
from lti_mentoring.queries.participants import participant_for
from lti_mentoring.services import attendances, pairings
from lti_mentoring.vocabulary import EndReason, PairingOrigin, ParticipantRole, SessionState
from lti_mentoring.web.guards import guarded_by
from lti_mentoring.web.notices import say

blueprint = Blueprint("pairs", __name__)


@blueprint.get("/pairs")
@guarded_by(staff)
def index() -> ResponseReturnValue:
    """Who works with whom, since when, and how often they met."""
    wanted = wanted_in(request.args)
    found = pairs(g.db, g.actor, wanted, clock.now())
    return render_template("pairs/index.html", found=found, wanted=wanted)


@blueprint.get("/pairs/new")
@guarded_by(coordinates)
def waiting() -> ResponseReturnValue:
    """Learners without a mentor: for whom shall one be found?"""
    page = wanted_in(request.args).page
    found = learners.learners(g.db, g.actor, Wanted(state="unpaired", page=page))
    return render_template("pairs/waiting.html", found=found)


@blueprint.get("/pairs/new/<int:mentee_id>")
@guarded_by(coordinates)
def choose(mentee_id: int) -> ResponseReturnValue:
    """Mentors for one learner, the best fit first, with reasons."""
    choice = choice_for(g.db, g.actor, mentee_id, clock.now())
    show_all = "all" in request.args
    return render_template(
        "pairs/choose.html", choice=choice, show_all=show_all, language_names=_language_names
    )


@blueprint.post("/pairs/new/<int:mentee_id>/<int:mentor_id>")
@guarded_by(coordinates)
def pair(mentee_id: int, mentor_id: int) -> ResponseReturnValue:
    """The two belong together now."""
    mentee = participant_for(g.db, g.actor, mentee_id, ParticipantRole.MENTEE)
    mentor = participant_for(g.db, g.actor, mentor_id, ParticipantRole.MENTOR)
    pairings.pair(g.db, g.actor, mentee, mentor, PairingOrigin.COORDINATOR)
    say(
        _(
            "%(mentee)s and %(mentor)s are a pair now. It begins when both have signed.",
            mentee=mentee.membership.user.display_name,
            mentor=mentor.membership.user.display_name,
        )
    )
    return redirect(url_for("pairs.waiting"), code=303)


@blueprint.get("/pairs/<int:pairing_id>")
@guarded_by(staff)
def show(pairing_id: int) -> ResponseReturnValue:
    """One pair in facts: states and dates, no content."""
    row = pair_row(g.db, g.actor, pairing_id, clock.now())
    return render_template("pairs/show.html", row=row, sessions=sessions_of(g.db, pairing_id))


@blueprint.route("/pairs/<int:pairing_id>/end", methods=["GET", "POST"])
@guarded_by(coordinates)
def end(pairing_id: int) -> ResponseReturnValue:
    """What ending a pair means, and the button that ends it."""
    row = pair_row(g.db, g.actor, pairing_id, clock.now())
    form = BulkForm()
    if not form.validate_on_submit():
        status = 422 if form.is_submitted() else 200
        return render_template("pairs/end.html", row=row, form=form), status
    pairing = pairing_for(g.db, g.actor, pairing_id)
    reason = EndReason.NO_FIT if row.wants_change else EndReason.COORDINATOR
    pairings.end(g.db, g.actor, pairing, reason)
    say(_("%(mentee)s and %(mentor)s are no pair any more.", mentee=row.mentee, mentor=row.mentor))
    return redirect(url_for("pairs.index"), code=303)


@blueprint.get("/pairs/disputes/<int:session_id>")
@guarded_by(staff)
def dispute(session_id: int) -> ResponseReturnValue:
    """Two different answers about one session, side by side."""
    found = dispute_for(g.db, g.actor, session_id)
    return render_template("pairs/dispute.html", dispute=found, form=BulkForm())


@blueprint.post(
    "/pairs/disputes/<int:session_id>"
    "/<any(held, missed_by_mentee, missed_by_mentor, missed_by_both):state>"
)
@guarded_by(coordinates)
def settle(session_id: int, state: str) -> ResponseReturnValue:
    """What the coordinator decides counts from now on."""
    found = dispute_for(g.db, g.actor, session_id)
    attendances.settle_dispute(g.db, g.actor, found.session, SessionState(state))
    say(_("Settled. The learner’s score follows."))
    return redirect(url_for("today.show"), code=303)


def _language_names(codes: Iterable[str]) -> str:
    return ", ".join(language_name(code) for code in codes)
