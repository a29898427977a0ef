"""``lti-mentoring keys``: the tool's own signing keys."""

import click

from lti_mentoring.cli.toolbox import as_json, open_toolbox, print_json
from lti_mentoring.services import tool_keys
from lti_mentoring.vocabulary import KeyState


@click.group("keys")
def keys_commands() -> None:
    """The tool's own signing keys."""


@keys_commands.command("list")
@as_json
def list_keys(*, as_json: bool) -> None:
    """Show the keys, the newest first."""
    with open_toolbox() as box, box.database.transaction() as db:
        rows = [(key.kid, key.state, key.created_at) for key in tool_keys.list_keys(db)]
    if as_json:
        print_json([{"kid": kid, "state": state, "created_at": at} for kid, state, at in rows])
        return
    for kid, state, created_at in rows:
        click.echo(f"{kid}  {state:<10} {created_at:%Y-%m-%d %H:%M}")


@keys_commands.command("rotate")
@click.option("--now", is_flag=True, help="Let the new key sign before its day is over.")
def rotate(*, now: bool) -> None:
    """Take one of two steps: publish a new key; a day later, let it begin to sign."""
    with open_toolbox() as box, box.database.transaction() as db:
        tool_keys.ensure_signing_key(db, box.box)
        key = tool_keys.rotate(db, box.box, at_once=now)
        kid, state = key.kid, key.state
    if state is KeyState.PUBLISHED:
        click.echo(f"Key {kid} is published. Type this again in a day, and it begins to sign.")
    else:
        click.echo(f"Key {kid} signs from now on.")
