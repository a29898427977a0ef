"""People of the program: mentors, who could become one, and learners on their way."""

from typing import Any

from flask import Blueprint, g, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import ngettext

from lti_mentoring.forms.pool import BulkForm, CapacityForm, ticked, wanted_in
from lti_mentoring.policies.program import coordinates, staff
from lti_mentoring.queries import learners as learner_queries
from lti_mentoring.queries import pool as pool_queries
from lti_mentoring.queries import rosters
from lti_mentoring.queries.pool import mentor_row, profile_for, profiles_for
from lti_mentoring.queries.programs import current_program
from lti_mentoring.rules.mentor_steps import coordinators_moves
from lti_mentoring.services import mentors, roster
from lti_mentoring.vocabulary import MentorState
from lti_mentoring.web.guards import guarded_by
from lti_mentoring.web.locale import gettext as _
from lti_mentoring.web.notices import say
from lti_mentoring.web.page_forms import typed_version
from lti_mentoring.web.spans import ago

blueprint = Blueprint("pool", __name__)


@blueprint.get("/people")
@guarded_by(staff)
def index() -> ResponseReturnValue:
    """The mentors of the program in every state, with the gauge of seats."""
    found = pool_queries.mentors(g.db, g.actor, wanted_in(request.args))
    return _list_page("pool/index.html", found)


@blueprint.get("/people/nominate")
@guarded_by(staff)
def candidates() -> ResponseReturnValue:
    """Members of the course who could be asked to mentor."""
    found = pool_queries.members(g.db, g.actor, wanted_in(request.args))
    return _list_page("pool/candidates.html", found)


@blueprint.get("/people/learners")
@guarded_by(staff)
def learners() -> ResponseReturnValue:
    """Learners, and how far each is on the way to a mentor."""
    found = learner_queries.learners(g.db, g.actor, wanted_in(request.args))
    return _list_page("pool/learners.html", found)


@blueprint.post("/people/nominate")
@guarded_by(coordinates)
def nominate() -> ResponseReturnValue:
    """Invite everybody who was ticked."""
    program = current_program(g.db, g.actor)
    count = mentors.nominate(g.db, g.actor, program, ticked(request.form))
    if not count:
        say(_("Nobody was ticked."))
        return redirect(url_for("pool.candidates"), code=303)
    _say_invited(count)
    return redirect(url_for("pool.index"), code=303)


@blueprint.post("/people/nominate/group")
@guarded_by(coordinates)
def nominate_group() -> ResponseReturnValue:
    """Invite everybody who is in a group now; who comes into it later is asked by nobody."""
    wanted = wanted_in(request.form)
    everybody = pool_queries.member_ids(g.db, g.actor, wanted) if wanted.group else []
    program = current_program(g.db, g.actor)
    _say_invited(mentors.nominate(g.db, g.actor, program, everybody))
    return redirect(url_for("pool.index", group=wanted.group or None), code=303)


@blueprint.post("/people/approve")
@guarded_by(coordinates)
def approve() -> ResponseReturnValue:
    """Everybody who was ticked and has applied is a mentor now."""
    chosen = profiles_for(g.db, g.actor, ticked(request.form))
    if not chosen:
        say(_("Nobody was ticked."))
        return redirect(url_for("pool.index"), code=303)
    count = mentors.approve(g.db, g.actor, chosen)
    say(ngettext("%(num)s new mentor in the pool.", "%(num)s new mentors in the pool.", count))
    return redirect(url_for("pool.index"), code=303)


@blueprint.post("/people/reject")
@guarded_by(coordinates)
def reject() -> ResponseReturnValue:
    """The applications that were ticked are declined, in kind words."""
    chosen = profiles_for(g.db, g.actor, ticked(request.form))
    if not chosen:
        say(_("Nobody was ticked."))
        return redirect(url_for("pool.index"), code=303)
    count = mentors.reject(g.db, g.actor, chosen)
    say(
        ngettext(
            "%(num)s application is declined, with kind words.",
            "%(num)s applications are declined, with kind words.",
            count,
        )
    )
    return redirect(url_for("pool.index"), code=303)


@blueprint.get("/people/<int:participant_id>")
@guarded_by(staff)
def mentor(participant_id: int) -> ResponseReturnValue:
    """One mentor: what they offer, their seats, and what can be done."""
    row = mentor_row(g.db, g.actor, participant_id)
    return _mentor_page(row, CapacityForm(capacity=row.capacity, version=row.version))


@blueprint.post("/people/<int:participant_id>/seats")
@guarded_by(coordinates)
def seats(participant_id: int) -> ResponseReturnValue:
    """How many learners the mentor takes."""
    form = CapacityForm()
    if not form.validate_on_submit():
        return _mentor_page(mentor_row(g.db, g.actor, participant_id), form), 422
    profile = profile_for(g.db, g.actor, participant_id)
    mentors.change_capacity(g.db, g.actor, profile, form.capacity.data, typed_version())
    say(_("Saved."))
    return redirect(url_for("pool.mentor", participant_id=participant_id), code=303)


@blueprint.post(
    "/people/<int:participant_id>/move/<any(active, paused, retired, withdrawn, invited):state>"
)
@guarded_by(coordinates)
def move(participant_id: int, state: str) -> ResponseReturnValue:
    """Pause a mentor, let them go on, or let them leave the pool."""
    profile = profile_for(g.db, g.actor, participant_id)
    mentors.move_mentor(g.db, g.actor, profile, MentorState(state))
    say(_("Saved."))
    return redirect(url_for("pool.mentor", participant_id=participant_id), code=303)


@blueprint.post("/people/roster")
@guarded_by(coordinates)
def read_roster() -> ResponseReturnValue:
    """Read the course's list of people again, soon."""
    asked = roster.ask_for_roster(g.db, g.actor, rosters.course_of(g.db, g.actor))
    if asked is None:
        say(_("This LMS does not offer its list of people."))
    else:
        say(_("The list of people will be read in a moment."))
    return redirect(url_for("pool.index"), code=303)


@blueprint.post("/people/roster/<int:sync_id>/<any(confirm, keep):answer>")
@guarded_by(coordinates)
def answer_roster(sync_id: int, answer: str) -> ResponseReturnValue:
    """So many would leave: let them go, or keep them."""
    held = rosters.sync_for(g.db, g.actor, sync_id)
    if answer == "confirm":
        roster.confirm_removals(g.db, g.actor, held)
        say(_("The list is read once more, and whoever is not on it leaves."))
    else:
        roster.dismiss_removals(g.db, g.actor, held)
        say(_("Everybody stays. The next reading asks again if people are still missing."))
    return redirect(url_for("pool.index"), code=303)


def _list_page(template: str, found: Any) -> str:
    return render_template(
        template,
        found=found,
        wanted=wanted_in(request.args),
        gauge=pool_queries.gauge(g.db, g.actor),
        short=pool_queries.short_topics(g.db, g.actor),
        roster=rosters.roster_facts(g.db, g.actor),
        ago=ago,
        form=BulkForm(),
    )


def _mentor_page(row: pool_queries.MentorRow, form: CapacityForm) -> str:
    return render_template(
        "pool/mentor.html", row=row, form=form, moves=coordinators_moves(row.state)
    )


def _say_invited(count: int) -> None:
    say(
        ngettext(
            "%(num)s person is invited to mentor. They see it when they open the course.",
            "%(num)s people are invited to mentor. They see it when they open the course.",
            count,
        )
    )
