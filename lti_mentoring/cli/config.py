"""``lti-mentoring config``: whether the settings are right, without showing secrets."""

import click

from lti_mentoring.cli.configuration import read_settings
from lti_mentoring.cli.toolbox import as_json, print_json

SECRET = frozenset({"secret_key", "secret_key_previous", "database_url", "jobs_url"})


@click.group("config")
def config_commands() -> None:
    """The settings."""


@config_commands.command("check")
@as_json
def check(*, as_json: bool) -> None:
    """Say whether the settings are right, and what they are; secrets are left out."""
    settings = read_settings()
    values = settings.model_dump(mode="json")
    for name in SECRET:
        values[name] = "set" if values[name] else "empty"
    if as_json:
        print_json(values)
        return
    for name, value in values.items():
        click.echo(f"{name} = {value}")
    click.echo("The settings are right.")
