"""The tools that the LMS knows: the one it starts with, and those that came later."""

import secrets
import string
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from enum import StrEnum
from threading import RLock
from urllib.parse import urlsplit
from uuid import uuid4

from lti_mentoring.sandbox.accent import Accent
from lti_mentoring.sandbox.vocabulary import (
    DATA_PRIVACY,
    DEEP_LINKING,
    SEEDED_CLIENT_ID,
    SUBMISSION_REVIEW,
)

SEEDED_DEPLOYMENT_ID = "1"
SEEDED_MESSAGES = (DEEP_LINKING, SUBMISSION_REVIEW, DATA_PRIVACY)


class NoSuchTool(LookupError):
    """The LMS knows no tool by that client id."""


class ToolState(StrEnum):
    """Where a tool stands between its registration and its first launch."""

    PENDING = "pending"
    ACTIVE = "active"


@dataclass(frozen=True)
class ToolMessage:
    """A kind of launch that the tool has asked for, and where."""

    type: str
    target: str
    label: str = ""
    placements: tuple[str, ...] = ()
    custom: dict[str, object] = field(default_factory=dict)


@dataclass(frozen=True)
class Tool:
    """An external tool. ``deployment_id`` is empty as long as it is not deployed."""

    number: int
    name: str
    client_id: str
    deployment_id: str
    login_url: str
    redirect_uris: tuple[str, ...]
    jwks_url: str
    target: str
    scopes: frozenset[str]
    messages: tuple[ToolMessage, ...] = ()
    custom: dict[str, object] = field(default_factory=dict)
    description: str = ""
    sends_names: bool = True
    sends_email: bool = True
    state: ToolState = ToolState.ACTIVE
    in_courses: bool = True
    came_by_itself: bool = False  # by dynamic registration

    @property
    def origin(self) -> str:
        """Scheme, host and port, as browsers write an origin."""
        return origin_of(self.target)

    @property
    def is_active(self) -> bool:
        """Whether it can be opened."""
        return self.state is ToolState.ACTIVE

    def message(self, message_type: str) -> ToolMessage | None:
        """What the tool has asked for about this kind of launch, if it has."""
        return next((each for each in self.messages if each.type == message_type), None)

    def target_for(self, message_type: str) -> str:
        """Where this kind of launch goes: its own address, or the tool's."""
        message = self.message(message_type)
        return (message.target if message else "") or self.target


class Toolbox:
    """Every tool, the seeded one first. ``lock`` is the sandbox's."""

    def __init__(self, accent: Accent, seeded: Tool, lock: RLock) -> None:
        self._accent = accent
        self._lock = lock
        self._tools = {seeded.client_id: seeded}
        self._made = 1

    @property
    def seeded(self) -> Tool:
        """The tool that the sandbox was started with; it cannot be removed."""
        return self._tools[SEEDED_CLIENT_ID]

    def __iter__(self) -> Iterator[Tool]:
        return iter(list(self._tools.values()))

    def find(self, client_id: str) -> Tool:
        """The tool of that client id.

        Raises:
            NoSuchTool: if there is none.
        """
        try:
            return self._tools[client_id]
        except KeyError:
            raise NoSuchTool(f"no tool {client_id!r}") from None

    def registered_on(self, host: str) -> Tool | None:
        """The tool that has registered itself from that host (and port)."""
        for tool in self._tools.values():
            if tool.came_by_itself and urlsplit(tool.target).netloc == host:
                return tool
        return None

    def new_client_id(self) -> tuple[int, str]:
        """The number and the client id of a tool to come."""
        with self._lock:
            self._made += 1
            return self._made, _shaped(self._accent.registration.client_id, self._made)

    def put(self, tool: Tool) -> Tool:
        """Take a tool in, or replace the one that has its client id."""
        with self._lock:
            self._tools[tool.client_id] = tool
            return tool

    def deploy(self, tool: Tool) -> Tool:
        """Give the tool its deployment, if it has none yet."""
        shape = self._accent.registration.deployment_id
        return replace(tool, deployment_id=tool.deployment_id or _shaped(shape, tool.number))

    def activate(self, client_id: str) -> Tool:
        """An administrator lets the tool be opened."""
        return self.put(replace(self.deploy(self.find(client_id)), state=ToolState.ACTIVE))

    def show_in_courses(self, client_id: str) -> Tool:
        """Offer the tool to those who add activities."""
        return self.put(replace(self.find(client_id), in_courses=True))

    def remove(self, client_id: str) -> None:
        """Forget a tool; the seeded one stays."""
        with self._lock:
            if client_id != SEEDED_CLIENT_ID:
                self._tools.pop(client_id, None)


def seeded_tool(accent: Accent, tool_url: str, jwks_url: str | None) -> Tool:
    """The tool that every sandbox knows from the start."""
    target = f"{tool_url}/lti/launch"
    return Tool(
        number=1,
        name="Mentoring",
        client_id=SEEDED_CLIENT_ID,
        deployment_id=SEEDED_DEPLOYMENT_ID,
        login_url=f"{tool_url}/lti/login",
        redirect_uris=(target,),
        jwks_url=jwks_url or f"{tool_url}/lti/jwks.json",
        target=target,
        scopes=frozenset(accent.scopes),
        messages=tuple(ToolMessage(kind, target) for kind in SEEDED_MESSAGES),
        description="Meet a mentor, set goals, talk every other week.",
    )


def origin_of(url: str) -> str:
    """Scheme, host and port of an address."""
    parts = urlsplit(url)
    return f"{parts.scheme}://{parts.netloc}"


def _shaped(shape: str, number: int) -> str:
    """An id as this LMS writes them; after a restart, tools must not meet an old one again."""
    return shape.format(
        number=number,
        digits=secrets.randbelow(10**10),
        digest=secrets.token_hex(20),
        uuid=uuid4(),
        letters="".join(secrets.choice(string.ascii_letters) for _ in range(15)),
    )
