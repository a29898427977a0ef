"""The Course Groups Service: a course's groups, and those of one person.

Source: 1EdTech Course Groups Service 1.0; LTI-143.
"""

from collections.abc import Sequence

from flask import Blueprint, g, request
from flask.typing import ResponseReturnValue

from lti_mentoring.sandbox.paging import link_pages, page_of
from lti_mentoring.sandbox.service import ServiceRefused, answer, require_accept, service
from lti_mentoring.sandbox.state import Sandbox
from lti_mentoring.sandbox.vocabulary import GROUP_SETS_TYPE, GROUPS_SCOPE, GROUPS_TYPE
from lti_mentoring.sandbox.world import Course, NotInWorld

blueprint = Blueprint("groups", __name__, url_prefix="/groups/<course_id>")

SET = {"id": "set-1", "name": "Groups"}


@blueprint.get("/groups")
@service(GROUPS_SCOPE)
def list_groups(sandbox: Sandbox, course_id: str) -> ResponseReturnValue:
    """The course's groups; ``user_id`` leaves those of one person."""
    require_accept(GROUPS_TYPE)
    course = _course(sandbox, course_id)
    chosen = _groups_asked_for(course)
    tie = {"set_id": SET["id"]} if sandbox.accent.group_sets else {}
    rows = [{"id": each, "name": course.groups[each], **tie} for each in chosen]
    page = page_of(rows, sandbox.accent.group_paging)
    g.call_note = f"{len(page.rows)} groups"
    content = {"id": sandbox.groups_url(course.id), "groups": page.rows}
    return link_pages(answer(content, GROUPS_TYPE), page, sandbox.accent.group_paging)


@blueprint.get("/groupsets")
@service(GROUPS_SCOPE)
def list_sets(sandbox: Sandbox, course_id: str) -> ResponseReturnValue:
    """The sets that groups are in, where an LMS has any."""
    require_accept(GROUP_SETS_TYPE)
    course = _course(sandbox, course_id)
    if not sandbox.accent.group_sets:
        raise ServiceRefused(404, "this LMS has no sets of groups")
    content = {"id": sandbox.group_sets_url(course.id), "sets": [SET]}
    return answer(content, GROUP_SETS_TYPE)


def _course(sandbox: Sandbox, course_id: str) -> Course:
    try:
        return sandbox.world.course(course_id)
    except NotInWorld:
        raise ServiceRefused(404, "no such course") from None


def _groups_asked_for(course: Course) -> Sequence[str]:
    person_id = request.args.get("user_id")
    if person_id is None:
        return list(course.groups)
    enrollment = course.enrollments.get(person_id)
    return enrollment.groups if enrollment else ()
