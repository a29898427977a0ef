"""The links of a course, and who can open them in the LMS, as staff see it."""

import pytest

from lti_mentoring.core import clock
from lti_mentoring.models import LinkExclusion, LinkRoster, Platform
from lti_mentoring.services.link_rosters import NOT_BY_LINK
from lti_mentoring.vocabulary import CourseRole, MembershipState, Product
from tests.support.counting import statements_of
from tests.support.factories import add, make_member, make_resource_link
from tests.support.visitor import visit

ASK = "Ask the LMS who can open them"


@pytest.fixture
def link(db, program):
    return make_resource_link(db, program.course, title="Mentoring, week 1")


@pytest.fixture
def answered(db, link):
    """The LMS has said something of the link; ``names`` are shut out."""

    def make(*names, learners=3, **facts):
        values = {
            "asked_at": clock.now(),
            "read_at": clock.now(),
            "opener_count": learners - len(names),
            "learner_count": learners,
            **facts,
        }
        made = add(db, LinkRoster(resource_link_id=link.id, **values))
        for name in names:
            member = make_member(db, link.course, name=name)
            key = {"resource_link_id": link.id, "membership_id": member.id}
            add(db, LinkExclusion(**key))
        return made

    return make


def test_a_restricted_link_says_how_many_can_open_it_and_who_cannot(staff, answered, frozen_clock):
    answered("Amara Nwosu", "Bo Chen")
    frozen_clock.tick(minutes=5)

    text = staff().get("/links").text

    assert "1 of 3 learners can open it in the LMS." in text
    assert "Asked 5 minutes ago." in text
    assert "Amara Nwosu, Bo Chen" in text


def test_the_list_of_people_says_so_too_and_leads_there(staff, answered):
    answered("Amara Nwosu")
    teacher = staff().get("/people")

    assert "2 of 3 learners can open “Mentoring, week 1” in the LMS" in teacher.text
    assert "Amara Nwosu" in teacher.click("Who cannot?").text


def test_a_link_that_everybody_can_open_is_not_worth_a_word_there(staff, answered):
    answered()
    teacher = staff()

    assert "can open “" not in teacher.get("/people").text
    assert "All 3 learners can open it." in teacher.get("/links").text


def test_the_link_that_fewest_can_open_is_named(staff, answered, db, link):
    answered("Amara Nwosu")
    other = make_resource_link(db, link.course, title="Week 2")
    counts = {"opener_count": 0, "learner_count": 3}
    now = clock.now()
    add(db, LinkRoster(resource_link_id=other.id, asked_at=now, read_at=now, **counts))

    assert "0 of 3 learners can open “Week 2”" in staff().get("/people").text


def test_who_has_left_the_course_is_not_named(staff, answered, db, link):
    answered("Amara Nwosu")
    gone = make_member(db, link.course, name="Bo Chen", state=MembershipState.GONE)
    add(db, LinkExclusion(resource_link_id=link.id, membership_id=gone.id))

    assert "Bo Chen" not in staff().get("/links").text


def test_one_button_asks_and_the_page_says_that_it_waits(staff, link):
    teacher = staff().get("/links").submit(ASK)

    assert "The LMS is being asked." in teacher.text
    assert ASK not in teacher.text


def test_assistants_ask_as_well(staff, link):
    assert (
        "is asked in a moment"
        in staff(CourseRole.TEACHING_ASSISTANT).get("/links").submit(ASK).text
    )


@pytest.mark.parametrize("product", [Product.SAKAI, Product.OPENEDX, Product.BRIGHTSPACE])
def test_where_the_lms_cannot_tell_nothing_is_asked_or_said(staff, answered, db, product):
    answered(read_at=None, error=NOT_BY_LINK)
    db.query(Platform).one().product = product

    text = staff().get("/links").text

    assert ASK not in text
    assert "This LMS does not say who can open a link." in text
    assert "can open it" not in text


def test_a_link_of_which_the_lms_says_nothing_has_its_sentence(staff, answered):
    answered(read_at=None, error="the LMS does not have this any more, or the course is not open")

    assert "does not say who can open this link" in staff().get("/links").text


def test_a_course_without_links_says_why(staff):
    assert "No link is known yet." in staff().get("/links").text


def test_other_courses_links_are_not_shown(staff, app, db, link):
    other = make_resource_link(db, link.course, title="Elsewhere")
    other.course_id = make_member(db, link.course).course_id
    assert "Mentoring, week 1" in staff().get("/links").text


def test_learners_see_none_of_it(app, db, answered, link):
    answered("Amara Nwosu")
    learner = make_member(db, link.course, name="Ana Souza")
    db.commit()

    assert visit(app, learner.id).get("/links").status == 403


@pytest.mark.parametrize("links", [1, 15])
def test_the_page_needs_as_many_queries_for_many_links(staff, db, database, link, links):
    for number in range(links):
        made = make_resource_link(db, link.course, title=f"Link {number}")
        counts = {"opener_count": 1, "learner_count": 2}
        add(db, LinkRoster(resource_link_id=made.id, asked_at=clock.now(), **counts))
    teacher = staff()

    with statements_of(database) as sent:
        teacher.get("/links")

    assert len(sent) <= 5
