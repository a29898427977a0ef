"""Reading the settings for a command: faults are told by name, without a traceback."""

from typing import Any

import click
from pydantic import ValidationError

from lti_mentoring.settings import Settings, load_settings


def read_settings(**given: Any) -> Settings:
    """The settings; what is missing or wrong ends the command with its name."""
    try:
        return load_settings(**given)
    except ValidationError as error:
        faults = (
            f"  {'.'.join(map(str, fault['loc']))}: {fault['msg']}" for fault in error.errors()
        )
        raise click.ClickException("\n".join(["The settings are not right:", *faults])) from error
