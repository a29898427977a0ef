"""Runs the migrations: all of them in one transaction, on SQLite as on PostgreSQL."""

from typing import Literal

import sqlalchemy as sa
from alembic import context
from alembic.autogenerate.api import AutogenContext

from lti_mentoring.core.db import Database, EnumValue, Points, UTCDateTime, connect
from lti_mentoring.models import Base

ONE_AT_A_TIME = 7_305_815  # any number: PostgreSQL's lock for "this tool is migrating"


def render_item(kind: str, item: object, _autogenerate: AutogenContext) -> str | Literal[False]:
    """Plain column types, so that no migration imports the application."""
    if kind != "type":
        return False
    if isinstance(item, UTCDateTime):
        return "sa.DateTime(timezone=True)"
    if isinstance(item, Points):
        return "sa.BigInteger()"
    if isinstance(item, EnumValue):
        return "sa.String(length=32)"
    return False


def run() -> None:
    """Bring the database that the configuration names to where Alembic was told."""
    url = context.config.get_main_option("sqlalchemy.url")
    if not url:
        raise RuntimeError("no database: use lti-mentoring db upgrade")
    database = connect(url)
    try:
        _migrate(database)
    finally:
        database.dispose()


def _migrate(database: Database) -> None:
    is_sqlite = database.engine.dialect.name == "sqlite"
    with database.engine.connect() as connection:
        if is_sqlite:
            # Batch mode rebuilds tables; with foreign keys on, that would delete what points there.
            # Inside a transaction the switch does nothing, so it goes to the driver.
            cursor = connection.connection.cursor()
            cursor.execute("PRAGMA foreign_keys=OFF")
            cursor.close()
        context.configure(
            connection=connection,
            target_metadata=Base.metadata,
            render_as_batch=True,
            render_item=render_item,
            transactional_ddl=True,
            compare_server_default=True,
        )
        with context.begin_transaction():
            if not is_sqlite:
                connection.execute(sa.select(sa.func.pg_advisory_xact_lock(ONE_AT_A_TIME)))
            context.run_migrations()
            if is_sqlite:
                check_foreign_keys(connection)


def check_foreign_keys(connection: sa.Connection) -> None:
    """Refuse to end with rows that point nowhere."""
    broken = connection.exec_driver_sql("PRAGMA foreign_key_check").first()
    if broken:
        raise RuntimeError(f"a row of {broken[0]} points to a missing row of {broken[2]}")


run()
