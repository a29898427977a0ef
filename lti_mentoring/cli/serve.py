"""``lti-mentoring serve`` and ``worker``: the tool, with or without its background work."""

import signal
import socket
import threading
from types import FrameType
from typing import Any

import click
import waitress
from flask import Flask

from lti_mentoring.app import create_app
from lti_mentoring.cli.configuration import read_settings
from lti_mentoring.cli.db import upgrade_database
from lti_mentoring.cli.toolbox import open_toolbox
from lti_mentoring.core import log
from lti_mentoring.services.tool_keys import ensure_signing_key
from lti_mentoring.settings import Settings

THREADS = 8
LARGEST_BODY = 1024 * 1024  # bytes; the application itself takes less


@click.command("serve")
@click.option("--host", default="127.0.0.1", show_default=True, help="Where to listen.")
@click.option("--port", default=8000, show_default=True, help="Where to listen.")
def serve(*, host: str, port: int) -> None:
    """Serve the tool, with its background work in the same process unless jobs_url says else."""
    check_port(host, port)
    settings = read_settings()
    log.configure(settings.log_format)
    app = make_ready(settings)
    server = listen(app, host, port)
    click.echo(f"Serving {settings.public_url} on {host}:{port}. Ctrl-C ends it.")
    serve_until_interrupted(app, server, embedded=not settings.jobs_url)


@click.command("worker")
@click.option("--once", is_flag=True, help="Do what is due now, and end.")
def worker(*, once: bool) -> None:
    """Do the background work: rosters, scores, timers. Any number may run at once."""
    with open_toolbox() as box:
        if once:
            click.echo(f"{box.worker.run_until_idle()} things were done.")
            return
        stopped = threading.Event()
        _on_end_signals(stopped)
        box.worker.start()
        click.echo("Working. Ctrl-C ends it.")
        stopped.wait()
        box.worker.stop()


def make_ready(settings: Settings) -> Flask:
    """The application with an up-to-date database and a signing key."""
    upgrade_database(settings.database_url)
    app = create_app(settings)
    ours = app.extensions["mentoring"]
    with ours.database.transaction() as db:
        ensure_signing_key(db, ours.box)
    return app


def check_port(host: str, port: int) -> None:
    """End the command with a sentence if nobody can listen there, before anything is opened."""
    try:
        socket.create_server((host, port)).close()
    except OSError as error:
        raise click.ClickException(
            f"{host}:{port} cannot be used ({error.strerror}); choose another port."
        ) from error


def listen(app: Flask, host: str, port: int) -> Any:
    """A server that takes connections from now on, and answers once it runs."""
    return waitress.create_server(
        app,
        host=host,
        port=port,
        threads=THREADS,
        max_request_body_size=LARGEST_BODY,
        clear_untrusted_proxy_headers=False,  # the application decides whose word it takes
        ident=None,
    )


def serve_until_interrupted(app: Flask, server: Any, *, embedded: bool) -> None:
    """Answer requests, with the worker beside it if it is ``embedded``."""
    ours = app.extensions["mentoring"]
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, _interrupt)
    if embedded:
        ours.worker.start()
    try:
        server.run()  # returns after Ctrl-C
    finally:
        server.close()
        ours.worker.stop()
        ours.database.dispose()


def _interrupt(_number: int, _frame: FrameType | None) -> None:
    raise KeyboardInterrupt


def _on_end_signals(stopped: threading.Event) -> None:
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, lambda *_: stopped.set())
