"""From a pasted address to a launch, in each accent that registers tools by itself (LTI-130)."""

import pytest
from playwright.sync_api import expect

from lti_mentoring.sandbox.accents import ACCENTS
from lti_mentoring.services.doors import ADMINISTRATOR
from lti_mentoring.services.registration_invites import InviteFacts, make_invite, path_of
from tests.support.browser import COURSE, open_browser
from tests.support.campus import open_campus

pytestmark = pytest.mark.browser

MOST_CLICKS = 4
REGISTERING = [name for name, accent in ACCENTS.items() if accent.registration.offered]


class Administrator:
    """Whoever looks after the LMS, with every click counted."""

    def __init__(self, context, campus) -> None:
        self.campus = campus
        self.page = context.new_page()
        self.clicks = 0

    def click(self, where, name) -> None:
        where.get_by_role("button", name=name).click()
        self.clicks += 1

    def register(self, address: str) -> None:
        """Paste the address, agree, come back, and do what this LMS wants before it opens."""
        self.page.goto(f"{self.campus.lms_url}/admin/tools")
        self.page.get_by_role("textbox", name="Registration address").fill(address)
        self.click(self.page, "Register")
        frame = self.page.frame_locator("iframe.tool")
        expect(frame.locator("body")).to_contain_text("What your LMS will be asked for")
        self.click(frame, "Add it")
        self.click(frame, "Back to the LMS")
        registered = self.page.locator("li[data-client]", has_text="Mentoring").last
        expect(registered).to_be_visible()
        activation = self.campus.sandbox.accent.registration.activation
        waiting = registered.get_by_role("button", name=activation or "nothing to do")
        if activation and waiting.count():
            waiting.click()
            self.clicks += 1


@pytest.mark.parametrize("accent", REGISTERING)
def test_from_a_pasted_address_to_a_launch(settings, database, playwright, tmp_path, accent):
    with (
        open_campus(settings, database, accent=accent) as campus,
        open_browser(playwright, tmp_path / "profile", "blocked") as browser,
    ):
        with database.transaction() as db:
            facts = InviteFacts("Harbor University", approves=True, own_host="127.0.0.1")
            invite = make_invite(db, ADMINISTRATOR, facts)
        administrator = Administrator(browser, campus)

        administrator.register(campus.tool_url + path_of(invite.token))

        assert administrator.clicks <= MOST_CLICKS
        tool = list(campus.sandbox.tools)[-1]
        assert tool.client_id != campus.sandbox.client_id
        campus.sandbox.tools.show_in_courses(tool.client_id)
        world = campus.sandbox.world
        course, teacher = world.course_titled(COURSE), world.person_named("Helena Brandt")
        page = administrator.page
        page.goto(f"{campus.lms_url}/courses/{course.id}/as/{teacher.id}/add")
        page.get_by_role("button", name=f"Add {tool.name} without choosing content").last.click()
        link = course.activities[-1]
        page.goto(f"{campus.lms_url}/courses/{course.id}/as/{teacher.id}/{link.id}")
        frame = page.frame_locator("iframe.tool").locator("body")
        expect(frame).to_contain_text("mentoring program")
