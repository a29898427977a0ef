"""A process of its own that works when it hears a bell, and only then: it has no clock."""

import threading
import tomllib
from multiprocessing.connection import Connection

from lti_mentoring.core.db import connect
from lti_mentoring.core.http import Client
from lti_mentoring.core.keys import SecretBox
from lti_mentoring.jobs.engine import THREADS, EmbeddedConsumer, Worker
from lti_mentoring.settings import CONFIG, Settings
from tests.support.database import SECRET


class DeafToTheClock(EmbeddedConsumer):
    """Hears bells, but does nothing by itself every minute, so that a test can tell them apart."""

    def __init__(self, *given, **options):
        super().__init__(*given, periodic=False, **options)


def main(database_url: str, jobs_url: str, ready: Connection) -> None:
    """Listen until killed, and say so to ``ready``."""
    defaults = tomllib.loads((CONFIG / "default.toml").read_text())
    defaults["outgoing"]["allow_private"] = True
    defaults["scores"]["quiet_seconds"] = 0
    ours = {"database_url": database_url, "jobs_url": jobs_url, "secret_key": SECRET}
    settings = Settings(**{**defaults, **ours})
    http = Client(settings.outgoing, "job engine test")
    worker = Worker(connect(database_url), http, SecretBox(SECRET), settings)
    DeafToTheClock(worker._known_engine(), workers=THREADS, max_delay=1).start()
    ready.send(True)
    threading.Event().wait()
