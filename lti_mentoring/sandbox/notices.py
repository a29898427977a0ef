"""Notices that the LMS sends to tools on its own: who wants which, and the sending.

A notice is sent once. Who misses it learns of a copied course from its first launch.

Source: 1EdTech Platform Notification Service 1.0; LTI-142.
"""

import json
import threading
from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from typing import TYPE_CHECKING
from urllib.parse import urlsplit
from uuid import uuid4

import requests

from lti_mentoring.sandbox.call_log import Call
from lti_mentoring.sandbox.claims import context_claim
from lti_mentoring.sandbox.tools import Tool
from lti_mentoring.sandbox.vocabulary import CONTEXT_COPY, HELLO_WORLD, LTI_CLAIM
from lti_mentoring.sandbox.world import Course

if TYPE_CHECKING:
    from lti_mentoring.sandbox.state import Sandbox

TIMEOUT = 5
UNREACHABLE = 599  # in the list of calls, for who did not answer
LIFETIME = 3600

Job = Callable[[], None]


class HandlerRefused(Exception):
    """A handler that the LMS does not take, in its words."""


class Notices:
    """Handlers by tool and type; ``run`` says when a notice goes out, from a thread at first."""

    def __init__(self, sandbox: "Sandbox", http: requests.Session) -> None:
        self._sandbox = sandbox
        self._http = http
        self._handlers: dict[tuple[str, str], str] = {}
        self.run: Callable[[Job], object] = _in_a_thread

    def handlers(self, tool: Tool) -> dict[str, str]:
        """The tool's handlers, by type."""
        return {
            kind: url for (client, kind), url in self._handlers.items() if client == tool.client_id
        }

    def register(self, tool: Tool, kind: str, handler: str) -> None:
        """Send notices of this type to that address from now on; to none if it is empty.

        Raises:
            HandlerRefused: if the LMS has no such notices, or the address is not the tool's.
        """
        if kind not in self._sandbox.accent.notices:
            raise HandlerRefused(f"there are no notices of the type {kind}")
        if not handler:
            self._handlers.pop((tool.client_id, kind), None)
            return
        if urlsplit(handler).hostname != urlsplit(tool.target).hostname:
            raise HandlerRefused("the handler must be on the domain of the tool")
        self._handlers[(tool.client_id, kind)] = handler
        if kind == HELLO_WORLD:
            self._send(tool, kind, {})

    def tell_of_copy(self, copied: Course, origin: Course) -> None:
        """Tell every tool that wants to know that a course has content of another one."""
        context = {
            LTI_CLAIM + "context": context_claim(self._sandbox, copied),
            LTI_CLAIM + "origin_contexts": [origin.id],
        }
        for tool in self._sandbox.tools:
            self._send(tool, CONTEXT_COPY, context)

    def claims(self, tool: Tool, kind: str, more: Mapping[str, object]) -> dict[str, object]:
        """What a notice says; there is nobody in it."""
        now = self._sandbox.clock()
        claims: dict[str, object] = {
            "iss": self._sandbox.issuer,
            "aud": tool.client_id,
            "iat": int(now),
            "exp": int(now) + LIFETIME,
            "nonce": uuid4().hex,
            LTI_CLAIM + "version": "1.3.0",
            LTI_CLAIM + "deployment_id": tool.deployment_id,
            LTI_CLAIM + "notice": {
                "id": str(uuid4()),
                "timestamp": datetime.fromtimestamp(now, UTC).strftime("%Y-%m-%dT%H:%M:%SZ"),
                "type": kind,
            },
            **more,
        }
        if self._sandbox.accent.token.azp:
            claims["azp"] = tool.client_id
        return claims

    def _send(self, tool: Tool, kind: str, more: Mapping[str, object]) -> None:
        handler = self._handlers.get((tool.client_id, kind))
        if handler is None:
            return
        token = self._sandbox.keys.sign(self.claims(tool, kind, more))
        body = json.dumps({"notices": [{"jwt": token}]})
        self.run(lambda: self._deliver(handler, kind, body))

    def _deliver(self, handler: str, kind: str, body: str) -> None:
        headers = {"Content-Type": "application/json"}
        try:
            answer = self._http.post(handler, data=body, headers=headers, timeout=TIMEOUT)
            status = answer.status_code
        except requests.RequestException:
            status = UNREACHABLE
        at = self._sandbox.clock()
        self._sandbox.calls.record(Call(at, "POST", handler, status, "", f"{kind}, sent from here"))


def _in_a_thread(job: Job) -> None:
    threading.Thread(target=job, name="notice", daemon=True).start()
