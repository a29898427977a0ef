"""The job engine on servers of its own: a bell in one process is heard in another one.

Whatever happens to the server, what is due stands in the tables.
"""

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from multiprocessing import Pipe

import pytest

from lti_mentoring.core import bell, clock
from lti_mentoring.core.http import Client
from lti_mentoring.core.keys import SecretBox
from lti_mentoring.jobs.engine import Worker
from lti_mentoring.jobs.tasks import TICK
from lti_mentoring.launch.throttle import SharedCounts, Throttle, TooMany
from lti_mentoring.models import ScorePublication
from lti_mentoring.vocabulary import ActivityProgress, PublicationState
from tests.jobs import listening_worker
from tests.support.database import SECRET
from tests.support.factories import make_line_item, make_mentee, make_program
from tests.support.killable import Killable
from tests.support.strict_gradebook import all_sent, serve_gradebook, wait_until

HEARD_SECONDS = 20
MANY = 40
pytestmark = pytest.mark.sockets


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
        self._server = server
        self.listen()

    def listen(self):
        """Start the other process."""
        address = self.database.engine.url.render_as_string(hide_password=False)
        ready, theirs = Pipe(duplex=False)
        self.listener = Killable(listening_worker.main, address, self._server.url, theirs)
        theirs.close()
        assert ready.recv()
        ready.close()

    def want_score(self, seconds=0.0):
        """Something becomes due in ``seconds``, and the bell is rung with the commit; its id."""
        return self.want_scores(1, seconds)[0]

    def want_scores(self, number, seconds=0.0):
        """The same for so many learners."""
        with self.database.transaction() as db:
            program = db.merge(self._program)
            now = clock.now()
            wanted = [
                ScorePublication(
                    line_item_id=self._column_id,
                    participant_id=make_mentee(db, program).id,
                    score_given=50,
                    score_maximum=100,
                    activity_progress=ActivityProgress.IN_PROGRESS,
                    scored_at=now,
                    next_at=now + timedelta(seconds=seconds),
                )
                for _ in range(number)
            ]
            db.add_all(wanted)
            bell.ring_soon(db, "scores", seconds)
            db.flush()
            return [one.id for one in wanted]

    def is_sent(self, publication_id):
        with self.database.transaction() as db:
            publication = db.get_one(ScorePublication, publication_id)
            return publication.state is PublicationState.SENT

    def wait_for_all(self):
        wait_until(lambda: all_sent(self.database), HEARD_SECONDS)

    def minute_passes(self):
        """The engine's clock, which the listener has not, rings for a sweep."""
        self.worker.ring(TICK)
        return all_sent(self.database)

    def close(self):
        self.listener.kill()
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
    for seconds in (0, 0.5):
        house.want_score(seconds)
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


@pytest.mark.slow
def test_a_listener_that_is_killed_while_it_works_blocks_nobody(house, gradebook):
    house.want_scores(MANY)
    wait_until(lambda: gradebook.count > 0, HEARD_SECONDS)

    house.listener.kill()
    assert not all_sent(house.database)
    house.listen()
    wanted = house.want_score()

    wait_until(lambda: house.is_sent(wanted), HEARD_SECONDS)


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
