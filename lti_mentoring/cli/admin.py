"""``lti-mentoring admin``: the way into the administration's pages."""

import click

from lti_mentoring.cli.toolbox import as_json, open_toolbox, print_json
from lti_mentoring.services import administration


@click.group("admin")
def admin_commands() -> None:
    """The administration's pages."""


@admin_commands.command("link")
@click.option("--registration", type=int, help="Open the connection with this number only.")
@as_json
def link(*, registration: int | None, as_json: bool) -> None:
    """Print a one-time link that opens the administration in a browser."""
    with open_toolbox() as box, box.database.transaction() as db:
        code = administration.make_link(db, registration_id=registration)
        url = box.settings.url(administration.path_of(code))
    if as_json:
        print_json({"url": url})
    else:
        click.echo(f"{url}\n\nIt works once, within {administration.LINK_MINUTES} minutes.")
