"""One transaction, through its connection and through the session over it."""

import sqlalchemy as sa

from lti_mentoring.core.db import ring_when_committed
from lti_mentoring.models import Draft, Membership
from lti_mentoring.vocabulary import CourseRole

TABLES = sa.text("SELECT count(*) FROM registration")
WRITE = sa.text("UPDATE tool_key SET kid = 'another'")


def kids(database):
    with database.reading() as db:
        return list(db.scalars(sa.text("SELECT kid FROM tool_key")))


def test_what_the_connection_wrote_is_committed_though_the_session_ran_nothing(database):
    unit = database.unit_of_work(writes=True)
    unit.connection.execute(WRITE)
    rung = []
    ring_when_committed(unit.session, lambda: rung.append("bell"))

    unit.commit()
    unit.close()

    assert (kids(database), rung) == (["another"], ["bell"])


def test_connection_and_session_are_in_one_transaction(database):
    unit = database.unit_of_work(writes=True)
    unit.connection.execute(WRITE)

    seen = list(unit.session.scalars(sa.text("SELECT kid FROM tool_key")))
    unit.rollback()
    unit.close()

    assert seen == ["another"]
    assert kids(database) != ["another"]


def test_nothing_is_borrowed_until_it_is_used_and_everything_is_given_back(database):
    unit = database.unit_of_work(writes=False)
    before = database.engine.pool.checkedout()

    unit.connection.execute(TABLES)
    unit.session.execute(TABLES)
    during = database.engine.pool.checkedout()
    unit.close()

    assert (before, during, database.engine.pool.checkedout()) == (0, 1, 0)


def test_a_member_of_an_enumeration_is_a_constant_of_its_statement():
    """As a parameter it would make SQLite prepare the statement again at each run."""
    roles = [CourseRole.INSTRUCTOR, CourseRole.LEARNER]
    condition = (Membership.role == CourseRole.INSTRUCTOR) | Membership.role.in_(roles)

    compiled = sa.select(Membership.id).where(condition, Draft.path == "/x").compile()

    assert "= 'instructor'" in str(compiled)
    assert "IN ('instructor', 'learner')" in str(compiled)
    assert set(compiled.params.values()) == {"/x"}
