"""Notices: who may want which, and what is sent when a course is copied."""

import json

import pytest
import requests
from requests.adapters import BaseAdapter

from lti_mentoring.sandbox.copying import copy_course, import_course
from lti_mentoring.sandbox.vocabulary import (
    CONTEXT_COPY,
    HELLO_WORLD,
    LTI_CLAIM,
    NOTICES_SCOPE,
    PLATFORM_CONFIGURATION,
)

TOOL = "http://localhost:8000"
HANDLER = f"{TOOL}/lti/notices"
CLAIM = LTI_CLAIM + "platformnotificationservice"


def only_with(*accents):
    return pytest.mark.parametrize("accent", accents, indirect=True)


class Letterbox(BaseAdapter):
    """Takes what is posted to the tool."""

    def __init__(self):
        super().__init__()
        self.letters = []
        self.status = 200

    def send(self, request, *args, **kwargs):
        del args, kwargs  # time limits and the like
        if not self.status:
            raise requests.ConnectionError
        self.letters.append((request.url, json.loads(request.body)))
        response = requests.Response()
        response.status_code = self.status
        return response

    def close(self):
        pass


@pytest.fixture
def letterbox(sandbox, http):
    sandbox.notices.run = lambda job: job()
    http.mount(HANDLER, box := Letterbox())
    return box


@pytest.fixture
def claim(sandbox, amara, link):
    return sandbox.launch_claims(amara.id, link.id, nonce="n").get(CLAIM)


@pytest.fixture
def handlers(tool, claim):
    """Reads the tool's handlers, or sets one."""

    def call(kind=None, handler=HANDLER):
        body = {"notice_type": kind, "handler": handler}
        return tool.call(
            "PUT" if kind else "GET",
            claim["platform_notification_service_url"],
            token=tool.token(NOTICES_SCOPE),
            content_type="application/json",
            body=body if kind else None,
        )

    return call


@pytest.fixture
def opened(letterbox, id_token_of):
    """The claims of every notice that has arrived."""

    def read():
        assert {url for url, _ in letterbox.letters} <= {HANDLER}
        sent = [notice for _, body in letterbox.letters for notice in body["notices"]]
        return [id_token_of(each["jwt"]) for each in sent]

    return read


@only_with("plain", "moodle", "blackboard")
def test_most_send_none(claim):
    assert claim is None


@only_with("canvas", "brightspace")
def test_a_launch_says_what_can_be_had(claim, client, accent):
    assert claim["notice_types_supported"] == [HELLO_WORLD, CONTEXT_COPY]
    assert claim["scope"] == [NOTICES_SCOPE]
    if accent == "brightspace":
        told = client.get("/.well-known/openid-configuration").json
        assert CONTEXT_COPY in told[PLATFORM_CONFIGURATION]["notice_types_supported"]


@only_with("canvas")
def test_a_handler_is_set_read_and_removed(handlers, letterbox):
    assert handlers(CONTEXT_COPY).json == {"notice_type": CONTEXT_COPY, "handler": HANDLER}
    handlers(CONTEXT_COPY, f"{TOOL}/lti/others")

    (only,) = handlers().json["notice_handlers"]
    assert only == {"notice_type": CONTEXT_COPY, "handler": f"{TOOL}/lti/others"}

    handlers(CONTEXT_COPY, "")
    assert handlers().json["notice_handlers"] == []


@only_with("canvas")
@pytest.mark.parametrize(
    ("kind", "handler"),
    [(CONTEXT_COPY, "https://elsewhere.example/notices"), ("LtiSurpriseNotice", HANDLER)],
)
def test_a_foreign_handler_and_an_unknown_type_are_refused(handlers, kind, handler):
    assert handlers(kind, handler).status_code == 400
    assert handlers().json["notice_handlers"] == []


@only_with("canvas", "brightspace")
def test_who_says_hello_is_greeted(handlers, opened, sandbox, clock):
    handlers(HELLO_WORLD)

    (notice,) = opened()
    assert notice["iss"] == sandbox.issuer
    assert notice["iat"] == clock()
    assert notice[LTI_CLAIM + "deployment_id"] == "1"
    assert notice[LTI_CLAIM + "notice"]["type"] == HELLO_WORLD
    assert "sub" not in notice


@only_with("canvas")
def test_a_copied_course_is_told_with_its_origin(handlers, opened, sandbox, course):
    handlers(CONTEXT_COPY)

    copied = copy_course(sandbox, course.id)

    (notice,) = opened()
    assert notice[LTI_CLAIM + "context"]["id"] == copied.id
    assert notice[LTI_CLAIM + "origin_contexts"] == [course.id]
    assert notice[LTI_CLAIM + "notice"]["timestamp"].endswith("Z")


@only_with("canvas")
def test_an_import_is_told_too(handlers, opened, sandbox, course, world):
    handlers(CONTEXT_COPY)
    target = world.course_titled("Thesis seminar")

    import_course(sandbox, course.id, target.id)

    (notice,) = opened()
    assert notice[LTI_CLAIM + "context"]["id"] == target.id


@only_with("canvas")
@pytest.mark.parametrize("status", [500, 0])
def test_a_notice_is_not_sent_again(handlers, letterbox, sandbox, course, status):
    handlers(CONTEXT_COPY)
    letterbox.status = status

    copy_course(sandbox, course.id)

    assert len(letterbox.letters) == bool(status)
    call = next(iter(sandbox.calls))
    assert call.failed
    assert call.answer == f"{CONTEXT_COPY}, sent from here"
