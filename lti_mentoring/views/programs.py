"""Setup wizard and settings of the course's program, its previews, and its way through life."""

from collections.abc import Callable
from typing import Any

from flask import Blueprint, abort, g, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_wtf import FlaskForm

from lti_mentoring.core.errors import NotFound
from lti_mentoring.forms.presets import beginning, preset_name, promise
from lti_mentoring.forms.programs import (
    RUBRIC_PRESET_NAMES,
    CountsForm,
    MentorsForm,
    MoveForm,
    PresetForm,
    PrivacyForm,
    PurposeForm,
    RhythmForm,
    TopicsForm,
)
from lti_mentoring.models import Program
from lti_mentoring.policies.program import coordinates, staff
from lti_mentoring.queries.course_copies import former_program
from lti_mentoring.queries.course_links import stale_titles
from lti_mentoring.queries.groups import in_order
from lti_mentoring.queries.programs import (
    Design,
    current_program,
    design_of,
    has_people,
    topic_names,
)
from lti_mentoring.rules.transitions import may_become
from lti_mentoring.services import program_copies, programs, rubrics
from lti_mentoring.services.programs import OVER, STEPS, Step, missing_for_opening
from lti_mentoring.vocabulary import Preset, ProgramState
from lti_mentoring.web.drafts import open_form
from lti_mentoring.web.guards import guarded_by
from lti_mentoring.web.locale import gettext as _
from lti_mentoring.web.notices import say
from lti_mentoring.web.page_forms import typed_version

blueprint = Blueprint("programs", __name__)

OFFERED = (
    ProgramState.RECRUITING,
    ProgramState.RUNNING,
    ProgramState.PAUSED,
    ProgramState.CLOSING,
    ProgramState.CLOSED,
    ProgramState.DRAFT,
    ProgramState.CANCELLED,
)
"""The order in which the next states of a program are offered."""


@blueprint.get("/program")
@guarded_by(coordinates)
def settings() -> ResponseReturnValue:
    """Everything that was set up, each with its page, and what can happen next."""
    if g.actor.program_state in {None, ProgramState.DRAFT}:
        return redirect(url_for("programs.setup"), code=303)
    design = design_of(g.db, g.actor)
    moves = [s for s in OFFERED if may_become(design.program.state, s)]
    if ProgramState.DRAFT in moves and has_people(g.db, design.program.id):
        moves.remove(ProgramState.DRAFT)
    return render_template(
        "programs/settings.html",
        design=design,
        program=design.program,
        topics=topic_names(g.db, design.program.id),
        audience=in_order([design.program.audience_groups]),
        moves=moves,
        steps=STEPS[:-1],
        stale=len(stale_titles(g.db, g.actor)),
    )


@blueprint.route("/program/setup", methods=["GET", "POST"])
@guarded_by(coordinates)
def setup() -> ResponseReturnValue:
    """The first page of the wizard: four starting points. A draft goes on where it was left."""
    if g.actor.program_state not in {None, *OVER}:
        program = current_program(g.db, g.actor)
        if program.state is not ProgramState.DRAFT:
            return redirect(url_for("programs.settings"), code=303)
        step = STEPS[min(program.setup_step, len(STEPS)) - 1]
        return redirect(url_for(f"programs.{step}"), code=303)
    form = PresetForm()
    if not form.validate_on_submit():
        return _with_status(
            form,
            "programs/setup.html",
            presets=list(Preset),
            name=preset_name,
            promise=promise,
            origin=former_program(g.db, g.actor),
        )
    programs.create_program(g.db, g.actor, beginning(form.chosen()))
    return redirect(url_for("programs.purpose"), code=303)


@blueprint.post("/program/copy")
@guarded_by(coordinates)
def copy() -> ResponseReturnValue:
    """Start from the design of the course that this one is a copy of."""
    origin = former_program(g.db, g.actor)
    if origin is None:
        return redirect(url_for("programs.setup"), code=303)
    program_copies.copy_design(g.db, g.actor, origin)
    say(_("The design is here, with new dates. No people were copied."))
    return redirect(url_for("programs.rhythm"), code=303)


