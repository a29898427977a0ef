"""The links of a course as its LMS lists them, and what is changed about them (LTI-147)."""

from datetime import timedelta

import pytest
from sqlalchemy import select

from lti_mentoring.core import clock
from lti_mentoring.core.errors import Conflict, NotAllowed, NotFound
from lti_mentoring.models import Activity, Course
from lti_mentoring.policies.actor import Actor
from lti_mentoring.queries.course_links import stale_titles
from lti_mentoring.services import course_links
from lti_mentoring.services.course_links import (
    MOST_ATTEMPTS,
    bring_titles_up_to_date,
    lead_to_program,
)
from lti_mentoring.vocabulary import CourseRole, Scope, Verb
from tests.support.listed_links import LINKS, ListedLinks


@pytest.fixture
def links(database, settings, frozen_clock):
    made = ListedLinks(database, settings)
    yield made
    made.worker.close()


def titles(links):
    return [row.title for row in links.rows]


def stale(links):
    with links.database.reading() as db:
        return list(stale_titles(db, links.actor).values())


def test_the_list_is_kept_and_follows_the_lms(links, frozen_clock):
    links.lists(links.link(1), links.link(2, "Week 2", key=""))
    links.ask()
    first = [row.id for row in links.rows]
    assert titles(links) == ["Old name", "Week 2"]
    links.lists(links.link(2, "Week two", key=""), links.link(3, "Week 3"))
    frozen_clock.tick(minutes=2)

    links.ask()

    assert titles(links) == ["Week two", "Week 3"]
    assert links.rows[0].id == first[1]
    assert (links.reading.read_at, links.reading.due_at) == (clock.now(), None)


def test_nobody_is_asked_unless_somebody_wants_to_know(links):
    links.work()

    assert links.platform.requests_to(LINKS) == []


def test_whoever_presses_twice_asks_once(links):
    links.ask()
    links.ask()

    assert len(links.platform.requests_to(LINKS)) == 1


def test_without_the_service_there_is_nothing_to_ask(links):
    with links.database.transaction() as db:
        db.get_one(Course, links.course_id).links_url = None

    assert not links.ask()
    assert links.reading is None


def test_a_new_name_reaches_the_lms_by_one_button_and_nothing_else_changes(links):
    links.ask()
    links.rename()
    assert stale(links) == ["New name"]

    assert links.act(bring_titles_up_to_date) == 1
    assert stale(links) == []
    links.work()

    assert links.written == [(f"{LINKS}/1", links.link(1, "New name"))]
    assert links.rows[0].our_title == "New name"
    assert links.rows[0].wanted_title is None


def test_a_title_is_changed_in_the_lms_once(links, frozen_clock):
    links.ask()
    links.rename()
    links.act(bring_titles_up_to_date)
    links.work()
    links.lists(links.link(1, "New name"))

    assert links.act(bring_titles_up_to_date) == 1  # the canned list was still the former one
    links.work()
    frozen_clock.tick(days=1)
    links.work()

    assert len(links.written) == 1
    assert stale(links) == []


def test_the_next_new_name_is_known_too(links, frozen_clock):
    links.ask()
    links.rename("Second name")
    links.act(bring_titles_up_to_date)
    links.lists(links.link(1, "Second name"))
    links.work()

    links.rename("Third name")

    assert stale(links) == ["Third name"]


def test_what_a_teacher_typed_in_the_lms_is_left_alone(links):
    links.lists(links.link(1, "Mentoring, week 1"))
    links.ask()
    links.rename()

    assert stale(links) == []
    assert links.act(bring_titles_up_to_date) == 0
    assert links.platform.requests_to(f"{LINKS}/1") == []


def test_nothing_is_changed_by_itself(links, frozen_clock):
    links.ask()
    links.rename()
    frozen_clock.tick(days=1)

    links.ask()

    assert links.written == []


@pytest.mark.parametrize("fixed", [["title"], ["published", "title"]])
def test_a_title_that_nobody_may_change_is_no_matter(links, fixed):
    links.lists(links.link(1, readonly=fixed))
    links.ask()
    links.rename()

    assert stale(links) == []


def test_a_refused_change_is_noted_and_the_others_are_made(links):
    links.lists(links.link(1), links.link(2))
    links.ask()
    links.rename()
    links.platform.instead(f"{LINKS}/1", 403)
    links.act(bring_titles_up_to_date)

    links.work()

    assert [bool(row.error) for row in links.rows] == [True, False]
    assert [path for path, _ in links.written] == [f"{LINKS}/2"]
    assert [row.wanted_title for row in links.rows] == [None, None]


