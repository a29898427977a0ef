"""From the list of tools in an LMS to an erased person, with an LMS that shares no code with us."""

import re
from urllib.parse import urlsplit

import lxml.html
import pytest
from sqlalchemy import select

from lti_mentoring.models import Membership, PlatformUser, Registration
from tests.support.campus import LMS, TOOL, make_campus
from tests.support.enrolled import Enrolled

NAME = "Amara Diallo"


class Administrator:
    """The browser of whoever runs the LMS."""

    def __init__(self, campus):
        self.lms, self.tool = campus.lms.test_client(), campus.tool.test_client()
        self.privacy = f"/admin/tools/{campus.sandbox.client_id}/privacy/open"

    def open_data_of(self, person):
        """From the LMS's page to the tool's answer, as its forms and frames go."""
        page = self.lms.get(f"{self.privacy}?person={person.id}", base_url=LMS)
        begun = self._send(page)
        told = lxml.html.fromstring(begun.text).get_element_by_id("lti-login").attrib
        return self._send(self.lms.get(told["data-next"].removeprefix(LMS), base_url=LMS))

    def _send(self, page):
        form = lxml.html.fromstring(page.text).forms[0]
        sent = {"data" if form.method == "POST" else "query_string": dict(form.fields)}
        address = urlsplit(form.action).path
        return self.tool.open(address, method=form.method, base_url=TOOL, **sent)

    def press(self, page, label):
        """Send the form whose button says so."""
        form = next(
            form
            for form in lxml.html.fromstring(page.text).forms
            if label in [button.text_content().strip() for button in form.iter("button")]
        )
        return self.tool.post(
            urlsplit(form.action).path,
            data=dict(form.fields),
            base_url=TOOL,
            follow_redirects=True,
        )


@pytest.mark.parametrize("accent", ["plain", "sakai"])
def test_an_administrator_hands_out_and_erases_what_is_kept_about_a_person(
    settings, database, frozen_clock, accent
):
    campus = make_campus(settings, database, accent=accent)
    with database.transaction() as db:
        db.scalars(select(Registration)).one().admits_administrators = True
    amara = Enrolled(campus, NAME)
    amara.launch(amara.course.activity_titled("Mentoring"))
    ingrid = Administrator(campus)

    answer = ingrid.open_data_of(amara.person)
    path = re.findall(r'href="(/administration/enter/[^"]+)"', answer.text)[0]
    page = ingrid.press(ingrid.tool.get(path, base_url=TOOL), "Enter")
    assert NAME in page.text

    document = ingrid.press(page, "Download")
    assert document.json["person"]["subject"] == amara.person.id

    address = page.request.path
    asked = ingrid.tool.get(f"{address}/erase", base_url=TOOL)
    erased = ingrid.press(asked, "Erase it for good")
    assert "The data is erased" in erased.text
    with database.reading() as db:
        user = db.scalars(select(PlatformUser)).one()
        assert (user.name, user.given_name) == ("", "")
        assert db.scalars(select(Membership)).one().left_at is not None
