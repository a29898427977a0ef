"""Dynamic registration: administrators begin it, tools finish it.

Source: LTI Dynamic Registration 1.0; LTI-130 to LTI-138.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from threading import RLock
from urllib.parse import urlencode, urlsplit
from uuid import uuid4

from lti_mentoring.sandbox.accent import Accent
from lti_mentoring.sandbox.keys import SigningKeys
from lti_mentoring.sandbox.tool_metadata import RegistrationRefused, tool_from
from lti_mentoring.sandbox.tools import Tool, Toolbox, origin_of

LIFETIME = 3600  # seconds between an administrator's button and the tool's registration
UNAUTHORIZED = 401


@dataclass(frozen=True)
class Ticket:
    """An administrator has invited a tool: the client it will be, or is already."""

    token: str
    number: int
    client_id: str
    updates: bool
    origin: str
    start_url: str
    expires_at: float
    used: bool = False


class Registrations:
    """Every invitation, by its token; each is good for one new tool."""

    def __init__(
        self,
        accent: Accent,
        tools: Toolbox,
        keys: SigningKeys,
        clock: Callable[[], float],
        lock: RLock,
    ) -> None:
        self._accent = accent
        self._tools = tools
        self._keys = keys
        self._clock = clock
        self._lock = lock
        self._tickets: dict[str, Ticket] = {}

    def begin(self, registration_url: str, configuration_url: str) -> Ticket:
        """Invite the tool at that address; its ``start_url`` is what the browser opens.

        A tool of that host that has registered itself before is invited to update itself.
        """
        known = self._tools.registered_on(urlsplit(registration_url).netloc)
        if known:
            number, client_id = known.number, known.client_id
            token = self._token(known.deployment_id, "reg-update")
        else:
            number, client_id = self._tools.new_client_id()
            token = self._token(client_id, "reg")
        query = {"openid_configuration": configuration_url}
        if self._accent.registration.sends_token:
            query["registration_token"] = token
        ticket = Ticket(
            token=token,
            number=number,
            client_id=client_id,
            updates=known is not None,
            origin=origin_of(registration_url),
            start_url=_with_query(registration_url, query),
            expires_at=self._clock() + LIFETIME,
        )
        with self._lock:
            self._tickets[token] = ticket
        return ticket

    def opens(self, token: str) -> bool:
        """Whether the token may read the configuration."""
        ticket = self._tickets.get(token)
        return ticket is not None and ticket.expires_at > self._clock()

    @property
    def origins(self) -> set[str]:
        """Where invited tools are: pages may frame them."""
        return {each.origin for each in self._tickets.values() if each.expires_at > self._clock()}

    def accept(self, token: str, body: Mapping[str, object]) -> Tool:
        """Take the tool in, or what has changed about it.

        Raises:
            RegistrationRefused: if the invitation does not hold, or the LMS wants something else.
        """
        with self._lock:
            ticket = self._good(token)
            rules = self._accent.registration
            tool = tool_from(
                body,
                rules,
                self._accent.scopes,
                number=ticket.number,
                client_id=ticket.client_id,
            )
            self._tickets[ticket.token] = replace(ticket, used=not ticket.updates)
            if ticket.updates:
                before = self._tools.find(ticket.client_id)
                tool = replace(
                    tool,
                    deployment_id=before.deployment_id,
                    state=before.state,
                    in_courses=before.in_courses,
                )
            elif rules.answers_deployment:
                tool = self._tools.deploy(tool)
            return self._tools.put(tool)

    def _good(self, token: str) -> Ticket:
        if not self._accent.registration.sends_token:
            return self._latest()
        if not token:
            raise RegistrationRefused("missing_registration_token", UNAUTHORIZED)
        ticket = self._tickets.get(token)
        if ticket is None or ticket.expires_at <= self._clock():
            raise RegistrationRefused("invalid_registration_token", UNAUTHORIZED)
        if ticket.used:
            raise RegistrationRefused("token_already_used", UNAUTHORIZED)
        return ticket

    def _latest(self) -> Ticket:
        """Without a token, only an administrator who is waiting right now can be meant."""
        for ticket in reversed(self._tickets.values()):
            if not ticket.used and ticket.expires_at > self._clock():
                return ticket
        raise RegistrationRefused("nobody waits for a registration", UNAUTHORIZED)

    def _token(self, subject: str, scope: str) -> str:
        now = int(self._clock())
        return self._keys.sign(
            {"sub": subject, "scope": scope, "iat": now, "exp": now + LIFETIME, "jti": uuid4().hex}
        )


def _with_query(url: str, more: Mapping[str, str]) -> str:
    """The address with parameters added to those it has."""
    parts = urlsplit(url)
    query = "&".join(filter(None, (parts.query, urlencode(more))))
    return parts._replace(query=query).geturl()