def test_a_bad_moment_of_the_lms_loses_no_change(links, frozen_clock):
    links.ask()
    links.rename()
    links.platform.instead(f"{LINKS}/1", 503)
    links.act(bring_titles_up_to_date)
    links.work()
    assert links.reading.due_at > clock.now()
    links.lists(links.link(1))
    frozen_clock.tick(minutes=5)

    links.work()

    assert [body["title"] for _, body in links.written] == ["New name"]


def test_trouble_is_given_up_in_the_end_and_what_is_known_stays(links, frozen_clock):
    links.ask()
    links.platform.instead(LINKS, 500)
    frozen_clock.tick(minutes=2)
    links.ask()
    for _ in range(MOST_ATTEMPTS):
        frozen_clock.tick(hours=7)
        links.work()

    assert links.reading.due_at is None
    assert links.reading.error
    assert titles(links) == ["Old name"]


def test_a_refusal_keeps_what_is_known_with_its_age(links, frozen_clock):
    links.ask()
    read_at = links.reading.read_at
    links.platform.instead(LINKS, 403)
    frozen_clock.tick(minutes=2)

    links.ask()

    assert (links.reading.read_at, titles(links)) == (read_at, ["Old name"])
    assert links.reading.error


def test_a_link_that_leads_nowhere_can_open_the_program(links):
    links.lists(links.link(1, "Lost", key="no-such-content-key-1"))
    links.ask()

    links.act(lead_to_program, links.rows[0].id)
    links.work()

    ((_, body),) = links.written
    assert body["url"] == "https://tool.test/lti/launch"
    assert body["custom"] == {"week": "2"}
    assert body["title"] == "Lost"


def test_a_change_that_comes_while_the_lms_is_asked_is_made_as_well(links, frozen_clock):
    links.ask()
    links.rename()
    frozen_clock.tick(minutes=2)
    links.act(course_links.ask)
    with links.database.transaction() as db:
        under_way = course_links.claim_due(db)
    assert under_way is not None
    links.act(bring_titles_up_to_date)
    with links.database.transaction() as db:
        course_links.apply(db, under_way, [])

    assert titles(links) == ["Old name"]  # an older answer is not taken in
    links.work()
    assert len(links.written) == 1


def test_what_dies_each_time_is_given_up(links, frozen_clock):
    links.act(course_links.ask)
    for _ in range(MOST_ATTEMPTS):
        with links.database.transaction() as db:
            assert course_links.claim_due(db) is not None
        frozen_clock.tick(hours=1)

    with links.database.transaction() as db:
        assert course_links.claim_due(db) is None
    assert links.reading.error == course_links.BROKEN_OFF


@pytest.mark.parametrize("scopes", ["", Scope.LINKS_READ.value])
def test_without_the_permission_nothing_is_offered_or_done(links, scopes):
    links.ask()
    links.rename()
    links.allows(scopes)

    assert stale(links) == []
    with pytest.raises(Conflict):
        links.act(bring_titles_up_to_date)
    with pytest.raises(Conflict):
        links.act(lead_to_program, links.rows[0].id)


@pytest.mark.parametrize("role", [CourseRole.TEACHING_ASSISTANT, CourseRole.LEARNER])
def test_only_coordinators_change_links(links, role):
    links.ask()
    somebody = Actor(links.course_id, membership_id=1, role=role)

    with pytest.raises(NotAllowed):
        links.act(bring_titles_up_to_date, actor=somebody)
    with pytest.raises(NotAllowed):
        links.act(lead_to_program, links.rows[0].id, actor=somebody)


def test_learners_may_not_ask(links):
    learner = Actor(links.course_id, membership_id=1, role=CourseRole.LEARNER)

    with pytest.raises(NotAllowed):
        links.act(course_links.ask, actor=learner)


def test_links_of_other_courses_do_not_exist(links):
    links.ask()
    elsewhere = Actor(links.course_id + 1, membership_id=1, role=CourseRole.INSTRUCTOR)

    with pytest.raises(NotFound):
        links.act(lead_to_program, links.rows[0].id, actor=elsewhere)


def test_both_acts_are_on_record(links):
    links.lists(links.link(1), links.link(2, "Lost", key="no-such-content-key-1"))
    links.ask()
    links.rename()

    links.act(bring_titles_up_to_date)
    links.act(lead_to_program, links.rows[1].id)

    with links.database.reading() as db:
        verbs = set(db.scalars(select(Activity.verb)))
    assert {Verb.LINKS_RENAMED, Verb.LINK_REDIRECTED} <= verbs
    assert timedelta(0) == clock.now() - links.reading.asked_at
