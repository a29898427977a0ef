"""The library's storages on servers, with their connections in our hands."""

import threading
from typing import Any

import psycopg
from huey.storage import PostgresStorage, RedisStorage

ONE_AT_A_TIME = "select pg_advisory_xact_lock(hashtext('huey tables'))"


class TidyRedis(RedisStorage):
    """Closes its connections, which the library's own leaves to the garbage collector."""

    def close(self) -> bool:
        """Let all connections go; whoever used them has to be done."""
        self.pool.disconnect()
        return True


class Connections:
    """Opens PostgreSQL's connections, and closes those that are still open."""

    def __init__(self, url: str, connect_seconds: int) -> None:
        self._url = url
        self._connect_seconds = connect_seconds
        self._lock = threading.Lock()
        self._opened: list[psycopg.Connection[Any]] = []

    def __call__(self) -> psycopg.Connection[Any]:
        """A new one."""
        connection = psycopg.connect(self._url, connect_timeout=self._connect_seconds)
        with self._lock:
            self._opened = [each for each in self._opened if not each.closed]
            self._opened.append(connection)
        return connection

    def close(self) -> None:
        """Close them all."""
        with self._lock:
            opened, self._opened = self._opened, []
        for connection in opened:
            connection.close()


class TidyPostgres(PostgresStorage):
    """Closes all of its connections, and rings once more if the server had hung up.

    The library's own leaves what each thread listened on to the garbage collector. It learns
    that a connection is gone from the statement that fails, which was the bell. And of several
    processes that make its tables at the same moment, all but one fail.
    """

    def __init__(self, name: str, *, url: str, connect_seconds: int, **options: Any) -> None:
        self._connections = Connections(url, connect_seconds)
        super().__init__(name, connection=self._connections, **options)

    def initialize_schema(self) -> None:
        """Make the tables, unless they are there."""
        self.ddl.insert(0, ONE_AT_A_TIME)
        super().initialize_schema()

    def close(self) -> bool:
        """Let all connections go, also those of threads that are gone."""
        was_open = super().close()
        self._connections.close()
        return bool(was_open)

    def enqueue(self, data: bytes, priority: float | None = None) -> None:
        """Put a task into the queue, and wake who listens; twice does no harm."""
        try:
            super().enqueue(data, priority)
        except psycopg.OperationalError:
            if self._conn is None:  # there is no server, and waiting for it again is no use
                raise
            super().enqueue(data, priority)
