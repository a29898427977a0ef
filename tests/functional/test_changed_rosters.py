"""A registrar changes who is in a course, and the LMS tells the tool just that (LTI-97)."""

import pytest
from sqlalchemy import select

from lti_mentoring.models import Membership
from tests.support.campus import make_campus
from tests.support.enrolled import Enrolled
from tests.support.visitor import visit

PEOPLE = "/memberships"


class Registrar:
    """Somebody at the LMS's page of people, and a teacher who opens the tool now and then."""

    def __init__(self, campus, frozen_clock):
        self.campus, self._clock = campus, frozen_clock
        self.world, self.calls = campus.sandbox.world, campus.sandbox.calls
        campus.sandbox.temper.tell_differences = True
        self.teacher = Enrolled(campus, "Helena Brandt")
        self.course = self.teacher.course
        self.later()
        with campus.database.reading() as db:
            self.teacher_id = db.scalars(select(Membership.id).order_by(Membership.id)).first()

    def change(self, path="", **form):
        """Press a button on the LMS's page of people."""
        where = f"/courses/{self.course.id}/people{path}"
        client = self.campus.lms.test_client()
        assert client.post(where, data=form, base_url=self.campus.lms_url).status_code == 303

    def later(self):
        """An hour later the teacher opens the tool; what the LMS was asked, in its own words."""
        self._clock.tick(minutes=61)
        self.calls.clear()
        self.teacher.launch(self.course.activities[0])
        self.campus.work()
        return [call.answer for call in self.calls if PEOPLE in call.path]

    def page(self, of="/people/nominate"):
        return visit(self.campus.tool, self.teacher_id).get(of)


@pytest.fixture
def registrar(settings, database, frozen_clock):
    return Registrar(make_campus(settings, database), frozen_clock)


def test_who_comes_and_goes_is_known_by_one_short_answer(registrar):
    newcomer = registrar.world.newcomer("Nia", "Newcomer")
    amara = registrar.world.person_named("Amara Diallo")
    assert "Amara Diallo" in registrar.page().text
    registrar.change(person=newcomer.id, role="learner")
    registrar.change(f"/{amara.id}/remove")

    (asked,) = registrar.later()

    assert asked.startswith("2 of ")
    assert asked.endswith(" members have changed")
    page = registrar.page()
    assert "Nia Newcomer" in page.text
    assert "Amara Diallo" not in page.text
    assert ": 12 people." in registrar.page("/people").text


def test_a_teacher_who_wonders_has_everything_read(registrar):
    assert registrar.later()[0].startswith("0 of ")
    registrar.page().submit("Read it again")
    registrar.calls.clear()

    registrar.campus.work()

    (asked,) = [call.answer for call in registrar.calls if PEOPLE in call.path]
    assert asked.endswith(" members")
