"""The Names and Role Provisioning Service: who is in a course."""

import html

from flask import Blueprint, Response, g, request
from flask.typing import ResponseReturnValue

from lti_mentoring.sandbox.claims import custom_parameters, personal_facts
from lti_mentoring.sandbox.paging import link_pages, page_of
from lti_mentoring.sandbox.roster_differences import DELETED, Member
from lti_mentoring.sandbox.service import (
    ServiceRefused,
    answer,
    calling_tool,
    require_accept,
    service,
)
from lti_mentoring.sandbox.service_habits import Roster
from lti_mentoring.sandbox.state import Sandbox
from lti_mentoring.sandbox.variables import Occasion
from lti_mentoring.sandbox.vocabulary import (
    CONTEXT_ROLE,
    LTI_CLAIM,
    MEMBERS_TYPE,
    NRPS_SCOPE,
    TEST_USER,
    UNKNOWN_ROLE,
    Role,
    mixed_roles,
)
from lti_mentoring.sandbox.world import (
    Activity,
    Course,
    Enrollment,
    NotInWorld,
    Person,
    opaque_id,
)

blueprint = Blueprint("memberships", __name__)

NAMES = ("name", "given_name", "family_name")


@blueprint.get("/nrps/<course_id>/memberships")
@service(NRPS_SCOPE)
def members(sandbox: Sandbox, course_id: str) -> ResponseReturnValue:
    """One page of the course's members; ``role``, ``rlid``, ``limit`` and a start apply."""
    require_accept(MEMBERS_TYPE)
    style = sandbox.accent.roster
    course = _course(sandbox, course_id)
    used = any(each.tool == calling_tool().client_id for each in course.activities)
    if style.needs_activity and not used:
        raise ServiceRefused(404, "the tool is not used in this course")
    activity = _activity_asked_for(course) if style.filters else None
    everyone = [
        (person, enrollment)
        for person, enrollment in sandbox.world.members(course.id)
        if _listed(sandbox, course, (person, enrollment))
        and (activity is None or activity.opens_for(enrollment))
    ]
    if style.most and len(everyone) > style.most:
        raise ServiceRefused(403, "above_response_limit")
    if "since" in request.args and sandbox.temper.tell_differences:
        return _differences(sandbox, course, everyone)
    page = page_of(everyone, style.paging, sandbox.temper.nrps_page_size)
    g.call_note = f"{len(page.rows)} of {len(everyone)} members"
    if style.empty_page and not page.rows:
        return Response(status=200)
    listed = [_member(sandbox, course, pair, activity) for pair in page.rows]
    content = _container(sandbox, course, [*listed, *(_PREVIEW if style.preview_user else ())])
    response = link_pages(answer(content, style.media_type or MEMBERS_TYPE), page, style.paging)
    if sandbox.temper.tell_differences and activity is None:
        _link_differences(sandbox, course, response, everyone)
    return response


def _container(sandbox: Sandbox, course: Course, members: list[Member]) -> dict[str, object]:
    context = {"id": course.id, "label": course.label, "title": course.title}
    return {
        "id": sandbox.memberships_url(course.id),
        "context": {name: context[name] for name in sandbox.accent.roster.context},
        "members": members,
    }


def _differences(
    sandbox: Sandbox, course: Course, everyone: list[tuple[Person, Enrollment]]
) -> ResponseReturnValue:
    """What has changed since the roster that the address names."""
    now = [_member(sandbox, course, pair, None) for pair in everyone]
    changed = sandbox.rosters.changes_since(request.args["since"], now)
    if changed is None or sandbox.temper.forget_differences:
        raise ServiceRefused(404, "this is too long ago")
    if sandbox.temper.hide_deleted:
        changed = [each for each in changed if each["status"] != DELETED]
    g.call_note = f"{len(changed)} of {len(now)} members have changed"
    response = answer(
        _container(sandbox, course, changed), sandbox.accent.roster.media_type or MEMBERS_TYPE
    )
    _link_differences(sandbox, course, response, everyone)
    return response


