"""A person who already opened the tool: clicks links and sends forms, without an LMS."""

from dataclasses import dataclass, field
from typing import Any

import lxml.html
from flask import Flask
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from lti_mentoring.web import identity


@dataclass
class Visitor:
    """Pages as one member of a course sees them; ``page`` is the newest one, parsed."""

    client: FlaskClient
    key: str
    page: Any = None
    response: Any = field(default=None, repr=False)

    def get(self, path: str = "/") -> "Visitor":
        """Open ``path`` (within the sign-in) and follow redirects."""
        return self._take(self.client.get(self._address(path), follow_redirects=True))

    def post(self, path: str, **fields: Any) -> "Visitor":
        """Send fields to ``path`` with a valid CSRF token, as a script would."""
        fields = fields if "csrf_token" in fields else {"csrf_token": self.csrf_token(), **fields}
        return self._take(self.client.post(self._address(path), data=fields, follow_redirects=True))

    def submit(self, button: str, **fields: Any) -> "Visitor":
        """Fill in and send the form of the newest page whose button says ``button``.

        A list chooses several boxes; names use ``__`` for ``-``.
        """
        form = self._form(button)
        values = {name: form.fields.get(name) for name in form.fields}
        data = {
            name: sorted(value) if isinstance(value, set | lxml.html.CheckboxValues) else value
            for name, value in values.items()
            if value is not None
        }
        pressed = self._button(form, button)
        if pressed.get("name"):
            data[pressed.get("name")] = pressed.get("value", "")
        data.update({name.replace("__", "-"): value for name, value in fields.items()})
        path = pressed.get("formaction") or form.get("action") or self.path
        return self._take(
            self.client.open(
                self._address(path), method=form.method, data=data, follow_redirects=True
            )
            if form.method == "POST"
            else self.client.get(self._address(path), query_string=data, follow_redirects=True)
        )

    def click(self, text: str) -> "Visitor":
        """Follow the first link that says ``text``."""
        for link in self.page.iter("a"):
            if text in " ".join(link.text_content().split()):
                return self.get(link.get("href"))
        raise AssertionError(f"no link {text!r} on {self.path}; links: {self.links}")

    @property
    def path(self) -> str:
        """The address of the newest page."""
        return str(self.response.request.path) if self.response else ""

    @property
    def status(self) -> int:
        """The status of the newest answer."""
        return self.response.status_code if self.response else 0

    @property
    def text(self) -> str:
        """What the newest page says, blanks collapsed."""
        return " ".join(self.page.text_content().split()) if self.page is not None else ""

    @property
    def links(self) -> list[str]:
        """What the links of the newest page say."""
        return [" ".join(link.text_content().split()) for link in self.page.iter("a")]

    def csrf_token(self) -> str:
        """A token from the newest page that has a form, else from the first page."""
        if self.page is None or not self.page.xpath("//input[@name='csrf_token']"):
            raise AssertionError(f"no form on {self.path}: {self.text[:300]}")
        return str(self.page.xpath("//input[@name='csrf_token']/@value")[0])

    def _form(self, button: str) -> Any:
        for form in self.page.forms:
            if self._button(form, button) is not None:
                return form
        said = [" ".join(b.text_content().split()) for b in self.page.iter("button")]
        raise AssertionError(
            f"no button {button!r} on {self.path}; buttons: {said}; {self.text[:400]}"
        )

    @staticmethod
    def _button(form: Any, text: str) -> Any:
        for button in form.iter("button"):
            said = " ".join(button.text_content().split())
            if text in (said, button.get("aria-label")):
                return button
        return None

    def _address(self, path: str) -> str:
        return path if path.startswith("/in/") else f"/in/{self.key}{path}"

    def _take(self, response: TestResponse) -> "Visitor":
        self.response = response
        is_page = response.mimetype == "text/html" and response.data
        self.page = lxml.html.fromstring(response.get_data(as_text=True)) if is_page else None
        return self


def visit(app: Flask, membership_id: int, locale: str = "en") -> Visitor:
    """A visitor with a fresh sign-in of this membership, proved by its cookie."""
    with app.extensions["mentoring"].database.transaction() as db:
        opened = identity.Opened("http://127.0.0.1:8001", locale=locale)
        made = identity.new_sign_in(db.connection(), membership_id, opened)
    client = app.test_client()
    client.set_cookie(identity.COOKIE + made.key, made.token, secure=False)
    return Visitor(client, made.key)
