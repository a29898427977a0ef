"""``lti-mentoring platforms``: which LMS installations may open the tool."""

from dataclasses import asdict, replace
from typing import IO, Any

import click

from lti_mentoring.cli.configuration import read_settings
from lti_mentoring.cli.toolbox import as_json, open_toolbox, print_json
from lti_mentoring.policies.administrator import WHOLE_TOOL
from lti_mentoring.queries.connections import ConnectionRow, list_connections, read_connection
from lti_mentoring.rules.manual_setup import values_for
from lti_mentoring.rules.platform_file import read_json, read_platform_file
from lti_mentoring.rules.tool_configuration import ToolAddress
from lti_mentoring.services import deployments, platforms, registration_invites
from lti_mentoring.services.doors import ADMINISTRATOR
from lti_mentoring.services.platform_check import check_platform
from lti_mentoring.services.platforms import PlatformFacts
from lti_mentoring.services.registration_invites import InviteFacts
from lti_mentoring.services.tool_keys import ensure_signing_key
from lti_mentoring.vocabulary import DeploymentState, Product, RegistrationState
from lti_mentoring.web.connection_words import said

MARKS = {"good": "ok  ", "warning": "note", "bad": "BAD ", "note": "    "}
PRODUCTS = click.Choice([product.value for product in Product])


@click.group("platforms")
def platforms_commands() -> None:
    """The LMS installations that may open the tool."""


@platforms_commands.command("add")
@click.option("--name", required=True, help="What you call this LMS.")
@click.option("--issuer", required=True, help="Its issuer (platform id).")
@click.option("--client-id", required=True, help="The client id that it gave to the tool.")
@click.option("--deployment-id", help="The deployment id that it gave to the tool.")
@click.option("--auth-url", required=True, help="Its authentication request address.")
@click.option("--token-url", required=True, help="Its access token address.")
@click.option("--jwks-url", required=True, help="Its public key set address.")
@click.option("--audience", help="What it wants as audience, if not the token address.")
@click.option(
    "--trusted-audience",
    "trusted_audiences",
    multiple=True,
    help="Another audience that its tokens may name; may be repeated.",
)
@click.option("--product", type=PRODUCTS, default=Product.OTHER.value, show_default=True)
@as_json
def add(*, product: str, deployment_id: str | None, as_json: bool, **facts: Any) -> None:
    """Register an LMS, approved: its launches are let in from now on."""
    with open_toolbox() as box, box.database.transaction() as db:
        ensure_signing_key(db, box.box)
        registration = platforms.add_platform(
            db,
            PlatformFacts(product=Product(product), **facts),
            deployment_id,
            allow_private=box.settings.outgoing.allow_private,
        )
        number = registration.id
    if as_json:
        print_json({"id": number})
    else:
        click.echo(f"Added as number {number}. Type: lti-mentoring platforms check {number}")


@platforms_commands.command("correct")
@click.argument("registration", type=int)
@click.option("--name", help="What you call this LMS.")
@click.option("--issuer", help="Its issuer (platform id).")
@click.option("--client-id", help="The client id that it gave to the tool.")
@click.option("--auth-url", help="Its authentication request address.")
@click.option("--token-url", help="Its access token address.")
@click.option("--jwks-url", help="Its public key set address.")
@click.option("--audience", help="What it wants as audience, if not the token address.")
@click.option(
    "--trusted-audience",
    "trusted_audiences",
    multiple=True,
    help="Another audience that its tokens may name, instead of those so far; may be repeated.",
)
@click.option("--no-trusted-audiences", is_flag=True, help="Its tokens may name no other one.")
@click.option("--product", type=PRODUCTS)
def correct(*, registration: int, no_trusted_audiences: bool, **given: Any) -> None:
    """Put right what is known of a REGISTRATION; what is not named stays as it is."""
    told = {field: value for field, value in given.items() if value}
    if no_trusted_audiences:
        if "trusted_audiences" in told:
            raise click.UsageError("Name trusted audiences, or say that there are none.")
        told["trusted_audiences"] = ()
    with open_toolbox() as box, box.database.transaction() as db:
        known = PlatformFacts.told(read_connection(db, WHOLE_TOOL, registration).facts)
        if "product" in told:
            told["product"] = Product(told["product"])
        platforms.correct_platform(
            db,
            ADMINISTRATOR,
            registration,
            replace(known, **told),
            allow_private=box.settings.outgoing.allow_private,
        )
    click.echo(f"Corrected. Type: lti-mentoring platforms check {registration}")


