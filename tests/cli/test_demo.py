"""The one command that a visitor types, run as a visitor would."""

import os
import signal
import socket
import subprocess
import sys
from pathlib import Path

import pytest
import requests

PATIENCE_SECONDS = 60
QUIET = {"PYTHONWARNINGS": "ignore"}

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
        self._process = subprocess.Popen(  # noqa: S603 -- our own command
            [
                *tool(),
                "demo",
                "--data",
                data,
                "--port",
                str(self.port),
                "--lms-port",
                str(self.lms_port),
            ],
            stdout=subprocess.PIPE,
            text=True,
            env={**os.environ, **QUIET, "PYTHONUNBUFFERED": "1"},
        )
        output = self._process.stdout or sys.stdin
        self.words = "".join(iter(output.readline, "Ctrl-C ends both.\n"))

    def command(self, *words):
        """Another command of the same installation."""
        ours = {
            "LTI_MENTORING_SECRET_KEY": (self.data / "secret-key").read_text(),
            "LTI_MENTORING_DATABASE_URL": f"sqlite:///{self.data / 'lti-mentoring.db'}",
            "LTI_MENTORING_PUBLIC_URL": f"http://localhost:{self.port}",
            "LTI_MENTORING_OUTGOING__ALLOW_PRIVATE": "true",
        }
        done = subprocess.run(  # noqa: S603 -- our own command
            [*tool(), *words],
            capture_output=True,
            text=True,
            check=False,
            env={**os.environ, **QUIET, **ours},
        )
        return done.returncode, done.stdout + done.stderr

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


def tool():
    return [str(Path(sys.executable).with_name("lti-mentoring"))]


@pytest.fixture
def start_demo(tmp_path):
    """Starts demos on one folder, one after the other."""
    started = []

    def start():
        started.append(Demo(tmp_path))
        return started[-1]

    yield start
    for demo in started:
        demo.kill()


def test_the_demo_serves_both_sides_and_ends_with_ctrl_c(start_demo):
    demo = start_demo()
    pages = [
        requests.get(f"http://localhost:{demo.port}/lti/jwks.json", timeout=PATIENCE_SECONDS),
        requests.get(f"http://127.0.0.1:{demo.lms_port}/", timeout=PATIENCE_SECONDS),
    ]
    checked = demo.command("platforms", "check", "1")

    assert f"Open http://127.0.0.1:{demo.lms_port}" in demo.words
    assert [page.status_code for page in pages] == [200, 200]
    assert checked[0] == 0, checked[1]
    assert "access token: granted" in checked[1]
    assert demo.end() == 0


def test_the_demo_goes_on_where_it_was_left(start_demo):
    first = start_demo()
    first.end()
    second = start_demo()
    listed = second.command("platforms", "list", "--json")[1]

    # Another port is another LMS; the one from before is still known.
    assert listed.count('"Sandbox LMS"') == 2
