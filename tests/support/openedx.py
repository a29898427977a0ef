"""Open edX's LTI platform in a process of its own, courses in it, and people who click there.

Nothing of its code is imported here: what is known of it comes over HTTP. ``tests/peer`` has our
part of the other side, and docs/decisions/0017 says why it is a process.
"""

import os
import subprocess
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from http.cookiejar import Cookie
from pathlib import Path
from typing import Any
from urllib.parse import urljoin

import lxml.html
import requests
from flask import Flask
from requests.cookies import RequestsCookieJar
from sqlalchemy.orm import Session

from lti_mentoring.models import Course
from lti_mentoring.services.platforms import PlatformFacts, add_platform
from lti_mentoring.vocabulary import Product

ROOT = Path(__file__).resolve().parents[2]
PYTHON = ROOT / ".venv-peer" / ("Scripts/python.exe" if os.name == "nt" else "bin/python")
PROGRAM = ROOT / "tests" / "peer" / "openedx_platform.py"
SECONDS = 20  # for one answer; both sides are on this machine


@contextmanager
def run_openedx() -> Iterator[str]:
    """The platform, and where it is. It ends with its standard input, so also with this process."""
    assert PYTHON.exists(), "there is no platform to test with: python3 dev.py test brings one"
    process = subprocess.Popen(  # noqa: S603 -- our own program in our own environment
        [PYTHON, PROGRAM], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    )
    assert process.stdin is not None
    assert process.stdout is not None
    try:
        url = process.stdout.readline().strip()
        assert url, "the platform did not start; what it says is above"
        yield url
    finally:
        process.stdin.close()
        process.stdout.close()
        process.wait(SECONDS)


class OpenEdxCourse:
    """A course on the platform with one unit that opens the tool, and what the two are asked."""

    def __init__(self, tool: Flask, lms_url: str, people: dict[str, str], gradebook: str) -> None:
        self.tool = tool
        self.tool_url: str = tool.extensions["mentoring"].settings.public_url
        self.lms_url = lms_url
        told = {
            "people": people,
            "gradebook": gradebook,
            "login": f"{self.tool_url}/lti/login",
            "launch": f"{self.tool_url}/lti/launch",
            "key_set": f"{self.tool_url}/lti/jwks.json",
        }
        made = requests.post(f"{lms_url}/courses", json=told, timeout=SECONDS)
        made.raise_for_status()
        facts = made.json()
        self.key: str = facts["key"]
        self.block: str = facts["block"]
        self.client_id: str = facts["client_id"]
        with self.transaction() as db:
            self.registration_id = add_platform(
                db,
                PlatformFacts(
                    name="Open edX",
                    issuer=lms_url,
                    client_id=self.client_id,
                    auth_url=facts["oidc_callback"],
                    token_url=facts["token_url"],
                    jwks_url=facts["keyset_url"],
                    product=Product.OPENEDX,
                ),
                facts["deployment_id"],
                allow_private=True,
            ).id

    @property
    def transaction(self) -> Callable[[], Any]:
        """A transaction on the tool's database."""
        return self.tool.extensions["mentoring"].database.transaction

    def change(self, **facts: Any) -> None:
        """Let the course keep names to itself, be too large for its roster, or be past its date."""
        url = f"{self.lms_url}/courses/{self.key}/change"
        requests.post(url, json=facts, timeout=SECONDS).raise_for_status()

    def look(self) -> Any:
        """The gradebook of the course, its columns and scores, and the content chosen for it."""
        answer = requests.get(f"{self.lms_url}/courses/{self.key}", timeout=SECONDS)
        answer.raise_for_status()
        return answer.json()

    def asked(self, words: str) -> list[Any]:
        """Requests to the course's services whose address has ``words``, and their answers."""
        return [each for each in self.look()["asked"] if words in each["url"]]

    def row(self, db: Session) -> Course:
        """The course as the tool knows it."""
        return db.query(Course).filter_by(context_id=self.key).one()

    def work(self) -> None:
        """Let the tool's background work run until nothing is due."""
        self.tool.extensions["mentoring"].worker.run_until_idle()


class Cookies(RequestsCookieJar):
    """A browser's: this machine is safe enough for cookies that want HTTPS."""

    def set_cookie(self, cookie: Cookie, *args: Any, **kwargs: Any) -> None:
        """Keep it, for HTTP as well."""
        cookie.secure = False
        super().set_cookie(cookie, *args, **kwargs)


@dataclass
class Person:
    """Somebody with a browser, in which forms that send themselves are sent; keeps the page."""

    course: OpenEdxCourse
    name: str
    response: Any = None
    page: Any = None

    def __post_init__(self) -> None:
        self.session = requests.Session()
        self.session.cookies = Cookies()

    def click(self, query: str = "") -> "Person":
        """Open the unit in the platform and follow as far as the tool's login page."""
        course = self.course
        return self._get(f"{course.lms_url}/courses/{course.key}/open/{self.name}{query}")

    def launch(self, query: str = "") -> "Person":
        """Open the unit, or what ``query`` asks for, and follow to the tool's first page."""
        return self.click(query).enter()

    def follow(self, address: str) -> "Person":
        """Follow a link of the page that opens the tool, to the tool's first page."""
        return self._get(address).enter()

    def enter(self) -> "Person":
        """Go on from the tool's login page, by way of the platform."""
        assert self.response.ok, self.text
        self._get(self.page.get_element_by_id("lti-login").get("data-next"))
        assert self.response.ok, self.text
        return self.send()

    def send(self) -> "Person":
        """Send the one form of the page, as its script would."""
        (form,) = self.page.forms
        return self._take(
            self.session.post(
                urljoin(self.response.url, form.action), dict(form.fields), timeout=SECONDS
            )
        )

    def press(self, button: str, **fields: Any) -> "Person":
        """Send the form whose button says so, with what it holds and ``fields``."""
        for form in self.page.forms:
            for each in form.iter("button"):
                if each.text_content().strip() == button:
                    held = {name: form.fields[name] for name in form.fields if form.fields[name]}
                    held |= {each.get("name") or "_": each.get("value") or "", **fields}
                    target = each.get("formaction") or form.action or ""
                    url = urljoin(self.response.url, target)
                    return self._take(self.session.post(url, held, timeout=SECONDS))
        raise AssertionError(f"no button {button!r}: {self.text[:400]}")

    @property
    def text(self) -> str:
        """What the page says, blanks collapsed."""
        return " ".join(self.page.text_content().split())

    @property
    def path(self) -> str:
        """The page's address within its sign-in."""
        return "/" + self.response.url.split("/", 5)[-1]

    def _get(self, url: str) -> "Person":
        return self._take(self.session.get(url, timeout=SECONDS))

    def _take(self, response: requests.Response) -> "Person":
        self.response = response
        self.page = lxml.html.fromstring(response.text)
        return self
