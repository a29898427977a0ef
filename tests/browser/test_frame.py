"""The frame is as tall as its page: nobody scrolls in two places at once."""

import pytest

from tests.support.browser import Person

pytestmark = pytest.mark.browser

HEAR = """window.heard = [];
window.addEventListener("message", (event) => window.heard.push([event.origin, event.data]));"""
FITS = """old => {
  const last = window.heard.filter(([, data]) => data.subject === "lti.frameResize").pop();
  const height = document.querySelector("iframe.tool").clientHeight;
  return last && Math.abs(height - last[1].height) <= 2 && height !== old && height;
}"""
NEEDS = "Math.ceil(document.documentElement.getBoundingClientRect().height)"
CLOSE = 8  # pixels; smaller differences are not told


def frame_height(person, other_than=0):
    """How tall the frame is once it follows the newest message, and what its page needs."""
    shown = person.page.wait_for_function(FITS, arg=other_than).json_value()
    frame = person.page.locator("iframe.tool").element_handle().content_frame()
    return shown, frame.evaluate(NEEDS)


def test_the_frame_grows_with_what_is_in_it(campus, browser):
    helena = Person(browser, campus, "Helena Brandt")
    helena.page.add_init_script(HEAR)
    helena.open_activity().expects("mentoring program")
    first, needed = frame_height(helena)
    assert first == pytest.approx(needed, abs=CLOSE)

    helena.ticks("First-year buddies").clicks("Go on with this").expects("What is it for?")

    second, needed = frame_height(helena, other_than=first)
    assert second == pytest.approx(needed, abs=CLOSE)


def test_the_height_is_told_to_the_lms_alone(campus, browser):
    helena = Person(browser, campus, "Helena Brandt")
    helena.page.add_init_script(HEAR)
    helena.open_activity().expects("mentoring program")
    frame_height(helena)

    heard = helena.page.evaluate("window.heard")

    assert {origin for origin, _ in heard} == {campus.tool_url}
    told = {data["subject"]: set(data) - {"subject"} for _, data in heard}
    # Where the browser keeps nothing, the LMS is asked whether it keeps things for tools (LTI-152).
    asked = {"lti.capabilities": {"message_id"}, "org.imsglobal.lti.capabilities": {"message_id"}}
    assert told.items() <= {"lti.frameResize": {"height"}, **asked}.items()
