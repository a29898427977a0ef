"""``lti-mentoring demo``: the tool and a sandbox LMS with people in it, in one process."""

import threading
from pathlib import Path

import click

from lti_mentoring.cli.configuration import read_settings
from lti_mentoring.cli.serve import check_port, listen, make_ready, serve_until_interrupted
from lti_mentoring.core import log
from lti_mentoring.core.db import Database
from lti_mentoring.rules.platform_configuration import product_of
from lti_mentoring.sandbox.accents import ACCENTS
from lti_mentoring.sandbox.app import create_sandbox
from lti_mentoring.sandbox.state import Sandbox
from lti_mentoring.services.platforms import PlatformFacts, add_platform, find_registration
from lti_mentoring.settings import Settings, random_secret

LMS_HOST = "127.0.0.1"  # another site than localhost, as in real life
OWNER_ONLY = 0o600


@click.command("demo")
@click.option("--port", default=8000, show_default=True, help="The tool's port.")
@click.option("--lms-port", default=8001, show_default=True, help="The sandbox LMS's port.")
@click.option(
    "--accent",
    type=click.Choice(list(ACCENTS)),
    default="plain",
    show_default=True,
    help="The LMS that the sandbox imitates.",
)
@click.option("--host", default="localhost", show_default=True, help="Where the tool listens.")
@click.option(
    "--data",
    type=click.Path(path_type=Path, file_okay=False),
    default=Path("var"),
    show_default=True,
    help="Folder for the demo's database and secret.",
)
def demo(*, port: int, lms_port: int, accent: str, host: str, data: Path) -> None:
    """Try everything on this machine: the tool, and a small LMS with people in it.

    What you do is kept in a folder, so the next start goes on where you left.
    """
    check_port(host, port)
    check_port(LMS_HOST, lms_port)
    settings = demo_settings(data, host, port)
    log.configure(settings.log_format)
    app = make_ready(settings)
    lms_url = f"http://{LMS_HOST}:{lms_port}"
    lms = create_sandbox(base_url=lms_url, tool_url=settings.public_url, accent=accent)
    introduce(app.extensions["mentoring"].database, lms.extensions["sandbox"])
    server, lms_server = listen(app, host, port), listen(lms, LMS_HOST, lms_port)
    threading.Thread(target=lms_server.run, name="sandbox", daemon=True).start()
    click.echo(
        f"\nOpen {lms_url} : a small LMS. Pick a person and open the mentoring activity:\n"
        "as a teacher to set up a program, as a student to find a mentor.\n"
        f"The tool itself is at {settings.public_url} ; everything is kept in {data}/.\n"
        "Ctrl-C ends both.\n"
    )
    serve_until_interrupted(app, server, embedded=True)
    click.echo("\nEnded.")


def demo_settings(data: Path, host: str, port: int) -> Settings:
    """Settings for this machine only, with a secret of its own."""
    return read_settings(
        database_url=f"sqlite:///{data / 'lti-mentoring.db'}",
        public_url=f"http://{host}:{port}",
        secret_key=own_secret(data),
        jobs_url="",
        outgoing={"allow_private": True},
    )


def own_secret(data: Path) -> str:
    """The demo's secret: made at the first start, kept for the next ones."""
    file = data / "secret-key"
    if not file.exists():
        data.mkdir(parents=True, exist_ok=True)
        file.touch(mode=OWNER_ONLY)
        file.write_text(random_secret(), encoding="utf-8")
    return file.read_text(encoding="utf-8").strip()


def introduce(database: Database, sandbox: Sandbox) -> None:
    """Register the sandbox, unless an earlier start did."""
    with database.transaction() as db:
        if find_registration(db, sandbox.issuer, sandbox.client_id) is not None:
            return
        add_platform(
            db,
            PlatformFacts(
                name="Sandbox LMS",
                issuer=sandbox.issuer,
                client_id=sandbox.client_id,
                auth_url=sandbox.auth_url,
                token_url=sandbox.token_url,
                jwks_url=sandbox.jwks_url,
                audience=sandbox.accent.token_audience,
                product=product_of(sandbox.accent.product),
            ),
            sandbox.deployment_id,
            allow_private=True,
        )
