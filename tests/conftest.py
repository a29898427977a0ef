"""Fixtures that every kind of test shares. What they are made of is in ``tests/support``."""

import socket
import tomllib
from contextlib import ExitStack

import hypothesis
import pytest

from lti_mentoring.core.keys import SecretBox
from lti_mentoring.settings import CONFIG, Settings
from tests.support.campus import make_campus
from tests.support.database import KIND, SECRET, fresh_database, make_template
from tests.support.frozen_clock import FrozenClock
from tests.support.shared_app import shared_app

NEEDS_DATABASE = {"database", "database_template", "empty_database"}

# No deadline: the first example of a run pays for imports. Seeds are printed by pytest-randomly.
hypothesis.settings.register_profile("tests", deadline=None, print_blob=True)
hypothesis.settings.load_profile("tests")


def pytest_configure(config):
    config.addinivalue_line("markers", "sockets: speaks with a server on this machine")


def pytest_collection_modifyitems(config, items):
    """On PostgreSQL only what uses a database is run again; the rest would say the same."""
    if KIND != "sqlite":
        apart = [item for item in items if not NEEDS_DATABASE & set(item.fixturenames)]
        config.hook.pytest_deselected(items=apart)
        items[:] = [item for item in items if NEEDS_DATABASE & set(item.fixturenames)]


@pytest.fixture(scope="session")
def database_template(tmp_path_factory):
    """A migrated database with a signing key; made once a run and process."""
    with make_template(tmp_path_factory.mktemp("databases")) as template:
        yield template


@pytest.fixture
def database(database_template):
    """A database of the test's own. Tests may commit."""
    with fresh_database(database_template) as database:
        yield database


@pytest.fixture
def db(database):
    """A session that may write; commit before somebody else is to see or to write."""
    with database.sessions() as db:
        yield db


@pytest.fixture
def settings(database):
    """The defaults, for a tool at https://tool.test with this test's database."""
    defaults = tomllib.loads((CONFIG / "default.toml").read_text())
    url = database.engine.url.render_as_string(hide_password=False)
    ours = {"database_url": url, "public_url": "https://tool.test", "secret_key": SECRET}
    return Settings(**{**defaults, **ours})


@pytest.fixture(scope="session")
def box():
    """What encrypts in tests."""
    return SecretBox(SECRET)


@pytest.fixture
def frozen_clock():
    """A Monday morning that lasts until the test says ``tick`` or ``move_to``."""
    with ExitStack() as stack:
        yield FrozenClock(stack)


@pytest.fixture(autouse=True)
def _no_network(request, monkeypatch):
    """Only tests that say so may open connections."""
    if any(map(request.node.get_closest_marker, ("browser", "peer", "sockets"))):
        return

    def refuse(self, address):
        raise AssertionError(f"this test tried to connect to {address}")

    monkeypatch.setattr(socket.socket, "connect", refuse)


@pytest.fixture
def campus(settings, database):
    """A tool and a sandbox LMS in this process, without sockets."""
    return make_campus(settings, database)


@pytest.fixture
def app(settings, database):
    """The tool alone."""
    return shared_app(settings, database)
