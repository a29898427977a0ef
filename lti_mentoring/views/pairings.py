"""One pairing: the agreement, the trial with its private fit check, and how it ends."""

from flask import Blueprint, g, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from lti_mentoring.core import clock
from lti_mentoring.core.errors import Stale
from lti_mentoring.forms.fields import MODE_NAMES, language_name
from lti_mentoring.forms.pairings import FitForm, PartForm, SignForm
from lti_mentoring.models import Pairing
from lti_mentoring.policies.actor import require
from lti_mentoring.policies.pairing import is_in, may_end, may_see_facts
from lti_mentoring.policies.program import sees_program, takes_part
from lti_mentoring.queries.pairing_pages import PairingPage, page_of, work_of
from lti_mentoring.queries.pairings import pairing_for
from lti_mentoring.services import agreements, pairings
from lti_mentoring.services.program_effects import held_until
from lti_mentoring.vocabulary import EndReason, FitAnswer, PairingState
from lti_mentoring.web import locale
from lti_mentoring.web.drafts import open_form
from lti_mentoring.web.guards import guarded_by
from lti_mentoring.web.locale import gettext as _
from lti_mentoring.web.notices import say
from lti_mentoring.web.page_forms import typed_version

blueprint = Blueprint("pairings", __name__)


@blueprint.get("/pairings/<int:pairing_id>")
@guarded_by(sees_program)
def show(pairing_id: int) -> ResponseReturnValue:
    """The pairing's page; staff see facts only."""
    page = _page(pairing_id)
    require(may_see_facts(g.actor, page.pairing), "open this pairing")
    if page.me is None:
        return render_template("pairings/facts.html", page=page, pairing=page.pairing)
    return _open_page(page)


def _open_page(
    page: PairingPage, sign_form: SignForm | None = None, fit_form: FitForm | None = None
) -> ResponseReturnValue:
    pairing = page.pairing
    answer = page.my_fit.value if page.my_fit else None
    if sign_form is None and not page.i_signed:
        sign_form = open_form(SignForm, path=url_for("pairings.sign", pairing_id=pairing.id))
    work = work_of(g.db, pairing)
    rendered = render_template(
        "pairings/show.html",
        page=page,
        pairing=pairing,
        sign_form=sign_form,
        fit_form=fit_form or FitForm(answer=answer),
        has_trial=pairings.has_trial(pairing.program),
        goals=work.goals,
        actions=work.actions,
        today=clock.now().astimezone(locale.zone()).date(),
        held_until=held_until(g.db, pairing),
        language_name=language_name,
        mode_names=MODE_NAMES,
    )
    failed = (sign_form and sign_form.errors) or (fit_form and fit_form.errors)
    return rendered, 422 if failed else 200


@blueprint.post("/pairings/<int:pairing_id>/sign")
@guarded_by(takes_part)
def sign(pairing_id: int) -> ResponseReturnValue:
    """Sign the agreement by typing one's name."""
    pairing = _mine(pairing_id)
    form = SignForm()
    if not form.validate_on_submit():
        return _open_page(_page(pairing_id), sign_form=form)
    started = agreements.sign(
        g.db, g.actor, pairing, form.signed_name.data.strip(), form.read_version
    )
    say(_("You both have signed. Find a first time to meet.") if started else _("Signed."))
    return _back_to(pairing)


@blueprint.post("/pairings/<int:pairing_id>/fit")
@guarded_by(takes_part)
def fit(pairing_id: int) -> ResponseReturnValue:
    """Answer privately whether it fits."""
    pairing = _mine(pairing_id)
    form = FitForm()
    if not form.validate_on_submit():
        return _open_page(_page(pairing_id), fit_form=form)
    answer = form.draft()
    pairings.answer_fit(g.db, g.actor, pairing, answer)
    if answer is FitAnswer.NOT_A_FIT:
        return redirect(url_for("pairings.end", pairing_id=pairing.id), code=303)
    say(_("Thank you. Only you see your answer."))
    return _back_to(pairing)


@blueprint.route("/pairings/<int:pairing_id>/end", methods=["GET", "POST"])
@guarded_by(takes_part)
def end(pairing_id: int) -> ResponseReturnValue:
    """What ending means, and the button that does it. Nobody is asked why."""
    pairing = _mine(pairing_id)
    form = PartForm(version=pairing.version)
    if not form.validate_on_submit():
        require(may_end(g.actor, pairing), "end this pairing")
        page = _page(pairing_id)
        return render_template("pairings/end.html", form=form, page=page, pairing=pairing)
    if typed_version() != pairing.version:
        raise Stale("pairing")
    reason = _reason(pairing)
    pairings.end(g.db, g.actor, pairing, reason)
    return _farewell(reason, was_mentee=pairing.mentee_id == g.actor.mentee_id)


def _reason(pairing: Pairing) -> EndReason:
    """Finished, if the person says so; otherwise what the states tell: nobody is asked why."""
    if "finished" in request.form and pairing.state is not PairingState.PROPOSED:
        return EndReason.GOALS_REACHED
    if pairing.state is PairingState.INTERRUPTED:
        return EndReason.LEFT_COURSE
    is_mentee = pairing.mentee_id == g.actor.mentee_id
    return EndReason.NO_FIT if is_mentee else EndReason.NO_TIME


def _farewell(reason: EndReason, *, was_mentee: bool) -> ResponseReturnValue:
    if reason is EndReason.GOALS_REACHED:
        say(_("You have finished. What you have reached stays yours."))
        return redirect(url_for("home.show"), code=303)
    if was_mentee:
        say(_("That is settled. Nobody is asked why, and you come first with your next mentor."))
        return redirect(url_for("mentors.index"), code=303)
    say(_("That is settled. Your mentee is helped to a new mentor first."))
    return redirect(url_for("mentees.index"), code=303)


def _page(pairing_id: int) -> PairingPage:
    return page_of(g.db, g.actor, pairing_id, clock.now())


def _mine(pairing_id: int) -> Pairing:
    """The pairing, for one of its two people."""
    pairing = pairing_for(g.db, g.actor, pairing_id)
    require(is_in(g.actor, pairing), "act for this pair")
    return pairing


def _back_to(pairing: Pairing) -> ResponseReturnValue:
    return redirect(url_for("pairings.show", pairing_id=pairing.id), code=303)
