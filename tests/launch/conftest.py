"""One RSA key a run (making one takes 100 ms), and a tool with a platform."""

from contextlib import contextmanager

import pytest
from sqlalchemy import event

from lti_mentoring.core.keys import generate_rsa
from tests.launch.lms import make_house


@pytest.fixture(scope="session")
def platform_key():
    return generate_rsa()


@pytest.fixture(scope="session")
def stranger_key():
    return generate_rsa()


@pytest.fixture
def house(settings, database, platform_key, frozen_clock):
    return make_house(settings, database, platform_key)


@pytest.fixture
def statements():
    """Collects the statements that a database is sent within a block."""

    @contextmanager
    def collect(database):
        seen = []

        def note(_connection, _cursor, statement, *_rest):
            seen.append(statement)

        event.listen(database.engine, "before_cursor_execute", note)
        yield seen
        event.remove(database.engine, "before_cursor_execute", note)

    return collect
