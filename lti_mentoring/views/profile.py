"""A mentor's own card: apply, accept or decline an invitation, describe, pause, come back."""

from typing import Any

from flask import Blueprint, g, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import ngettext

from lti_mentoring.forms.fields import language_choices
from lti_mentoring.forms.mentors import CardForm
from lti_mentoring.forms.programs import zone_choices
from lti_mentoring.policies.program import is_mentor, may_mentor
from lti_mentoring.queries.intakes import OwnCard, card_of
from lti_mentoring.queries.programs import current_program
from lti_mentoring.rules.mentor_steps import IN_POOL
from lti_mentoring.services import mentor_profiles
from lti_mentoring.vocabulary import MentorSource, MentorState
from lti_mentoring.web.drafts import open_form
from lti_mentoring.web.guards import guarded_by
from lti_mentoring.web.locale import gettext as _
from lti_mentoring.web.notices import say

blueprint = Blueprint("profile", __name__)


@blueprint.get("/mentor")
@guarded_by(may_mentor)
def show() -> ResponseReturnValue:
    """Where I stand as a mentor, and what I can do."""
    return render_template(
        "profile/show.html", card=card_of(g.db, g.actor), program=current_program(g.db, g.actor)
    )


@blueprint.route("/mentor/card", methods=["GET", "POST"])
@guarded_by(may_mentor)
def edit() -> ResponseReturnValue:
    """My card, all on one page; for applicants it is the application."""
    card = card_of(g.db, g.actor)
    program = current_program(g.db, g.actor)
    is_new = card.profile is None or card.profile.state not in IN_POOL
    is_known = card.profile is not None and card.profile.state in mentor_profiles.NOT_YET
    if is_new and not is_known and program.mentor_source is MentorSource.NOMINATION:
        return redirect(url_for("profile.show"), code=303)
    form = _form(card)
    if not form.validate_on_submit():
        page = render_template("profile/edit.html", form=form, card=card, is_new=is_new)
        return page, 422 if form.errors else 200
    saved = mentor_profiles.save_card(
        g.db, g.actor, form.draft(), version=form.typed_version, hand_in=is_new
    )
    say(_saved(saved.state, is_new=is_new))
    return redirect(url_for("profile.show"), code=303)


def _form(card: OwnCard) -> CardForm:
    zone = card.answers.time_zone or g.actor.time_zone
    form = open_form(CardForm, **_stored(card), time_zone=zone)
    form.offer(card.answers.topics)
    known = card.profile.languages if card.profile else ()
    form.languages.choices = language_choices(g.actor.locale, *known)
    form.time_zone.choices = zone_choices(zone)
    return form


def _stored(card: OwnCard) -> dict[str, Any]:
    profile = card.profile
    own = (g.actor.locale or "en").replace("_", "-").split("-")[0]
    if profile is None:
        return {"languages": [own]}
    return {
        "version": profile.version,
        "headline": profile.headline,
        "how_i_help": profile.how_i_help,
        "topics": card.answers.wants,
        "capacity": profile.capacity,
        "modes": profile.modes,
        **({"cadence": profile.cadence.value} if profile.cadence else {}),
        "languages": profile.languages or [own],
        "week": card.answers.cells,
    }


def _saved(state: MentorState, *, is_new: bool) -> str:
    if not is_new:
        return _("Your card is changed.")
    if state is MentorState.ACTIVE:
        return _("Welcome. Learners can find you from now on.")
    return _("Thank you. A coordinator reads your card and answers you here.")


@blueprint.post("/mentor/accept")
@guarded_by(is_mentor)
def accept() -> ResponseReturnValue:
    """Say yes to the invitation; the card comes next."""
    mentor_profiles.accept_invitation(g.db, g.actor)
    return redirect(url_for("profile.edit"), code=303)


@blueprint.post("/mentor/decline")
@guarded_by(is_mentor)
def decline() -> ResponseReturnValue:
    """Not this time."""
    mentor_profiles.decline_invitation(g.db, g.actor)
    say(_("Thank you for telling us. You can change your mind at any time."))
    return redirect(url_for("profile.show"), code=303)


@blueprint.post("/mentor/withdraw")
@guarded_by(is_mentor)
def withdraw() -> ResponseReturnValue:
    """Take the application back."""
    mentor_profiles.withdraw(g.db, g.actor)
    say(_("Your application is taken back."))
    return redirect(url_for("profile.show"), code=303)


@blueprint.post("/mentor/pause")
@guarded_by(is_mentor)
def pause() -> ResponseReturnValue:
    """No new requests for a while."""
    moved = mentor_profiles.pause(g.db, g.actor)
    sentence = _("Your list is paused. Your mentees stay.")
    if moved:
        sentence = ngettext(
            "Your list is paused. %(num)s learner who waited goes on to the next choice.",
            "Your list is paused. %(num)s learners who waited go on to their next choice.",
            moved,
        )
    say(sentence)
    return redirect(url_for(_back()), code=303)


@blueprint.post("/mentor/resume")
@guarded_by(is_mentor)
def resume() -> ResponseReturnValue:
    """New requests are welcome again."""
    mentor_profiles.resume(g.db, g.actor)
    say(_("Learners can ask you again."))
    return redirect(url_for(_back()), code=303)


def _back() -> str:
    return "requests.inbox" if request.form.get("from") == "inbox" else "profile.show"
