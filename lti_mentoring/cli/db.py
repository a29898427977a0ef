"""``lti-mentoring db``: bring the database's tables up to date, or say whether they are."""

from pathlib import Path

import click
from alembic import command
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Engine

from lti_mentoring.cli.configuration import read_settings
from lti_mentoring.core.db import connect

MIGRATIONS = Path(__file__).resolve().parent.parent / "migrations"
NAMES = "%%(year)d%%(month).2d%%(day).2d_%%(hour).2d%%(minute).2d_%%(slug)s"


def alembic_config(url: str) -> Config:
    """Alembic's configuration for the database at ``url``; there is no alembic.ini."""
    config = Config()
    config.set_main_option("script_location", str(MIGRATIONS).replace("%", "%%"))
    config.set_main_option("path_separator", "os")
    config.set_main_option("file_template", NAMES)
    config.set_main_option("timezone", "UTC")
    config.set_main_option("sqlalchemy.url", url.replace("%", "%%"))
    return config


def upgrade_database(url: str) -> None:
    """Bring the tables at ``url`` up to date; makes the folder of a SQLite file."""
    database = connect(url)
    file = database.engine.url.database
    if database.engine.dialect.name == "sqlite" and file and file != ":memory:":
        Path(file).parent.mkdir(parents=True, exist_ok=True)
    database.dispose()
    command.upgrade(alembic_config(url), "head")


def revisions(engine: Engine) -> tuple[str | None, str | None]:
    """The revision that the database has, and the newest one."""
    with engine.connect() as connection:
        current = MigrationContext.configure(connection).get_current_revision()
    url = engine.url.render_as_string(hide_password=False)
    return current, ScriptDirectory.from_config(alembic_config(url)).get_current_head()


@click.group("db")
def db_commands() -> None:
    """The database's tables."""


@db_commands.command("upgrade")
def upgrade() -> None:
    """Bring the tables up to date. Safe to repeat, also while the tool runs."""
    upgrade_database(read_settings().database_url)
    click.echo("The database is up to date.")


@db_commands.command("check")
def check() -> None:
    """Say whether the tables are up to date; ends with 1 if they are not."""
    database = connect(read_settings().database_url)
    try:
        current, newest = revisions(database.engine)
    finally:
        database.dispose()
    if current != newest:
        raise click.ClickException(
            f"The database is at {current or 'nothing'}, the newest is {newest}. "
            "Type: lti-mentoring db upgrade"
        )
    click.echo(f"The database is up to date ({current}).")
