"""Launches that only staff begin: a learner's review, a person's data, the institution itself."""

from typing import TYPE_CHECKING

from lti_mentoring.sandbox.gradebook import LineItem
from lti_mentoring.sandbox.launches import Launch
from lti_mentoring.sandbox.vocabulary import (
    DATA_PRIVACY,
    RESOURCE_LINK,
    SUBMISSION_REVIEW,
    Role,
)
from lti_mentoring.sandbox.world import NotInWorld, Person

if TYPE_CHECKING:
    from lti_mentoring.sandbox.state import Sandbox

ACCOUNT_PLACEMENT = "account_navigation"


def review_launch(
    sandbox: "Sandbox", course_id: str, item_id: str, *, viewer: str, learner: str
) -> Launch:
    """What a cell of the gradebook opens: one learner's work, for ``viewer``.

    The column says where its reviews go, if it says anything.

    Raises:
        NotInWorld: if one of the two is not in the course.
        GradebookRefusal: if the course has no such column.

    Source: LTI Submission Review 1.0; LTI-140.
    """
    item = sandbox.gradebook.column(course_id, item_id)
    sandbox.world.enrollment(course_id, viewer)
    sandbox.world.enrollment(course_id, learner)
    tool, wanted = sandbox.tools.find(item.tool), item.review or {}
    custom = wanted.get("custom")
    return Launch(
        client_id=tool.client_id,
        person_id=viewer,
        target_link_uri=str(wanted.get("url") or tool.target_for(SUBMISSION_REVIEW)),
        message=SUBMISSION_REVIEW,
        course_id=course_id,
        link_id=item.link_id or "",
        item_id=item.id,
        about=learner,
        custom=custom if isinstance(custom, dict) else {},
    )


def can_be_reviewed(sandbox: "Sandbox", item: LineItem) -> bool:
    """Whether the column's cells open anything."""
    tool = next((each for each in sandbox.tools if each.client_id == item.tool), None)
    asked = item.review is not None or (tool is not None and tool.message(SUBMISSION_REVIEW))
    return bool(tool and tool.is_active and sandbox.accent.reviews and asked)


def privacy_launch(sandbox: "Sandbox", client_id: str, about: str) -> Launch:
    """What an administrator opens to see to one person's data in the tool.

    Raises:
        NotInWorld: if there is no such person.

    Source: LTI Data Privacy Launch 1.0; LTI-141.
    """
    tool = sandbox.tools.find(client_id)
    return Launch(
        client_id=client_id,
        person_id=administrator(sandbox).id,
        target_link_uri=tool.target_for(DATA_PRIVACY),
        message=DATA_PRIVACY,
        about=sandbox.world.person(about).id,
    )


def account_launch(sandbox: "Sandbox", client_id: str) -> Launch:
    """The tool as an administrator opens it outside of all courses, as Canvas can."""
    tool = sandbox.tools.find(client_id)
    return Launch(
        client_id=client_id,
        person_id=administrator(sandbox).id,
        target_link_uri=tool.target_for(RESOURCE_LINK),
        placement=ACCOUNT_PLACEMENT,
    )


def administrator(sandbox: "Sandbox") -> Person:
    """Who runs this LMS.

    Raises:
        NotInWorld: if nobody does any more.
    """
    for course in sandbox.world.courses.values():
        for enrollment in course.enrollments.values():
            if enrollment.role is Role.ADMIN:
                return sandbox.world.person(enrollment.person_id)
    raise NotInWorld("no administrator is left")
