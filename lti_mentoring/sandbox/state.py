"""The sandbox as one object: registration facts, world, temper, gradebook, calls and keys."""

import time
from collections import deque
from collections.abc import Callable
from dataclasses import replace

import requests
from flask import current_app

from lti_mentoring.sandbox.accents import ACCENTS
from lti_mentoring.sandbox.access import AccessTokens, ToolKeys
from lti_mentoring.sandbox.call_log import CallLog
from lti_mentoring.sandbox.claims import Absent, launch_claims
from lti_mentoring.sandbox.content_items import ContentItem
from lti_mentoring.sandbox.dialogs import Dialogs
from lti_mentoring.sandbox.gradebook import Gradebook, LineItem
from lti_mentoring.sandbox.keys import SigningKeys
from lti_mentoring.sandbox.launches import Launch, OpenLaunches, login_parameters
from lti_mentoring.sandbox.notices import Notices
from lti_mentoring.sandbox.registrations import Registrations, Ticket
from lti_mentoring.sandbox.roster_differences import RosterMemory
from lti_mentoring.sandbox.seeding import build_world
from lti_mentoring.sandbox.temper import Temper
from lti_mentoring.sandbox.tools import Tool, Toolbox, seeded_tool
from lti_mentoring.sandbox.vocabulary import DEEP_LINKING, SEEDED_CLIENT_ID
from lti_mentoring.sandbox.world import Activity, Person

MINUTE = 60


