"""Servers for bells, which the tests of this folder share, kill, and start again."""

import pytest

from lti_mentoring.jobs.engine import make_engine
from tests.support.database import KIND
from tests.support.job_servers import has_valkey, job_server

SERVERS = ["valkey", "postgres"] if KIND == "postgresql" else ["valkey"]


@pytest.fixture(scope="session")
def valkey():
    """Valkey, as it was left by the test before."""
    if not has_valkey():
        pytest.skip("there is no Valkey for this system")
    with job_server("valkey") as running:
        yield running


@pytest.fixture(scope="session")
def postgres():
    """PostgreSQL, as it was left by the test before."""
    with job_server("postgresql") as running:
        yield running


def emptied(server):
    """The server without bells that nobody heard: a consumer leaves them to the next one."""
    engine = make_engine(server.url, None)
    engine.storage.flush_all()
    engine.storage.close()
    return server


@pytest.fixture(params=SERVERS)
def server(request):
    """A server for bells; PostgreSQL where the run is about it."""
    return emptied(request.getfixturevalue(request.param))


@pytest.fixture(params=["embedded", *SERVERS])
def jobs_url(request):
    """Where to ring: each server, and what needs none."""
    if request.param == "embedded":
        return ""
    return emptied(request.getfixturevalue(request.param)).url
