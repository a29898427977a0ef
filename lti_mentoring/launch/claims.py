"""What is left of a launch once it is validated: the facts that the product uses, and no more."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass, fields
from typing import Any

from lti_mentoring.rules.deep_linking import DeepLinkingSettings
from lti_mentoring.vocabulary import CourseRole


@dataclass(frozen=True, slots=True)
class LaunchClaims:
    """A genuine launch by one person in one course. All texts are clean and short.

    ``link_id`` is empty where a message is about no link. Some kinds of message ask for more than
    a page: ``choosing`` is what a platform wants to know of content that somebody chooses,
    ``reviews`` the subject whose work somebody wants to see, ``sees_to`` the one whose data
    somebody wants to hand out or erase. ``content_key`` is what the link
    says it is of, ``former_contexts`` and ``former_links`` what course and link were copied from; a
    teacher may have typed each of them, so they prove nothing. ``administers`` says that the
    connection's administration is open to the person; only then ``context_id`` may be empty, and
    there is nothing else to do.

    A fact that the platform did not tell is empty or null. ``tells_grading`` says that the
    launch spoke about the gradebook at all: only then does a missing ``line_item_url`` mean
    that the link has no column of its own. ``groups`` are written by ``rules/groups.py``, null
    if the launch did not speak of them; ``observes`` are the subjects that an observer follows.
    """

    deployment_lti_id: str
    subject: str
    context_id: str
    link_id: str
    role: CourseRole
    is_test_user: bool = False
    course_title: str = ""
    course_label: str = ""
    link_title: str = ""
    name: str = ""
    given_name: str = ""
    locale: str | None = None
    time_zone: str | None = None
    former_subject: str = ""
    groups: str | None = None
    observes: tuple[str, ...] = ()
    memberships_url: str | None = None
    groups_url: str | None = None
    tells_grading: bool = False
    line_items_url: str | None = None
    line_item_url: str | None = None
    ags_scopes: str = ""
    return_url: str | None = None
    platform_url: str | None = None
    content_key: str = ""
    former_contexts: tuple[str, ...] = ()
    former_links: tuple[str, ...] = ()
    choosing: DeepLinkingSettings | None = None
    reviews: str | None = None
    administers: bool = False
    notices_url: str | None = None
    links_url: str | None = None
    links_scopes: str = ""
    sees_to: str | None = None

    def as_json(self) -> dict[str, Any]:
        """For the minutes between a launch without cookies and its second step."""
        return asdict(self)

    @classmethod
    def from_json(cls, stored: Mapping[str, Any]) -> "LaunchClaims":
        """What ``as_json`` made, of this or an older version of the program."""
        known = {field.name for field in fields(cls)}
        values = {name: value for name, value in stored.items() if name in known}
        wishes = stored.get("choosing")
        values["role"] = CourseRole(stored["role"])
        for name in ("observes", "former_contexts", "former_links"):
            values[name] = tuple(stored.get(name, ()))
        values["choosing"] = DeepLinkingSettings.from_json(wishes) if wishes else None
        return cls(**values)
