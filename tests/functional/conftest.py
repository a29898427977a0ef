"""A program, its staff and a pair, for tests that click through pages."""

import pytest

from lti_mentoring.models import Agreement
from lti_mentoring.vocabulary import CourseRole
from tests.support.choosing import choosing
from tests.support.factories import add, make_member, make_program, make_rubric
from tests.support.pairs import make_pair
from tests.support.visitor import visit


@pytest.fixture
def program(db, frozen_clock):
    """A running program with nobody in it."""
    program = make_program(db)
    make_rubric(db, program)
    return program


@pytest.fixture
def agreement(db, program, frozen_clock):
    """What the pairs of the program sign."""
    text = {"version_number": 1, "body": "We come prepared.", "created_at": frozen_clock.now}
    made = add(db, Agreement(program_id=program.id, **text))
    db.commit()
    return made


@pytest.fixture
def staff(app, db, program):
    """Somebody of the staff, in a browser; call it when everything is arranged."""

    def arrive(role=CourseRole.INSTRUCTOR):
        member = make_member(db, program.course, role=role, name="Maria Keller")
        db.commit()
        return visit(app, member.id)

    return arrive


@pytest.fixture
def pair(database, frozen_clock):
    """Two who work together, and the people around them."""
    with database.sessions() as db:
        made = make_pair(db)
        db.commit()
        yield made


@pytest.fixture
def picker(app, db, program):
    """The picker of somebody in the course, as the platform wishes it."""

    def arrive(role=CourseRole.INSTRUCTOR, **wishes):
        member = make_member(db, program.course, role=role, name="Maria Keller")
        db.commit()
        return choosing(app, member.id, **wishes).get("/content")

    return arrive
