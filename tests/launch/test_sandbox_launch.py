"""The whole way with an LMS that shares no code with us: its page, our login, its token."""

from urllib.parse import urlsplit

import lxml.html
import pytest
from sqlalchemy import select

from lti_mentoring.models import Membership, PlatformUser, Registration, SignIn
from lti_mentoring.rules.groups import Group, read
from lti_mentoring.vocabulary import CourseRole
from tests.support.campus import LMS, TOOL, make_campus

COURSE, ACTIVITY = "First-year mentoring", "Mentoring"


@pytest.fixture
def campus(settings, database, frozen_clock):
    return make_campus(settings, database)


class Journey:
    """One browser between the LMS and the tool, following every form as its scripts would."""

    def __init__(self, campus, person, *, cookies=True):
        self.campus = campus
        self.tool = campus.tool.test_client(use_cookies=cookies)
        self.lms = campus.lms.test_client()
        world = campus.sandbox.world
        course = world.course_titled(COURSE)
        where = (course.id, world.person_named(person).id, course.activity_titled(ACTIVITY).id)
        self.start = "/courses/{}/as/{}/{}/launch".format(*where)

    def launch(self):
        """From the LMS's hidden form to the tool's answer; the login's page is kept."""
        asked = form_of(self.lms.get(self.start, base_url=LMS))
        self.login = self.tool.open(asked.path, method=asked.method, base_url=TOOL, **asked.sent)
        data = lxml.html.fromstring(self.login.text).get_element_by_id("lti-login").attrib
        self.secret = data["data-secret"]
        form = form_of(self.lms.get(data["data-next"].removeprefix(LMS), base_url=LMS))
        return self.tool.post(form.path, data=form.fields, base_url=TOOL)


class Form:
    def __init__(self, form):
        self.path = urlsplit(form.action).path
        self.method = form.method
        self.fields = dict(form.fields)
        self.sent = {"data" if form.method == "POST" else "query_string": self.fields}


def form_of(page):
    assert page.status_code == 200, page.text
    return Form(lxml.html.fromstring(page.text).forms[0])


@pytest.fixture
def somebody(campus):
    """A learner of the course, by name."""
    world = campus.sandbox.world
    course = world.course_titled(COURSE)
    return next(
        person.name
        for person, enrollment in world.members(course.id)
        if enrollment.role == "learner"
    )


def test_a_learner_opens_the_activity_with_cookies(campus, somebody):
    journey = Journey(campus, somebody)

    answer = journey.launch()

    assert answer.status_code == 303, answer.text
    page = journey.tool.get(answer.location, base_url=TOOL, follow_redirects=True)
    assert page.status_code == 200, page.text
    with campus.database.reading() as db:
        assert [row.role for row in db.query(Membership)] == [CourseRole.LEARNER]


def test_a_learner_opens_the_activity_without_cookies(campus, somebody):
    journey = Journey(campus, somebody, cookies=False)

    waiting = form_of(journey.launch())
    fields = {**waiting.fields, "secret": journey.secret}
    arrived = journey.tool.post(waiting.path, data=fields, base_url=TOOL)

    target = lxml.html.fromstring(arrived.text).get_element_by_id("lti-arrive").get("data-next")
    page = journey.tool.get(target, base_url=TOOL)
    assert page.status_code in {200, 303}
    with campus.database.reading() as db:
        assert db.query(SignIn).count() == 1


def test_the_activity_can_be_opened_again_and_again(campus, somebody):
    journey = Journey(campus, somebody)
    assert journey.launch().status_code == 303

    assert journey.launch().status_code == 303  # a new login is no reload
    with campus.database.reading() as db:
        assert db.query(SignIn).count() == 2


def test_our_public_keys_are_published_without_private_parts(campus):
    answer = campus.tool.test_client().get("/lti/jwks.json", base_url=TOOL)

    assert answer.headers["Cache-Control"] == "public, max-age=3600"
    (key,) = answer.json["keys"]
    assert set(key) == {"kty", "kid", "use", "alg", "n", "e"}


def opened(campus, name):
    """What the page says that the person's launch leads to."""
    journey = Journey(campus, name)
    answer = journey.launch()
    assert answer.status_code == 303, answer.text
    page = journey.tool.get(answer.location, base_url=TOOL, follow_redirects=True)
    return " ".join(lxml.html.fromstring(page.text).text_content().split())


def groups_of(campus, name):
    with campus.database.reading() as db:
        found = select(Membership.groups).join(PlatformUser).where(PlatformUser.name == name)
        return read(db.scalars(found).one())


def test_groups_are_known_from_the_launch_alone(campus):
    campus.sandbox.temper.withhold_nrps = True

    opened(campus, "Lukas Weber")

    assert groups_of(campus, "Lukas Weber") == (Group("17"), Group("18"))


def test_groups_and_their_names_come_with_the_roster_and_go_with_it(campus, frozen_clock):
    opened(campus, "Helena Brandt")
    campus.work()
    first = groups_of(campus, "Sofia Mendes")
    world = campus.sandbox.world
    course = world.course_titled(COURSE)
    world.regroup(course.id, world.person_named("Sofia Mendes").id, ())
    frozen_clock.tick(days=1)
    opened(campus, "Helena Brandt")
    campus.work()

    assert first == (Group("18", "Tutorial B"),)
    assert groups_of(campus, "Sofia Mendes") == ()


def test_the_observer_of_the_sandbox_follows_lukas(campus):
    opened(campus, "Lukas Weber")
    assert "Lukas" not in opened(campus, "Margaret Hale")  # off until the institution decides
    with campus.database.transaction() as db:
        db.scalars(select(Registration)).one().shows_observers = True

    text = opened(campus, "Margaret Hale")

    assert "Lukas shares nothing with you yet." in text
