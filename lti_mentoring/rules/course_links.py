"""What a listed link leads to, and whether its title has gone out of date."""

from dataclasses import dataclass
from enum import StrEnum


class LinkTarget(StrEnum):
    """What a link of a course leads to, by the content that it names."""

    PROGRAM = "program"  # it names none: the whole program
    PLACED = "placed"  # content that was placed here
    COPIED = "copied"  # content of the course that this one was copied from; works here as well
    LOST = "lost"  # content that nobody knows: people land on the first page


@dataclass(frozen=True)
class PlacedTitle:
    """The title that content was placed with, and whether that was the program's own."""

    title: str
    is_programs: bool


def target_of(content_key: str, item_course_id: int | None, course_id: int) -> LinkTarget:
    """What a link leads to.

    Args:
        content_key: that it names, empty if none.
        item_course_id: the course in which the content of that key was placed; null if there is no
            such content.
        course_id: the link's own course.
    """
    if not content_key:
        return LinkTarget.PROGRAM
    if item_course_id is None:
        return LinkTarget.LOST
    return LinkTarget.PLACED if item_course_id == course_id else LinkTarget.COPIED


def newer_title(
    shown: str, placed: PlacedTitle | None, our_title: str | None, program_title: str | None
) -> str | None:
    """The program's name, if the link still has a former one; null if it has the right title.

    Only a title that was the program's name when it was given, from here, goes out of date. What
    somebody typed in the LMS is left alone.

    Args:
        shown: the title in the LMS.
        placed: what the content was placed with; null if that is not known.
        our_title: the last title that it was given from here later on.
        program_title: the program's name now.
    """
    if placed is None or not placed.is_programs or not program_title:
        return None
    is_ours = shown in {placed.title, our_title}
    return program_title if is_ours and shown != program_title else None