@platforms_commands.command("list")
@as_json
def list_all(*, as_json: bool) -> None:
    """Show every registration with its deployments."""
    with open_toolbox() as box, box.database.transaction() as db:
        rows = list_connections(db, WHOLE_TOOL)
        invites = registration_invites.list_invites(db)
    if as_json:
        print_json([asdict(row) for row in rows])
        return
    for row in rows:
        _show(row)
    for invite in invites:
        until = f"{invite.expires_at:%Y-%m-%d %H:%M} UTC"
        click.echo(f"Invite {invite.id} for {invite.name} can be used until {until}.")
    if not rows and not invites:
        click.echo("No LMS is registered yet. Type: lti-mentoring platforms invite --help")


@platforms_commands.command("check")
@click.argument("registration", type=int)
@as_json
def check(*, registration: int, as_json: bool) -> None:
    """Test the connection to one LMS; ends with 1 if something is wrong."""
    with open_toolbox() as box:
        work = box.worker.work
        with box.database.transaction() as db:
            ensure_signing_key(db, box.box)
        found = check_platform(box.database.transaction, box.http, work.tokens, registration)
    if as_json:
        print_json([{**asdict(finding), "words": said(finding).words} for finding in found])
    else:
        for line in map(said, found):
            click.echo(f"{MARKS[line.verdict]} {line.topic}: {line.words}")
    if any(finding.verdict == "bad" for finding in found):
        raise SystemExit(1)


@platforms_commands.command("values")
@click.argument("product", type=PRODUCTS, default=Product.OTHER.value)
@as_json
def values(*, product: str, as_json: bool) -> None:
    """Print what to type into an LMS of this PRODUCT that cannot register tools by itself."""
    tool = ToolAddress(read_settings().public_url)
    found = values_for(tool, Product(product))
    if as_json:
        print_json({value.field: value.value for value in found})
        return
    for value in found:
        click.echo(f"{value.field}:")
        for line in value.value.splitlines():
            click.echo(f"    {line}")


@platforms_commands.command("import")
@click.argument("file", type=click.File("rb"))
@click.option("--name", help="What you call this LMS, if the file does not say.")
@click.option("--client-id", help="The client id that it gave to the tool, if not in the file.")
@click.option("--deployment-id", help="The deployment id, if not in the file.")
@as_json
def import_file(
    *,
    file: IO[bytes],
    name: str | None,
    client_id: str | None,
    deployment_id: str | None,
    as_json: bool,
) -> None:
    """Register an LMS from a FILE that describes it, approved; as JSON."""
    given = {"name": name, "client_id": client_id, "deployment_id": deployment_id}
    with open_toolbox() as box, box.database.transaction() as db:
        told = read_platform_file(read_json(file.read()))
        told |= {field: value for field, value in given.items() if value}
        ensure_signing_key(db, box.box)
        number = platforms.add_platform(
            db,
            PlatformFacts.told(told),
            told.get("deployment_id"),
            allow_private=box.settings.outgoing.allow_private,
        ).id
    if as_json:
        print_json({"id": number})
    else:
        click.echo(f"Added as number {number}. Type: lti-mentoring platforms check {number}")


