import json
from dataclasses import dataclass, field
from typing import Any

import lxml.html
import pytest
from sqlalchemy import func, select

from lti_mentoring.core.http import Client
from lti_mentoring.rules.tool_configuration import TOOL_CONFIGURATION
from lti_mentoring.services.doors import ADMINISTRATOR
from lti_mentoring.services.registration_invites import InviteFacts, make_invite
from tests.launch.lms import FIXTURES
from tests.support.canned_platform import LMS, CannedPlatform
from tests.support.shared_app import shared_app

CONFIGURATION = f"{LMS}/configuration"


def fixture(path: str) -> Any:
    return json.loads((FIXTURES / path).read_text(encoding="utf-8"))


def described_as(product: str = "moodle", **changes: Any) -> dict[str, Any]:
    """What a real Moodle says about itself, at our address; ``changes`` replace what it says."""
    told = fixture("moodle/openid-configuration.json")["body"]
    text = json.dumps(told).replace("https://moodle.localhost:8443", LMS)
    document: dict[str, Any] = json.loads(text)
    document["https://purl.imsglobal.org/spec/lti-platform-configuration"][
        "product_family_code"
    ] = product
    document["registration_endpoint"] = f"{LMS}/register"
    return {**document, **changes}


def answer(client_id: Any = "client-7", deployment_id: Any = "1") -> dict[str, Any]:
    """What an LMS answers, as far as the tool reads it."""
    told: dict[str, Any] = {"client_id": client_id, TOOL_CONFIGURATION: {"version": "1.3.0"}}
    if deployment_id is not None:
        told[TOOL_CONFIGURATION]["deployment_id"] = deployment_id
    return told


@dataclass
class Registrar:
    """An LMS at ``https://lms.test`` whose administrator has an address to paste."""

    app: Any
    database: Any
    platform: CannedPlatform
    token: str = ""
    fields: dict[str, Any] = field(default_factory=dict)

    def invite(self, **wanted: Any) -> "Registrar":
        """Make the address."""
        facts = InviteFacts(**{"name": "Harbor University", **wanted})
        with self.database.transaction() as db:
            self.token = make_invite(db, ADMINISTRATOR, facts).token
        return self

    def open(self, **query: str) -> Any:
        """Open it as the LMS does, in a frame; remembers the form that came."""
        asked = {"openid_configuration": CONFIGURATION, "registration_token": "reg-1", **query}
        page = self.app.test_client().get(f"/lti/register/{self.token}", query_string=asked)
        if page.status_code == 200:
            forms = lxml.html.fromstring(page.text).forms
            self.fields = dict(forms[0].form_values()) if forms else {}
            boxes = forms[0].xpath('.//input[@name="placements"][@checked]') if forms else []
            self.fields["placements"] = [box.get("value") for box in boxes]
        return page

    def press(self, **changes: Any) -> Any:
        """Send the form."""
        return self.app.test_client().post(
            f"/lti/register/{self.token}", data={**self.fields, **changes}
        )

    def register(self, **changes: Any) -> Any:
        """Open the address and send the form."""
        self.open()
        return self.press(**changes)

    @property
    def sent(self) -> dict[str, Any]:
        """The registration that arrived last."""
        document: dict[str, Any] = self.platform.requests_to("/register")[-1].json
        return document

    def answers(self, *args: Any, **kwargs: Any) -> None:
        """Answer registrations like this from now on."""
        self.platform.instead("/register", *args, **kwargs)

    def describes(self, **changes: Any) -> None:
        """Describe itself like this from now on."""
        self.platform.instead("/configuration", body=described_as(**changes))

    def only(self, model: Any) -> Any:
        """The one row of a table."""
        with self.database.reading() as db:
            return db.scalars(select(model)).one()

    def count(self, model: Any) -> int:
        """How many rows a table has."""
        with self.database.reading() as db:
            return db.scalar(select(func.count()).select_from(model)) or 0


@pytest.fixture
def registrar(settings, database):
    platform = CannedPlatform()
    http = Client(settings.outgoing, "tests")
    http.mount(LMS, platform)
    made = Registrar(shared_app(settings, database, http), database, platform)
    made.describes()
    made.answers(body=answer())
    return made
