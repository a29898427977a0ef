"""Content that is chosen for a real Open edX: what it stores, and where its launches then lead."""

import pytest

from lti_mentoring.advantage.line_items import resource_id_of
from lti_mentoring.models import ContentItem, DeepLinkingRequest, Program, ResourceLink
from lti_mentoring.vocabulary import ContentKind
from tests.support.openedx_learner import Learner, start_program

pytestmark = pytest.mark.peer

SAVED = "content was successfully saved in the LMS"
CHOOSE = "?choose"


@pytest.fixture
def helena(course, person):
    """Who teaches the course, with a program that runs."""
    helena = person(course, "helena").launch()
    start_program(course)
    return helena


def test_the_program_is_stored_with_its_column_and_its_key(course, helena):
    helena.launch(CHOOSE).press("Add to my course", kind="program").send()

    assert SAVED in helena.text
    (item,) = course.look()["content"]
    with course.transaction() as db:
        key, program = db.query(ContentItem).one().key, db.query(Program).one()
        ours = resource_id_of(program.id)
    assert (item["type"], item["title"]) == ("ltiResourceLink", "Peer mentoring")
    assert item["url"].startswith(f"{course.tool_url}/lti/launch")
    assert key in item["url"]
    assert key in item["custom"].values()
    assert item["lineItem"] == {
        "label": "Peer mentoring",
        "scoreMaximum": 100,
        "resourceId": ours,
        "tag": "engagement",
    }


def test_a_due_date_is_stored(course, helena):
    helena.launch(CHOOSE).press("Change title and details first", kind="goal")

    helena.press("Add to my course", **{"goal-due_at": "2030-01-31T12:00"}).send()

    assert SAVED in helena.text
    (item,) = course.look()["content"]
    assert item["submission"] == {"endDateTime": "2030-01-31T12:00:00Z"}


def test_a_launch_opens_what_was_chosen(course, helena, person):
    """The login names the unit's address as ever; only the message has the link's."""
    helena.launch(CHOOSE).press("Add to my course", kind="goal").send()

    helena.launch()
    amara = person(course, "amara").launch()

    assert amara.path == "/get-started/topics"
    with course.transaction() as db:
        placed = db.query(ContentItem).one()
        assert placed.kind is ContentKind.GOAL
        (link,) = db.query(ResourceLink).filter_by(lti_id=course.block).all()
        assert link.content_item_id == placed.id


def test_the_column_of_the_chosen_program_is_made_by_the_tool(course, helena, person):
    """The platform keeps the column of the answer with the link, and makes none."""
    helena.launch(CHOOSE).press("Add to my course", kind="program").send()
    assert course.look()["columns"] == []
    person(course, "amara").launch()
    amara = Learner(course)

    amara.earn()

    seen = course.look()
    assert [(column["link"], column["maximum"]) for column in seen["columns"]] == [
        (course.block, 100)
    ]
    assert seen["grades"]["amara"]["points"] == pytest.approx(amara.engagement / 10)


def test_of_several_each_opens_its_own_though_all_are_one_link(course, helena, person):
    """The platform lists them on a page of its own, and calls each by the unit's id."""
    helena.launch(CHOOSE).press("Add to my course", kind=["program", "goal"]).send()
    assert SAVED in helena.text

    amara = person(course, "amara").click()
    addresses = [link.get("href") for link in amara.page.iter("a")]
    arrived = [amara.follow(address).path for address in addresses]

    assert "Peer mentoring" in helena.click().text
    with course.transaction() as db:
        kinds = [placed.kind for placed in db.query(ContentItem).order_by(ContentItem.id)]
        assert db.query(ResourceLink).count() == 1
    assert kinds == [ContentKind.PROGRAM, ContentKind.GOAL]
    assert arrived == ["/", "/get-started/topics"]


def test_the_message_is_understood_and_has_the_course(course, helena):
    """E3: the course was missing from it before 9.14.5."""
    helena.launch(CHOOSE)

    assert helena.path == "/content"
    with course.transaction() as db:
        settings = db.query(DeepLinkingRequest).one().settings
    assert settings["takes_several"] is settings["takes_links"] is settings["saves_at_once"] is True
    assert settings["has_data"] is False


def test_learners_are_stopped_by_the_platform_already(course, helena, person):
    amara = person(course, "amara").click(CHOOSE)

    asked = amara.session.get(amara.page.get_element_by_id("lti-login").get("data-next"))

    assert asked.status_code == 403


def test_who_goes_back_without_adding_leaves_what_was_chosen_before(course, helena):
    """An answer without content would erase it, so none is given."""
    helena.launch(CHOOSE).press("Add to my course", kind="goal").send()
    before = course.look()["content"]

    helena.launch(CHOOSE).press("Go back without adding")

    assert "Nothing was changed" in helena.text
    assert course.look()["content"] == before
    with course.transaction() as db:
        assert db.query(DeepLinkingRequest).filter_by(answered_at=None).count() == 1