@platforms_commands.command("invite")
@click.option("--name", required=True, help="What you call this LMS.")
@click.option("--approve", is_flag=True, help="Let its launches in as soon as it has registered.")
@click.option(
    "--hours",
    type=click.IntRange(1, registration_invites.LONGEST_HOURS),
    default=registration_invites.USUAL_HOURS,
    show_default=True,
    help="How long the address can be used.",
)
@click.option("--update", type=int, help="A registration's number: bring that one up to date.")
@click.option(
    "--own-host",
    default="",
    help="Where the LMS is, if it is a Canvas of your own that names Canvas's common issuer.",
)
@as_json
def invite(*, approve: bool, update: int | None, as_json: bool, **facts: Any) -> None:
    """Print a one-time address; an LMS that opens it registers the tool by itself."""
    with open_toolbox() as box, box.database.transaction() as db:
        ensure_signing_key(db, box.box)
        wanted = InviteFacts(approves=approve, registration_id=update, **facts)
        made = registration_invites.make_invite(db, ADMINISTRATOR, wanted)
        url = box.settings.url(registration_invites.path_of(made.token))
    if as_json:
        print_json({"id": made.id, "url": url, "expires_at": made.expires_at})
        return
    click.echo(f"{url}\n")
    click.echo(
        f"Give this address to the administrator of the LMS. It works once, "
        f"until {made.expires_at:%Y-%m-%d %H:%M} UTC."
    )
    click.echo(f"To take it back: lti-mentoring platforms withdraw {made.id}")


@platforms_commands.command("withdraw")
@click.argument("invite", type=int)
def withdraw(*, invite: int) -> None:
    """Take an INVITE back (by its number); what it has registered stays."""
    with open_toolbox() as box, box.database.transaction() as db:
        registration_invites.withdraw(db, invite)
    click.echo("Withdrawn.")


@platforms_commands.command("approve")
@click.argument("registration", type=int, required=False)
@click.option("--deployment", type=int, help="A deployment's number in the list.")
@click.option("--deployment-id", help="A deployment id of the registration, as the LMS shows it.")
def approve(*, registration: int | None, deployment: int | None, deployment_id: str | None) -> None:
    """Let in launches of a REGISTRATION (by its number), or of one of its deployments."""
    _move(registration, deployment, RegistrationState.APPROVED, deployment_id)
    click.echo("Approved.")


@platforms_commands.command("pause")
@click.argument("registration", type=int, required=False)
@click.option("--deployment", type=int, help="A deployment's number in the list.")
def pause(*, registration: int | None, deployment: int | None) -> None:
    """Show people of a REGISTRATION or one deployment that mentoring takes a break."""
    _move(registration, deployment, RegistrationState.PAUSED)
    click.echo("Paused. To go on: lti-mentoring platforms approve …")


@platforms_commands.command("disable")
@click.argument("registration", type=int, required=False)
@click.option("--deployment", type=int, help="A deployment's number in the list.")
def disable(*, registration: int | None, deployment: int | None) -> None:
    """Let nobody in any more from a REGISTRATION or one deployment, and end who is in."""
    _move(registration, deployment, RegistrationState.DISABLED)
    click.echo("Disabled.")


def _move(
    registration: int | None,
    deployment: int | None,
    wanted: RegistrationState,
    deployment_id: str | None = None,
) -> None:
    if (registration is None) == (deployment is None):
        raise click.UsageError("Name a registration, or a deployment with --deployment.")
    with open_toolbox() as box, box.database.transaction() as db:
        if registration is not None:
            platforms.move_registration(db, registration, wanted)
            if deployment_id:
                deployments.add_deployment(db, registration, deployment_id)
        elif deployment is not None:
            deployments.move_deployment(db, deployment, DeploymentState(wanted.value))


def _show(row: ConnectionRow) -> None:
    click.echo(f"{row.id}  {row.name} ({row.product}), {row.state}")
    click.echo(f"     {row.issuer}  client {row.client_id}")
    for deployment in row.deployments:
        click.echo(
            f"     deployment {deployment.id}: {deployment.lti_id}, {deployment.state}, "
            f"{deployment.course_count} courses"
        )