class Sandbox:
    """One LMS. Everything it knows hangs on this object; ``lock`` guards all of it."""

    def __init__(
        self,
        *,
        base_url: str,
        tool_url: str,
        tool_jwks_url: str | None = None,
        clock: Callable[[], float] = time.time,
        http: requests.Session | None = None,
        accent: str = "plain",
    ) -> None:
        self.accent = ACCENTS[accent]
        self.base_url = base_url.rstrip("/")
        self.issuer = self.accent.issuer or self.base_url
        self.clock = clock
        self.sleep: Callable[[float], object] = time.sleep
        self.world = build_world()
        self.lock = self.world.lock
        self.temper = Temper()
        self.gradebook = Gradebook(self.world, self.accent.grading)
        self.calls = CallLog()
        self.rosters = RosterMemory(self.lock)
        self.keys = SigningKeys()
        self.tokens = AccessTokens(clock, self.lock)
        seeded = seeded_tool(self.accent, tool_url.rstrip("/"), tool_jwks_url)
        self.tools = Toolbox(self.accent, seeded, self.lock)
        self.registrations = Registrations(self.accent, self.tools, self.keys, clock, self.lock)
        self.launches = OpenLaunches(clock, self.lock)
        self.dialogs = Dialogs(self.accent, self.lock)
        self._calls_at: deque[float] = deque()
        self.launched: set[tuple[str, str, str]] = set()  # client, course and person
        self._http = http or requests.Session()
        self.notices = Notices(self, self._http)
        self._tool_keys: dict[str, ToolKeys] = {}

    @property
    def client_id(self) -> str:
        """The seeded tool's client id."""
        return self.tools.seeded.client_id

    @property
    def deployment_id(self) -> str:
        """The seeded tool's deployment."""
        return self.tools.seeded.deployment_id

    @property
    def auth_url(self) -> str:
        """Where the tool asks who is there."""
        return f"{self.base_url}/oidc/auth"

    @property
    def token_url(self) -> str:
        """Where the tool gets access tokens."""
        return f"{self.base_url}/oidc/token"

    @property
    def token_audience(self) -> str:
        """The audience that the tool must write into its assertions."""
        return self.accent.token_audience or self.token_url

    @property
    def jwks_url(self) -> str:
        """Where the platform's public keys are."""
        return f"{self.base_url}/oidc/jwks.json"

    @property
    def origins(self) -> list[str]:
        """Where pages may frame and post to: the tools, and those that are on their way."""
        return sorted({tool.origin for tool in self.tools} | self.registrations.origins)

    @property
    def registration_url(self) -> str:
        """Where tools register themselves."""
        return f"{self.base_url}/oidc/register"

    def invite(self, registration_url: str) -> Ticket:
        """An administrator opens a tool's registration address; see ``Ticket.start_url``."""
        configuration = f"{self.base_url}/.well-known/openid-configuration"
        return self.registrations.begin(registration_url, configuration)

    def keys_of(self, tool: Tool) -> ToolKeys:
        """The tool's public keys."""
        with self.lock:
            if tool.jwks_url not in self._tool_keys:
                self._tool_keys[tool.jwks_url] = ToolKeys(tool.jwks_url, self._http)
            return self._tool_keys[tool.jwks_url]

    def too_many_calls(self) -> bool:
        """Whether this service call is one too many within a minute, if there is a limit."""
        limit, now = self.temper.calls_a_minute, self.clock()
        while self._calls_at and self._calls_at[0] <= now - MINUTE:
            self._calls_at.popleft()
        if limit and len(self._calls_at) >= limit:
            return True
        self._calls_at.append(now)
        return False

    def locale_of(self, person: Person) -> str:
        """The person's locale, as this LMS writes them."""
        if self.accent.token.underscores:
            return person.locale
        language, _, region = person.locale.partition("_")
        return f"{language}-{region.upper()}" if region else language

    def target_of(self, activity: Activity) -> str:
        """The activity's target_link_uri."""
        return activity.target or self.tools.find(activity.tool).target

    def memberships_url(self, course_id: str) -> str:
        """The course's roster service."""
        query = f"?{self.accent.roster.query}" if self.accent.roster.query else ""
        return f"{self.base_url}/nrps/{course_id}/memberships{query}"

    def groups_url(self, course_id: str) -> str:
        """The course's groups service."""
        return f"{self.base_url}/groups/{course_id}/groups"

    def group_sets_url(self, course_id: str) -> str:
        """The sets that the course's groups are in."""
        return f"{self.base_url}/groups/{course_id}/groupsets"

    def links_url(self, course_id: str) -> str:
        """The tools' links in the course."""
        return f"{self.base_url}/links/{course_id}"

    def notices_url(self, tool: Tool) -> str:
        """Where the tool says which notices it wants."""
        return f"{self.base_url}/notice-handlers/{tool.number}"

    def line_items_url(self, course_id: str, tool: Tool | None = None) -> str:
        """The course's line item service; if there is a query, it is part of the address."""
        return f"{self.base_url}/ags/{course_id}/lineitems{self._service_query(tool)}"

    def line_item_url(self, item: LineItem) -> str:
        """One line item; ``/scores`` and ``/results`` belong before the query."""
        query = self._service_query(self.tools.find(item.tool))
        return f"{self.base_url}/ags/{item.course_id}/lineitems/{item.id}/lineitem{query}"

    def begin_launch(
        self, person_id: str, link_id: str, *, target: str | None = None
    ) -> dict[str, str]:
        """Open an activity as somebody; returns the parameters of the login initiation.

        Raises:
            NotInWorld: if person, activity or enrollment does not exist.
        """
        return self.begin(self._launch_of(person_id, link_id, target))

    def begin_dialog(
        self,
        person_id: str,
        course_id: str,
        *,
        client_id: str = SEEDED_CLIENT_ID,
        placement: str = "",
    ) -> dict[str, str]:
        """Begin a selection of content; returns the parameters of the login initiation.

        Raises:
            NotInWorld: if person, course or enrollment does not exist.
        """
        return self.begin(self.dialog_launch(person_id, course_id, client_id, placement))

    def dialog_launch(
        self,
        person_id: str,
        course_id: str,
        client_id: str = SEEDED_CLIENT_ID,
        placement: str = "",
    ) -> Launch:
        """A new selection of content as a launch; ``claims_of`` says what the tool is told.

        Raises:
            NotInWorld: if person, course or enrollment does not exist.
        """
        self.world.enrollment(course_id, person_id)
        tool = self.tools.find(client_id)
        message = tool.message(DEEP_LINKING)
        dialog = self.dialogs.begin(
            f"{self.base_url}/courses/{course_id}",
            course_id,
            person_id,
            client_id=client_id,
            placement=placement,
        )
        return Launch(
            client_id=client_id,
            person_id=person_id,
            target_link_uri=tool.target_for(DEEP_LINKING),
            message=DEEP_LINKING,
            course_id=course_id,
            dialog_id=dialog.id,
            placement=dialog.placement,
            custom=message.custom if message else {},
        )

    def place(self, course_id: str, client_id: str, item: ContentItem) -> Activity:
        """Make an activity of what was selected, with its column if it has one."""
        with self.lock:
            placed = self.world.place(
                course_id,
                Activity(
                    "",
                    item.title,
                    item.text,
                    opens_in=item.opens_in,
                    custom=item.custom,
                    tool=client_id,
                    target=item.url,
                ),
            )
            if item.line_item:
                wish = {**item.line_item, "resourceLinkId": placed.id}
                self.gradebook.couple(course_id, wish, client_id)
            return placed

    def delete_activity(self, link_id: str) -> None:
        """A teacher deletes an activity; its columns go with it, and their grades.

        Raises:
            NotInWorld: if there is none.
        """
        with self.lock:
            self.world.take_away(link_id)
            for item in self.gradebook.columns_of_link(link_id):
                self.gradebook.remove(item)

    def begin(self, launch: Launch) -> dict[str, str]:
        """Open whatever the launch says; returns the parameters of the login initiation."""
        launch = replace(launch, opened_at=self.clock())
        return login_parameters(
            launch,
            self.launches.begin(launch, self.accent.login),
            tool=self.tools.find(launch.client_id),
            issuer=self.issuer,
            style=self.accent.login,
        )

    def launch_claims(
        self, person_id: str, link_id: str, *, nonce: str, target: str | None = None
    ) -> dict[str, object]:
        """The claims of an activity's launch at this moment.

        Raises:
            NotInWorld: if person, activity or enrollment does not exist.
        """
        return self.claims_of(self._launch_of(person_id, link_id, target), nonce=nonce)

    def claims_of(self, launch: Launch, *, nonce: str) -> dict[str, object]:
        """The claims of any launch at this moment.

        Raises:
            NotInWorld: if person, activity or enrollment does not exist.
        """
        with self.lock:
            self.launched.add((launch.client_id, launch.course_id, launch.person_id))
            return launch_claims(self, launch, nonce=nonce)

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

    def _launch_of(self, person_id: str, link_id: str, target: str | None) -> Launch:
        with self.lock:
            course, activity = self.world.activity(link_id)
            self.world.enrollment(course.id, person_id)
            return Launch(
                client_id=self.tools.find(activity.tool).client_id,
                person_id=person_id,
                target_link_uri=self.target_of(activity),
                course_id=course.id,
                link_id=link_id,
                target=target or activity.opens_in,
            )

    def _service_query(self, tool: Tool | None) -> str:
        number = (tool or self.tools.seeded).number
        return f"?type_id={number}" if self.accent.service_query else ""


def current_sandbox() -> Sandbox:
    """The sandbox of the running request."""
    sandbox = current_app.extensions["sandbox"]
    if not isinstance(sandbox, Sandbox):
        raise TypeError("the app was not made by create_sandbox")
    return sandbox
