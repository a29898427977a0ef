"""A platform for launch tests: it signs what it is told to, and publishes its keys."""

import json
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

import jwt
import lxml.html
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey

from lti_mentoring.core import clock
from lti_mentoring.core.http import Client
from lti_mentoring.core.keys import public_jwk
from lti_mentoring.models import Deployment, Platform, Registration
from lti_mentoring.vocabulary import (
    AGS_CLAIM,
    CLAIM,
    MEMBERSHIP_ROLE,
    NRPS_CLAIM,
    DeploymentState,
    RegistrationState,
    Scope,
)
from tests.support.shared_app import shared_app
from tests.support.wsgi_adapter import WsgiAdapter

FIXTURES = Path(__file__).resolve().parent.parent / "fixtures"
TOOL = "https://tool.test"
TARGET = f"{TOOL}/lti/launch"
LEARNER = f"{MEMBERSHIP_ROLE}#Learner"
INSTRUCTOR = f"{MEMBERSHIP_ROLE}#Instructor"
KID = "platform-key-1"
GONE = object()
"""As the value of a claim: leave the claim out."""


@dataclass
class Lms:
    """One registration of one platform, and what it would say."""

    key: RSAPrivateKey
    issuer: str = "https://lms.test"
    client_id: str = "client-1"
    deployment_id: str = "deployment-1"
    registration_id: int = 0

    @property
    def jwks_url(self) -> str:
        return f"{self.issuer}/jwks"

    def register(self, database, *, state=RegistrationState.APPROVED, approved=True) -> "Lms":
        """Tell the tool about the platform; without ``approved``, its deployment stays unknown."""
        now = clock.now()
        with database.transaction() as db:
            platform = Platform(name="University LMS", created_at=now)
            db.add(platform)
            db.flush()
            registration = Registration(
                platform_id=platform.id,
                issuer=self.issuer,
                client_id=self.client_id,
                auth_url=f"{self.issuer}/auth?tenant=1",
                token_url=f"{self.issuer}/token",
                jwks_url=self.jwks_url,
                state=state,
                created_at=now,
            )
            db.add(registration)
            db.flush()
            self.registration_id = registration.id
            if approved:
                self.add_deployment(db, self.deployment_id)
        return self

    def add_deployment(self, db, lti_id, state=DeploymentState.APPROVED) -> None:
        values = {"lti_id": lti_id, "state": state, "created_at": clock.now()}
        db.add(Deployment(registration_id=self.registration_id, **values))

    def claims(self, nonce: str, /, **changes) -> dict:
        """A launch by a learner. Names of ``changes`` are claims, LTI's without their prefix."""
        now = int(clock.now().timestamp())
        claims = {
            "iss": self.issuer,
            "aud": self.client_id,
            "sub": "ana-1",
            "iat": now,
            "exp": now + 60,
            "nonce": nonce,
            "name": "Ana Souza",
            "given_name": "Ana",
            "email": "ana@example.edu",
            CLAIM + "version": "1.3.0",
            CLAIM + "message_type": "LtiResourceLinkRequest",
            CLAIM + "deployment_id": self.deployment_id,
            CLAIM + "target_link_uri": TARGET,
            CLAIM + "roles": [LEARNER],
            CLAIM + "context": {"id": "course-1", "title": "Statistics", "label": "ST1"},
            CLAIM + "resource_link": {"id": "link-1", "title": "Mentoring"},
            CLAIM + "launch_presentation": {
                "locale": "en",
                "return_url": f"{self.issuer}/courses/1",
            },
            NRPS_CLAIM: {"context_memberships_url": f"{self.issuer}/courses/1/members"},
            AGS_CLAIM: {
                "scope": [Scope.LINE_ITEM.value, Scope.SCORE.value],
                "lineitems": f"{self.issuer}/courses/1/columns",
                "lineitem": f"{self.issuer}/courses/1/columns/7",
            },
        }
        return changed(claims, changes)

    def sign(self, claims, *, key=None, algorithm="RS256", **header) -> str:
        """A token; ``header`` replaces members of the usual one, ``GONE`` takes them out."""
        members = changed({"kid": KID}, header)
        body = claims if isinstance(claims, bytes) else json.dumps(claims).encode()
        return jwt.PyJWS().encode(body, key or self.key, algorithm=algorithm, headers=members)


