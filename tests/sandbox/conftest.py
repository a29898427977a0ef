"""A sandbox without a network: a clock that stands still, and a tool that is only its keys."""

import html
import json
import re
from uuid import uuid4

import jwt
import pytest
import requests
from cryptography.hazmat.primitives.asymmetric import rsa
from requests.adapters import BaseAdapter

from lti_mentoring.sandbox.app import create_sandbox
from lti_mentoring.sandbox.vocabulary import (
    ASSERTION_TYPE,
    DEEP_LINKING,
    DEEP_LINKING_CLAIM,
    LTI_CLAIM,
    SCOPES,
    TOOL_CONFIGURATION,
)

BASE = "http://127.0.0.1:8001"
TOOL = "http://localhost:8000"
NOW = 1_790_000_000.0


class Clock:
    """Tells the time it was told."""

    def __init__(self):
        self.now = NOW

    def __call__(self):
        return self.now

    def tick(self, seconds):
        self.now += seconds


class KeyServer(BaseAdapter):
    """Serves the tool's key set to requests, and counts how often."""

    def __init__(self, keys):
        super().__init__()
        self.keys = keys
        self.fetches = 0
        self.status = 200

    def send(self, request, *args, **kwargs):
        del args, kwargs  # time limits and the like
        self.fetches += 1
        response = requests.Response()
        response.status_code = self.status
        response.url = request.url
        response._content = json.dumps({"keys": self.jwks()}).encode()
        return response

    def jwks(self):
        return [
            json.loads(jwt.algorithms.RSAAlgorithm.to_jwk(key.public_key())) | {"kid": kid}
            for kid, key in self.keys.items()
        ]

    def close(self):
        pass


class Tool:
    """What a tool does at the platform's services, politely unless told otherwise."""

    def __init__(self, clock, keys, client, audience):
        self.clock = clock
        self.audience = audience
        self.keys = keys
        self.kid = next(iter(keys))
        self.client = client

    def assertion(self, *, key=None, kid=None, **changes):
        now = int(self.clock())
        claims = {
            "iss": "sandbox-client",
            "sub": "sandbox-client",
            "aud": self.audience,
            "iat": now,
            "exp": now + 60,
            "jti": uuid4().hex,
        } | changes
        claims = {name: value for name, value in claims.items() if value is not None}
        signer = key or self.keys[self.kid]
        return jwt.encode(claims, signer, algorithm="RS256", headers={"kid": kid or self.kid})

    def ask_for_token(self, scopes=SCOPES, **form):
        sent = {
            "grant_type": "client_credentials",
            "client_assertion_type": ASSERTION_TYPE,
            "scope": " ".join(scopes),
        } | form
        if "client_assertion" not in sent:
            sent["client_assertion"] = self.assertion()
        return self.client.post("/oidc/token", data=sent, base_url=BASE)

    def token(self, *scopes):
        return json.loads(self.ask_for_token(scopes or SCOPES).text)["access_token"]

    def call(self, method, url, *, token=None, accept=None, content_type=None, body=None):
        headers = {"Authorization": f"Bearer {token or self.token()}"}
        if accept:
            headers["Accept"] = accept
        return self.client.open(
            url.removeprefix(BASE),
            method=method,
            base_url=BASE,
            headers=headers,
            content_type=content_type,
            data=None if body is None else json.dumps(body),
        )


@pytest.fixture(scope="session")
def tool_key():
    return rsa.generate_private_key(public_exponent=65537, key_size=2048)


@pytest.fixture(scope="session")
def other_key():
    return rsa.generate_private_key(public_exponent=65537, key_size=2048)


@pytest.fixture
def clock():
    return Clock()


@pytest.fixture
def key_server(tool_key):
    return KeyServer({"tool-1": tool_key})


@pytest.fixture
def accent(request):
    """The LMS that is imitated; a test asks for another one by indirect parameters."""
    return getattr(request, "param", "plain")


@pytest.fixture
def http(key_server):
    """How the sandbox reaches the tool."""
    http = requests.Session()
    http.mount(TOOL, key_server)
    return http


@pytest.fixture
def app(clock, http, accent):
    return create_sandbox(base_url=BASE, tool_url=TOOL, clock=clock, http=http, accent=accent)


@pytest.fixture
def tool(clock, key_server, app):
    audience = app.extensions["sandbox"].token_audience
    return Tool(clock, key_server.keys, app.test_client(), audience)


@pytest.fixture
def sandbox(app):
    sandbox = app.extensions["sandbox"]
    sandbox.naps = []
    sandbox.sleep = sandbox.naps.append
    return sandbox


