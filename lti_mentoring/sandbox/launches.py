"""Launches that have begun: somebody has opened something, and the tool has yet to ask who."""

import secrets
from collections import OrderedDict
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from threading import RLock

from lti_mentoring.sandbox.accent import Login
from lti_mentoring.sandbox.tools import Tool
from lti_mentoring.sandbox.vocabulary import RESOURCE_LINK

KEPT = 1000
LIFETIME = 600  # seconds between opening something and the tool's answer


@dataclass(frozen=True)
class Launch:
    """What somebody has opened, and how.

    ``course_id`` and ``link_id`` are empty where a message has none; ``about`` is the person
    that a review or a privacy launch concerns; ``item_id`` the column of a review;
    ``dialog_id`` the selection of content that is under way.
    """

    client_id: str
    person_id: str
    target_link_uri: str
    message: str = RESOURCE_LINK
    course_id: str = ""
    link_id: str = ""
    target: str = "iframe"
    about: str = ""
    item_id: str = ""
    dialog_id: str = ""
    placement: str = ""
    custom: Mapping[str, object] = field(default_factory=dict)
    opened_at: float = 0.0


class OpenLaunches:
    """Every launch that has begun, by its hint; each is taken once."""

    def __init__(self, clock: Callable[[], float], lock: RLock) -> None:
        self._clock = clock
        self._lock = lock
        self._open: OrderedDict[str, Launch] = OrderedDict()

    def begin(self, launch: Launch, style: Login) -> str:
        """Keep the launch; returns its hint, written as the LMS writes them."""
        hint = style.hint.replace("{link}", launch.link_id)
        hint = hint.replace("{launch}", secrets.token_hex(12))
        with self._lock:
            self._open[hint] = launch
            while len(self._open) > KEPT:
                self._open.popitem(last=False)
        return hint

    def take(self, hint: str) -> Launch | None:
        """The launch the hint stands for; a second time, or after ten minutes, there is none."""
        with self._lock:
            launch = self._open.pop(hint, None)
        if launch is None or launch.opened_at + LIFETIME < self._clock():
            return None
        return launch


def login_parameters(
    launch: Launch, hint: str, *, tool: Tool, issuer: str, style: Login
) -> dict[str, str]:
    """What the browser carries to the tool's login.

    Source: 1EdTech Security Framework 1.0, section 5.1.1.1; LTI Core 1.3, section 4.1.
    """
    parameters = {
        "iss": issuer,
        "target_link_uri": launch.target_link_uri,
        "login_hint": launch.person_id,
        "lti_message_hint": hint,
        "client_id": tool.client_id,
        style.deployment_parameter: tool.deployment_id,
        **style.extras,
    }
    if style.storage_target:
        parameters["lti_storage_target"] = style.storage_target
    return parameters
