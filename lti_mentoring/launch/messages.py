"""What each kind of message has to bring besides what all of them bring (LTI-40).

A kind of message is one line of ``MESSAGES``. Whatever else is asked of a message of that kind is
asked there; the validator knows no kinds.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from typing import Any

from lti_mentoring.core import texts
from lti_mentoring.core.errors import LaunchRefused
from lti_mentoring.launch.claims import LaunchClaims
from lti_mentoring.launch.deep_linking import settings_in
from lti_mentoring.vocabulary import AGS_CLAIM, CLAIM, CourseRole, MessageType

Claims = Mapping[str, Any]
STAFF = frozenset({CourseRole.INSTRUCTOR, CourseRole.TEACHING_ASSISTANT})


@dataclass(frozen=True, slots=True)
class Rules:
    """How a kind of message is read: its link, and what only it says, if it says more.

    ``add`` takes the launch as far as it is read, the claims, and by the name of ``plain``
    whether ``http`` is good enough for addresses. Without ``needs_course`` it decides who comes
    in from outside of all courses.
    """

    link: Callable[[Claims], Claims]
    add: Callable[..., LaunchClaims] | None = None
    needs_course: bool = True


def rules_of(message: object) -> Rules:
    """The rules of a message type.

    Raises:
        LaunchRefused: ``message-type`` if it is none that we serve.
    """
    rules = MESSAGES.get(message) if isinstance(message, str) else None
    if rules is None:
        told = texts.clean(message, 40) or "missing"
        raise LaunchRefused("message-type", f"message_type is not served: {told}")
    return rules


def _link(claims: Claims) -> Claims:
    link = claims.get(CLAIM + "resource_link")
    if not isinstance(link, dict) or not texts.is_identifier(link.get("id")):
        raise LaunchRefused("resource-link", "resource_link has no usable id")
    return link


def _no_link(_claims: Claims) -> Claims:
    """The message is about none; what a platform says of one all the same is not read."""
    return {}


def _link_if_any(claims: Claims) -> Claims:
    """A column may belong to no link (Submission Review 1.0, 3.1)."""
    return _link(claims) if CLAIM + "resource_link" in claims else {}


def _with_settings(launch: LaunchClaims, claims: Claims, *, plain: bool) -> LaunchClaims:
    """Only staff choose what stands in a course (LTI-77)."""
    if launch.role not in STAFF:
        raise LaunchRefused("not-staff", "the one who chooses content is no staff of the course")
    return replace(launch, choosing=settings_in(claims, plain=plain))


def _with_learner(launch: LaunchClaims, claims: Claims, **_options: bool) -> LaunchClaims:
    """Whose work is to be seen (LTI-140). Moodle tells the id only, so nothing else is read."""
    if not isinstance(_part(claims, AGS_CLAIM).get("lineitem"), str):
        raise LaunchRefused("line-item", "the message names no gradebook column")
    return replace(launch, reviews=_for_user(claims))


def _with_person(launch: LaunchClaims, claims: Claims, **_options: bool) -> LaunchClaims:
    """Whose data is to be seen to (LTI-141), by whoever administers the LMS and nobody else.

    The message is about no course (Data Privacy Launch 1.0): no teacher sends it.
    """
    for name in ("context", "resource_link"):
        if CLAIM + name in claims:
            raise LaunchRefused(name.replace("_", "-"), f"a data privacy launch has no {name}")
    person = _for_user(claims)
    if not launch.administers:
        raise LaunchRefused("not-privacy", "the one who asks is not let into the administration")
    return replace(launch, sees_to=person)


def _for_user(claims: Claims) -> str:
    subject = _part(claims, CLAIM + "for_user").get("user_id")
    if not texts.is_identifier(subject) or not str(subject).isascii():
        raise LaunchRefused("for-user", "for_user has no usable user_id")
    return str(subject)


def _part(claims: Claims, name: str) -> Claims:
    value = claims.get(name)
    return value if isinstance(value, dict) else {}


MESSAGES: Mapping[str, Rules] = {
    MessageType.RESOURCE_LINK: Rules(_link),
    MessageType.DEEP_LINKING: Rules(_no_link, _with_settings),
    MessageType.SUBMISSION_REVIEW: Rules(_link_if_any, _with_learner),
    MessageType.DATA_PRIVACY: Rules(_no_link, _with_person, needs_course=False),
}