@pytest.fixture
def client(app):
    return app.test_client()


@pytest.fixture
def world(sandbox):
    return sandbox.world


@pytest.fixture
def course(world):
    return world.course_titled("First-year mentoring")


@pytest.fixture
def link(course):
    return course.activity_titled("Mentoring")


@pytest.fixture
def amara(world):
    return world.person_named("Amara Diallo")


@pytest.fixture
def helena(world):
    return world.person_named("Helena Brandt")


@pytest.fixture
def form_in():
    """Reads the only form with hidden fields out of a page: where it goes and what it carries."""

    def read(response):
        page = response.get_data(as_text=True)
        (action,) = re.findall(r'<form id="handover"[^>]*action="([^"]*)"', page)
        pairs = re.findall(r'<input type="hidden" name="([^"]*)" value="([^"]*)">', page)
        return html.unescape(action), {name: html.unescape(value) for name, value in pairs}

    return read


@pytest.fixture
def id_token_of(sandbox):
    """Verifies an id_token as a tool would, by the published keys."""

    def verify(token):
        kid = jwt.get_unverified_header(token)["kid"]
        keys = jwt.PyJWKSet.from_dict(sandbox.keys.jwks())
        return jwt.decode(
            token,
            keys[kid].key,
            algorithms=["RS256"],
            audience="sandbox-client",
            options={"verify_exp": False, "verify_iat": False},
        )

    return verify


@pytest.fixture
def metadata():
    """What a well-made tool sends to register itself; ``changes`` go into its configuration."""

    def describe(**changes):
        return {
            "application_type": "web",
            "grant_types": ["implicit", "client_credentials"],
            "response_types": ["id_token"],
            "initiate_login_uri": f"{TOOL}/lti/login",
            "redirect_uris": [f"{TOOL}/lti/launch"],
            "client_name": "Mentoring, registered",
            "jwks_uri": f"{TOOL}/lti/jwks.json",
            "token_endpoint_auth_method": "private_key_jwt",
            "scope": " ".join(SCOPES),
            TOOL_CONFIGURATION: {
                "domain": "localhost:8000",
                "target_link_uri": f"{TOOL}/lti/launch",
                "custom_parameters": {"context_history": "$Context.id.history"},
                "claims": ["sub", "iss", "name", "email"],
                "messages": [{"type": DEEP_LINKING, "target_link_uri": f"{TOOL}/lti/pick"}],
                **changes,
            },
        }

    return describe


@pytest.fixture
def invite(sandbox):
    """An administrator's invitation: what the tool's registration page is opened with."""

    def begin(url=f"{TOOL}/lti/register?invite=1"):
        return sandbox.invite(url)

    return begin


@pytest.fixture
def send_registration(client):
    """Sends a registration as the tool does, with the invitation's token."""

    def send(ticket, body):
        headers = {"Authorization": f"Bearer {ticket.token}"} if ticket else {}
        return client.post("/oidc/register", json=body, headers=headers, base_url=BASE)

    return send


@pytest.fixture
def select(sandbox, client, tool, course, helena):
    """Lets Helena select content: the tool answers with these items, signed.

    ``changes`` replace claims of the answer (None leaves one out); the answer's page comes back.
    """

    def answer(*items, launch=None, key=None, **changes):
        launch = launch or sandbox.dialog_launch(helena.id, course.id)
        claims = sandbox.claims_of(launch, nonce="n")
        settings = claims[DEEP_LINKING_CLAIM + "deep_linking_settings"]
        now = int(sandbox.clock())
        signed = {
            "iss": launch.client_id,
            "aud": sandbox.issuer,
            "iat": now,
            "exp": now + 300,
            "nonce": uuid4().hex,
            LTI_CLAIM + "deployment_id": claims[LTI_CLAIM + "deployment_id"],
            LTI_CLAIM + "message_type": "LtiDeepLinkingResponse",
            LTI_CLAIM + "version": "1.3.0",
            DEEP_LINKING_CLAIM + "content_items": list(items),
            DEEP_LINKING_CLAIM + "data": settings.get("data"),
        } | changes
        signed = {name: value for name, value in signed.items() if value is not None}
        token = jwt.encode(
            signed, key or tool.keys[tool.kid], algorithm="RS256", headers={"kid": tool.kid}
        )
        where = settings["deep_link_return_url"].removeprefix(BASE)
        foreign = {"Sec-Fetch-Site": "cross-site"}
        return client.post(where, data={"JWT": token}, headers=foreign, base_url=BASE)

    return answer
