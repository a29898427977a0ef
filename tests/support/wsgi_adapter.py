"""A transport for ``requests`` that calls a WSGI application instead of the network."""

from io import BytesIO
from typing import Any
from urllib.parse import urlsplit

import requests
from requests.adapters import BaseAdapter
from urllib3 import HTTPResponse
from werkzeug.test import Client
from werkzeug.wrappers import Response


class WsgiAdapter(BaseAdapter):
    """Answers every request of its prefix by the application; counts them in ``calls``."""

    def __init__(self, app: Any) -> None:
        super().__init__()
        self._client = Client(app, Response, use_cookies=False)
        self.calls: list[tuple[str, str]] = []

    def send(self, request: Any, *_given: Any, **_options: Any) -> requests.Response:
        """The application's answer as a response of ``requests``."""
        self.calls.append((request.method, urlsplit(request.url).path))
        body = request.body or b""
        answer = self._client.open(
            urlsplit(request.url).path,
            base_url="{0.scheme}://{0.netloc}".format(urlsplit(request.url)),
            query_string=urlsplit(request.url).query,
            method=request.method,
            headers=dict(request.headers),
            data=body.encode() if isinstance(body, str) else body,
        )
        raw = HTTPResponse(
            body=BytesIO(answer.get_data()),
            headers=dict(answer.headers),
            status=answer.status_code,
            reason=answer.status.partition(" ")[2],
            preload_content=False,
        )
        return requests.adapters.HTTPAdapter().build_response(request, raw)

    def close(self) -> None:
        """Nothing is open."""
