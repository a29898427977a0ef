"""The Names and Role Provisioning Service: who is in a course."""

from flask import Blueprint, g, request
from flask.typing import ResponseReturnValue

from lti_mentoring.sandbox.claims import custom_parameters, personal_facts
from lti_mentoring.sandbox.paging import link_next, page_of
from lti_mentoring.sandbox.service import (
    ServiceRefused,
    answer,
    calling_tool,
    require_accept,
    service,
)
from lti_mentoring.sandbox.state import Sandbox
from lti_mentoring.sandbox.variables import Occasion
from lti_mentoring.sandbox.vocabulary import (
    CONTEXT_ROLE,
    LTI_CLAIM,
    MEMBERS_TYPE,
    NRPS_SCOPE,
    UNKNOWN_ROLE,
    Role,
    mixed_roles,
)
from lti_mentoring.sandbox.world import Activity, Course, Enrollment, NotInWorld, Person

blueprint = Blueprint("memberships", __name__)


@blueprint.get("/nrps/<course_id>/memberships")
@service(NRPS_SCOPE)
def members(sandbox: Sandbox, course_id: str) -> ResponseReturnValue:
    """One page of the course's members; ``role``, ``rlid``, ``limit`` and ``from`` apply."""
    require_accept(MEMBERS_TYPE)
    try:
        course = sandbox.world.course(course_id)
    except NotInWorld:
        raise ServiceRefused(404, "no such course") from None
    activity = _activity_asked_for(course)
    everyone = [
        pair for pair in sandbox.world.members(course.id) if _has_role_asked_for(sandbox, pair[1])
    ]
    page, following = page_of(everyone, sandbox.temper.nrps_page_size)
    g.call_note = f"{len(page)} of {len(everyone)} members"
    content = {
        "id": sandbox.memberships_url(course.id),
        "context": {"id": course.id, "label": course.label, "title": course.title},
        "members": [_member(sandbox, course, pair, activity) for pair in page],
    }
    return link_next(answer(content, MEMBERS_TYPE), following)


def _member(
    sandbox: Sandbox, course: Course, pair: tuple[Person, Enrollment], activity: Activity | None
) -> dict[str, object]:
    person, enrollment = pair
    groups = [{"group_id": each, "group_name": course.groups[each]} for each in enrollment.groups]
    member: dict[str, object] = {
        "status": "Inactive" if enrollment.suspended else "Active",
        **personal_facts(sandbox, calling_tool(), person),
        "user_id": person.id,
        "lis_person_sourcedid": person.sourcedid,
        "roles": _roles(sandbox, enrollment.role),
        "group_enrollments": groups,
    }
    if activity is not None:
        member["message"] = [
            {
                LTI_CLAIM + "message_type": "LtiResourceLinkRequest",
                LTI_CLAIM + "custom": custom_parameters(
                    sandbox, calling_tool(), Occasion(person, course, activity, enrollment)
                ),
                "locale": sandbox.locale_of(person),
            }
        ]
    return member


def _roles(sandbox: Sandbox, role: Role) -> list[str]:
    if sandbox.temper.unknown_roles:
        return [UNKNOWN_ROLE]
    return (
        mixed_roles(role) if sandbox.temper.mixed_roles else list(sandbox.accent.roster_roles[role])
    )


def _has_role_asked_for(sandbox: Sandbox, enrollment: Enrollment) -> bool:
    wanted = request.args.get("role")
    if not wanted:
        return True
    uris = sandbox.accent.roster_roles[enrollment.role]
    return wanted in uris or CONTEXT_ROLE + wanted in uris


def _activity_asked_for(course: Course) -> Activity | None:
    link_id = request.args.get("rlid")
    if not link_id:
        return None
    for activity in course.activities:
        if activity.id == link_id:
            return activity
    raise ServiceRefused(404, "rlid is not an activity of this course")
