"""Goals: the list, a goal with its steps and its story, and what is written there."""

from datetime import timedelta
from typing import Any

from flask import Blueprint, abort, g, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from lti_mentoring.core import clock
from lti_mentoring.forms.goals import (
    ActionForm,
    CommentForm,
    GoalForm,
    MilestoneForm,
    ProgressForm,
    SuggestionForm,
)
from lti_mentoring.policies.actor import require
from lti_mentoring.policies.goal import (
    may_comment,
    may_set_goals,
    may_suggest_goal,
    may_write_goal,
)
from lti_mentoring.policies.pairing import owns_goal
from lti_mentoring.policies.program import is_mentee, is_mentor, takes_part
from lti_mentoring.queries import goals as queries
from lti_mentoring.queries.goals import GoalInHand, goal_for
from lti_mentoring.queries.pairings import pairing_for
from lti_mentoring.rules.order import Way
from lti_mentoring.rules.smart import smart_parts
from lti_mentoring.services import actions as action_services
from lti_mentoring.services import goals as services
from lti_mentoring.vocabulary import GoalEntryKind, GoalState, Visibility
from lti_mentoring.web.drafts import open_form
from lti_mentoring.web.guards import guarded_by
from lti_mentoring.web.locale import gettext as _
from lti_mentoring.web.locale import zone
from lti_mentoring.web.notices import say
from lti_mentoring.web.page_forms import beside, typed_version

REVIEW_AFTER = timedelta(weeks=4)

blueprint = Blueprint("goals", __name__)


@blueprint.get("/goals")
@guarded_by(takes_part)
def index() -> ResponseReturnValue:
    """My goals, and those that my mentees share with me."""
    actor = g.actor
    is_mentor_now = actor.mentor_id is not None
    return render_template(
        "goals/index.html",
        mine=queries.goals_of(g.db, actor.mentee_id) if actor.mentee_id else [],
        shared=queries.shared_goals(g.db, actor.mentor_id) if is_mentor_now else [],
        mentees=queries.suggestable(g.db, actor.mentor_id) if is_mentor_now else [],
        mentor=queries.mentor_of(g.db, actor),
        may_set=may_set_goals(actor),
    )


@blueprint.route("/goals/new", methods=["GET", "POST"])
@guarded_by(is_mentee)
def new() -> ResponseReturnValue:
    """Write down a goal; the first one begins with what was said when getting started."""
    require(may_set_goals(g.actor), "set a goal in this program")
    today = clock.now().astimezone(zone()).date()
    title = queries.first_goal_text(g.db, g.actor.mentee_id)[:200]
    form = open_form(GoalForm, title=title, review_on=today + REVIEW_AFTER)
    if not form.validate_on_submit():
        mentor = queries.mentor_of(g.db, g.actor)
        page = render_template("goals/edit.html", form=form, goal=None, mentor=mentor)
        return page, 422 if form.errors else 200
    goal = services.set_goal(g.db, g.actor, form.draft())
    say(_("Your goal is written down. Two small steps make it easier to begin."))
    return redirect(url_for("goals.show", goal_id=goal.id), code=303)


@blueprint.route("/goals/suggest/<int:pairing_id>", methods=["GET", "POST"])
@guarded_by(is_mentor)
def suggest(pairing_id: int) -> ResponseReturnValue:
    """The mentor suggests a goal to a mentee."""
    pairing = pairing_for(g.db, g.actor, pairing_id)
    require(may_suggest_goal(g.actor, pairing), "suggest a goal to this mentee")
    name = pairing.mentee.membership.user.short_name
    form = open_form(SuggestionForm)
    if not form.validate_on_submit():
        page = render_template("goals/suggest.html", form=form, name=name)
        return page, 422 if form.errors else 200
    services.suggest_goal(g.db, g.actor, pairing, form.draft())
    say(_("%(name)s sees your suggestion and decides about it.", name=name))
    return redirect(url_for("goals.index"), code=303)


