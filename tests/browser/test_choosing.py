"""The picker in real browsers: what axe says of it, and the way of the answer to the platform."""

import json
from urllib.parse import parse_qs

import pytest
from playwright.sync_api import expect

from tests.browser.test_accessibility import LOOKS, look_at
from tests.support.browser import open_browser
from tests.support.choosing import choosing
from tests.support.full_program import make_full_program

pytestmark = pytest.mark.browser

PAGES = ("/content", "/content?q=zebra", "/content/details?kind=program&kind=goal")


@pytest.fixture
def picker(campus, database):
    """The address of a picker whose platform wants the answer, and its proof."""
    with database.transaction() as db:
        full = make_full_program(db)

    def arrive(**wishes):
        address = f"{campus.lms_url}/answer?course=7&state=a%2Bb"
        usual = {"return_url": address, "takes_several": True}
        visitor = choosing(campus.tool, full.instructor, **{**usual, **wishes})
        cookie = visitor.client.get_cookie(f"__Host-in-{visitor.key}")
        assert cookie is not None
        return f"{campus.tool_url}/in/{visitor.key}", {"Authorization": f"Bearer {cookie.value}"}

    return arrive


def test_axe_finds_nothing_in_the_picker(picker, playwright, tmp_path):
    base, proof = picker()
    found = {}
    with open_browser(playwright, tmp_path / "profile", extra_http_headers=proof) as browser:
        for theme, width in LOOKS:
            page = browser.new_page()
            page.emulate_media(color_scheme=theme)
            page.set_viewport_size({"width": width, "height": 800})
            for address in PAGES:
                page.goto(base + address)
                for summary in page.locator("summary").all():
                    summary.click()
                if problems := look_at(page):
                    found[f"{address} ({theme})"] = problems

    assert not found, json.dumps(found, indent=1)


@pytest.mark.parametrize("has_scripts", [True, False])
def test_the_answer_arrives_at_the_platform(picker, playwright, tmp_path, has_scripts):
    base, proof = picker(takes_several=False)
    options = {"extra_http_headers": proof, "java_script_enabled": has_scripts}
    with open_browser(playwright, tmp_path / "profile", **options) as browser:
        page = browser.new_page()
        sent = []
        page.on("request", lambda made: sent.append(made) if "/answer?" in made.url else None)
        page.goto(f"{base}/content")

        page.get_by_role("button", name="Add to my course").click()
        if not has_scripts:
            page.get_by_role("button", name="Go on, if nothing happens").click()

        page.wait_for_url("**/answer?course=7&state=a%2Bb")
        assert [made.method for made in sent] == ["POST"]
        assert parse_qs(sent[0].post_data)["JWT"][0].count(".") == 2
        assert sent[0].headers["origin"] == base.rpartition("/in/")[0]


def test_the_search_is_live_and_keeps_what_is_ticked(picker, playwright, tmp_path):
    base, proof = picker()
    with open_browser(playwright, tmp_path / "profile", extra_http_headers=proof) as browser:
        page = browser.new_page()
        page.goto(f"{base}/content")
        page.get_by_role("checkbox", name="Set a goal").check()

        page.get_by_role("searchbox").press_sequentially("book")

        expect(page.get_by_role("status")).to_contain_text("1 page fits")
        expect(page.get_by_role("checkbox")).to_have_count(2)
        expect(page.get_by_role("checkbox", name="Set a goal")).to_be_checked()
