import re
from dataclasses import dataclass, field
from typing import Any

import lxml.html
import pytest

from lti_mentoring.core.http import Client
from lti_mentoring.services import administration
from tests.support.canned_platform import LMS, CannedPlatform
from tests.support.shared_app import shared_app

HTTPS = "https://tool.test"


@dataclass
class Desk:
    """An administrator's browser; ``page`` is what it shows."""

    app: Any
    database: Any
    platform: CannedPlatform
    page: Any = None
    browser: Any = field(default=None)

    def link(self, **limits: Any) -> str:
        """A new one-time link's path."""
        with self.database.transaction() as db:
            return administration.path_of(administration.make_link(db, **limits))

    def come_in(self, **limits: Any) -> "Desk":
        """Open a new link and press its button."""
        self.browser = self.app.test_client()
        self.open(self.link(**limits))
        return self.press("Enter")

    def open(self, path: str) -> "Desk":
        """Go to an address."""
        self.browser = self.browser or self.app.test_client()
        self.page = self.browser.get(path, base_url=HTTPS)
        return self

    def press(self, label: str, **fields: Any) -> "Desk":
        """Send the form whose button has this label or name, filled with ``fields``; follow."""
        form, button = self._form(label)
        values = {**dict(form.form_values()), **fields}
        if button.get("name"):
            values[button.get("name")] = button.get("value")
        address = form.get("action") or self.page.request.path
        self.page = self.browser.post(
            address.partition("#")[0], data=values, base_url=HTTPS, follow_redirects=True
        )
        return self

    def _form(self, label: str) -> Any:
        for form in lxml.html.fromstring(self.page.text).forms:
            for button in form.iterfind(".//button"):
                named = button.get("aria-label") or button.text_content()
                if label in {button.text_content().strip(), named.strip()}:
                    return form, button
        raise AssertionError(f"no button {label!r} on this page")

    @property
    def text(self) -> str:
        """The words on the page, with single blanks."""
        words = lxml.html.fromstring(self.page.text).find("body").text_content()
        return re.sub(r"\s+", " ", words)


@pytest.fixture
def desk(settings, database):
    platform = CannedPlatform()
    http = Client(settings.outgoing, "tests")
    http.mount(LMS, platform)
    made = Desk(shared_app(settings, database, http), database, platform)
    yield made
    made.app.extensions["mentoring"].worker.close()