@blueprint.get("/goals/<int:goal_id>")
@guarded_by(takes_part)
def show(goal_id: int) -> ResponseReturnValue:
    """A goal, its steps, and its story so far."""
    return _page(goal_for(g.db, g.actor, goal_id))


@blueprint.route("/goals/<int:goal_id>/edit", methods=["GET", "POST"])
@guarded_by(is_mentee)
def edit(goal_id: int) -> ResponseReturnValue:
    """Change a goal's words, dates and readers."""
    held = goal_for(g.db, g.actor, goal_id)
    goal = held.goal
    require(may_write_goal(g.actor, goal), "change this goal")
    form = open_form(GoalForm, obj=goal)
    if not form.validate_on_submit():
        page = render_template("goals/edit.html", form=form, goal=goal, mentor=held.partner)
        return page, 422 if form.errors else 200
    services.change_goal(g.db, g.actor, goal, form.draft(), typed_version())
    say(_("Saved."))
    return redirect(url_for("goals.show", goal_id=goal_id), code=303)


@blueprint.post("/goals/<int:goal_id>/state")
@guarded_by(is_mentee)
def move(goal_id: int) -> ResponseReturnValue:
    """Put a goal on hold, take it up again, or end it."""
    goal = goal_for(g.db, g.actor, goal_id).goal
    wanted = request.form.get("state", "")
    if wanted not in set(GoalState):
        abort(400)
    services.move_goal(g.db, g.actor, goal, GoalState(wanted), typed_version())
    say(_("Saved."))
    return redirect(url_for("goals.show", goal_id=goal_id), code=303)


@blueprint.post("/goals/<int:goal_id>/take")
@guarded_by(is_mentee)
def take(goal_id: int) -> ResponseReturnValue:
    """Make the mentor's suggestion a goal of my own."""
    goal = goal_for(g.db, g.actor, goal_id).goal
    services.take_goal(g.db, g.actor, goal, typed_version())
    say(_("This is your goal now. Change whatever you like about it."))
    return redirect(url_for("goals.show", goal_id=goal_id), code=303)


@blueprint.post("/goals/<int:goal_id>/decline")
@guarded_by(is_mentee)
def decline(goal_id: int) -> ResponseReturnValue:
    """Put the mentor's suggestion aside."""
    goal = goal_for(g.db, g.actor, goal_id).goal
    services.decline_goal(g.db, g.actor, goal, typed_version())
    say(_("Put aside."))
    return redirect(url_for("goals.index"), code=303)


@blueprint.route("/goals/<int:goal_id>/progress", methods=["GET", "POST"])
@guarded_by(is_mentee)
def progress(goal_id: int) -> ResponseReturnValue:
    """Tell how far it is."""
    held = goal_for(g.db, g.actor, goal_id)
    form = open_form(ProgressForm, progress=held.goal.progress, version=held.goal.version)
    if not form.validate_on_submit():
        return _page(held, progress=form)
    services.tell_progress(g.db, g.actor, held.goal, form.draft(), typed_version())
    say(_("Told. Every small step counts."))
    return redirect(url_for("goals.show", goal_id=goal_id), code=303)


@blueprint.route("/goals/<int:goal_id>/comments", methods=["GET", "POST"])
@guarded_by(takes_part)
def comment(goal_id: int) -> ResponseReturnValue:
    """Say something about the goal, as its owner or as the mentor."""
    held = goal_for(g.db, g.actor, goal_id)
    form = open_form(CommentForm)
    if not form.validate_on_submit():
        return _page(held, comment=form)
    is_mine = owns_goal(g.actor, held.goal)
    kind = GoalEntryKind.COMMENT if is_mine else form.kind.data
    services.comment(g.db, g.actor, held, kind, form.words())
    say(_("Said."))
    return redirect(url_for("goals.show", goal_id=goal_id, _anchor="story"), code=303)


