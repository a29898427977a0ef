"""``lti-mentoring platforms``: which LMS installations may open the tool."""

from dataclasses import asdict
from typing import Any

import click

from lti_mentoring.cli.toolbox import as_json, open_toolbox, print_json
from lti_mentoring.services import platforms
from lti_mentoring.services.platform_check import check_platform
from lti_mentoring.services.platforms import PlatformRow
from lti_mentoring.services.tool_keys import ensure_signing_key
from lti_mentoring.vocabulary import Product

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
def add(*, product: str, as_json: bool, **facts: Any) -> None:
    """Register an LMS, approved: its launches are let in from now on."""
    with open_toolbox() as box, box.database.transaction() as db:
        ensure_signing_key(db, box.box)
        registration = platforms.add_platform(
            db,
            product=Product(product),
            allow_private=box.settings.outgoing.allow_private,
            **facts,
        )
        number = registration.id
    if as_json:
        print_json({"id": number})
    else:
        click.echo(f"Added as number {number}. Type: lti-mentoring platforms check {number}")


@platforms_commands.command("list")
@as_json
def list_all(*, as_json: bool) -> None:
    """Show every registration with its deployments."""
    with open_toolbox() as box, box.database.transaction() as db:
        rows = platforms.list_platforms(db)
    if as_json:
        print_json([asdict(row) for row in rows])
        return
    for row in rows:
        _show(row)
    if not rows:
        click.echo("No LMS is registered yet. Type: lti-mentoring platforms add --help")


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
        print_json([asdict(finding) for finding in found])
    else:
        for finding in found:
            click.echo(f"{MARKS[finding.verdict]} {finding.topic}: {finding.words}")
    if any(finding.verdict == "bad" for finding in found):
        raise SystemExit(1)


@platforms_commands.command("approve")
@click.argument("registration", type=int, required=False)
@click.option("--deployment", type=int, help="A deployment's number in the list.")
@click.option("--deployment-id", help="A deployment id of the registration, as the LMS shows it.")
def approve(*, registration: int | None, deployment: int | None, deployment_id: str | None) -> None:
    """Let in launches of a REGISTRATION (by its number), or of one of its deployments."""
    if (registration is None) == (deployment is None):
        raise click.UsageError("Name a registration, or a deployment with --deployment.")
    with open_toolbox() as box, box.database.transaction() as db:
        if registration is not None:
            platforms.approve_registration(db, registration)
            if deployment_id:
                platforms.add_deployment(db, registration, deployment_id)
        elif deployment is not None:
            platforms.approve_deployment(db, deployment)
    click.echo("Approved.")


@platforms_commands.command("disable")
@click.argument("registration", type=int, required=False)
@click.option("--deployment", type=int, help="A deployment's number in the list.")
def disable(*, registration: int | None, deployment: int | None) -> None:
    """Let nobody in any more from a REGISTRATION or one deployment, and end who is in."""
    if (registration is None) == (deployment is None):
        raise click.UsageError("Name a registration, or a deployment with --deployment.")
    with open_toolbox() as box, box.database.transaction() as db:
        if registration is not None:
            platforms.disable_registration(db, registration)
        elif deployment is not None:
            platforms.disable_deployment(db, deployment)
    click.echo("Disabled.")


def _show(row: PlatformRow) -> None:
    click.echo(f"{row.id}  {row.name} ({row.product}), {row.state}")
    click.echo(f"     {row.issuer}  client {row.client_id}")
    for deployment in row.deployments:
        click.echo(
            f"     deployment {deployment.id}: {deployment.lti_id}, {deployment.state}, "
            f"{deployment.course_count} courses"
        )