@blueprint.route("/program/purpose", methods=["GET", "POST"])
@guarded_by(coordinates)
def purpose() -> ResponseReturnValue:
    """Step 1: what for, and for whom."""
    return _plain_step("purpose", PurposeForm, programs.change_purpose)


@blueprint.route("/program/rhythm", methods=["GET", "POST"])
@guarded_by(coordinates)
def rhythm() -> ResponseReturnValue:
    """Step 2: when, and how often two people meet."""
    return _plain_step("rhythm", RhythmForm, programs.change_rhythm)


@blueprint.route("/program/topics", methods=["GET", "POST"])
@guarded_by(coordinates)
def topics() -> ResponseReturnValue:
    """Step 3: what mentors can help with."""
    program = current_program(g.db, g.actor)
    stored = "\n".join(topic_names(g.db, program.id))
    form = open_form(TopicsForm, topics=stored, version=program.version)
    if _skips():
        return _skipped(program, "topics")
    if not form.validate_on_submit():
        return _step_page("topics", program, form)
    kept = programs.change_topics(g.db, g.actor, program, form.draft(), typed_version())
    if kept:
        say(_("Kept, because people use it already: %(topics)s.", topics=", ".join(kept)))
    return _saved(program, "topics")


@blueprint.route("/program/mentors", methods=["GET", "POST"])
@guarded_by(coordinates)
def mentors() -> ResponseReturnValue:
    """Step 4: how mentors are found and pairs are made."""
    return _plain_step("mentors", MentorsForm, programs.change_finding)


@blueprint.route("/program/counts", methods=["GET", "POST"])
@guarded_by(coordinates)
def counts() -> ResponseReturnValue:
    """Step 5: what counts for the grade, with a preview of this very cohort before saving."""
    design = design_of(g.db, g.actor)
    form = open_form(CountsForm, obj=design.program, data=design.rubric.weights)
    if request.method == "GET":
        form.start_from(request.args.get("start_from"))
    if _skips():
        return _skipped(design.program, "counts")
    if not form.validate_on_submit() or "preview" in request.form:
        return _counts_page(design, form)
    programs.change_counting(g.db, g.actor, design.program, form.draft(), typed_version())
    return _saved(design.program, "counts")


@blueprint.route("/program/privacy", methods=["GET", "POST"])
@guarded_by(coordinates)
def privacy() -> ResponseReturnValue:
    """Step 6: who sees what, and the agreement."""
    design = design_of(g.db, g.actor)
    form = open_form(PrivacyForm, obj=design.program, data={"agreement": design.agreement.body})
    if _skips():
        return _skipped(design.program, "privacy")
    if not form.validate_on_submit():
        return _step_page("privacy", design.program, form, agreement=design.agreement)
    is_new = programs.change_confidence(
        g.db, g.actor, design.program, form.draft(), typed_version()
    )
    if is_new:
        say(_("The agreement has a new version. New pairs sign it; the others keep theirs."))
    return _saved(design.program, "privacy")


@blueprint.get("/program/check")
@guarded_by(coordinates)
def check() -> ResponseReturnValue:
    """Step 7: everything at a glance, previews, and the button that opens the program."""
    if g.actor.program_state is not ProgramState.DRAFT:
        return redirect(url_for("programs.settings"), code=303)
    design = design_of(g.db, g.actor)
    return render_template(
        "programs/check.html",
        design=design,
        program=design.program,
        topics=topic_names(g.db, design.program.id),
        audience=in_order([design.program.audience_groups]),
        missing=missing_for_opening(design.program, design.agreement, design.rubric),
        steps=STEPS,
        step="check",
        form=MoveForm(),
    )


