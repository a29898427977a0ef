"""Get started: a learner's three short steps, with a live count of mentors who cover them."""

from typing import Any

from flask import Blueprint, g, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from lti_mentoring.forms.fields import language_choices
from lti_mentoring.forms.intake import IntakeForm, TimesForm, WantsForm, WaysForm
from lti_mentoring.forms.programs import zone_choices
from lti_mentoring.policies.program import may_learn
from lti_mentoring.queries.contents import opening_of
from lti_mentoring.queries.intakes import Answers, answers_of
from lti_mentoring.queries.mentors import Asking, covering
from lti_mentoring.rules.availability import windows_from_cells
from lti_mentoring.services import intakes
from lti_mentoring.services.availability import CELL_MINUTES
from lti_mentoring.vocabulary import IntakeState
from lti_mentoring.web.contents import ENTRIES
from lti_mentoring.web.drafts import open_form
from lti_mentoring.web.guards import guarded_by
from lti_mentoring.web.locale import gettext as _
from lti_mentoring.web.notices import say

blueprint = Blueprint("intake", __name__)

STEPS = ("intake.wants", "intake.ways", "intake.times")


@blueprint.get("/get-started")
@guarded_by(may_learn)
def show() -> ResponseReturnValue:
    """The step at which the learner is."""
    step = answers_of(g.db, g.actor).next_step
    return redirect(url_for(STEPS[step - 1]), code=303)


@blueprint.route("/get-started/topics", methods=["GET", "POST"])
@guarded_by(may_learn)
def wants() -> ResponseReturnValue:
    """Step 1: what I want."""
    answers = answers_of(g.db, g.actor)
    stored = {"goal_text": answers.intake.goal_text} if answers.intake else {}
    form = open_form(WantsForm, topics=answers.wants, version=_version(answers), **stored)
    form.offer(answers.topics)
    if not form.validate_on_submit():
        return _page("intake/wants.html", 1, form, answers)
    intakes.save_wants(g.db, g.actor, form.draft(), form.typed_version)
    return redirect(url_for("intake.ways"), code=303)


@blueprint.route("/get-started/ways", methods=["GET", "POST"])
@guarded_by(may_learn)
def ways() -> ResponseReturnValue:
    """Step 2: how I like to work."""
    answers = answers_of(g.db, g.actor)
    if answers.intake is None:
        return redirect(url_for("intake.wants"), code=303)
    form = open_form(WaysForm, version=_version(answers), **_ways_so_far(answers))
    form.languages.choices = language_choices(g.actor.locale, *answers.intake.languages)
    if not form.validate_on_submit():
        return _page("intake/ways.html", 2, form, answers)
    intakes.save_ways(g.db, g.actor, form.draft(), form.typed_version)
    return redirect(url_for("intake.times"), code=303)


def _ways_so_far(answers: Answers) -> dict[str, Any]:
    intake = answers.intake
    own = (g.actor.locale or "en").replace("_", "-").split("-")[0]
    if intake is None or intake.cadence is None:
        return {"languages": [own]}
    return {"modes": intake.modes, "cadence": intake.cadence.value, "languages": intake.languages}


@blueprint.route("/get-started/times", methods=["GET", "POST"])
@guarded_by(may_learn)
def times() -> ResponseReturnValue:
    """Step 3: when I can."""
    answers = answers_of(g.db, g.actor)
    if answers.next_step < len(STEPS):
        return redirect(url_for("intake.show"), code=303)
    zone = answers.time_zone or g.actor.time_zone
    form = open_form(TimesForm, version=_version(answers), week=answers.cells, time_zone=zone)
    form.time_zone.choices = zone_choices(zone)
    if not form.validate_on_submit():
        return _page("intake/times.html", 3, form, answers)
    was_done = answers.intake is not None and answers.intake.state is IntakeState.SUBMITTED
    intakes.submit_times(g.db, g.actor, form.draft(), form.typed_version)
    if was_done:
        say(_("Your answers are changed."))
        return redirect(url_for("home.show"), code=303)
    return _onwards()


def _onwards() -> ResponseReturnValue:
    """To what the learner had opened and was sent here from, else to the mentors."""
    opening = opening_of(g.unit.connection, g.sign_in.key, g.actor)
    if opening is None or not ENTRIES[opening.kind].needs_start:
        say(_("Done. These mentors could fit you."))
        return redirect(url_for("mentors.index"), code=303)
    say(_("Done. Here is what you had opened."))
    return redirect(url_for("contents.open_item"), code=303)


@blueprint.get("/get-started/count")
@guarded_by(may_learn)
def count() -> ResponseReturnValue:
    """How many mentors cover what is chosen right now, as a line to put into the page."""
    answers = answers_of(g.db, g.actor)
    typed = _typed_step()
    return render_template(
        "intake/_count.html",
        count=_covering(answers, typed),
        chosen=_has_chosen(answers, typed),
    )


def _version(answers: Answers) -> int | None:
    return answers.intake.version if answers.intake else None


def _has_chosen(answers: Answers, form: IntakeForm | None) -> bool:
    """Whether there is a topic to cover; until then mentors are counted, not their topics."""
    return bool(form.topics.data if isinstance(form, WantsForm) else answers.wants)


def _covering(answers: Answers, form: IntakeForm | None) -> int:
    """The count for what is typed, and for what is stored where nothing is typed."""
    typed = form
    topics, windows = answers.wants, answers.windows
    languages = answers.intake.languages if answers.intake else ()
    if isinstance(typed, WantsForm):
        topics = typed.topics.data
    if isinstance(typed, WaysForm):
        languages = typed.languages.data or ()
    if isinstance(typed, TimesForm) and _is_zone(typed.time_zone.data):
        cells = windows_from_cells(typed.week.data, CELL_MINUTES, typed.time_zone.data)
        windows = tuple(cells)
    return covering(g.db, g.actor, Asking(topics, languages, windows))


def _is_zone(name: str | None) -> bool:
    return name in {choice.value for choice in zone_choices(None)}


def _typed_step() -> IntakeForm | None:
    forms = {"1": WantsForm, "2": WaysForm, "3": TimesForm}
    form_class = forms.get(request.args.get("step", ""))
    return form_class(formdata=request.args, meta={"csrf": False}) if form_class else None


def _page(template: str, step: int, form: IntakeForm, answers: Answers) -> ResponseReturnValue:
    page = render_template(
        template,
        form=form,
        step=step,
        answers=answers,
        count=_covering(answers, form),
        chosen=_has_chosen(answers, form),
    )
    return page, 422 if form.errors else 200
