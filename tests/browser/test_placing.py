"""A teacher places a piece of the program by the LMS's own dialog, in each accent (LTI-76…89)."""

import re

import pytest
from playwright.sync_api import expect

from lti_mentoring.sandbox.accents import ACCENTS
from tests.support.browser import COURSE, open_browser
from tests.support.campus import open_campus

pytestmark = pytest.mark.browser

TITLE = "Set a goal"


@pytest.mark.parametrize("accent", list(ACCENTS))
def test_a_piece_of_the_program_is_placed_and_opens(
    settings, database, playwright, tmp_path, accent
):
    with (
        open_campus(settings, database, accent=accent) as campus,
        open_browser(playwright, tmp_path / "profile", "blocked") as browser,
    ):
        world = campus.sandbox.world
        course, teacher = world.course_titled(COURSE), world.person_named("Helena Brandt")
        before = len(course.activities)
        here = f"{campus.lms_url}/courses/{course.id}/as/{teacher.id}"
        page = browser.new_page()
        frame = page.frame_locator("iframe.tool")

        page.goto(f"{here}/add")
        page.get_by_role("link", name=re.compile("^Select content of")).first.click()
        frame.get_by_label(TITLE, exact=True).check()
        frame.get_by_role("button", name="Add to my course").click()
        if accent == "moodle":  # it fills a form in, and the teacher saves it
            frame.get_by_role("button", name="Save").click()
        expect(page).to_have_url(re.compile("activity="))

        placed = course.activities[-1]
        assert len(course.activities) == before + 1
        assert placed.title == TITLE
        assert placed.target.endswith(f"?content={placed.custom['content']}")
        page.goto(f"{here}/{placed.id}")
        expect(frame.locator("body")).to_contain_text("mentoring program")
