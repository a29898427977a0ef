"""Addresses that are remembered are those that Flask would have built."""

from typing import Any

import pytest
from flask import g, url_for

from lti_mentoring.web.addresses import page_address, static_address

PAGES: tuple[tuple[str, dict[str, Any]], ...] = (
    ("home.show", {}),
    ("goals.show", {"goal_id": 7}),
    ("goals.show", {"goal_id": 8, "_anchor": "steps"}),
    ("mentors.index", {"topic": "a b&c", "page": 2}),
    ("lti.jwks", {}),
)


@pytest.mark.parametrize(("endpoint", "values"), PAGES)
@pytest.mark.parametrize("mounted_at", ["", "/mentoring"])
def test_a_remembered_address_is_the_one_that_flask_builds(app, endpoint, values, mounted_at):
    for key in ("first-sign-in", "second-sign-in"):
        with app.test_request_context(base_url=f"https://tool.test{mounted_at}"):
            g.sign_in_key = key
            g.sign_in = type("SignIn", (), {"key": key})

            assert page_address(endpoint, **values) == url_for(endpoint, **values)


def test_static_addresses_change_with_where_the_tool_is_mounted(app):
    with app.test_request_context():
        plain = static_address("mentoring.css")
    with app.test_request_context(base_url="https://tool.test/mentoring"):
        assert static_address("mentoring.css") == f"/mentoring{plain}"
