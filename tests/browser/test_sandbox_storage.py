"""Messages between a framed tool and the LMS: storage, capabilities, height; in Chromium."""

import threading
from contextlib import contextmanager
from typing import Any

import pytest
from flask import Flask
from werkzeug.serving import make_server

from lti_mentoring.sandbox.app import create_sandbox
from tests.support.browser import open_browser

pytestmark = pytest.mark.browser

# Asks whatever window it is told, and resolves to the answer, or to "silence".
ASK = """([where, message]) => new Promise((resolve) => {
  const to = where === "_parent" ? parent : parent.frames[where];
  addEventListener("message", (event) => resolve({ ...event.data, from: event.origin }));
  to.postMessage(message, "*");
  setTimeout(() => resolve("silence"), 500);
})"""


@contextmanager
def served(app):
    server = make_server("127.0.0.1", 0, app, threaded=True)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield server.server_port
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


class Late:
    """An application that is known only after its port is."""

    app: Any = None

    def __call__(self, environ, start_response):
        return self.app(environ, start_response)


@pytest.fixture(scope="module")
def page(playwright, tmp_path_factory):
    folder = tmp_path_factory.mktemp("profile")
    with open_browser(playwright, folder, "allowed") as context:
        yield context.new_page()


@pytest.fixture
def accent(request):
    """The LMS that is imitated."""
    return request.param


@pytest.fixture
def framed(page, accent):
    """A tool's frame in an activity's page, and how it asks the LMS."""
    tool = Flask("tool")
    tool.add_url_rule("/lti/login", view_func=lambda: "A tool", methods=["GET", "POST"])
    with served(tool) as tool_port:
        url = f"http://localhost:{tool_port}"
        with served(lms := Late()) as port:
            base = f"http://127.0.0.1:{port}"
            lms.app = create_sandbox(base_url=base, tool_url=url, accent=accent)
            sandbox = lms.app.extensions["sandbox"]
            course = sandbox.world.course_titled("First-year mentoring")
            person = sandbox.world.person_named("Amara Diallo")
            link = course.activity_titled("Mentoring")
            page.goto(f"{base}/courses/{course.id}/as/{person.id}/{link.id}")
            frame = page.frame(name="tool")
            frame.wait_for_url(f"{url}/lti/login**")
            page.wait_for_load_state("networkidle")
            yield lambda where, message: frame.evaluate(ASK, [where, message])


def only_with(*accents):
    return pytest.mark.parametrize("accent", accents, indirect=True)


def put(key, value, prefix="", **more):
    return {
        "subject": f"{prefix}lti.put_data",
        "message_id": "m1",
        "key": key,
        "value": value,
    } | more


def get(key, prefix="", **more):
    return {"subject": f"{prefix}lti.get_data", "message_id": "m2", "key": key} | more


@pytest.mark.parametrize(
    ("accent", "where", "prefix"),
    [
        ("canvas", "post_message_forwarding", ""),
        ("blackboard", "_parent", ""),
        ("brightspace", "_parent", "org.imsglobal."),
    ],
    indirect=["accent"],
)
def test_what_a_tool_puts_it_can_get(framed, where, prefix):
    answer = framed(where, put("state_1", "secret", prefix))
    assert answer["subject"] == f"{prefix}lti.put_data.response"
    assert (answer["message_id"], answer["key"], answer["value"]) == ("m1", "state_1", "secret")

    assert framed(where, get("state_1", prefix))["value"] == "secret"
    assert framed(where, get("state_2", prefix))["value"] is None

    framed(where, put("state_1", None, prefix))
    assert framed(where, get("state_1", prefix))["value"] is None


@only_with("canvas")
def test_bad_requests_are_answered_with_an_error(framed):
    where = "post_message_forwarding"

    assert framed(where, put("", "x"))["error"]["code"] == "bad_request"
    assert framed(where, put("k", {"a": 1}))["error"]["code"] == "bad_request"
    assert framed(where, get("k", message_id=None))["error"]["code"] == "bad_request"
    assert framed(where, put("k", "x" * 5000))["error"]["code"] == "storage_exhaustion"
    assert framed(where, get("k"))["value"] is None


@only_with("canvas")
def test_canvas_says_in_which_frame_things_are_kept(framed):
    answer = framed("_parent", {"subject": "lti.capabilities", "message_id": "c"})

    frames = {each["subject"]: each.get("frame") for each in answer["supported_messages"]}
    assert frames["lti.put_data"] == "post_message_forwarding"
    assert frames["lti.frameResize"] is None
    assert framed("_parent", put("k", "x")) == "silence"


@only_with("plain")
def test_without_storage_nothing_is_promised_or_kept(framed):
    answer = framed("_parent", {"subject": "lti.capabilities", "message_id": "c"})

    subjects = {each["subject"] for each in answer["supported_messages"]}
    assert subjects == {"lti.capabilities", "lti.frameResize"}
    assert framed("_parent", put("k", "x")) == "silence"


@only_with("moodle", "openedx")
def test_moodle_and_openedx_answer_nothing(framed, page):
    assert framed("_parent", {"subject": "lti.capabilities", "message_id": "c"}) == "silence"
    assert framed("_parent", put("k", "x")) == "silence"
    framed("_parent", {"subject": "lti.frameResize", "height": 1234})
    assert page.locator("iframe.tool").bounding_box()["height"] == 700


@only_with("canvas")
@pytest.mark.parametrize(("asked", "given"), [(1234, 1234), (20, 200), (99_999, 8000)])
def test_the_frame_takes_the_tools_height_within_bounds(framed, page, asked, given):
    framed("_parent", {"subject": "lti.frameResize", "height": asked})

    assert page.locator("iframe.tool").bounding_box()["height"] == given


@only_with("canvas")
def test_another_origin_gets_nothing_of_a_tools(framed, page):
    framed("post_message_forwarding", put("state_1", "secret"))

    # The page itself is an origin too, and no tool.
    answer = page.evaluate(
        """() => new Promise((resolve) => {
          addEventListener("message", (event) => resolve(event.data));
          const message = { subject: "lti.get_data", message_id: "m", key: "state_1" };
          frames["post_message_forwarding"].postMessage(message, "*");
        })"""
    )

    assert answer["error"]["code"] == "wrong_origin"
    assert "value" not in answer
