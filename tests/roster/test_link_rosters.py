"""Who can open a link, asked when somebody wants to know (LTI-96)."""

from datetime import timedelta
from urllib.parse import urlsplit

import pytest
from sqlalchemy import select

from lti_mentoring.core import clock
from lti_mentoring.core.errors import NotAllowed
from lti_mentoring.models import (
    Course,
    LinkExclusion,
    LinkRoster,
    Membership,
    Platform,
    PlatformUser,
)
from lti_mentoring.policies.actor import Actor
from lti_mentoring.services import link_rosters
from lti_mentoring.services.link_rosters import MOST_ATTEMPTS, NOT_BY_LINK
from lti_mentoring.vocabulary import CLAIM, CourseRole, MembershipState, Product
from tests.roster.conftest import ROSTER, entry
from tests.support.campus import make_campus
from tests.support.captures import exchange, replay
from tests.support.enrolled import Enrolled
from tests.support.factories import make_member, make_resource_link

MESSAGE = [{CLAIM + "message_type": "LtiResourceLinkRequest"}]
MOODLE_PATH = "/mod/lti/services.php/CourseSection/2/bindings/1/memberships"


class Asked:
    """A course with three learners and one link, and staff who wonder who can open it."""

    def __init__(self, course_roster):
        self.roster, self.database = course_roster, course_roster.database
        with self.database.transaction() as db:
            course = db.get_one(Course, course_roster.course_id)
            self.link_id = make_resource_link(db, course, lti_id="31").id
            for subject in "abc":
                self.learner(db, course, subject)
            teacher = make_member(db, course, role=CourseRole.INSTRUCTOR)
            self.actor = Actor(course.id, membership_id=teacher.id, role=CourseRole.INSTRUCTOR)

    @staticmethod
    def learner(db, course, subject, **facts):
        member = make_member(db, course, name=f"Learner {subject}", **facts)
        db.get_one(PlatformUser, member.user_id).subject = subject
        return member

    def lists(self, *subjects, message=MESSAGE, **facts):
        self.roster.lists(*(entry(each, message=message, **facts) for each in subjects))

    def ask(self):
        with self.database.transaction() as db:
            count = link_rosters.ask(db, self.actor)
        self.roster.work()
        return count

    def moves_to(self, product):
        with self.database.transaction() as db:
            db.scalars(select(Platform)).one().product = product

    @property
    def row(self):
        with self.database.reading() as db:
            return db.get(LinkRoster, self.link_id)

    @property
    def counts(self):
        return self.row.opener_count, self.row.learner_count

    @property
    def shut_out(self):
        with self.database.reading() as db:
            who = (
                select(PlatformUser.subject)
                .join(Membership, Membership.user_id == PlatformUser.id)
                .join(LinkExclusion, LinkExclusion.membership_id == Membership.id)
            )
            return sorted(db.scalars(who))

    @property
    def queries(self):
        return [each.query for each in self.roster.platform.requests_to(ROSTER)]


@pytest.fixture
def asked(course_roster):
    return Asked(course_roster)


def test_learners_who_are_not_listed_are_shut_out(asked):
    asked.lists("a", "x")

    asked.ask()

    assert asked.counts == (1, 3)
    assert asked.shut_out == ["b", "c"]
    assert asked.row.read_at == clock.now()
    assert asked.row.due_at is None


def test_the_lms_is_asked_with_the_links_own_id_and_page_by_page(asked):
    asked.lists("a")

    asked.ask()

    assert asked.queries == [{"limit": ["200"], "rlid": ["31"]}]


def test_nobody_is_asked_unless_somebody_wants_to_know(asked):
    asked.lists("a")

    asked.roster.work()

    assert asked.queries == []


def test_no_membership_changes_by_it(asked):
    asked.lists("a", status="Inactive")

    asked.ask()

    with asked.database.reading() as db:
        assert set(db.scalars(select(Membership.state))) == {MembershipState.ACTIVE}
    assert asked.shut_out == ["a", "b", "c"]


def test_only_active_learners_of_the_course_count(asked):
    with asked.database.transaction() as db:
        course = db.get_one(Course, asked.roster.course_id)
        asked.learner(db, course, "gone", state=MembershipState.GONE)
        asked.learner(db, course, "preview", is_test_user=True)
        asked.learner(db, course, "assistant", role=CourseRole.TEACHING_ASSISTANT)
    asked.lists("a", "b", "c")

    asked.ask()

    assert asked.counts == (3, 3)


def test_the_newer_answer_replaces_the_older(asked, frozen_clock):
    asked.lists("a")
    asked.ask()
    asked.lists("b", "c")
    frozen_clock.tick(minutes=2)

    asked.ask()

    assert asked.shut_out == ["a"]


def test_whoever_presses_twice_asks_once(asked):
    asked.lists("a")

    asked.ask()
    asked.ask()

    assert len(asked.queries) == 1


def test_an_lms_that_ignores_the_parameter_says_nothing(asked):
    """S3 and Open edX; also whoever we have not read."""
    asked.lists("a", message=None)

    asked.ask()

    assert asked.row.read_at is None
    assert asked.row.error == NOT_BY_LINK
    assert asked.shut_out == []


@pytest.mark.parametrize("product", [Product.SAKAI, Product.OPENEDX, Product.BRIGHTSPACE])
def test_products_that_cannot_tell_are_not_asked(asked, product):
    asked.moves_to(product)

    assert asked.ask() == 0
    assert asked.queries == []


