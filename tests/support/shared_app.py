"""One application for all tests of a process: making it anew would cost more than most tests."""

from functools import cache

from flask import Flask

from lti_mentoring.app import create_app, equip
from lti_mentoring.core.db import Database
from lti_mentoring.core.http import Client
from lti_mentoring.settings import Settings


@cache
def _made(secret_key: str) -> list[Flask]:
    return []


def shared_app(settings: Settings, database: Database, http: Client | None = None) -> Flask:
    """The application, working with this test's settings and database."""
    kept = _made(settings.secret_key)
    if not kept:
        kept.append(create_app(settings, database=database, http=http))
    equip(kept[0], settings, database, http)
    return kept[0]
