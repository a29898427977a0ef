"""Copies: of a course, of a course's content into another one, of one activity.

What is copied gets ids of its own. Only custom parameters, ``resourceId`` and ``tag`` tie a
copy to its origin everywhere; histories do where the LMS keeps them. People and grades stay
where they are, except that a copied course has its instructors.
"""

from dataclasses import replace
from typing import TYPE_CHECKING

from lti_mentoring.sandbox.vocabulary import Role
from lti_mentoring.sandbox.world import Activity, Course

if TYPE_CHECKING:
    from lti_mentoring.sandbox.state import Sandbox


def copy_course(sandbox: "Sandbox", course_id: str) -> Course:
    """A new course with the content and the instructors of this one.

    Raises:
        NotInWorld: if there is no such course.
    """
    world = sandbox.world
    with sandbox.lock:
        source = world.course(course_id)
        copied = Course(
            id=world.new_id("course", 16),
            title=f"{source.title}, copy",
            label=f"{source.label}-2",
            summary=f"Copied from {source.title}.",
            history=(source.id, *source.history),
            in_books=False,
        )
        world.courses[copied.id] = copied
        for enrollment in source.enrollments.values():
            if enrollment.role is Role.INSTRUCTOR:
                world.enroll(copied.id, enrollment.person_id, Role.INSTRUCTOR)
        _copy_content(sandbox, source, copied)
    sandbox.notices.tell_of_copy(copied, source)
    return copied


def import_course(sandbox: "Sandbox", source_id: str, target_id: str) -> Course:
    """Add the content of one course to another, which exists already.

    Raises:
        NotInWorld: if one of the courses does not exist.
    """
    with sandbox.lock:
        source, target = sandbox.world.course(source_id), sandbox.world.course(target_id)
        if sandbox.accent.copies.imports_remember:
            origins = dict.fromkeys((source.id, *source.history, *target.history))
            target.history = tuple(origins)
        _copy_content(sandbox, source, target)
    sandbox.notices.tell_of_copy(target, source)
    return target


def duplicate(sandbox: "Sandbox", link_id: str) -> Activity:
    """A second copy of an activity in its own course.

    Raises:
        NotInWorld: if there is no such activity.
    """
    with sandbox.lock:
        course, activity = sandbox.world.activity(link_id)
        title = f"{activity.title} (copy)"
        lost = sandbox.accent.copies.duplicates_lose_column
        return _copy_activity(sandbox, replace(activity, title=title, lost_column=lost), course)


def _copy_content(sandbox: "Sandbox", source: Course, target: Course) -> None:
    for activity in list(source.activities):
        _copy_activity(sandbox, activity, target)
    for item in sandbox.gradebook.columns(source.id):
        if item.link_id is None:
            sandbox.gradebook.copy(item, target.id)


def _copy_activity(sandbox: "Sandbox", activity: Activity, target: Course) -> Activity:
    history = (activity.id, *activity.history)
    copied = sandbox.world.place(target.id, replace(activity, history=history))
    for item in sandbox.gradebook.columns_of_link(activity.id):
        sandbox.gradebook.copy(item, target.id, copied.id)
    return copied
