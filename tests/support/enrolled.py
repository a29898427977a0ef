"""Somebody of a course, who goes back and forth between the sandbox LMS and the tool."""

import lxml.html

from tests.launch.lms import read_login
from tests.support.campus import TOOL

COURSE = "First-year mentoring"


class Enrolled:
    """A person at a browser; keeps the newest page of the tool."""

    def __init__(self, campus, name, course=COURSE):
        self.campus, self.client = campus, campus.tool.test_client()
        self.course = campus.sandbox.world.course_titled(course)
        self.person = campus.sandbox.world.person_named(name)

    def launch(self, activity, **claims):
        """Open an activity, or what ``claims`` make of it; follow to the first page."""
        asked = self.campus.sandbox.begin_launch(self.person.id, activity.id)
        begun = read_login(self.client, self.client.post("/lti/login", data=asked, base_url=TOOL))
        token = self.campus.sandbox.sign_launch(
            self.person.id, activity.id, nonce=begun.nonce, state=begun.state, **claims
        )
        answer = begun.post(token)
        assert answer.status_code == 303, answer.text
        return self.get(answer.location)

    def get(self, address):
        self.response = self.client.get(address, base_url=TOOL, follow_redirects=True)
        return self._read()

    def press(self, button, **fields):
        """Send the form whose button says so, with what it holds and ``fields``."""
        for form in self.page.forms:
            for each in form.iter("button"):
                if each.text_content().strip() == button:
                    sent = {name: form.fields[name] for name in form.fields if form.fields[name]}
                    sent |= {each.get("name") or "_": each.get("value") or "", **fields}
                    address = each.get("formaction") or form.action or self.response.request.path
                    self.response = self.client.post(
                        address, data=sent, base_url=TOOL, follow_redirects=True
                    )
                    return self._read()
        raise AssertionError(f"no button {button!r}: {self.text[:300]}")

    def _read(self):
        self.page = lxml.html.fromstring(self.response.text)
        self.text = " ".join(self.page.text_content().split())
        return self

    @property
    def path(self):
        return "/" + self.response.request.path.split("/", 3)[3]
