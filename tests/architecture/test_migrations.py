"""Migrations go up, down and up again, and end where the models are."""

import os
import re
import uuid

import pytest
import sqlalchemy as sa
from alembic import command
from alembic.script import ScriptDirectory

from lti_mentoring.cli.db import alembic_config
from lti_mentoring.models import Base
from tests.architecture.source import PRODUCT

DATED = re.compile(r"20\d{6}_\d{4}_[a-z0-9_]+")


@pytest.fixture
def empty_database(request, tmp_path):
    """The address of a database without tables, of the kind that this run is about."""
    if os.environ.get("MENTORING_TEST_DATABASE", "sqlite") == "sqlite":
        yield f"sqlite:///{tmp_path / 'empty.db'}"
        return
    beside = request.getfixturevalue("db").get_bind().engine.url
    name = f"empty_{uuid.uuid4().hex}"
    server = sa.create_engine(beside, isolation_level="AUTOCOMMIT", poolclass=sa.NullPool)
    with server.connect() as connection:
        connection.execute(sa.text(f"CREATE DATABASE {name}"))
        yield beside.set(database=name).render_as_string(hide_password=False)
        connection.execute(sa.text(f"DROP DATABASE {name} WITH (FORCE)"))


def tables_of(url):
    engine = sa.create_engine(url, poolclass=sa.NullPool)
    return set(sa.inspect(engine).get_table_names()) - {"alembic_version"}


def check_nothing_is_left_over(config):
    """Fail, with the differences, if a migration made now would not be empty."""
    command.check(config)


def test_up_down_and_up_again(empty_database):
    config = alembic_config(empty_database)

    command.upgrade(config, "head")
    up = tables_of(empty_database)
    command.downgrade(config, "base")
    down = tables_of(empty_database)
    command.upgrade(config, "head")

    assert up == set(Base.metadata.tables)
    assert down == set()
    assert tables_of(empty_database) == up


def test_the_last_migration_arrives_at_the_models(empty_database):
    config = alembic_config(empty_database)
    command.upgrade(config, "head")

    check_nothing_is_left_over(config)


def test_there_is_one_line_of_migrations(tmp_path):
    script = ScriptDirectory.from_config(alembic_config(f"sqlite:///{tmp_path / 'unused.db'}"))

    assert len(script.get_heads()) == 1
    assert [revision.revision for revision in script.walk_revisions() if not revision.doc] == []


def test_migrations_have_dated_names():
    names = [path.stem for path in (PRODUCT / "migrations" / "versions").glob("*.py")]

    assert [name for name in names if name != "__init__" and not DATED.fullmatch(name)] == []
