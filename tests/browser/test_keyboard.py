"""Without a mouse, and without seeing the page."""

import pytest
from playwright.sync_api import expect

from tests.support.browser import open_browser
from tests.support.campus import open_campus
from tests.support.full_program import make_full_program
from tests.support.pages import sign_in_for
from tests.support.senses import Keyboard, ScreenReader

pytestmark = pytest.mark.browser


@pytest.fixture
def person(request, settings, database, playwright, tmp_path):
    """A learner at a browser: the context, and the address of the first page."""
    with database.transaction() as db:
        full = make_full_program(db)
    with open_campus(settings, database) as campus:
        made = sign_in_for(campus.tool, getattr(full, request.param))
        headers = {"Authorization": f"Bearer {made.token}"}
        with open_browser(playwright, tmp_path / "profile", extra_http_headers=headers) as context:
            yield context, f"{campus.tool_url}/in/{made.key}"


who_has_just_come = pytest.mark.parametrize("person", ["new_learner"], indirect=True)
who_has_a_mentor = pytest.mark.parametrize("person", ["mentee"], indirect=True)


@who_has_just_come
def test_the_first_three_steps_need_no_mouse(person):
    context, home = person
    page = context.new_page()
    page.goto(home)
    keys = Keyboard(page)

    keys.opens("Start")
    keys.goes_to("Statistics").presses("Space")
    keys.goes_to("What do you want to be able to do at the end?…").types("Ask a question a week")
    keys.opens("Go on")
    keys.goes_to("Video").presses("Space")
    keys.opens("Go on")
    keys.goes_to("Tuesday 16:00").presses("Space")
    keys.goes_to("Tuesday 17:00", key="ArrowDown").presses("Space")
    keys.opens("Show me mentors")

    expect(page.locator("main")).to_contain_text("Daniel Okafor")
    assert not keys.unseen, "the focus cannot be seen there"


@who_has_just_come
def test_the_content_is_one_key_away_on_every_page(person):
    context, home = person
    page = context.new_page()
    page.goto(home)

    Keyboard(page).goes_to("To the content").presses("Enter")

    assert page.evaluate("document.activeElement.id") == "main"


@who_has_a_mentor
def test_what_an_act_has_done_is_told(person):
    context, home = person
    reader, page = ScreenReader(context), context.new_page()
    page.goto(f"{home}/goals/new")
    page.get_by_label("My goal, as a sentence").fill("Ask one question in every seminar")

    page.get_by_role("button", name="Save this goal").click()
    page.wait_for_load_state()

    said = reader.waits_for(page, "Your goal is written down")
    expect(page.get_by_role("status").first).to_contain_text(said)


@who_has_just_come
def test_that_a_text_was_kept_and_how_many_mentors_fit_is_told_while_one_types(person):
    context, home = person
    reader, page = ScreenReader(context), context.new_page()
    page.goto(home)
    page.get_by_role("link", name="Start").click()
    assert reader.told(page) == []

    page.get_by_role("checkbox", name="Statistics").check()

    assert reader.waits_for(page, "cover this").startswith("2 mentors")
    reader.waits_for(page, "Saved")


@who_has_a_mentor
def test_what_is_missing_is_told_and_has_the_focus(person):
    context, home = person
    reader, page = ScreenReader(context), context.new_page()
    page.goto(f"{home}/goals/new")
    page.get_by_label("My goal, as a sentence").fill("")

    page.get_by_role("button", name="Save this goal").click()
    page.locator("[role=alert]").wait_for()

    assert reader.told(page)
    assert page.evaluate("document.activeElement.getAttribute('role')") == "alert"