def test_a_link_that_is_gone_in_the_lms_is_asked_about_once(asked, frozen_clock):
    asked.lists("a")
    asked.ask()
    asked.roster.platform.instead(ROSTER, 404)
    frozen_clock.tick(minutes=2)

    asked.ask()
    frozen_clock.tick(days=1)
    asked.roster.work()

    assert (asked.row.due_at, asked.row.read_at, asked.shut_out) == (None, None, [])
    assert len([query for query in asked.queries if "rlid" in query]) == 2


def test_trouble_is_tried_again_and_given_up_in_the_end(asked, frozen_clock):
    asked.roster.platform.instead(ROSTER, 502)

    asked.ask()
    first = asked.row.due_at
    for _ in range(MOST_ATTEMPTS):
        frozen_clock.tick(hours=7)
        asked.roster.work()

    assert first > clock.now() - timedelta(days=2)
    assert asked.row.due_at is None
    assert asked.row.attempts == MOST_ATTEMPTS


def test_a_list_that_breaks_off_shuts_nobody_out(asked):
    circle = f'<https://lms.test{ROSTER}?limit=200&rlid=31>; rel="next"'
    members = [entry("a", message=MESSAGE)]
    asked.roster.platform.instead(ROSTER, body={"members": members}, Link=circle)

    asked.ask()

    assert asked.shut_out == []
    assert asked.row.read_at is None


def test_an_answer_that_took_too_long_is_not_taken_in(asked, frozen_clock):
    with asked.database.transaction() as db:
        link_rosters.ask(db, asked.actor)
        reading = link_rosters.claim_due(db)
    assert reading is not None
    frozen_clock.tick(hours=1)
    with asked.database.transaction() as db:
        assert link_rosters.claim_due(db) is not None

    with asked.database.transaction() as db:
        link_rosters.apply(db, reading, {"a"})

    assert asked.row.read_at is None


def test_what_dies_each_time_is_given_up(asked, frozen_clock):
    with asked.database.transaction() as db:
        link_rosters.ask(db, asked.actor)
    for _ in range(MOST_ATTEMPTS):
        with asked.database.transaction() as db:
            assert link_rosters.claim_due(db) is not None
        frozen_clock.tick(hours=1)

    with asked.database.transaction() as db:
        assert link_rosters.claim_due(db) is None
    assert asked.row.error == link_rosters.BROKEN_OFF


def test_learners_may_not_ask(asked):
    learner = Actor(asked.roster.course_id, membership_id=1, role=CourseRole.LEARNER)

    with asked.database.transaction() as db, pytest.raises(NotAllowed):
        link_rosters.ask(db, learner)


def test_other_courses_links_are_left_alone(asked):
    with asked.database.transaction() as db:
        actor = Actor(None, membership_id=1, role=CourseRole.INSTRUCTOR)

        assert link_rosters.ask(db, actor) == 0


def test_a_real_moodle_restricts_to_a_group(asked):
    asked.moves_to(Product.MOODLE)
    restricted, whole = exchange("moodle/nrps-restricted-link"), exchange("moodle/nrps-course-33")
    openers = {each["user_id"] for each in restricted["body"]["members"]}
    everybody = {each["user_id"] for each in whole["body"]["members"]} | openers
    with asked.database.transaction() as db:
        course = db.get_one(Course, asked.roster.course_id)
        course.memberships_url = f"https://lms.test{MOODLE_PATH}"
        for subject in everybody:
            asked.learner(db, course, subject)
    replay(asked.roster.platform, restricted)

    asked.ask()

    assert asked.counts == (len(openers), len(everybody) + 3)
    assert set(asked.shut_out) == (everybody - openers) | set("abc")


def test_a_real_moodle_refuses_a_link_that_it_does_not_know(asked):
    asked.moves_to(Product.MOODLE)
    bad = exchange("moodle/nrps-errors", "course2_rlid_bad")
    with asked.database.transaction() as db:
        course = db.get_one(Course, asked.roster.course_id)
        course.memberships_url = f"https://lms.test{urlsplit(bad['request']['url']).path}"
    replay(asked.roster.platform, bad)

    asked.ask()

    assert asked.row.due_at is None
    assert asked.row.error


@pytest.mark.parametrize(
    ("accent", "counts"),
    [
        ("plain", (3, 8)),
        ("moodle", (4, 10)),  # its roster calls assistants and observers learners (M6)
        ("canvas", (3, 8)),
        ("blackboard", (3, 8)),
        ("brightspace", None),
        ("sakai", None),
        ("openedx", None),
    ],
)
def test_a_restriction_in_the_lms_arrives(settings, database, frozen_clock, accent, counts):
    campus = make_campus(settings, database, accent=accent)
    helena = Enrolled(campus, "Helena Brandt")
    activity = helena.course.activities[0]
    helena.launch(activity)
    campus.work()  # eight learners, of whom three are in this tutorial
    campus.sandbox.world.restrict(helena.course.id, activity.id, ("17",))
    with database.transaction() as db:
        course_id = db.scalars(select(Course.id)).one()
        link_rosters.ask(db, Actor(course_id, membership_id=1, role=CourseRole.INSTRUCTOR))

    campus.work()

    with database.reading() as db:
        row = db.scalars(select(LinkRoster).where(LinkRoster.read_at.is_not(None))).one_or_none()
    assert (row and (row.opener_count, row.learner_count)) == counts
