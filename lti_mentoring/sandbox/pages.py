"""The LMS's pages for visitors: courses, activities, gradebook and the calls received."""

from collections.abc import Sequence
from datetime import UTC, datetime

from flask import Blueprint, abort, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from lti_mentoring.sandbox.state import Sandbox, current_sandbox
from lti_mentoring.sandbox.vocabulary import Role
from lti_mentoring.sandbox.world import Activity, Course, Enrollment, Person

blueprint = Blueprint("pages", __name__)

PEOPLE_ON_A_PAGE = 60
TARGETS = ("iframe", "window")
METHODS = ("post", "get")

Member = tuple[Person, Enrollment]


@blueprint.app_context_processor
def surroundings() -> dict[str, object]:
    """What every page shows: which LMS this imitates, and whether it is in a temper."""
    sandbox = current_sandbox()
    return {
        "temper": sandbox.temper,
        "accent": sandbox.accent,
        "origins": sandbox.origins,
        "Role": Role,
    }


@blueprint.app_template_filter("points")
def points(number: float) -> str:
    """A number of points, with two decimals at most and no idle zeros."""
    return f"{number:.2f}".rstrip("0").rstrip(".")


@blueprint.app_template_filter("utc_time")
def utc_time(moment: float) -> str:
    """Seconds since the epoch as a time of day in UTC."""
    return datetime.fromtimestamp(moment, UTC).strftime("%H:%M:%S")


@blueprint.get("/")
def courses() -> ResponseReturnValue:
    """The list of courses."""
    return render_template("courses.html", courses=current_sandbox().world.courses.values())


@blueprint.get("/courses/<course_id>")
def course(course_id: str) -> ResponseReturnValue:
    """A course: choose an activity and somebody to open it as."""
    sandbox = current_sandbox()
    with sandbox.lock:
        chosen = sandbox.world.course(course_id)
        everyone = list(sandbox.world.members(course_id))
        found = _found(everyone, request.args.get("q", ""))
        number = max(request.args.get("page", 1, type=int), 1)
        first = (number - 1) * PEOPLE_ON_A_PAGE
        return render_template(
            "course.html",
            course=chosen,
            courses=list(sandbox.world.courses.values()),
            members=found[first : first + PEOPLE_ON_A_PAGE],
            number=number,
            last=max(-(-len(found) // PEOPLE_ON_A_PAGE), 1),
            count=len(found),
            q=request.args.get("q", ""),
            activity=request.args.get("activity", ""),
            instructor=next((p for p, e in everyone if e.role is Role.INSTRUCTOR), None),
        )


@blueprint.get("/courses/<course_id>/open")
def open_as(course_id: str) -> ResponseReturnValue:
    """Where the course's "Open as" buttons lead: on to the activity's own address."""
    world = current_sandbox().world
    chosen = world.course(course_id)
    world.enrollment(course_id, request.args.get("person", ""))
    link_id = request.args.get("activity") or chosen.activities[0].id
    return redirect(
        url_for(
            "pages.activity",
            course_id=course_id,
            person_id=request.args["person"],
            link_id=link_id,
        )
    )


@blueprint.get("/courses/<course_id>/as/<person_id>/<link_id>")
def activity(course_id: str, person_id: str, link_id: str) -> ResponseReturnValue:
    """An activity, opened as one person; the address says who, so two tabs can be two people."""
    sandbox = current_sandbox()
    with sandbox.lock:
        chosen, link = _activity_in(sandbox, course_id, link_id)
        enrollment = sandbox.world.enrollment(course_id, person_id)
        return render_template(
            "activity.html",
            course=chosen,
            activity=link,
            person=sandbox.world.person(person_id),
            enrollment=enrollment,
            target=_choice("target", TARGETS, link.opens_in),
            method=_choice("method", METHODS, sandbox.accent.login.method),
            tool_origin=sandbox.tools.find(link.tool).origin,
        ), 200 if link.opens_for(enrollment) and not enrollment.suspended else 403


@blueprint.post("/courses/<course_id>/restrict")
def restrict(course_id: str) -> ResponseReturnValue:
    """Open an activity to the learners of some groups only, or to everybody again."""
    groups = tuple(sorted(set(request.form.getlist("group"))))
    current_sandbox().world.restrict(course_id, request.form.get("activity", ""), groups)
    return redirect(url_for("pages.course", course_id=course_id), 303)


@blueprint.get("/courses/<course_id>/as/<person_id>/<link_id>/launch")
def launch(course_id: str, person_id: str, link_id: str) -> ResponseReturnValue:
    """Send the browser to the tool's login: a form that posts itself, as Moodle does it.

    The same parameters can go by GET, as Blackboard does it.
    """
    sandbox = current_sandbox()
    _, link = _activity_in(sandbox, course_id, link_id)
    tool = sandbox.tools.find(link.tool)
    enrollment = sandbox.world.enrollment(course_id, person_id)
    if not tool.is_active:
        abort(403, "An administrator has yet to activate this tool.")
    if enrollment.suspended:
        abort(403, "This enrollment is suspended.")
    if not link.opens_for(enrollment):
        abort(403, "This activity is restricted to others.")
    target = _choice("target", TARGETS, link.opens_in)
    return render_template(
        "handover.html",
        title=f"Opening {link.title}",
        action=tool.login_url,
        method=_choice("method", METHODS, sandbox.accent.login.method),
        fields=sandbox.begin_launch(person_id, link_id, target=target),
    )


@blueprint.get("/courses/<course_id>/as/<person_id>/return")
def come_back(course_id: str, person_id: str) -> ResponseReturnValue:
    """Where the tool sends people who leave it, with its message."""
    world = current_sandbox().world
    return render_template(
        "return.html",
        course=world.course(course_id),
        person=world.person(person_id),
        message=request.args.get("lti_msg", ""),
        error=request.args.get("lti_errormsg", ""),
    )


@blueprint.get("/storage")
def storage() -> ResponseReturnValue:
    """The hidden frame that keeps things for tools, where the LMS has one."""
    return render_template("storage.html")


@blueprint.get("/calls")
def calls() -> ResponseReturnValue:
    """The service calls received, newest first."""
    return render_template("calls.html", calls=list(current_sandbox().calls))


@blueprint.post("/calls/clear")
def clear_calls() -> ResponseReturnValue:
    """Forget the calls so far."""
    current_sandbox().calls.clear()
    return redirect(url_for("pages.calls"), 303)


def _activity_in(sandbox: Sandbox, course_id: str, link_id: str) -> tuple[Course, Activity]:
    course, link = sandbox.world.activity(link_id)
    if course.id != course_id:
        abort(404, "That activity is in another course.")
    return course, link


def _found(members: list[Member], text: str) -> list[Member]:
    wanted = text.casefold().strip()
    return [pair for pair in members if wanted in pair[0].name.casefold()]


def _choice(name: str, choices: Sequence[str], default: str) -> str:
    chosen = request.args.get(name, default)
    return chosen if chosen in choices else default
