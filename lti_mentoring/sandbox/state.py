"""The sandbox as one object: registration facts, world, temper, gradebook, calls and keys."""

import json
import secrets
import time
from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass
from urllib.parse import urlsplit

import requests
from flask import current_app

from lti_mentoring.sandbox.access import AccessTokens, ToolKeys
from lti_mentoring.sandbox.call_log import CallLog
from lti_mentoring.sandbox.claims import Absent, launch_claims
from lti_mentoring.sandbox.gradebook import Gradebook, LineItem
from lti_mentoring.sandbox.keys import SigningKeys
from lti_mentoring.sandbox.temper import Temper
from lti_mentoring.sandbox.world import Activity, Course, World, build_world

OPEN_LAUNCHES = 1000
LAUNCH_LIFETIME = 600  # seconds between opening an activity and the tool's answer


@dataclass(frozen=True)
class Launch:
    """Somebody has opened an activity, and the tool has not asked who it is yet."""

    person_id: str
    link_id: str
    target: str
    opened_at: float


class Sandbox:
    """One LMS. Everything it knows hangs on this object; ``lock`` guards all of it."""

    client_id = "sandbox-client"
    deployment_id = "1"

    def __init__(
        self,
        *,
        base_url: str,
        tool_url: str,
        tool_jwks_url: str | None = None,
        clock: Callable[[], float] = time.time,
        http: requests.Session | None = None,
        world: World | None = None,
    ) -> None:
        self.issuer = base_url.rstrip("/")
        self.tool_url = tool_url.rstrip("/")
        self.clock = clock
        self.sleep: Callable[[float], object] = time.sleep
        self.world = world or build_world()
        self.lock = self.world.lock
        self.temper = Temper()
        self.gradebook = Gradebook(self.world)
        self.calls = CallLog()
        self.keys = SigningKeys()
        self.tokens = AccessTokens(clock, self.lock)
        self.tool_keys = ToolKeys(
            tool_jwks_url or f"{self.tool_url}/lti/jwks.json", http or requests.Session()
        )
        self._launches: OrderedDict[str, Launch] = OrderedDict()

    @property
    def auth_url(self) -> str:
        """Where the tool asks who is there."""
        return f"{self.issuer}/oidc/auth"

    @property
    def token_url(self) -> str:
        """Where the tool gets access tokens; also the audience it must write."""
        return f"{self.issuer}/oidc/token"

    @property
    def jwks_url(self) -> str:
        """Where the platform's public keys are."""
        return f"{self.issuer}/oidc/jwks.json"

    @property
    def login_url(self) -> str:
        """Where the tool takes login initiations."""
        return f"{self.tool_url}/lti/login"

    @property
    def redirect_uri(self) -> str:
        """The one place where the platform posts id_tokens to."""
        return f"{self.tool_url}/lti/launch"

    @property
    def tool_origin(self) -> str:
        """Scheme, host and port of the tool, as browsers write an origin."""
        parts = urlsplit(self.tool_url)
        return f"{parts.scheme}://{parts.netloc}"

    def target_of(self, activity: Activity) -> str:
        """The activity's target_link_uri."""
        return self.tool_url + activity.target_path

    def memberships_url(self, course_id: str) -> str:
        """The course's roster service."""
        return f"{self.issuer}/nrps/{course_id}/memberships"

    def line_items_url(self, course_id: str) -> str:
        """The course's line item service; the query is part of the address."""
        return f"{self.issuer}/ags/{course_id}/lineitems?type_id=1"

    def line_item_url(self, item: LineItem) -> str:
        """One line item; ``/scores`` and ``/results`` belong before the query."""
        return f"{self.issuer}/ags/{item.course_id}/lineitems/{item.id}/lineitem?type_id=1"

    def begin_launch(
        self, person_id: str, link_id: str, *, target: str | None = None
    ) -> dict[str, str]:
        """Open an activity as somebody; returns the parameters of the login initiation.

        The hint is JSON, as in Moodle, so that a tool that forgets to encode it is found out.

        Raises:
            NotInWorld: if person, activity or enrollment does not exist.
        """
        with self.lock:
            course, activity = self.world.activity(link_id)
            self.world.enrollment(course.id, person_id)
            launch_id = secrets.token_hex(12)
            self._launches[launch_id] = Launch(
                person_id, link_id, target or activity.opens_in, self.clock()
            )
            while len(self._launches) > OPEN_LAUNCHES:
                self._launches.popitem(last=False)
        return {
            "iss": self.issuer,
            "target_link_uri": self.target_of(activity),
            "login_hint": person_id,
            "lti_message_hint": json.dumps({"activity": link_id, "launch": launch_id}),
            "client_id": self.client_id,
            "lti_deployment_id": self.deployment_id,
        }

    def take_launch(self, message_hint: str) -> Launch | None:
        """The launch the hint stands for; a second time, or after ten minutes, there is none."""
        try:
            launch_id = json.loads(message_hint)["launch"]
        except (ValueError, KeyError, TypeError):
            return None
        with self.lock:
            launch = self._launches.pop(launch_id, None) if isinstance(launch_id, str) else None
        if launch is None or launch.opened_at + LAUNCH_LIFETIME < self.clock():
            return None
        return launch

    def launch_claims(
        self, person_id: str, link_id: str, *, nonce: str, target: str | None = None
    ) -> dict[str, object]:
        """The claims of a launch at this moment.

        Raises:
            NotInWorld: if person, activity or enrollment does not exist.
        """
        with self.lock:
            return launch_claims(self, person_id, link_id, nonce=nonce, target=target)

    def sign_launch(
        self, person_id: str, link_id: str, *, nonce: str, state: str, **overrides: object
    ) -> str:
        """An id_token for tests, with claims replaced by ``overrides``; ``ABSENT`` leaves one out.

        Args:
            person_id: who opens the activity.
            link_id: the activity.
            nonce: the tool's.
            state: not part of a token; taken so that what the tool sent can be passed on whole.
            **overrides: claims by their full names.

        Raises:
            NotInWorld: if person, activity or enrollment does not exist.
        """
        del state
        claims = self.launch_claims(person_id, link_id, nonce=nonce) | overrides
        return self.keys.sign({k: v for k, v in claims.items() if not isinstance(v, Absent)})

    def course_of(self, link_id: str) -> Course:
        """The course an activity is in.

        Raises:
            NotInWorld: if there is no such activity.
        """
        return self.world.activity(link_id)[0]


def current_sandbox() -> Sandbox:
    """The sandbox of the running request."""
    sandbox = current_app.extensions["sandbox"]
    if not isinstance(sandbox, Sandbox):
        raise TypeError("the app was not made by create_sandbox")
    return sandbox
