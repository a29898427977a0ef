"""A learner's record: dates, states and counts for staff, and never a word of the pair."""

import pytest

from lti_mentoring.models import Goal, Program
from lti_mentoring.policies.confidentiality import DataKind, Reader, may_read_text
from lti_mentoring.vocabulary import CourseRole
from tests.support.counting import statements_of
from tests.support.factories import make_member, make_mentee, make_program
from tests.support.full_program import make_full_program
from tests.support.visitor import visit


def secret(kind):
    return f"zq{kind.value.replace('_', 'x')}qz"


@pytest.fixture
def full(database, frozen_clock):
    with database.transaction() as db:
        return make_full_program(db, lambda kind, text: f"{text} {secret(kind)}")


@pytest.mark.parametrize("who", ["instructor", "assistant"])
def test_staff_see_sessions_goals_and_facts(app, database, full, who):
    page = visit(app, getattr(full, who)).get(f"/records/{full.mentee}")

    assert page.status == 200
    assert "Amara Diallo" in page.text
    assert "with Daniel Okafor" in page.text
    with database.reading() as db:
        count = db.query(Goal).join(Goal.owner).filter_by(membership_id=full.mentee).count()
    assert count
    assert f"{count} goal" in page.text
    assert "Where the points come from" in page.text


@pytest.mark.parametrize(
    ("who", "reader"),
    [("instructor", Reader.COORDINATOR), ("assistant", Reader.TEACHING_ASSISTANT)],
)
def test_no_word_of_the_pair_is_on_it(app, full, who, reader):
    html = visit(app, getattr(full, who)).get(f"/records/{full.mentee}").response.text

    told = {kind for kind in DataKind if secret(kind) in html}
    assert {kind for kind in told if not may_read_text(reader, kind)} == set()
    assert not told & {DataKind.SHARED_GOAL, DataKind.PRIVATE_GOAL, DataKind.EXEMPTION_NOTE}


@pytest.mark.parametrize("who", ["mentee", "waiting"])
def test_learners_see_their_own_engagement_whomever_the_address_names(app, full, who):
    for other in (full.mentee, full.waiting, full.mentor, 0, 999):
        page = visit(app, getattr(full, who)).get(f"/records/{other}")
        assert page.path.endswith("/my-engagement")
        assert page.status == 200


@pytest.mark.parametrize("who", ["mentor", "new_learner", "observer"])
def test_who_has_no_engagement_lands_on_the_first_page(app, full, who):
    page = visit(app, getattr(full, who)).get(f"/records/{full.mentee}")

    assert page.status == 200
    assert "/records/" not in page.path


@pytest.mark.parametrize("who", ["mentor", "new_learner", "instructor"])
def test_who_does_not_learn_in_the_program_has_no_record(app, full, who):
    page = visit(app, full.instructor).get(f"/records/{getattr(full, who)}")

    assert page.status == 404
    assert "There is nothing to show about this person." in page.text


def test_a_learner_of_another_course_has_no_record_here(app, database, full):
    with database.transaction() as db:
        other = make_mentee(db, make_program(db)).membership_id

    assert visit(app, full.instructor).get(f"/records/{other}").status == 404


def test_an_earlier_programs_learner_has_no_record_in_the_next(app, database, full):
    with database.transaction() as db:
        old = db.get_one(Program, full.program)
        old.state = "cancelled"

    assert visit(app, full.instructor).get(f"/records/{full.mentee}").status == 404


def test_somebody_who_has_just_begun_has_an_empty_record(app, db, frozen_clock):
    program = make_program(db)
    mentee = make_mentee(db, program, name="Ana Souza")
    teacher = make_member(db, program.course, role=CourseRole.INSTRUCTOR)
    db.commit()

    page = visit(app, teacher.id).get(f"/records/{mentee.membership_id}")

    assert page.status == 200
    assert "0 sessions took place" in page.text
    assert "No score yet" in page.text


def test_a_record_needs_few_statements(app, database, full):
    visitor = visit(app, full.instructor)

    with statements_of(database) as seen:
        assert visitor.get(f"/records/{full.mentee}").status == 200

    assert len(seen) <= 6, seen
