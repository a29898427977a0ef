"""How a chosen link is to look, as far as its platform shows it."""

import pytest

from lti_mentoring.models import ContentItem, LineItem, PlatformUser
from lti_mentoring.vocabulary import Product
from tests.support.choosing import Told, rows
from tests.support.factories import make_line_item

ADD, DETAILS = "Add to my course", "Change title and details first"


def test_details_are_filled_in_and_can_be_changed(app, picker, program):
    page = picker().submit(DETAILS)
    assert page.path.endswith("/content/details")

    told = Told(
        app,
        page.submit(
            ADD,
            program__title="Week 1: begin",
            program__text="Three steps\r\nand a mentor",
            program__points="20",
            program__opens_at="2026-12-01T08:00",
            program__due_at="2026-12-08T23:59",
            program__target="window",
        ).page,
    )

    (item,) = told.items
    assert (item["title"], item["text"]) == ("Week 1: begin", "Three steps\nand a mentor")
    assert item["lineItem"]["scoreMaximum"] == 20
    assert item["lineItem"]["label"] == "Week 1: begin"
    assert item["available"] == {"startDateTime": "2026-12-01T08:00:00+00:00"}
    assert item["submission"] == {"endDateTime": "2026-12-08T23:59:00+00:00"}
    assert item["window"] == {"targetName": "_blank"}
    assert "iframe" not in item


def test_times_are_typed_in_the_readers_own_zone(app, database, picker):
    page = picker().submit(DETAILS)
    with database.transaction() as db:
        db.query(PlatformUser).update({"time_zone": "America/New_York"})

    told = Told(app, page.submit(ADD, program__due_at="2026-12-08T23:59").page)

    assert told.items[0]["submission"] == {"endDateTime": "2026-12-09T04:59:00+00:00"}


def test_a_link_that_ends_before_it_starts_is_not_sent(app, picker):
    page = picker().submit(DETAILS)
    times = {"program__opens_at": "2026-12-08T08:00", "program__due_at": "2026-12-01T08:00"}
    again = page.submit(ADD, **times)

    assert again.status == 422
    assert "later than the moment it opens" in again.text
    assert rows(app, ContentItem) == []
    assert Told(app, again.submit(ADD, program__opens_at="2026-12-01T07:59").page).items


@pytest.mark.parametrize("points", ["0", "-1", "10001", "1.5", "many"])
def test_points_are_a_whole_number_above_zero(app, picker, points):
    again = picker().submit(DETAILS).submit(ADD, program__points=points)

    assert again.status == 422
    assert rows(app, ContentItem) == []


def test_points_can_be_switched_off(app, picker):
    page = picker().submit(DETAILS)
    box = page.page.get_element_by_id("program-has_points")
    box.getparent().remove(box)

    assert "lineItem" not in Told(app, page.submit(ADD).page).items[0]


@pytest.mark.parametrize("targets", [(), ("iframe",), ("window",)])
def test_only_the_platforms_own_ways_to_show_it_are_offered(app, picker, targets):
    page = picker(targets=targets).submit(DETAILS)

    offered = page.page.xpath("//input[@name='program-target']/@value")
    assert offered == (["", *targets] if targets else [])
    item = Told(app, page.submit(ADD).page).items[0]
    assert not {"iframe", "window"} & set(item)


def test_a_platform_without_columns_gets_none(app, picker):
    page = picker(takes_columns=False).submit(DETAILS)

    assert not page.page.xpath("//input[@name='program-points']")
    forged = page.submit(ADD, program__has_points="y", program__points="50")
    assert "lineItem" not in Told(app, forged.page).items[0]


def test_a_program_that_has_its_column_gets_no_second_one(app, db, picker, program):
    make_line_item(db, program)
    assert db.query(LineItem).one().url

    page = picker().submit(DETAILS)

    assert "has its column in the gradebook already" in page.text
    assert "lineItem" not in Told(app, page.submit(ADD).page).items[0]


def test_moodle_keeps_no_dates_so_nobody_is_asked_for_them(db, picker, program):
    program.course.deployment.registration.platform.product = Product.MOODLE

    assert not picker().submit(DETAILS).page.xpath("//input[@type='datetime-local']")
