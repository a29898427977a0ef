"""``lti-mentoring privacy``: hand out or erase what is kept about one person."""

import click

from lti_mentoring.cli.toolbox import as_json, open_toolbox, print_json
from lti_mentoring.policies.actor import Actor
from lti_mentoring.services.privacy_erasure import erase_person
from lti_mentoring.services.privacy_export import export_person, find_person, holding_of

COMMAND = Actor.system("privacy command")

of_registration = click.option(
    "--registration", type=int, required=True, help="The LMS's number in: platforms list."
)
of_subject = click.option("--subject", required=True, help="The person's id in that LMS.")


@click.group("privacy")
def privacy_commands() -> None:
    """What is kept about one person."""


@privacy_commands.command("export")
@of_registration
@of_subject
@as_json
def export(*, registration: int, subject: str, as_json: bool) -> None:
    """Print everything that is kept about the person; it always is JSON."""
    del as_json
    with open_toolbox() as box, box.database.transaction() as db:
        document = export_person(db, COMMAND, find_person(db, registration, subject))
    print_json(document)


@privacy_commands.command("erase")
@of_registration
@of_subject
@click.option("--yes", is_flag=True, help="Do not ask.")
@as_json
def erase(*, registration: int, subject: str, yes: bool, as_json: bool) -> None:
    """Erase what the person has typed and who they are; this cannot be undone."""
    with open_toolbox() as box:
        with box.database.transaction() as db:
            person = find_person(db, registration, subject)
            name = holding_of(db, person).display_name
        if not yes:
            question = f"Erase what {name} has typed, and the name? This cannot be undone"
            click.confirm(question, abort=True, err=as_json)
        with box.database.transaction() as db:
            changed = erase_person(db, COMMAND, person)
    if as_json:
        print_json({"changed": changed})
    else:
        click.echo(f"Erased: {changed} rows have changed." if changed else "Nothing was left.")
