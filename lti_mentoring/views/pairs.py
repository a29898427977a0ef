"""Pairs, in facts: bring two people together, see how it goes, end it, settle a dispute."""

from collections.abc import Iterable
from dataclasses import replace

from flask import Blueprint, g, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_wtf import FlaskForm

from lti_mentoring.core import clock
from lti_mentoring.core.errors import Conflict
from lti_mentoring.forms.fields import language_name
from lti_mentoring.forms.pairings import AgainForm, DespiteForm
from lti_mentoring.forms.pool import BulkForm, wanted_in
from lti_mentoring.policies.program import coordinates, staff
from lti_mentoring.queries import learners
from lti_mentoring.queries.closings import decision_counts, decisions
from lti_mentoring.queries.groups import groups_of_course
from lti_mentoring.queries.pair_choices import choice_for
from lti_mentoring.queries.pairings import doubt_about, pairing_for
from lti_mentoring.queries.pairs import (
    PairRow,
    dispute_for,
    pair_row,
    pairs,
    sessions_of,
)
from lti_mentoring.queries.participants import participant_for
from lti_mentoring.services import attendances, pairings
from lti_mentoring.vocabulary import (
    EndReason,
    PairingOrigin,
    PairingState,
    ParticipantRole,
    SessionState,
)
from lti_mentoring.web.guards import guarded_by
from lti_mentoring.web.locale import gettext as _
from lti_mentoring.web.notices import say

blueprint = Blueprint("pairs", __name__)


@blueprint.get("/pairs")
@guarded_by(staff)
def index() -> ResponseReturnValue:
    """Who works with whom, since when, and how often they met."""
    wanted = wanted_in(request.args)
    return render_template(
        "pairs/index.html",
        found=pairs(g.db, g.actor, wanted, clock.now()),
        wanted=wanted,
        groups=groups_of_course(g.db, g.actor),
        decided=decision_counts(g.db, g.actor) if coordinates(g.actor) else {},
    )


@blueprint.get("/pairs/next")
@guarded_by(coordinates)
def following() -> ResponseReturnValue:
    """How learners want to go on after the program: what they chose, never what they wrote."""
    return render_template("pairs/following.html", decided=decisions(g.db, g.actor))


@blueprint.get("/pairs/new")
@guarded_by(coordinates)
def waiting() -> ResponseReturnValue:
    """Learners without a mentor: for whom shall one be found?"""
    wanted = replace(wanted_in(request.args), state="unpaired")
    return render_template(
        "pairs/waiting.html",
        found=learners.learners(g.db, g.actor, wanted),
        wanted=wanted,
        groups=groups_of_course(g.db, g.actor),
    )


@blueprint.get("/pairs/new/<int:mentee_id>")
@guarded_by(coordinates)
def choose(mentee_id: int) -> ResponseReturnValue:
    """Mentors for one learner, the best fit first, with reasons."""
    wanted = wanted_in(request.args)
    choice = choice_for(g.db, g.actor, mentee_id, clock.now())
    known = {group.id: group for one in choice.candidates for group in one.groups}
    return render_template(
        "pairs/choose.html",
        choice=choice.of_group(wanted.group),
        wanted=wanted,
        groups=sorted(known.values(), key=lambda group: (not group.name, group.name, group.id)),
        show_all="all" in request.args,
        language_names=_language_names,
    )


@blueprint.route("/pairs/new/<int:mentee_id>/<int:mentor_id>", methods=["GET", "POST"])
@guarded_by(coordinates)
def pair(mentee_id: int, mentor_id: int) -> ResponseReturnValue:
    """The two belong together now; where something speaks against it, that is said before."""
    mentee = participant_for(g.db, g.actor, mentee_id, ParticipantRole.MENTEE)
    mentor = participant_for(g.db, g.actor, mentor_id, ParticipantRole.MENTOR)
    names = {
        "mentee": mentee.membership.user.display_name,
        "mentor": mentor.membership.user.display_name,
    }
    doubt = doubt_about(g.db, mentee_id, mentor_id)
    if request.method == "GET" and not doubt.is_there:
        return redirect(url_for("pairs.choose", mentee_id=mentee_id), code=303)
    form = AgainForm() if doubt.parted else DespiteForm()
    if doubt.is_there and not form.validate_on_submit():
        facts = {"doubt": doubt, "mentee_id": mentee_id, **names}
        return render_template("pairs/again.html", form=form, **facts), _shown(form)
    again = form.draft() if doubt.parted else None
    despite = pairings.Despite(again, groups=doubt.apart)
    pairings.pair(g.db, g.actor, mentee, mentor, PairingOrigin.COORDINATOR, despite)
    say(_("%(mentee)s and %(mentor)s are a pair now. It begins when both have signed.", **names))
    return redirect(url_for("pairs.waiting"), code=303)


def _shown(form: FlaskForm) -> int:
    return 422 if form.errors else 200


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
    pairings.end(g.db, g.actor, pairing, _reason(row))
    say(_("%(mentee)s and %(mentor)s are no pair any more.", mentee=row.mentee, mentor=row.mentor))
    return redirect(url_for("pairs.index"), code=303)


@blueprint.post("/pairs/<int:pairing_id>/go-on")
@guarded_by(coordinates)
def go_on(pairing_id: int) -> ResponseReturnValue:
    """The two cannot go on as they are: the pair ends, and its learner gets somebody else."""
    row = pair_row(g.db, g.actor, pairing_id, clock.now())
    if not row.is_broken:
        raise Conflict("this pair goes on")
    pairings.end(g.db, g.actor, pairing_for(g.db, g.actor, pairing_id), _reason(row))
    if not row.learner_is_here:
        say(_("The seat of %(mentor)s is free again.", mentor=row.mentor))
        return redirect(url_for("pairs.index"), code=303)
    say(_("%(mentee)s comes first. These mentors could help now.", mentee=row.mentee))
    return redirect(url_for("pairs.choose", mentee_id=row.mentee_id), code=303)


def _reason(row: PairRow) -> EndReason:
    if row.state is PairingState.INTERRUPTED:
        return EndReason.LEFT_COURSE
    return EndReason.NO_FIT if row.wants_change else EndReason.COORDINATOR


@blueprint.get("/pairs/disputes/<int:session_id>")
@guarded_by(staff)
def dispute(session_id: int) -> ResponseReturnValue:
    """Two different answers about one session, side by side."""
    found = dispute_for(g.db, g.actor, session_id)
    if found.session.state is not SessionState.DISPUTED and not (
        found.by_mentee or found.by_mentor
    ):
        return redirect(url_for("pairs.show", pairing_id=found.session.pairing_id), code=303)
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
