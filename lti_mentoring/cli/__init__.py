"""``lti-mentoring``: the commands of an administrator. Each has ``--help``."""

import click

from lti_mentoring import __version__
from lti_mentoring.cli.admin import admin_commands
from lti_mentoring.cli.config import config_commands
from lti_mentoring.cli.db import db_commands
from lti_mentoring.cli.demo import demo
from lti_mentoring.cli.keys import keys_commands
from lti_mentoring.cli.platforms import platforms_commands
from lti_mentoring.cli.privacy import privacy_commands
from lti_mentoring.cli.roster import roster_commands
from lti_mentoring.cli.scores import scores_commands
from lti_mentoring.cli.serve import serve, worker

__all__ = ["main"]


@click.group()
@click.version_option(__version__, prog_name="lti-mentoring")
def main() -> None:
    """A mentoring program inside the LMS: run it, connect platforms, look after it."""


for command in (
    admin_commands,
    config_commands,
    db_commands,
    demo,
    keys_commands,
    platforms_commands,
    privacy_commands,
    roster_commands,
    scores_commands,
    serve,
    worker,
):
    main.add_command(command)
