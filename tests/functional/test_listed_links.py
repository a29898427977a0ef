"""The page of links where the LMS lists them: what leads where, and names that went out of date."""

from datetime import timedelta

import pytest
from sqlalchemy import select

from lti_mentoring.core import clock
from lti_mentoring.models import Course, CourseLink, CourseLinksReading, Program
from lti_mentoring.sandbox.content_items import ContentItem as SentItem
from lti_mentoring.vocabulary import ContentKind, CourseRole, Scope
from tests.support.campus import TOOL, make_campus
from tests.support.counting import statements_of
from tests.support.enrolled import Enrolled
from tests.support.factories import add, make_member, make_program, make_resource_link, make_rubric
from tests.support.listed_links import BOTH, make_item

ASK = "Ask the LMS about the links"


@pytest.fixture
def listing(db, program):
    """The LMS has listed the course's links just now; ``listing(key, title, …)`` makes one."""
    program.title = "New name"
    program.course.links_url, program.course.links_scopes = "https://lms.test/links", BOTH
    now = clock.now()
    add(db, CourseLinksReading(course_id=program.course_id, asked_at=now, read_at=now))
    numbers = iter(range(1, 200))

    def make(key="", title="Mentoring", **facts):
        number = next(numbers)
        values = {"lti_id": f"link-{number}", "title": title, "content_key": key, **facts}
        address = f"https://lms.test/links/{number}"
        return add(db, CourseLink(course_id=program.course_id, address=address, **values))

    return make


@pytest.fixture
def item(db, program, listing):
    """Content that was placed an hour ago under the program's former name."""
    teacher = make_member(db, program.course, role=CourseRole.INSTRUCTOR, name="Tom Reed")
    before = clock.now() - timedelta(hours=1)
    return make_item(db, program, teacher, 1, title="Old name", created_at=before)


def test_every_link_says_where_it_leads(staff, listing, item):
    item.kind = ContentKind.GOAL
    listing(item.key, "Week 3")
    listing("", "Start")
    listing("no-such-content-key-1", "Gone")

    text = staff().get("/links").text

    assert "Week 3 Opens: Set a goal" in text
    assert "Start Opens: Mentoring program" in text
    assert "Gone Leads nowhere" in text
    assert "Asked 1 minute ago." in text


def test_content_of_another_platform_is_nobodys_here(staff, db, listing):
    elsewhere = make_program(db, title="Elsewhere")
    teacher = make_member(db, elsewhere.course, role=CourseRole.INSTRUCTOR)
    foreign = make_item(db, elsewhere, teacher, 2)
    listing(foreign.key, "From elsewhere")

    assert "From elsewhere Leads nowhere" in staff().get("/links").text


def test_a_copied_link_works_and_says_where_it_came_from(staff, db, program, listing, item):
    other = Course(
        deployment_id=program.course.deployment_id, context_id="before", created_at=clock.now()
    )
    item.course_id = add(db, other).id
    listing(item.key, "Typed in the LMS")

    text = staff().get("/links").text

    assert "came with a copy of the course, and works here too" in text
    assert "Leads nowhere" not in text


def test_one_button_brings_titles_up_to_date(staff, db, listing, item):
    link = listing(item.key, "Old name")
    teacher = staff().get("/links")
    assert "The program is called “New name” now." in teacher.text

    teacher.submit("Bring 1 title up to date")

    assert "The LMS is being told of a change." in teacher.text
    db.expire_all()
    assert db.get_one(CourseLink, link.id).wanted_title == "New name"
    assert "Bring 1 title" not in teacher.text


def test_pressing_twice_changes_nothing(staff, listing, item):
    listing(item.key, "Old name")
    teacher = staff().get("/links")
    before = teacher.page
    teacher.submit("Bring 1 title up to date")
    teacher.page = before

    assert "All titles are right already." in teacher.submit("Bring 1 title up to date").text


def test_the_setup_says_that_links_have_the_former_name(staff, listing, item, agreement):
    listing(item.key, "Old name")
    teacher = staff().get("/program")
    assert "1 link in the course still has the program’s former name." in teacher.text

    assert "Bring 1 title up to date" in teacher.click("See the links").text


def test_a_title_that_somebody_typed_is_no_news(staff, listing, item):
    listing(item.key, "Mentoring, every Monday")

    assert "former" not in staff().get("/links").text


def test_a_link_that_leads_nowhere_is_mended_by_its_button(staff, db, listing):
    lost = listing("no-such-content-key-1", "Gone")

    text = staff().get("/links").submit("Let “Gone” open the program").text

    assert "From then on the link opens the whole program." in text
    db.expire_all()
    assert db.get_one(CourseLink, lost.id).wants_program


