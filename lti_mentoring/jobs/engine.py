"""The job engine: rings the background work, in this process or another one.

The engine may lose, double or delay anything: what is due stands in the tables, and a sweep
each minute finds it. Bells only spare the wait.
"""

import json
import logging
import threading
from datetime import datetime
from pathlib import Path
from typing import Any

from huey import Huey, MemoryHuey, PostgresHuey, RedisHuey, SqliteHuey
from huey.consumer import Consumer
from huey.registry import Message
from huey.serializer import Serializer

from lti_mentoring.core import bell
from lti_mentoring.core.db import Database
from lti_mentoring.core.http import Client
from lti_mentoring.core.keys import SecretBox
from lti_mentoring.jobs.schedule import sweep_strictly
from lti_mentoring.jobs.storages import TidyPostgres, TidyRedis
from lti_mentoring.jobs.tasks import TICK, Bells, add_tasks
from lti_mentoring.jobs.work import MOST_ROUNDS, Work, prepare
from lti_mentoring.settings import REDIS_SCHEMES, Settings

NAME = "lti-mentoring"
THREADS = 2  # one may wait for a slow roster while the other delivers scores
LONGEST_LOOK_SECONDS = 1.0
CONNECT_SECONDS = 2  # a bell that cannot be rung holds up a click for no longer
ANSWER_SECONDS = 5  # longer than a listener waits for the next bell

log = logging.getLogger(__name__)


class JsonSerializer(Serializer):
    """JSON instead of pickle: readable, and no code can hide in a queue."""

    def _serialize(self, data: Any) -> bytes:
        content = data._asdict() if isinstance(data, Message) else data
        return json.dumps(
            {"task": isinstance(data, Message), "data": content}, default=str
        ).encode()

    def _deserialize(self, data: bytes) -> Any:
        content = json.loads(data)
        if not content["task"]:
            return content["data"]
        eta = content["data"]["eta"]  # without it, a bell for later would ring at once, in vain
        when = datetime.fromisoformat(eta) if eta else None
        return Message(**{**content["data"], "eta": when, "args": (), "kwargs": {}})


class EmbeddedConsumer(Consumer):
    """Lives in threads of a process whose signals belong to somebody else."""

    def _set_signal_handlers(self) -> None:
        """Leave them alone."""


class Worker:
    """The background work of one process: run to the end, or kept running in threads."""

    def __init__(
        self, database: Database, http: Client, box: SecretBox, settings: Settings
    ) -> None:
        self.work: Work = prepare(database, http, box, settings)
        self._settings = settings
        self._lock = threading.Lock()
        self._engine: Huey | None = None
        self._bells: Bells = {}
        self._consumer: Consumer | None = None
        bell.hang_up(database, self.ring, settings.scores.quiet_seconds)

    @property
    def is_running(self) -> bool:
        """Whether this process does background work by itself."""
        return self._consumer is not None

    def ring(self, kind: str, seconds: float = 0.0) -> None:
        """Say that work of ``kind`` is due in so many seconds; never fails.

        Without an engine outside and without threads of its own, nobody would hear it.
        """
        if not self._settings.jobs_url and not self.is_running:
            return
        try:
            self._ring(kind, seconds)
        except Exception:
            # The engine may be down; the sweep finds the work all the same.
            log.warning("the bell cannot be rung", extra={"kind": kind}, exc_info=True)

    def run_until_idle(self) -> int:
        """Do whatever is due now, here, until nothing is; how much was done."""
        done = 0
        for _ in range(MOST_ROUNDS):
            more = sweep_strictly(self.work)
            done += more
            if not more:
                break
        return done

    def start(self) -> None:
        """Keep working in threads of this process; any number of processes may."""
        if self._consumer is not None:
            return
        self._consumer = EmbeddedConsumer(
            self._known_engine(), workers=THREADS, max_delay=LONGEST_LOOK_SECONDS
        )
        self._consumer.start()
        self.ring(TICK)

    def stop(self) -> None:
        """Finish what is being done and let the threads go."""
        consumer, self._consumer = self._consumer, None
        if consumer is not None:
            consumer.stop(graceful=True)
        self.close()

    def close(self) -> None:
        """Let connections and threads go; for those who only ran until idle."""
        self.work.publisher.close()
        self.work.http.close()
        if self._engine is not None:
            self._engine.storage.close()

    def _ring(self, kind: str, seconds: float) -> None:
        self._known_engine()
        task = self._bells[kind]
        if seconds > 0:
            task.schedule(delay=seconds)
        else:
            task()

    def _known_engine(self) -> Huey:
        with self._lock:
            if self._engine is None:
                url = self.work.database.engine.url
                file = url.database if url.get_backend_name() == "sqlite" else None
                self._engine = make_engine(self._settings.jobs_url, file)
                self._bells = add_tasks(self._engine, self.work)
            return self._engine


def make_engine(jobs_url: str, database_file: str | None) -> Huey:
    """The engine at ``jobs_url``; if that is empty, one that needs nothing else.

    Beside a SQLite database it is a file, which all processes of the machine share; beside
    another one it is this process's memory.
    """
    options: dict[str, Any] = {"results": False, "serializer": JsonSerializer()}
    if jobs_url.startswith(REDIS_SCHEMES):
        return RedisHuey(NAME, storage_class=TidyRedis, url=_with_limits(jobs_url), **options)
    if jobs_url.startswith(("postgres://", "postgresql://")):
        where = {"url": jobs_url, "connect_seconds": CONNECT_SECONDS}
        return PostgresHuey(NAME, storage_class=TidyPostgres, **where, **options)
    if jobs_url:
        raise ValueError("jobs_url must begin with redis:// or postgresql://, or be empty")
    if database_file is None or database_file == ":memory:":
        return MemoryHuey(NAME, **options)
    file = Path(database_file)
    return SqliteHuey(NAME, filename=str(file.with_name(f"{file.stem}-jobs.db")), **options)


def _with_limits(redis_url: str) -> str:
    """The address with time limits, which Redis has none of by itself; those it has already win."""
    if "socket_" in redis_url:
        return redis_url
    limits = f"socket_connect_timeout={CONNECT_SECONDS}&socket_timeout={ANSWER_SECONDS}"
    return f"{redis_url}{'&' if '?' in redis_url else '?'}{limits}"