@blueprint.route("/goals/<int:goal_id>/milestones", methods=["GET", "POST"])
@guarded_by(is_mentee)
def milestones(goal_id: int) -> ResponseReturnValue:
    """Add a step."""
    held = goal_for(g.db, g.actor, goal_id)
    form = open_form(MilestoneForm)
    if not form.validate_on_submit():
        return _page(held, milestone=form)
    services.add_milestone(g.db, g.actor, held.goal, *form.draft())
    return redirect(url_for("goals.show", goal_id=goal_id, _anchor="steps"), code=303)


@blueprint.post("/goals/<int:goal_id>/milestones/<int:milestone_id>")
@guarded_by(is_mentee)
def milestone(goal_id: int, milestone_id: int) -> ResponseReturnValue:
    """Tick a step, open it again, or take it away."""
    goal = goal_for(g.db, g.actor, goal_id).goal
    step = queries.milestone_of(g.db, goal, milestone_id)
    act = {
        "done": services.finish_milestone,
        "open": services.reopen_milestone,
        "remove": services.remove_milestone,
    }.get(request.form.get("act", ""))
    if act is None:
        abort(400)
    act(g.db, g.actor, goal, step)
    return redirect(url_for("goals.show", goal_id=goal_id, _anchor="steps"), code=303)


@blueprint.post("/goals/<int:goal_id>/milestones/<int:milestone_id>/<any(up, down):way>")
@guarded_by(is_mentee)
def move_milestone(goal_id: int, milestone_id: int, way: str) -> ResponseReturnValue:
    """Let a step come earlier or later."""
    goal = goal_for(g.db, g.actor, goal_id).goal
    step = queries.milestone_of(g.db, goal, milestone_id)
    services.move_milestone(g.db, g.actor, goal, step, Way(way), typed_version())
    anchor = f"step-{milestone_id}"
    return redirect(url_for("goals.show", goal_id=goal_id, _anchor=anchor), code=303)


@blueprint.route("/goals/<int:goal_id>/actions", methods=["GET", "POST"])
@guarded_by(takes_part)
def actions(goal_id: int) -> ResponseReturnValue:
    """Add something to do."""
    held = goal_for(g.db, g.actor, goal_id)
    form = open_form(ActionForm).offer(_doers(held))
    if not form.validate_on_submit():
        return _page(held, action=form)
    action_services.add_to_goal(g.db, g.actor, held, form.draft())
    return redirect(url_for("goals.show", goal_id=goal_id, _anchor="steps"), code=303)


def _doers(held: GoalInHand) -> list[tuple[int, str]]:
    """Who can do something for the goal: I first; the other one only if both can read it."""
    actor, goal = g.actor, held.goal
    me = goal.owner_id if owns_goal(actor, goal) else actor.mentor_id
    people = [(me, _("Me"))]
    if held.partner is not None and goal.visibility is Visibility.SHARED:
        people.append((held.partner.participant_id, held.partner.short_name))
    return people


def _page(held: GoalInHand, **sent: Any) -> ResponseReturnValue:
    """The goal with its forms; ``sent`` is the one that was opened alone, or could not be taken."""
    goal = held.goal
    far = {"progress": goal.progress, "version": goal.version}
    action = beside(ActionForm, url_for("goals.actions", goal_id=goal.id))
    forms = {
        "progress": beside(ProgressForm, url_for("goals.progress", goal_id=goal.id), **far),
        "comment": beside(CommentForm, url_for("goals.comment", goal_id=goal.id)),
        "milestone": beside(MilestoneForm, url_for("goals.milestones", goal_id=goal.id)),
        "action": action.offer(_doers(held)),
    }
    today = clock.now().astimezone(zone()).date()
    page = render_template(
        "goals/show.html",
        held=held,
        goal=goal,
        is_mine=owns_goal(g.actor, goal),
        may_write=may_write_goal(g.actor, goal),
        may_comment=may_comment(g.actor, goal, held.pairing),
        milestones=queries.milestones_of(g.db, goal),
        actions=queries.actions_of(g.db, g.actor, held),
        story=queries.story_of(g.db, g.actor, held),
        smart=smart_parts(queries.facts_of(g.db, goal), today),
        today=today,
        forms={**forms, **sent},
    )
    return page, 422 if any(form.errors for form in sent.values()) else 200
