"""A platform that gives prepared answers, one after the other, and remembers what it was asked."""

import json
from collections import defaultdict
from dataclasses import dataclass
from io import BytesIO
from typing import Any
from urllib.parse import parse_qs, urlsplit

import requests
from requests.adapters import BaseAdapter, HTTPAdapter
from urllib3 import HTTPResponse

from lti_mentoring.advantage.client import ServiceClient
from lti_mentoring.advantage.tokens import RegisteredTool, Tokens
from lti_mentoring.core.http import Client
from lti_mentoring.services import tool_keys
from lti_mentoring.vocabulary import Product

LMS = "https://lms.test"
USER_AGENT = "lti-mentoring/tests"


@dataclass(frozen=True)
class Asked:
    """One request as it arrived."""

    method: str
    url: str
    headers: dict[str, str]
    body: str

    @property
    def path(self) -> str:
        return urlsplit(self.url).path

    @property
    def query(self) -> dict[str, list[str]]:
        return parse_qs(urlsplit(self.url).query)

    @property
    def form(self) -> dict[str, str]:
        return {name: values[0] for name, values in parse_qs(self.body).items()}

    @property
    def json(self) -> Any:
        return json.loads(self.body)


class CannedPlatform(BaseAdapter):
    """Answers below ``https://lms.test``; the last answer of a path is given for ever."""

    def __init__(self) -> None:
        super().__init__()
        self.asked: list[Asked] = []
        self._answers: dict[str, list[Any]] = defaultdict(list)
        self.answer("/token", body={"access_token": "tok-1", "expires_in": 3600})

    def answer(
        self, path: str, status: int = 200, body: Any = b"", reason: str = "OK", **headers: str
    ) -> None:
        """Give this answer at ``path``; an exception as ``body`` is raised instead."""
        if not isinstance(body, bytes | Exception):
            body = json.dumps(body).encode()
        named = {name.replace("_", "-"): value for name, value in headers.items()}
        self._answers[path].append((status, reason, named, body))

    def instead(self, path: str, *args: Any, **kwargs: Any) -> None:
        """Forget the answers prepared for ``path``, and give this one."""
        self._answers.pop(path, None)
        self.answer(path, *args, **kwargs)

    def requests_to(self, path: str) -> list[Asked]:
        """What was asked there, in order."""
        return [each for each in self.asked if each.path == path]

    def send(self, request: Any, *_given: Any, **_options: Any) -> requests.Response:
        body = request.body or ""
        text = body.decode() if isinstance(body, bytes) else body
        self.asked.append(Asked(request.method, request.url, dict(request.headers), text))
        queue = self._answers.get(urlsplit(request.url).path)
        if not queue:
            raise AssertionError(f"nothing was prepared for {request.method} {request.url}")
        status, reason, headers, content = queue.pop(0) if len(queue) > 1 else queue[0]
        if isinstance(content, Exception):
            raise content
        raw = HTTPResponse(
            body=BytesIO(content),
            headers=headers,
            status=status,
            reason=reason,
            preload_content=False,
        )
        return HTTPAdapter().build_response(request, raw)

    def close(self) -> None:
        pass


def registered_tool(registration_id: int = 1, product: Product = Product.OTHER) -> RegisteredTool:
    """What calling the canned platform takes."""
    return RegisteredTool(registration_id, "client-1", f"{LMS}/token", None, product)


def client_to(platform, database, box, settings, tool=None, pace=None) -> ServiceClient:
    """A service client of the tool for this platform."""
    http = Client(settings.outgoing, USER_AGENT)
    http.mount(LMS, platform)
    tokens = Tokens(database.transaction, http, box, lambda db: tool_keys.signer(db, box))
    return ServiceClient(tool or registered_tool(), http, tokens, pace)
