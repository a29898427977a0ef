"""The one command that a visitor types, run as a visitor would."""

import os
import signal
import socket
import subprocess
import sys
from contextlib import contextmanager
from dataclasses import dataclass
from itertools import takewhile
from pathlib import Path

import pytest
import requests
from click.testing import CliRunner

from lti_mentoring.cli import main

PATIENCE_SECONDS = 60
LAST_WORDS = "Ctrl-C ends both.\n"
QUIET = {"PYTHONWARNINGS": "ignore"}
TOOL = Path(sys.executable).with_name("lti-mentoring")

pytestmark = [pytest.mark.sockets, pytest.mark.slow]


def free_port():
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        return free.getsockname()[1]


class Demo:
    """The demo in a process of its own."""

    def __init__(self, data):
        self.data = data
        self.port, self.lms_port = free_port(), free_port()
        ports = ("--port", str(self.port), "--lms-port", str(self.lms_port))
        self._process = subprocess.Popen(  # noqa: S603 -- our own command
            [TOOL, "demo", "--data", data, *ports],
            stdout=subprocess.PIPE,
            text=True,
            env={**os.environ, **QUIET, "PYTHONUNBUFFERED": "1"},
        )
        output = self._process.stdout or ()
        self.words = "".join(takewhile(lambda line: line != LAST_WORDS, output))

    def command(self, *words):
        """Another command of the same installation; its exit code and what it printed."""
        ours = {
            "LTI_MENTORING_SECRET_KEY": (self.data / "secret-key").read_text(),
            "LTI_MENTORING_DATABASE_URL": f"sqlite:///{self.data / 'lti-mentoring.db'}",
            "LTI_MENTORING_PUBLIC_URL": f"http://localhost:{self.port}",
            "LTI_MENTORING_OUTGOING__ALLOW_PRIVATE": "true",
        }
        with pytest.MonkeyPatch.context() as patched:
            patched.setattr("lti_mentoring.core.log.configure", lambda *_given: None)
            done = CliRunner().invoke(main, words, env=ours)
        return done.exit_code, done.output

    def end(self):
        """Ctrl-C; the exit code."""
        self._process.send_signal(signal.SIGINT)
        self._process.communicate(timeout=PATIENCE_SECONDS)
        return self._process.returncode

    def kill(self):
        """Leave nothing behind, also after a failure."""
        if self._process.returncode is None:
            self._process.kill()
            self._process.communicate()


@contextmanager
def started_demo(data):
    demo = Demo(data)
    try:
        yield demo
    finally:
        demo.kill()


@dataclass(frozen=True)
class FirstVisit:
    """A demo that was started, looked at and ended."""

    data: Path
    words: str
    lms_port: int
    statuses: list[int]
    checked: tuple[int, str]
    exit_code: int


@pytest.fixture(scope="module")
def first_visit(tmp_path_factory):
    """Made once for all tests: starting takes seconds."""
    data = tmp_path_factory.mktemp("demo")
    with started_demo(data) as demo:
        pages = [
            requests.get(f"http://localhost:{demo.port}/lti/jwks.json", timeout=PATIENCE_SECONDS),
            requests.get(f"http://127.0.0.1:{demo.lms_port}/", timeout=PATIENCE_SECONDS),
        ]
        return FirstVisit(
            data=data,
            words=demo.words,
            lms_port=demo.lms_port,
            statuses=[page.status_code for page in pages],
            checked=demo.command("platforms", "check", "1"),
            exit_code=demo.end(),
        )


def test_the_demo_serves_both_sides_and_ends_with_ctrl_c(first_visit):
    code, findings = first_visit.checked

    assert f"Open http://127.0.0.1:{first_visit.lms_port}" in first_visit.words
    assert first_visit.statuses == [200, 200]
    assert code == 0, findings
    assert "Access: Granted" in findings
    assert first_visit.exit_code == 0


def test_the_demo_goes_on_where_it_was_left(first_visit):
    with started_demo(first_visit.data) as second:
        listed = second.command("platforms", "list", "--json")[1]

    # Another port is another LMS; the one from before is still known.
    assert listed.count('"Sandbox LMS"') == 2