def _link_differences(
    sandbox: Sandbox, course: Course, response: Response, everyone: list[tuple[Person, Enrollment]]
) -> None:
    name = sandbox.rosters.keep([_member(sandbox, course, pair, None) for pair in everyone])
    url = sandbox.memberships_url(course.id)
    address = f"{url}{'&' if '?' in url else '?'}since={name}"
    before = response.headers.get("Link", "")
    response.headers["Link"] = ",".join(filter(None, (before, f'<{address}>; rel="differences"')))


def _course(sandbox: Sandbox, course_id: str) -> Course:
    try:
        return sandbox.world.course(course_id)
    except NotInWorld:
        raise ServiceRefused(404, "no such course") from None


def _listed(sandbox: Sandbox, course: Course, pair: tuple[Person, Enrollment]) -> bool:
    person, enrollment = pair
    style = sandbox.accent.roster
    if enrollment.suspended and not style.lists_suspended:
        return False
    if style.lists_launched_only:
        return (calling_tool().client_id, course.id, person.id) in sandbox.launched
    return not style.filters or _has_role_asked_for(style, enrollment)


def _member(
    sandbox: Sandbox, course: Course, pair: tuple[Person, Enrollment], activity: Activity | None
) -> dict[str, object]:
    person, enrollment = pair
    style = sandbox.accent.roster
    inactive = enrollment.suspended and style.lists_suspended
    member: dict[str, object] = {
        "status": "Inactive" if inactive else "Active",
        **_facts(sandbox, person),
        "user_id": person.id,
        "lis_person_sourcedid": person.sourcedid,
        "roles": _roles(sandbox, enrollment.role),
    }
    if style.username:
        member[style.username] = person.email.partition("@")[0]
    if style.groups:
        member["group_enrollments"] = _groups(style, course, enrollment)
    if activity is not None:
        member["message"] = [_message(sandbox, Occasion(person, course, activity, enrollment))]
    return member


def _facts(sandbox: Sandbox, person: Person) -> dict[str, str]:
    facts = personal_facts(sandbox, calling_tool(), person)
    if sandbox.accent.roster.escaped_names:
        facts |= {name: html.escape(facts[name], quote=False) for name in NAMES if name in facts}
    return facts


def _groups(style: Roster, course: Course, enrollment: Enrollment) -> list[dict[str, str]]:
    groups = [{"group_id": each, "group_name": course.groups[each]} for each in enrollment.groups]
    return [{name: group[name] for name in style.groups} for group in groups]


def _message(sandbox: Sandbox, occasion: Occasion) -> dict[str, object]:
    message: dict[str, object] = {
        LTI_CLAIM + "message_type": "LtiResourceLinkRequest",
        "locale": sandbox.locale_of(occasion.person),
    }
    if sandbox.accent.roster.message_custom:
        custom = custom_parameters(sandbox, calling_tool(), occasion)
        message[LTI_CLAIM + "custom"] = custom
    return message


def _roles(sandbox: Sandbox, role: Role) -> list[str]:
    if sandbox.temper.unknown_roles:
        return [UNKNOWN_ROLE]
    return mixed_roles(role) if sandbox.temper.mixed_roles else [*sandbox.accent.roster.roles[role]]


def _has_role_asked_for(style: Roster, enrollment: Enrollment) -> bool:
    wanted = request.args.get("role")
    if not wanted:
        return True
    names = style.roles[enrollment.role]
    return wanted in names or (style.short_roles and CONTEXT_ROLE + wanted in names)


def _activity_asked_for(course: Course) -> Activity | None:
    link_id = request.args.get("rlid")
    if not link_id:
        return None
    for activity in course.activities:
        if activity.id == link_id:
            return activity
    raise ServiceRefused(404, "rlid is not an activity of this course")


# An instructor who looks at the course as a student would (Blackboard lists them).
_PREVIEW = (
    {
        "status": "Active",
        "name": "PreviewUser",
        "user_id": opaque_id("person", "preview"),
        "roles": [TEST_USER],
    },
)
