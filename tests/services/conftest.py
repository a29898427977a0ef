"""A pair, for tests of what services make of it."""

import pytest

from lti_mentoring.core import clock
from lti_mentoring.models import Agreement
from tests.support.factories import add
from tests.support.pairs import make_pair


@pytest.fixture
def pair(db, frozen_clock):
    """Two who work together in a program that has an agreement."""
    pair = make_pair(db)
    text = {"version_number": 1, "body": "Ours.", "created_at": clock.now()}
    add(db, Agreement(program_id=pair.program.id, **text))
    return pair
