"""A platform with prepared answers, and the tool's client for it."""

import pytest

from tests.support.canned_platform import CannedPlatform, client_to, registered_tool
from tests.support.factories import make_registration


@pytest.fixture
def platform():
    return CannedPlatform()


@pytest.fixture
def registration_id(database):
    with database.transaction() as db:
        return make_registration(db).id


@pytest.fixture
def client_for(platform, database, box, settings, registration_id):
    """Makes a client for a platform of some product."""

    def make(**facts):
        tool = registered_tool(registration_id, **facts)
        return client_to(platform, database, box, settings, tool)

    return make


@pytest.fixture
def client(client_for):
    return client_for()
