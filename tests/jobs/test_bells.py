"""Bells in one process, on each kind of engine, and what may happen to the connections to it."""

import threading
import time
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager

import pytest

from lti_mentoring.core import bell
from lti_mentoring.jobs.engine import make_engine
from tests.support.background import worker_for
from tests.support.canned_platform import CannedPlatform
from tests.support.strict_gradebook import wait_until

HEARD_SECONDS = 20
DELAY_SECONDS = 0.5
pytestmark = pytest.mark.sockets


@pytest.fixture
def heard(monkeypatch):
    """Set when a bell for scores is heard, which stands in for delivering them."""
    heard = threading.Event()
    monkeypatch.setattr("lti_mentoring.jobs.tasks.deliver_scores", lambda _work: heard.set())
    return heard


@contextmanager
def working(database, settings, url):
    """A worker whose bells are at ``url``."""
    jobs = settings.model_copy(update={"jobs_url": url})
    worker = worker_for(database, jobs, CannedPlatform())
    yield worker
    worker.stop()


@pytest.fixture
def worker(database, settings, server):
    with working(database, settings, server.url) as worker:
        yield worker


@pytest.fixture
def any_worker(database, settings, jobs_url):
    with working(database, settings, jobs_url) as worker:
        yield worker


def test_a_bell_is_heard_in_a_thread_of_this_process(worker, database, heard):
    worker.start()

    with database.transaction() as db:
        bell.ring_soon(db, "scores")

    assert heard.wait(HEARD_SECONDS)


def test_a_bell_for_later_is_heard_then_and_not_at_once(any_worker, heard):
    any_worker.start()
    any_worker.ring("scores")
    assert heard.wait(HEARD_SECONDS)
    heard.clear()
    began = time.monotonic()

    any_worker.ring("scores", DELAY_SECONDS)

    assert heard.wait(HEARD_SECONDS)
    assert time.monotonic() - began >= DELAY_SECONDS


def test_a_stopped_worker_keeps_no_connection(worker, server, database, heard):
    worker.start()
    worker.ring("scores")
    assert heard.wait(HEARD_SECONDS)
    assert server.guests() > 0

    worker.stop()

    wait_until(lambda: server.guests() == 0, HEARD_SECONDS)


def restart(server):
    server.kill()
    server.start()


@pytest.mark.parametrize("end", [restart, lambda server: server.hang_up()], ids=["killed", "cut"])
def test_who_waits_for_a_bell_comes_back_when_the_server_does(
    worker, server, database, heard, caplog, end
):
    worker.start()
    worker.ring("scores")
    assert heard.wait(HEARD_SECONDS)
    heard.clear()

    end(server)
    worker.ring("scores")

    assert heard.wait(HEARD_SECONDS)
    failures = caplog.text.count("Error reading from queue")
    assert failures < 200, "it did not pause before it tried again"


def test_a_bell_is_rung_also_if_the_server_had_hung_up(worker, server, database):
    worker.ring("scores")
    server.hang_up()

    worker.ring("scores")

    engine = make_engine(server.url, None)
    assert engine.pending_count() == 2
    engine.storage.close()


def test_many_processes_may_begin_at_the_same_moment(server, database):
    server.forget()

    def begin(_number):
        make_engine(server.url, None).storage.close()
        return True

    with ThreadPoolExecutor(6) as threads:
        assert all(threads.map(begin, range(6)))


def test_a_queue_on_a_server_holds_no_code(database, server):
    engine = make_engine(server.url, None)
    task = engine.task(name="nothing")(int)

    task()

    (queued,) = engine.storage.enqueued_items()
    assert bytes(queued).startswith(b"{")
    engine.storage.close()
