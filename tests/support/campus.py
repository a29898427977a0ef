"""A tool and a sandbox LMS that know each other: over a WSGI adapter, or over real sockets."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

import requests
from flask import Flask
from werkzeug.serving import WSGIRequestHandler, make_server

from lti_mentoring.app import create_app
from lti_mentoring.core import clock
from lti_mentoring.core.db import Database
from lti_mentoring.core.http import Client
from lti_mentoring.rules.platform_configuration import product_of
from lti_mentoring.sandbox.app import create_sandbox
from lti_mentoring.sandbox.state import Sandbox
from lti_mentoring.services.platforms import PlatformFacts, add_platform
from lti_mentoring.settings import Settings
from tests.support.shared_app import shared_app
from tests.support.wsgi_adapter import WsgiAdapter

LMS = "http://lms.test"
TOOL = "https://tool.test"


@dataclass(frozen=True)
class Campus:
    """Both sides; ``lms_url`` and ``tool_url`` are where a browser finds them."""

    tool: Flask
    lms: Flask
    lms_url: str
    tool_url: str

    @property
    def sandbox(self) -> Sandbox:
        """The LMS's world, gradebook, temper and call log."""
        found: Sandbox = self.lms.extensions["sandbox"]
        return found

    @property
    def database(self) -> Database:
        """The tool's database."""
        found: Database = self.tool.extensions["mentoring"].database
        return found

    def work(self) -> None:
        """Let the background work run until nothing is due."""
        self.tool.extensions["mentoring"].worker.run_until_idle()


def register(database: Database, sandbox: Sandbox) -> None:
    """Tell the tool about the sandbox, as ``platforms add`` does."""
    with database.transaction() as db:
        add_platform(
            db,
            PlatformFacts(
                name="Sandbox",
                issuer=sandbox.issuer,
                client_id=sandbox.client_id,
                auth_url=sandbox.auth_url,
                token_url=sandbox.token_url,
                jwks_url=sandbox.jwks_url,
                audience=sandbox.accent.token_audience,
                product=product_of(sandbox.accent.product),
            ),
            sandbox.deployment_id,
            allow_private=True,
        )


def make_campus(settings: Settings, database: Database, *, accent: str = "plain") -> Campus:
    """Tool and LMS in this process, without a socket; ``accent`` is the LMS that is imitated."""
    ours = _reachable(settings, TOOL)
    http = Client(ours.outgoing, "tests")
    tool = shared_app(ours, database, http)
    session = requests.Session()
    session.mount(TOOL, WsgiAdapter(tool))
    lms = create_sandbox(base_url=LMS, tool_url=TOOL, clock=_seconds, http=session, accent=accent)
    http.mount(LMS, WsgiAdapter(lms))
    register(database, lms.extensions["sandbox"])
    return Campus(tool, lms, LMS, TOOL)


@contextmanager
def open_campus(
    settings: Settings,
    database: Database,
    *,
    strips_cookies: bool = False,
    accent: str = "plain",
) -> Iterator[Campus]:
    """Tool and LMS on real sockets of this machine: two sites, as in the demo.

    ``accent`` is the LMS that the sandbox imitates.
    ``strips_cookies`` takes every ``Set-Cookie`` of the tool away on its way to the browser.
    """
    late = _Late()
    with _serve(late) as tool_port, _serve(lms_late := _Late()) as lms_port:
        tool_url, lms_url = f"http://localhost:{tool_port}", f"http://127.0.0.1:{lms_port}"
        ours = _reachable(settings, tool_url)
        tool = create_app(ours, database=database)
        lms = create_sandbox(base_url=lms_url, tool_url=tool_url, clock=_seconds, accent=accent)
        register(database, lms.extensions["sandbox"])
        late.app = _without_cookies(tool) if strips_cookies else tool
        lms_late.app = lms
        yield Campus(tool, lms, lms_url, tool_url)


@contextmanager
def open_tool(settings: Settings, database: Database) -> Iterator[Flask]:
    """The tool alone on a real socket of this machine; its settings say where."""
    late = _Late()
    with _serve(late) as port:
        late.app = shared_app(_reachable(settings, f"http://localhost:{port}"), database)
        yield late.app


def _reachable(settings: Settings, url: str) -> Settings:
    """The settings of a tool at ``url`` that talks to platforms on this machine."""
    outgoing = settings.outgoing.model_copy(update={"allow_private": True})
    return settings.model_copy(update={"public_url": url, "outgoing": outgoing})


def _seconds() -> float:
    return clock.now().timestamp()


class _Late:
    """An application that is known only after its port is."""

    app: Any = None

    def __call__(self, environ: Any, start_response: Any) -> Any:
        return self.app(environ, start_response)


class _Quiet(WSGIRequestHandler):
    protocol_version = "HTTP/1.1"

    def log(self, *_arguments: object) -> None:
        """Tests print enough."""


@contextmanager
def _serve(app: Any) -> Iterator[int]:
    server = make_server("127.0.0.1", 0, app, threaded=True, request_handler=_Quiet)
    server.daemon_threads = True  # type: ignore[attr-defined]
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield server.server_port
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


def _without_cookies(app: Any) -> Any:
    def stripped(environ: Any, start_response: Any) -> Any:
        def start(status: str, headers: list[tuple[str, str]], *rest: Any) -> Any:
            kept = [(name, value) for name, value in headers if name.lower() != "set-cookie"]
            return start_response(status, kept, *rest)

        return app(environ, start)

    return stripped
