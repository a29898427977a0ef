"""The administration and the pages of registration in a real browser, and what axe says of them."""

import json

import pytest
from playwright.sync_api import expect

from lti_mentoring.services import administration
from lti_mentoring.services.doors import ADMINISTRATOR
from lti_mentoring.services.registration_invites import InviteFacts, make_invite, path_of
from tests.browser.test_accessibility import LOOKS, look_at
from tests.support.browser import open_browser
from tests.support.campus import open_campus

pytestmark = pytest.mark.browser


@pytest.fixture
def campus(settings, database):
    with open_campus(settings, database, accent="canvas") as campus:
        yield campus


def looked_at(page, name, found):
    """What axe finds on the open page in every look."""
    for theme, width in LOOKS:
        page.emulate_media(color_scheme=theme)
        page.set_viewport_size({"width": width, "height": 800})
        if problems := look_at(page):
            found[f"{name} ({theme}, {width})"] = problems


def test_axe_finds_nothing_in_the_administration(campus, database, playwright, tmp_path):
    with database.transaction() as db:
        path = administration.path_of(administration.make_link(db))
    found: dict[str, list[str]] = {}
    with open_browser(playwright, tmp_path / "profile") as browser:
        page = browser.new_page()
        page.goto(campus.tool_url + path)
        looked_at(page, "door", found)
        page.get_by_role("button", name="Enter").click()
        looked_at(page, "connections", found)
        for name in ("connect", "by-hand", "keys", "connections/1"):
            page.goto(f"{campus.tool_url}/administration/{name}")
            looked_at(page, name, found)
        page.get_by_role("button", name="Test the connection").click()
        expect(page.locator("body")).to_contain_text("Apart by")
        looked_at(page, "tested", found)
        page.goto(f"{campus.tool_url}/administration/connect")
        page.get_by_label("Whose LMS it is").fill("Harbor University")
        page.get_by_role("button", name="Make the address").click()
        looked_at(page, "invited", found)
        page.get_by_role("button", name="Leave").click()
        looked_at(page, "left", found)

    assert not found, json.dumps(found, indent=1)


def test_axe_finds_nothing_while_the_tool_is_registered(campus, database, playwright, tmp_path):
    with database.transaction() as db:
        facts = InviteFacts("Harbor University", own_host="127.0.0.1")
        address = campus.tool_url + path_of(make_invite(db, ADMINISTRATOR, facts).token)
    found: dict[str, list[str]] = {}
    with open_browser(playwright, tmp_path / "profile") as browser:
        page = browser.new_page()
        page.goto(address)
        looked_at(page, "explained", found)
        page.goto(f"{campus.tool_url}/lti/register/invented")
        looked_at(page, "refused", found)
        page.goto(campus.sandbox.invite(address).start_url)
        looked_at(page, "asked", found)
        page.get_by_role("button", name="Add it").click()
        expect(page.locator("body")).to_contain_text("Mentoring is registered")
        looked_at(page, "done", found)

    assert not found, json.dumps(found, indent=1)


def test_a_value_is_copied_with_one_click(campus, database, playwright, tmp_path):
    with database.transaction() as db:
        path = administration.path_of(administration.make_link(db))
    with open_browser(
        playwright, tmp_path / "profile", permissions=["clipboard-read", "clipboard-write"]
    ) as browser:
        page = browser.new_page()
        page.goto(campus.tool_url + path)
        page.get_by_role("button", name="Enter").click()
        page.goto(f"{campus.tool_url}/administration/by-hand")

        page.get_by_role("button", name="Copy: Initiate login URL").click()

        expect(page.get_by_role("button", name="Copy: Initiate login URL")).to_have_text("Copied")
        copied = page.evaluate("navigator.clipboard.readText()")
        assert copied == f"{campus.tool_url}/lti/login"
