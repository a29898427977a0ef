"""The job engine on servers of its own: a bell in one process is heard in another one.

Whatever happens to the server, what is due stands in the tables.
"""

import os
import subprocess
import sys
import threading
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from lti_mentoring.core import bell, clock
from lti_mentoring.core.http import Client
from lti_mentoring.core.keys import SecretBox
from lti_mentoring.jobs.engine import Worker, make_engine
from lti_mentoring.jobs.tasks import TICK
from lti_mentoring.launch.throttle import SharedCounts, Throttle, TooMany
from lti_mentoring.models import ScorePublication
from lti_mentoring.vocabulary import ActivityProgress
from tests.support.background import worker_for
from tests.support.canned_platform import CannedPlatform
from tests.support.database import KIND, SECRET
from tests.support.factories import make_line_item, make_mentee, make_program
from tests.support.job_servers import has_valkey, job_server
from tests.support.strict_gradebook import all_sent, serve_gradebook, wait_until

ROOT = Path(__file__).resolve().parents[2]
HEARD_SECONDS = 20
pytestmark = pytest.mark.sockets


@pytest.fixture(scope="module")
def valkey():
    if not has_valkey():
        pytest.skip("there is no Valkey for this system")
    with job_server("valkey") as running:
        yield running


@pytest.fixture(scope="module")
def postgres():
    with job_server("postgresql") as running:
        yield running


@pytest.fixture
def server(valkey):
    """A server for bells."""
    return valkey


@pytest.fixture(params=["valkey", "postgres"] if KIND == "postgresql" else ["valkey"])
def any_server(request):
    """Valkey, and PostgreSQL where the run is about it."""
    return request.getfixturevalue(request.param)


@pytest.fixture
def gradebook():
    with serve_gradebook() as platform:
        yield platform


class House:
    """This process, which rings, and another one, which listens."""

    def __init__(self, database, settings, server, gradebook):
        self.database = database
        jobs = {"jobs_url": server.url}
        self.worker = Worker(
            database,
            Client(settings.outgoing, "tests"),
            SecretBox(SECRET),
            settings.model_copy(update=jobs),
        )
        with database.transaction() as db:
            self._program = make_program(db)
            registration = self._program.course.deployment.registration
            registration.token_url = f"{gradebook.url}/token"
            url = f"{gradebook.url}/column"
            self._column_id = make_line_item(db, self._program, url=url).id
        address = database.engine.url.render_as_string(hide_password=False)
        self._listener = subprocess.Popen(  # noqa: S603 -- our own module, with our own addresses
            [sys.executable, "-m", "tests.jobs.listening_worker", address, server.url],
            cwd=ROOT,
            env={**os.environ, "PYTHONPATH": str(ROOT), "PYTHONWARNINGS": "ignore"},
            stdout=subprocess.PIPE,
        )
        self._output = self._listener.stdout or sys.stdin.buffer
        assert self._output.readline() == b"ready\n"

    def want_score(self):
        """Something becomes due, and the bell is rung with the commit."""
        with self.database.transaction() as db:
            mentee = make_mentee(db, db.merge(self._program))
            now = clock.now()
            db.add(
                ScorePublication(
                    line_item_id=self._column_id,
                    participant_id=mentee.id,
                    score_given=50,
                    score_maximum=100,
                    activity_progress=ActivityProgress.IN_PROGRESS,
                    scored_at=now,
                    next_at=now,
                )
            )
            bell.ring_soon(db, "scores")

    def wait_for_all(self):
        wait_until(lambda: all_sent(self.database), HEARD_SECONDS)

    def minute_passes(self):
        """The engine's clock, which the listener has not, rings for a sweep."""
        self.worker.ring(TICK)
        return all_sent(self.database)

    def close(self):
        self._listener.kill()
        self._listener.wait()
        self._output.close()
        self.worker.close()


@pytest.fixture
def house(database, settings, server, gradebook):
    made = House(database, settings, server, gradebook)
    yield made
    made.close()


@pytest.mark.slow
def test_a_bell_is_heard_in_another_process_and_a_killed_server_loses_nothing(
    house, server, gradebook, caplog
):
    for _ in range(2):
        house.want_score()
        house.wait_for_all()
    assert gradebook.count == 2

    server.kill()
    house.want_score()  # the click works all the same
    assert "the bell cannot be rung" in caplog.text
    assert not all_sent(house.database)
    server.start()

    wait_until(house.minute_passes, HEARD_SECONDS)
    house.want_score()
    wait_until(house.minute_passes, HEARD_SECONDS)
    assert len(gradebook.accepted) == 4


def test_a_bell_is_heard_in_a_thread_of_this_process(database, settings, server, monkeypatch):
    heard = threading.Event()
    monkeypatch.setattr("lti_mentoring.jobs.tasks.deliver_scores", lambda _work: heard.set())
    jobs = settings.model_copy(update={"jobs_url": server.url})
    worker = worker_for(database, jobs, CannedPlatform())
    worker.start()

    with database.transaction() as db:
        bell.ring_soon(db, "scores")

    assert heard.wait(HEARD_SECONDS)
    worker.stop()


def test_a_queue_on_a_server_holds_no_code(database, any_server):
    engine = make_engine(any_server.url, None)
    engine.storage.flush_all()
    task = engine.task(name="nothing")(int)

    task()

    (queued,) = engine.storage.enqueued_items()
    assert bytes(queued).startswith(b"{")
    engine.storage.flush_all()
    engine.storage.close()


def counting(settings, most, store_url):
    limits = settings.limits.model_copy(update={"per_address": most, "store_url": store_url})
    return settings.model_copy(update={"limits": limits})


def test_processes_count_launches_together(settings, valkey):
    ours = counting(settings, 40, valkey.url)
    throttles = [Throttle(ours), Throttle(ours)]  # of two processes

    def knock(number):
        try:
            throttles[number % 2].address("login", "203.0.113.1")
        except TooMany as error:
            return error.seconds
        return 0

    with ThreadPoolExecutor(8) as threads:
        told = list(threads.map(knock, range(60)))

    assert told.count(0) == 40
    assert all(1 <= seconds <= 60 for seconds in told if seconds)


def test_the_engines_redis_counts_too_unless_another_one_is_named(settings, valkey):
    jobs = {"jobs_url": valkey.url}
    throttle = Throttle(counting(settings, 1, "").model_copy(update=jobs))

    assert isinstance(throttle._counts, SharedCounts)


def test_while_the_counting_server_is_away_each_process_counts_for_itself(settings, valkey, caplog):
    throttle = Throttle(counting(settings, 2, valkey.url))
    valkey.kill()

    for _ in range(2):
        throttle.address("login", "203.0.113.2")
    with pytest.raises(TooMany):
        throttle.address("login", "203.0.113.2")

    assert caplog.text.count("counts for itself") == 1
    valkey.start()