def test_assistants_look_and_change_nothing(staff, listing, item):
    listing(item.key, "Old name")
    lost = listing("no-such-content-key-1", "Gone")
    assistant = staff(CourseRole.TEACHING_ASSISTANT).get("/links")

    assert "Leads nowhere" in assistant.text
    assert "Bring 1 title" not in assistant.text
    assert "Let it open" not in assistant.text
    for address in ("/links/titles", f"/links/{lost.id}/program"):
        token = assistant.get("/links").csrf_token()
        assert assistant.post(address, csrf_token=token).status == 403


def test_without_the_permission_to_change_there_is_no_button(staff, program, listing, item):
    program.course.links_scopes = Scope.LINKS_READ.value
    listing(item.key, "Old name")
    listing("no-such-content-key-1", "Gone")

    text = staff().get("/links").text

    assert "Bring 1 title" not in text
    assert "Let it open the program" not in text


def test_what_was_chosen_and_stands_nowhere_is_said(staff, item):
    text = staff().get("/links").text

    assert "Chosen once, and in no link of the course now: “Old name”." in text


def test_a_link_that_was_opened_and_is_not_listed_is_probably_deleted(staff, db, program, listing):
    link = make_resource_link(db, program.course, title="Former week")
    link.created_at = clock.now() - timedelta(days=3)
    listing("", "Start")

    assert "The LMS does not list this link any more." in staff().get("/links").text


def test_a_link_is_one_line_whether_it_was_opened_or_not(staff, db, program, listing):
    listing("", "Start", lti_id="link-9")
    make_resource_link(db, program.course, title="Start", lti_id="link-9")

    assert staff().get("/links").text.count("Start Opens") == 1


def test_a_refused_change_and_a_refused_list_say_so(staff, db, program, listing):
    listing("", "Start", error="the LMS does not let the tool do this in this course")
    db.get_one(CourseLinksReading, program.course_id).error = "the LMS refused the request"

    text = staff().get("/links").text

    assert "The LMS did not take the change." in text
    assert "The LMS did not list the links." in text


def test_where_the_lms_lists_no_links_nothing_is_said_of_it(staff, db, program):
    make_resource_link(db, program.course, title="Start")

    text = staff().get("/links").text

    assert ASK not in text
    assert "What stands in the course" not in text


@pytest.mark.parametrize("count", [1, 60])
def test_the_page_needs_as_many_queries_for_many_links(staff, database, listing, item, count):
    for _ in range(count):
        listing(item.key, "Old name")
    teacher = staff()

    with statements_of(database) as sent:
        teacher.get("/links")

    assert len(sent) <= 6


def test_the_whole_way_with_an_lms_that_has_the_service(settings, database, frozen_clock):
    """Blackboard: placed, listed, the program renamed, and the course shows the new name."""
    campus = make_campus(settings, database, accent="blackboard")
    helena = Enrolled(campus, "Helena Brandt")
    helena.launch(helena.course.activities[0])
    with database.transaction() as db:
        program = make_program(db, db.scalars(select(Course)).one(), title="Old name")
        make_rubric(db, program)
        teacher = make_member(db, program.course, role=CourseRole.INSTRUCTOR)
        key = make_item(db, program, teacher, 1).key
    sent = SentItem(
        "Old name", "Meet.", f"{TOOL}/lti/launch?content={key}", "iframe", {"content": key}
    )
    placed = campus.sandbox.place(helena.course.id, campus.sandbox.client_id, sent)
    frozen_clock.tick(minutes=1)

    helena.launch(helena.course.activities[0])
    helena.get(f"{address_of(helena)}/links").press(ASK)
    campus.work()
    helena.get(f"{address_of(helena)}/links")
    assert "Old name Opens: Mentoring program" in helena.text
    with database.transaction() as db:
        db.scalars(select(Program)).one().title = "New name"
    helena.get(f"{address_of(helena)}/links").press("Bring 1 title up to date")
    campus.work()

    _, shown = campus.sandbox.world.activity(placed.id)
    assert (shown.title, shown.description) == ("New name", "Meet.")
    assert (shown.target, shown.custom) == (placed.target, placed.custom)
    text = helena.get(f"{address_of(helena)}/links").text
    assert "New name Opens: Mentoring program" in text
    assert "former" not in text


def address_of(enrolled):
    """Where the person's pages are."""
    return "/".join(enrolled.response.request.path.split("/")[:3])
