"""Requests: the mentor's inbox with its answers, and the learner's own list."""

from flask import Blueprint, g, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from lti_mentoring.core import clock
from lti_mentoring.forms.fields import CADENCE_NAMES, MODE_NAMES, language_name
from lti_mentoring.forms.mentors import DeclineForm
from lti_mentoring.models import Pairing
from lti_mentoring.policies.actor import require
from lti_mentoring.policies.pairing import may_answer
from lti_mentoring.policies.program import is_mentee, is_mentor
from lti_mentoring.queries.mentor_requests import inbox_of, own_requests, request_for
from lti_mentoring.queries.mentors import others_with_seats
from lti_mentoring.queries.pairings import live_pairing_of_mentee
from lti_mentoring.queries.participants import names, participant_for
from lti_mentoring.services import mentor_requests
from lti_mentoring.services.mentor_requests import Answer
from lti_mentoring.vocabulary import DeclineReason, ParticipantRole, RequestState
from lti_mentoring.web.drafts import open_form
from lti_mentoring.web.guards import guarded_by
from lti_mentoring.web.locale import gettext as _
from lti_mentoring.web.notices import say
from lti_mentoring.web.page_forms import typed_version

blueprint = Blueprint("requests", __name__)


@blueprint.get("/requests")
@guarded_by(is_mentor)
def inbox() -> ResponseReturnValue:
    """Who asks me, what they want, and why we could fit."""
    return render_template(
        "requests/inbox.html",
        inbox=inbox_of(g.db, g.actor, clock.now()),
        language_name=language_name,
        mode_names=MODE_NAMES,
        cadence_names=CADENCE_NAMES,
    )


@blueprint.post("/requests/<int:request_id>/accept")
@guarded_by(is_mentor)
def accept(request_id: int) -> ResponseReturnValue:
    """Say yes; the agreement comes next."""
    asked = request_for(g.db, g.actor, request_id)
    return _accepted(mentor_requests.accept(g.db, g.actor, asked))


@blueprint.post("/requests/<int:request_id>/accept-and-pause")
@guarded_by(is_mentor)
def accept_and_pause(request_id: int) -> ResponseReturnValue:
    """Say yes, and take no more requests for now."""
    asked = request_for(g.db, g.actor, request_id)
    return _accepted(mentor_requests.accept_and_pause(g.db, g.actor, asked))


def _accepted(pairing: Pairing) -> ResponseReturnValue:
    mentee = names(g.db, [pairing.mentee_id])[pairing.mentee_id]
    say(_("%(name)s is your mentee as soon as you both have signed.", name=mentee.short_name))
    return redirect(url_for("pairings.show", pairing_id=pairing.id), code=303)


@blueprint.route("/requests/<int:request_id>/decline", methods=["GET", "POST"])
@guarded_by(is_mentor)
def decline(request_id: int) -> ResponseReturnValue:
    """Say no kindly, maybe with somebody who fits better."""
    asked = request_for(g.db, g.actor, request_id)
    require(may_answer(g.actor, asked), "answer this request")
    if request.method == "GET" and asked.state is not RequestState.SENT:
        return redirect(url_for("requests.inbox"), code=303)  # an old tab: it is answered
    form = open_form(DeclineForm)
    form.offer(others_with_seats(g.db, g.actor, asked.mentee_id), _("Nobody in particular"))
    mentee = names(g.db, [asked.mentee_id])[asked.mentee_id]
    if not form.validate_on_submit():
        page = render_template("requests/decline.html", form=form, mentee=mentee, asked=asked)
        return page, 422 if form.errors else 200
    suggested = None
    if form.suggested.data:
        suggested = participant_for(g.db, g.actor, form.suggested.data, ParticipantRole.MENTOR)
    answer = Answer(DeclineReason(form.reason.data), suggested)
    mentor_requests.decline(g.db, g.actor, asked, answer)
    say(_("%(name)s gets a kind answer from us, without your reason.", name=mentee.short_name))
    return redirect(url_for("requests.inbox"), code=303)


@blueprint.get("/my-requests")
@guarded_by(is_mentee)
def mine() -> ResponseReturnValue:
    """Whom I have asked, and how that stands."""
    pair = live_pairing_of_mentee(g.db, g.actor.mentee_id)
    return render_template("requests/mine.html", requests=own_requests(g.db, g.actor), pair=pair)


@blueprint.post("/my-requests/<int:request_id>/withdraw")
@guarded_by(is_mentee)
def withdraw(request_id: int) -> ResponseReturnValue:
    """Do not ask any more; the next choice is asked."""
    asked = request_for(g.db, g.actor, request_id)
    mentor_requests.withdraw(g.db, g.actor, asked)
    say(_("You do not ask any more."))
    return redirect(url_for("requests.mine"), code=303)


@blueprint.post("/my-requests/<int:request_id>/up")
@guarded_by(is_mentee)
def up(request_id: int) -> ResponseReturnValue:
    """One place up in the list."""
    asked = request_for(g.db, g.actor, request_id)
    mentor_requests.prefer(g.db, g.actor, asked, typed_version())
    return redirect(url_for("requests.mine"), code=303)
