"""Every page in every role, looked at by axe with the rules of WCAG 2.2 AA, light and dark."""

import json
from typing import Literal

import pytest
from axe_playwright_python.sync_playwright import Axe

from tests.support.browser import open_browser
from tests.support.campus import open_campus
from tests.support.full_program import make_full_program
from tests.support.pages import one_of_each_page, sign_in_for

pytestmark = [pytest.mark.browser, pytest.mark.slow]

# target-size is off unless its tag is named.
RULES = {
    "resultTypes": ["violations"],  # of the others, one node each is enough
    "runOnly": {
        "type": "tag",
        "values": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"],
    },
}
LOOKS: tuple[tuple[Literal["light", "dark"], int], ...] = (("light", 880), ("dark", 320))
ROLES = ("instructor", "assistant", "observer", "mentee", "mentor", "new_learner", "applicant")


@pytest.mark.timeout(600)
@pytest.mark.parametrize("role", ROLES)
def test_axe_finds_nothing_on_any_page(settings, database, playwright, tmp_path, role):
    with database.transaction() as db:
        full = make_full_program(db)
    with open_campus(settings, database) as campus:
        made = sign_in_for(campus.tool, getattr(full, role))
        pages = one_of_each_page(campus.tool, getattr(full, role))
        headers = {"Authorization": f"Bearer {made.token}"}
        with open_browser(playwright, tmp_path / "profile", extra_http_headers=headers) as browser:
            found = {}
            for theme, width in LOOKS:
                page = browser.new_page()
                page.emulate_media(color_scheme=theme)
                page.set_viewport_size({"width": width, "height": 800})
                for address in pages:
                    page.goto(f"{campus.tool_url}/in/{made.key}{address}")
                    problems = look_at(page)
                    if problems:
                        found[f"{address} ({theme}, {width} px)"] = problems

    assert pages
    assert not found, json.dumps(found, indent=1)[:6000]


def look_at(page) -> list[str]:
    """What axe finds, and whether the page is wider than its window."""
    result = Axe().run(page, options=RULES)
    problems = [
        f"{each['id']}: {node['target']} {node.get('failureSummary', '')[:200]}"
        for each in result.response["violations"]
        for node in each["nodes"][:3]
    ]
    too_wide = page.evaluate(
        "document.documentElement.scrollWidth - document.documentElement.clientWidth"
    )
    return problems + ([f"{too_wide} px wider than its window"] if too_wide > 0 else [])
