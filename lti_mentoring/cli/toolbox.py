"""What commands work with: settings, database and background work, and errors in words."""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

import click

from lti_mentoring.app import user_agent
from lti_mentoring.cli.configuration import read_settings
from lti_mentoring.core import log
from lti_mentoring.core.db import Database, connect
from lti_mentoring.core.errors import MentoringError, NotFound
from lti_mentoring.core.http import Client
from lti_mentoring.core.keys import SecretBox
from lti_mentoring.jobs.engine import Worker
from lti_mentoring.settings import Settings

as_json = click.option("--json", "as_json", is_flag=True, help="Print JSON, for machines.")


@dataclass(frozen=True)
class Toolbox:
    """Everything a command may need, opened once."""

    settings: Settings
    database: Database
    http: Client
    box: SecretBox
    worker: Worker


@contextmanager
def open_toolbox() -> Iterator[Toolbox]:
    """The toolbox of the configured installation; errors end the command with a sentence."""
    settings = read_settings()
    log.configure(settings.log_format)
    database = connect(settings.database_url)
    http = Client(settings.outgoing, user_agent(settings))
    box = SecretBox(settings.secret_key, settings.secret_key_previous)
    worker = Worker(database, http, box, settings)
    try:
        with words_for_errors():
            yield Toolbox(settings, database, http, box, worker)
    finally:
        worker.close()
        database.dispose()


@contextmanager
def words_for_errors() -> Iterator[None]:
    """Let what a person may be told about end the command, without a traceback."""
    try:
        yield
    except NotFound as error:
        raise click.ClickException(f"There is no {error}.") from error
    except MentoringError as error:
        raise click.ClickException(f"{error}.") from error


def print_json(value: Any) -> None:
    """One JSON value; moments in ISO 8601."""
    click.echo(json.dumps(value, default=str, ensure_ascii=False, indent=2))
