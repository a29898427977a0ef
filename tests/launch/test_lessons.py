"""Faults of other tools that no clause speaks of (docs/lti.md, lessons of others)."""

import re

import pytest

from lti_mentoring.app import create_app
from lti_mentoring.models import Membership
from tests.launch.lms import TOOL

BROWSERS = (
    "Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) AppleWebKit/605.1.15 (KHTML, like Gecko) "
    "Version/18.5 Safari/605.1.15",
    "Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/130.0 "
    "Safari/537.36",
    "",
)
OWN = re.compile(r"[A-Za-z0-9_~.-]{16,}")


@pytest.fixture
def second(house, settings):
    """Another process of the same tool: the same database and secret, a memory of its own."""
    http = house.tool.extensions["mentoring"].http
    return create_app(settings, database=house.database, http=http)


def test_l2_a_launch_may_end_in_another_process_than_it_began_in(house, second):
    begun = house.login()
    client = second.test_client()
    for cookie in begun.page.headers.getlist("Set-Cookie"):
        name, _, value = cookie.partition(";")[0].partition("=")
        client.set_cookie(name, value, domain="tool.test", secure=True)
    token = house.lms.sign(house.lms.claims(begun.nonce))

    answer = begun.post(token, client=client)

    assert answer.status_code == 303
    assert len(house.rows(Membership)) == 1
    again = begun.post(token)
    assert (again.status_code, "code state-used," in again.text) == (403, True)


def test_l33_no_browser_is_told_by_its_name(house):
    """Who treats one of them in its own way is wrong with its next version."""
    told = set()
    for name in BROWSERS:
        fields = {
            "iss": house.lms.issuer,
            "client_id": house.lms.client_id,
            "login_hint": "hint-1",
            "target_link_uri": f"{TOOL}/lti/launch",
        }
        page = house.browser().post(
            "/lti/login", data=fields, base_url=TOOL, headers={"User-Agent": name}
        )
        assert page.status_code == 200
        told.add((OWN.sub("…", page.text), OWN.sub("…", page.headers["Set-Cookie"])))

    assert len(told) == 1
