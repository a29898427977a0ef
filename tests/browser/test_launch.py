"""The way in, through real browsers: in a frame and in a window, whatever becomes of cookies."""

import re

import pytest
from playwright.sync_api import expect

from tests.support.browser import Person, open_browser
from tests.support.campus import open_campus

pytestmark = pytest.mark.browser


def test_the_frame_opens_with_third_party_cookies_allowed_and_blocked(campus, browser):
    helena = Person(browser, campus, "Helena Brandt").open_activity()

    helena.expects("mentoring program")


def test_a_page_opened_by_a_link_works_too(campus, browser):
    helena = Person(browser, campus, "Helena Brandt").open_activity()
    helena.expects("mentoring program")

    helena.page.reload()

    helena.expects("mentoring program")


def test_the_frame_opens_when_every_cookie_of_the_tool_is_lost_on_the_way(
    settings, database, playwright, tmp_path
):
    with (
        open_campus(settings, database, strips_cookies=True) as campus,
        open_browser(playwright, tmp_path / "profile") as browser,
    ):
        helena = Person(browser, campus, "Helena Brandt").open_activity()

        helena.expects("mentoring program")

        assert not [c for c in browser.cookies() if c["name"].startswith("__Host-")]
        assert "ticket=" not in helena.page.frames[-1].url


def test_without_any_storage_a_page_explains_and_nobody_is_signed_in(
    settings, database, playwright, tmp_path
):
    with (
        open_campus(settings, database, strips_cookies=True) as campus,
        open_browser(playwright, tmp_path / "profile", "blocked") as browser,
    ):
        helena = Person(browser, campus, "Helena Brandt").open_activity()

        helena.expects("Your browser keeps nothing for this page")

        assert "/in/" not in helena.page.frames[-1].url


def test_the_activity_opens_in_a_window_of_its_own(campus, browser):
    helena = Person(browser, campus, "Helena Brandt").open_activity(
        activity="Mentoring in its own window"
    )

    with browser.expect_page() as opened:
        helena.page.get_by_role("link", name="Open Mentoring in its own window").click()

    expect(opened.value.locator("body")).to_contain_text("mentoring program")
    opened.value.get_by_role("link", name="Back to the course").click()
    expect(opened.value).to_have_url(re.compile(f"^{re.escape(campus.lms_url)}/.*/return"))


def test_in_a_frame_the_lms_is_the_way_back(campus, browser):
    helena = Person(browser, campus, "Helena Brandt").open_activity()
    helena.expects("mentoring program")

    expect(helena.tool.get_by_text("Back to the course")).to_be_hidden()


def test_without_javascript_a_cookie_is_enough(campus, playwright, tmp_path):
    with open_browser(
        playwright, tmp_path / "profile", "blocked", java_script_enabled=False
    ) as browser:
        helena = Person(browser, campus, "Helena Brandt", has_scripts=False).open_activity()

        helena.expects("mentoring program")


def test_two_tabs_are_two_people(campus, browser):
    helena = Person(browser, campus, "Helena Brandt").open_activity().expects("mentoring program")
    amara = Person(browser, campus, "Amara Diallo").open_activity().expects("Amara")

    helena.page.reload()

    helena.expects("mentoring program")
    amara.expects("Amara")


def test_a_reload_of_a_page_without_cookies_finds_the_token_in_the_tab(
    settings, database, playwright, tmp_path
):
    with (
        open_campus(settings, database, strips_cookies=True) as campus,
        open_browser(playwright, tmp_path / "profile") as browser,
    ):
        helena = Person(browser, campus, "Helena Brandt").open_activity()
        helena.expects("mentoring program")
        frame = helena.page.frames[-1]

        frame.evaluate("window.location.reload()")

        helena.expects("mentoring program")