def changed(claims: dict, changes: dict) -> dict:
    """``claims`` with changes; a name that is a known LTI claim gets its prefix."""
    result = dict(claims)
    for name, value in changes.items():
        full = CLAIM + name if CLAIM + name in result else name
        if name in ("custom", "tool_platform", "lis"):
            full = CLAIM + name
        result[full] = value
        if value is GONE:
            del result[full]
    return result


class KeySetServer:
    """The platforms' key sets, as a WSGI application: what it says may be changed."""

    def __init__(self, key: RSAPrivateKey) -> None:
        self.document: object = {"keys": [public_jwk(KID, key)]}
        self.status = "200 OK"
        self.adapter = WsgiAdapter(self)

    @property
    def calls(self) -> int:
        return len(self.adapter.calls)

    def __call__(self, _environ, start_response):
        body = self.document
        body = body if isinstance(body, bytes) else json.dumps(body).encode()
        start_response(self.status, [("Content-Type", "application/json")])
        return [body]


@dataclass
class Launch:
    """A login that was begun in ``client``'s browser."""

    client: Any
    page: Any
    state: str
    nonce: str
    secret: str
    query: dict = field(default_factory=dict)

    def post(self, token: str, *, client=None, **fields):
        """The platform's form, posted by this browser or by another one."""
        data = {"state": self.state, "id_token": token, **fields}
        return (client or self.client).post("/lti/launch", data=data, base_url=TOOL)


@dataclass
class House:
    """The tool with one platform; what a test about launches needs."""

    tool: Any
    database: Any
    keys: KeySetServer
    lms: Lms

    def browser(self):
        """A browser that knows nothing yet."""
        return self.tool.test_client()

    def login(self, client=None, lms=None, **changes) -> Launch:
        """Begin a launch by the platform's form."""
        client, lms = client or self.browser(), lms or self.lms
        fields = {
            "iss": lms.issuer,
            "client_id": lms.client_id,
            "login_hint": "hint-1",
            "target_link_uri": TARGET,
        }
        page = client.post("/lti/login", data=changed(fields, changes), base_url=TOOL)
        return read_login(client, page)

    def launch(self, client=None, lms=None, **changes):
        """Login and launch in one browser that takes cookies; the answer to the launch."""
        lms = lms or self.lms
        begun = self.login(client, lms)
        return begun.post(lms.sign(lms.claims(begun.nonce, **changes)))

    def enter(self, client=None, lms=None, **changes):
        """A launch that has to work; the page it leads to."""
        client = client or self.browser()
        answer = self.launch(client, lms, **changes)
        assert answer.status_code == 303, answer.text
        return client.get(answer.location, base_url=TOOL)

    def rows(self, model) -> list:
        """Everything in a table."""
        with self.database.reading() as db:
            return list(db.query(model))

    def only(self, model):
        """The one row of a table."""
        rows = self.rows(model)
        assert len(rows) == 1, rows
        return rows[0]


def read_login(client, page) -> Launch:
    """What the page of a login tells the browser."""
    assert page.status_code == 200, page.text
    data = lxml.html.fromstring(page.text).get_element_by_id("lti-login")
    query = parse_qs(urlsplit(data.get("data-next")).query)
    return Launch(
        client, page, data.get("data-state"), query["nonce"][0], data.get("data-secret"), query
    )


def make_house(settings, database, key: RSAPrivateKey) -> House:
    """A tool whose one platform is known, approved, and answers in this process."""
    keys = KeySetServer(key)
    http = Client(settings.outgoing, "lti-mentoring tests")
    http.mount("https://", keys.adapter)
    tool = shared_app(settings, database, http)
    return House(tool, database, keys, Lms(key).register(database))


def fixture(name: str) -> dict:
    """A captured or assembled message, such as ``moodle/launch-manager.json``."""
    return json.loads((FIXTURES / name).read_text())


def fixture_claims(name: str) -> dict:
    """The claims of a message, however its file calls them."""
    loaded = fixture(name)
    return loaded.get("claims") or loaded["id_token_claims"]
