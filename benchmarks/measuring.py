"""What every script here needs: servers on loopback, their CPU, medians, and one line of figures.

CPU is user plus system time of a server and all its children: it does not depend on how busy
the machine is with other things, as time on the clock does. Every figure that is held against
a bound is a ratio of two things measured in turn in one run, and the median of five rounds.
"""

import json
import os
import signal
import socket
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parent.parent
ROUNDS = 5
START_SECONDS = 30.0
STOP_SECONDS = 10.0
LONGEST_SECONDS = 400


@dataclass(frozen=True)
class Server:
    """A process of ours that answers on loopback."""

    pid: int
    port: int

    @property
    def url(self) -> str:
        """Where it answers, without a path."""
        return f"http://127.0.0.1:{self.port}"

    def cpu_seconds(self) -> float:
        """User and system time of the process and its children so far."""
        return sum(_cpu_seconds(pid) for pid in _tree(self.pid))


@contextmanager
def bounded() -> Iterator[ExitStack]:
    """A stack that is unwound whatever ends the program: done, an error, SIGTERM, or its limit."""

    def stop(number: int, _frame: object) -> None:
        reason = "it took too long" if number == signal.SIGALRM else "it was told to stop"
        raise SystemExit(f"stopped: {reason}")

    for number in (signal.SIGTERM, signal.SIGALRM):
        signal.signal(number, stop)
    signal.alarm(LONGEST_SECONDS)
    with ExitStack() as stack:
        yield stack
    signal.alarm(0)


def free_port() -> int:
    """A port that nobody listens on at the moment."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


@contextmanager
def serve(
    command: Sequence[str], port: int, variables: Mapping[str, str] | None = None
) -> Iterator[Server]:
    """Start a server and wait until it takes connections; at the end it is gone, children too."""
    with tempfile.TemporaryFile() as said:
        process = subprocess.Popen(
            command,
            cwd=ROOT,
            env={**os.environ, **(variables or {})},
            stdout=said,
            stderr=said,
            start_new_session=True,
        )
        try:
            _wait_for(process, port, said)
            yield Server(process.pid, port)
        finally:
            _stop(process)


@contextmanager
def serve_wsgi(
    application: str, port: int, variables: Mapping[str, str], *options: str
) -> Iterator[Server]:
    """A WSGI application under gunicorn with two processes; ``options`` are gunicorn's."""
    gunicorn = [sys.executable, "-m", "gunicorn", "--workers", "2", "--log-level", "error"]
    address = ["--bind", f"127.0.0.1:{port}", "--no-control-socket"]
    with serve([*gunicorn, *address, *options, application], port, variables) as server:
        yield server


def median(values: Sequence[float]) -> float:
    """The middle one."""
    return statistics.median(values)


def percentile(values: Sequence[float], percent: float) -> float:
    """The value that so many percent do not exceed."""
    ordered = sorted(values)
    return ordered[min(len(ordered) - 1, int(len(ordered) * percent / 100))]


def report(name: str, checks: Mapping[str, tuple[float | None, float]], **figures: Any) -> None:
    """Print the one line and end the program: with 0 if every check holds, else with 1.

    ``checks`` maps what was measured to (the figure, the most that it may be); a figure that is
    null could not be measured and does not hold.
    """
    told = {
        what: {"figure": figure, "bound": bound, "holds": figure is not None and figure <= bound}
        for what, (figure, bound) in checks.items()
    }
    holds = all(check["holds"] for check in told.values())
    print(json.dumps({"benchmark": name, "holds": holds, "checks": told, **figures}))
    sys.exit(0 if holds else 1)


def _tree(pid: int) -> list[int]:
    """The process and everything below it."""
    found, waiting = [], [pid]
    while waiting:
        each = waiting.pop()
        found.append(each)
        for task in Path(f"/proc/{each}/task").glob("*/children"):
            waiting += [int(child) for child in _text(task).split()]
    return found


def _cpu_seconds(pid: int) -> float:
    """By the process's own clock, which Linux numbers like this; ``/proc`` counts hundredths."""
    try:
        return time.clock_gettime((~pid << 3) | 2)
    except OSError:
        return 0.0  # it has ended meanwhile


def _text(path: Path) -> str:
    try:
        return path.read_text()
    except (FileNotFoundError, ProcessLookupError):
        return ""  # it has ended meanwhile


def _wait_for(process: subprocess.Popen[bytes], port: int, said: Any) -> None:
    until = time.monotonic() + START_SECONDS
    while time.monotonic() < until:
        if process.poll() is not None:
            break
        try:
            socket.create_connection(("127.0.0.1", port), 1).close()
        except OSError:
            time.sleep(0.05)
        else:
            return
    said.seek(0)
    raise RuntimeError(f"{process.args!r} did not start:\n{said.read().decode()[-3000:]}")


def _stop(process: subprocess.Popen[bytes]) -> None:
    """End exactly the group of processes that was started here."""
    for number in (signal.SIGTERM, signal.SIGKILL):
        try:
            os.killpg(process.pid, number)
        except ProcessLookupError:
            break
        try:
            process.wait(STOP_SECONDS)
        except subprocess.TimeoutExpired:
            continue
        break
    process.wait(STOP_SECONDS)
