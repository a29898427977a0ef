"""What the groups of the course mean to its program."""

from flask import Blueprint, g, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import ngettext

from lti_mentoring.forms.program_groups import EVERYBODY, SOME, GroupsForm
from lti_mentoring.models import Program
from lti_mentoring.policies.program import coordinates
from lti_mentoring.queries.audiences import CourseGroups, extras, groups_to_choose
from lti_mentoring.queries.programs import current_program
from lti_mentoring.rules.groups import read
from lti_mentoring.services import program_groups
from lti_mentoring.vocabulary import ProgramState
from lti_mentoring.web.drafts import open_form
from lti_mentoring.web.guards import guarded_by
from lti_mentoring.web.locale import gettext as _
from lti_mentoring.web.notices import say
from lti_mentoring.web.page_forms import typed_version

blueprint = Blueprint("program_groups", __name__)


@blueprint.route("/program/groups", methods=["GET", "POST"])
@guarded_by(coordinates)
def edit() -> ResponseReturnValue:
    """Who takes part: the whole course, or learners of some groups; and who may be a pair."""
    program = current_program(g.db, g.actor)
    known = groups_to_choose(g.db, program)
    form = _form(program, known)
    if not form.validate_on_submit():
        return _page(program, known, form), 422 if form.errors else 200
    draft = form.draft()
    extra = program_groups.change_groups(g.db, g.actor, program, draft, typed_version())
    say(_("Saved."))
    if extra:
        say(_who_stays(extra))
    is_draft = program.state is ProgramState.DRAFT
    return redirect(url_for("programs.check" if is_draft else "programs.settings"), code=303)


def _form(program: Program, known: CourseGroups) -> GroupsForm:
    chosen = [group.id for group in read(program.audience_groups)]
    return open_form(
        GroupsForm,
        known=known.groups,
        groups=chosen,
        takes_part=SOME if chosen else EVERYBODY,
        pairing_groups=program.pairing_groups.value,
        version=program.version,
    )


def _page(program: Program, known: CourseGroups, form: GroupsForm) -> str:
    extra = extras(g.db, program)
    return render_template(
        "programs/groups.html", program=program, known=known, form=form, extras=extra
    )


def _who_stays(count: int) -> str:
    return ngettext(
        "%(num)s learner takes part already and is in none of these groups. They keep everything.",
        "%(num)s learners take part already and are in none of these groups. They keep everything.",
        count,
    )
