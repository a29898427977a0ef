"""Who administers the tool itself: nobody of a course, and never by a course role."""

from dataclasses import dataclass

from lti_mentoring.policies.actor import Actor


@dataclass(frozen=True)
class Administrator:
    """Somebody with the administration open.

    ``registration_id`` limits it to one LMS's connection; null is the whole tool.
    ``membership_id`` is who they are where an LMS has sent them.
    """

    id: int
    registration_id: int | None
    membership_id: int | None = None

    @property
    def runs_tool(self) -> bool:
        """Whether it is the whole tool."""
        return self.registration_id is None


def sees_registration(administrator: Administrator, registration_id: int) -> bool:
    """Its own connection, or all of them."""
    return administrator.runs_tool or administrator.registration_id == registration_id


def opens_connection(actor: Actor) -> bool:
    """Whoever administers the LMS, where that is configured; no course role does."""
    return actor.administers_connection


WHOLE_TOOL = Administrator(id=0, registration_id=None)
"""Whoever types commands on the tool's own machine."""