@blueprint.get("/program/preview/<any(learner, mentor):role>")
@guarded_by(staff)
def preview(role: str) -> ResponseReturnValue:
    """The first screens as a learner or a mentor sees them, with invented people."""
    program = current_program(g.db, g.actor)
    names = topic_names(g.db, program.id)
    return render_template(f"programs/preview_{role}.html", program=program, topics=names)


@blueprint.route("/program/move/<state>", methods=["GET", "POST"])
@guarded_by(coordinates)
def move(state: str) -> ResponseReturnValue:
    """What a new state of the program means, and the button that makes it so."""
    program = current_program(g.db, g.actor)
    wanted = _state_named(state)
    form = MoveForm()
    if not form.validate_on_submit():
        return _with_status(form, "programs/move.html", program=program, wanted=wanted)
    programs.move_program(g.db, g.actor, program, wanted)
    say(_moved_sentence(wanted))
    if wanted in {ProgramState.DRAFT, ProgramState.CANCELLED}:
        return redirect(url_for("programs.setup"), code=303)
    return redirect(url_for("today.show"), code=303)


def _state_named(state: str) -> ProgramState:
    if state not in set(ProgramState):
        raise NotFound("state", state)
    return ProgramState(state)


def _moved_sentence(state: ProgramState) -> str:
    return {
        ProgramState.DRAFT: _("The program is a draft again. Only you see it."),
        ProgramState.RECRUITING: _("The program is open. People of the course can come in now."),
        ProgramState.RUNNING: _("The program is running."),
        ProgramState.PAUSED: _("The program is paused. These days count for nobody."),
        ProgramState.CLOSING: _("The program is coming to its end."),
        ProgramState.CLOSED: _("The program is closed. Everything can still be read."),
        ProgramState.CANCELLED: _("The program is cancelled."),
    }[state]


def _plain_step(
    step: Step, form_class: type[FlaskForm], change: Callable[..., None]
) -> ResponseReturnValue:
    """A step whose form has columns of the program and nothing else."""
    program = current_program(g.db, g.actor)
    form = open_form(form_class, obj=program)
    if _skips():
        return _skipped(program, step)
    if not form.validate_on_submit():
        return _step_page(step, program, form)
    change(g.db, g.actor, program, form.draft(), typed_version())
    return _saved(program, step)


def _skips() -> bool:
    return request.method == "POST" and "skip" in request.form


def _skipped(program: Program, step: Step) -> ResponseReturnValue:
    if program.state is not ProgramState.DRAFT:
        abort(400)
    programs.skip_step(g.db, g.actor, program, step)
    return _saved(program, step)


def _saved(program: Program, step: Step) -> ResponseReturnValue:
    """To the next step while the program is set up, else back to the settings."""
    if program.state is ProgramState.DRAFT:
        following = STEPS[STEPS.index(step) + 1]
        return redirect(url_for(f"programs.{following}"), code=303)
    say(_("Saved."))
    return redirect(url_for("programs.settings"), code=303)


def _step_page(step: Step, program: Program, form: FlaskForm, **facts: Any) -> ResponseReturnValue:
    return _with_status(
        form, f"programs/{step}.html", program=program, step=step, steps=STEPS, **facts
    )


def _counts_page(design: Design, form: CountsForm) -> ResponseReturnValue:
    """The editor; with the effect on everybody's score where that was asked for."""
    effects = None
    if request.method == "POST" and not form.errors:
        effects = rubrics.effects(g.db, g.actor, design.program, form.weights())
    page = render_template(
        "programs/counts.html",
        program=design.program,
        access=design.access,
        step="counts",
        steps=STEPS,
        form=form,
        effects=effects,
        all_weights=rubrics.ALL_WEIGHTS,
        presets=RUBRIC_PRESET_NAMES,
    )
    return page, 422 if form.errors else 200


def _with_status(form: FlaskForm, template: str, **facts: Any) -> ResponseReturnValue:
    """The page with its form; 422 where the form was sent and could not be taken."""
    return render_template(template, form=form, **facts), 422 if form.is_submitted() else 200
