"""Pictures of the product: three for the README, or every page in all widths and both themes.

``python -m tests.support.screenshots docs/images`` or, with ``--every``, into any folder.
"""

import argparse
import tempfile
import tomllib
from contextlib import ExitStack
from pathlib import Path
from typing import Literal

from playwright.sync_api import BrowserContext, sync_playwright

from lti_mentoring.settings import CONFIG, Settings
from tests.support.browser import open_browser
from tests.support.campus import open_campus
from tests.support.database import SECRET, fresh_database, make_template
from tests.support.frozen_clock import FrozenClock
from tests.support.full_program import make_full_program
from tests.support.pages import one_of_each_page, sign_in_for

BEST = (("mentee", "/", "learner"), ("instructor", "/today", "coordinator"))
ROOM = "/sessions/{session}"
ROLES = ("instructor", "assistant", "observer", "mentee", "mentor", "new_learner", "applicant")
WIDTHS = (320, 880, 1280)
THEMES: tuple[Literal["light"], Literal["dark"]] = ("light", "dark")


def main() -> None:
    """Take the pictures that the command line asks for."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--every", action="store_true", help="every page in every role")
    parser.add_argument("--role", choices=ROLES, action="append", help="only these")
    parser.add_argument("--locale", default="en")
    chosen = parser.parse_args()
    chosen.folder.mkdir(parents=True, exist_ok=True)
    with ExitStack() as stack:
        FrozenClock(stack)
        scratch = Path(stack.enter_context(tempfile.TemporaryDirectory()))
        template = stack.enter_context(make_template(scratch))
        database = stack.enter_context(fresh_database(template))
        defaults = tomllib.loads((CONFIG / "default.toml").read_text())
        settings = Settings(**{**defaults, "secret_key": SECRET})
        with database.transaction() as db:
            full = make_full_program(db)
        campus = stack.enter_context(open_campus(settings, database))
        driver = stack.enter_context(sync_playwright())
        browser = stack.enter_context(open_browser(driver, scratch / "profile"))
        for role in chosen.role or (ROLES if chosen.every else ("mentee", "instructor")):
            member = getattr(full, role)
            made = sign_in_for(campus.tool, member, chosen.locale)
            browser.set_extra_http_headers({"Authorization": f"Bearer {made.token}"})
            base = f"{campus.tool_url}/in/{made.key}"
            if chosen.every:
                pages = one_of_each_page(campus.tool, member, most_of_a_kind=1)
                _take_every(browser, base, pages, chosen.folder / role)
            else:
                _take_best(browser, base, role, chosen.folder, ROOM.format(session=full.session))


def _take_every(browser: BrowserContext, base: str, pages: list[str], folder: Path) -> None:
    folder.mkdir(exist_ok=True)
    for theme in THEMES:
        for width in WIDTHS:
            page = browser.new_page()
            page.emulate_media(color_scheme=theme)
            page.set_viewport_size({"width": width, "height": 700})
            for address in pages:
                page.goto(base + address)
                name = address.strip("/").replace("/", "-") or "home"
                page.screenshot(path=folder / f"{name}-{width}-{theme}.png", full_page=True)
            page.close()


def _take_best(browser: BrowserContext, base: str, role: str, folder: Path, room: str) -> None:
    page = browser.new_page()
    page.set_viewport_size({"width": 880, "height": 700})
    wanted = [(address, name) for who, address, name in BEST if who == role]
    wanted += [(room, "session")] if role == "mentee" else []
    for address, name in wanted:
        page.goto(base + address)
        page.screenshot(path=folder / f"{name}.png", full_page=True)
    page.close()


if __name__ == "__main__":
    main()
