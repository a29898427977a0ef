"""The mentor directory: cards that say why, asking one, and ranking up to five."""

from flask import Blueprint, g, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from lti_mentoring.core import clock
from lti_mentoring.core.errors import GroupsApart
from lti_mentoring.forms.fields import CADENCE_NAMES, MODE_NAMES, language_name
from lti_mentoring.forms.mentors import AskForm, RankForm
from lti_mentoring.models import Participant
from lti_mentoring.policies.program import is_mentee, sees_program
from lti_mentoring.queries.mentors import MentorCard, directory
from lti_mentoring.queries.participants import participant_for
from lti_mentoring.services import mentor_requests
from lti_mentoring.vocabulary import ParticipantRole, RequestState
from lti_mentoring.web.drafts import open_form
from lti_mentoring.web.guards import guarded_by
from lti_mentoring.web.locale import gettext as _
from lti_mentoring.web.notices import say

blueprint = Blueprint("mentors", __name__)


@blueprint.get("/mentors")
@guarded_by(sees_program)
def index() -> ResponseReturnValue:
    """Every mentor in the pool, the best fit first."""
    found = directory(g.db, g.actor, clock.now())
    topic = request.args.get("topic", type=int)
    language = request.args.get("language") or None
    return render_template(
        "mentors/index.html",
        everybody=found,
        shown=found.only(topic, language),
        chosen_topic=topic,
        chosen_language=language,
        **_words(),
    )


@blueprint.route("/mentors/<int:mentor_id>/ask", methods=["GET", "POST"])
@guarded_by(is_mentee)
def ask(mentor_id: int) -> ResponseReturnValue:
    """Ask one mentor, with a note."""
    found = directory(g.db, g.actor, clock.now())
    card = found.card(mentor_id)
    if not card.fits_groups:
        raise GroupsApart
    starter = _("Hello %(name)s, I would like your help with …", name=card.short_name)
    form = open_form(AskForm, note=starter)
    if not form.validate_on_submit():
        page = render_template("mentors/ask.html", form=form, card=card, found=found, **_words())
        return page, 422 if form.errors else 200
    (made,) = mentor_requests.ask(g.db, g.actor, [_mentor(mentor_id)], form.draft())
    if made.state is RequestState.SENT:
        say(_("%(name)s has been asked.", name=card.short_name))
    else:
        say(_("%(name)s is on your list and is asked when it is their turn.", name=card.short_name))
    return redirect(url_for("requests.mine"), code=303)


@blueprint.route("/mentors/choices", methods=["GET", "POST"])
@guarded_by(is_mentee)
def choices() -> ResponseReturnValue:
    """Give up to five mentors a place; the request travels from one to the next."""
    found = directory(g.db, g.actor, clock.now())
    cards = [card for card in found.cards if _can_be_chosen(card)]
    form = open_form(RankForm, note=_("Hello, I would like your help with …"))
    form.take_ranks(request.form, [card.participant_id for card in cards])
    if not form.validate_on_submit():
        page = render_template("mentors/choices.html", form=form, cards=cards, found=found)
        return page, 422 if form.errors else 200
    chosen = [_mentor(mentor_id) for mentor_id in form.in_order]
    mentor_requests.ask(g.db, g.actor, chosen, form.draft())
    first = found.card(form.in_order[0])
    say(_("%(name)s is asked first.", name=first.short_name))
    return redirect(url_for("requests.mine"), code=303)


def _can_be_chosen(card: MentorCard) -> bool:
    return card.seats_left > 0 and card.asked is None and card.fits_groups


def _mentor(mentor_id: int) -> Participant:
    return participant_for(g.db, g.actor, mentor_id, ParticipantRole.MENTOR)


def _words() -> dict[str, object]:
    return {
        "language_name": language_name,
        "mode_names": MODE_NAMES,
        "cadence_names": CADENCE_NAMES,
    }
