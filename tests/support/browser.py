"""Chromium as people have it: with third-party cookies, or with them blocked."""

import json
import os
import re
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Literal

from playwright.sync_api import BrowserContext, FrameLocator, Page, Playwright, expect

from tests.support.campus import Campus

Cookies = Literal["allowed", "blocked"]
ARGUMENTS = [
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--no-first-run",
    "--disable-quic",
    "--disable-gpu",
]
COURSE = "First-year mentoring"
PATIENCE = 30_000  # milliseconds; a busy machine is slow, and only a failure waits that long


def chromium_path() -> str | None:
    """The browser to drive: ``CHROMIUM``, one on PATH, else Playwright's own (nothing)."""
    names = ("chromium", "chromium-browser", "google-chrome")
    return os.environ.get("CHROMIUM") or next(filter(None, map(shutil.which, names)), None)


@contextmanager
def open_browser(
    playwright: Playwright, folder: Path, cookies: Cookies = "allowed", **options: Any
) -> Iterator[BrowserContext]:
    """A browser with a fresh profile, which says what becomes of third-party cookies.

    It has to say it either way: Debian's Chromium blocks them, and all storage of the frame
    with them, unless told otherwise. A flag for it no longer has any effect.
    """
    profile = folder / "Default"
    profile.mkdir(parents=True)
    mode = {"allowed": 0, "blocked": 1}[cookies]
    preferences = {"profile": {"cookie_controls_mode": mode}}
    (profile / "Preferences").write_text(json.dumps(preferences))
    arguments = ARGUMENTS + (["--no-sandbox"] if os.geteuid() == 0 else [])
    context = playwright.chromium.launch_persistent_context(
        folder, executable_path=chromium_path(), args=arguments, **options
    )
    context.set_default_timeout(PATIENCE)
    expect.set_options(timeout=PATIENCE)
    try:
        yield context
    finally:
        context.close()


class Person:
    """Somebody at a browser, in the LMS, with the tool in its frame."""

    def __init__(
        self, context: BrowserContext, campus: Campus, name: str, *, has_scripts: bool = True
    ) -> None:
        self.campus = campus
        self.name = name
        self.has_scripts = has_scripts
        self.page: Page = context.new_page()
        self.page.set_viewport_size({"width": 1280, "height": 950})

    @property
    def tool(self) -> FrameLocator:
        """The tool's frame, in the tab that is in front: others take no clicks in their frames."""
        self.page.bring_to_front()
        return self.page.frame_locator("iframe.tool")

    def open_activity(self, course: str = COURSE, activity: str = "Mentoring") -> "Person":
        """Open the activity in the course's page, as this person."""
        world = self.campus.sandbox.world
        the_course = world.course_titled(course)
        link = the_course.activity_titled(activity)
        person = world.person_named(self.name)
        address = f"{self.campus.lms_url}/courses/{the_course.id}/as/{person.id}/{link.id}"
        self.page.goto(address)
        if self._has_lost_the_frame():
            self.page.goto(address)
        if not self.has_scripts:
            self._goes_on_by_hand()
        return self

    def _has_lost_the_frame(self) -> bool:
        """Whether the driver has no frame where the browser shows one.

        On a busy machine that happens now and then, as the frame goes from the LMS's process to
        the tool's.
        """
        try:
            expect(self.tool.locator("body")).to_be_attached(timeout=PATIENCE / 3)
        except AssertionError:
            return True
        return False

    def _goes_on_by_hand(self) -> None:
        """Through the LMS's two pages, and past the tool's own between them.

        That one goes on by itself where scripts are off when it is read. A driver switches them
        off in a frame of another site a moment later now and then, and then its link is left.
        """
        self.expects("Opening Mentoring")
        self.tool.get_by_role("button", name="Continue").click()
        body = self.tool.locator("body")
        try:
            expect(body).to_contain_text("Opening the activity", timeout=PATIENCE / 6)
        except AssertionError:
            self.tool.get_by_role("link", name="Go on, if nothing happens").click()
        self.expects("Opening the activity")
        self.tool.get_by_role("button", name="Continue").click()

    def expects(self, text: str) -> "Person":
        """Wait until the tool says ``text``."""
        expect(self.tool.locator("body")).to_contain_text(text)
        return self

    def clicks(self, name: str) -> "Person":
        """Press the button or follow the link of that name, and wait until its page is left.

        Without the wait, a slow answer lets what comes next happen on the page before. "…" at
        the end of ``name`` stands for any rest.
        """
        rest = ".*" if name.endswith("…") else ""
        pattern = re.compile(f"^{re.escape(name.removesuffix('…'))}{rest}$")
        tool = self.tool
        button = tool.get_by_role("button", name=pattern)
        target = button.or_(tool.get_by_role("link", name=pattern)).first
        target.evaluate("element => element.ownerDocument.body.classList.add('being-left')")
        target.click()
        expect(tool.locator("body.being-left")).to_have_count(0)
        return self

    def types(self, label: str, text: str) -> "Person":
        """Fill in the field of that label."""
        field = self.tool.get_by_label(label).first
        expect(field, self.tool.locator("body").inner_text()).to_be_visible()
        field.fill(text)
        return self

    def ticks(self, label: str) -> "Person":
        """Tick the box or choose the option of that label."""
        box = self.tool.get_by_label(label).first
        box.check()
        return self
