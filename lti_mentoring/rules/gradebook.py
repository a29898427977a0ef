"""What an LMS's gradebook lets the tool do in a course, by the permissions of a launch."""

from collections.abc import Collection

from lti_mentoring.vocabulary import GradebookAccess, Scope


def access_of(scopes: Collection[str]) -> GradebookAccess:
    """How much of the gradebook works with these scopes (LTI-104).

    Without the permission for columns there is one only: that which the LMS made with the
    activity. Columns without the permission for scores are of no use.
    """
    if Scope.SCORE not in scopes:
        return GradebookAccess.NONE
    return GradebookAccess.FULL if Scope.LINE_ITEM in scopes else GradebookAccess.SCORES


def can_look(scopes: Collection[str]) -> bool:
    """Whether the tool may see what stands in its columns (LTI-118)."""
    return Scope.RESULT_READ in scopes
