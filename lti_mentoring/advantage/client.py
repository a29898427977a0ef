"""Calls to a platform's services with an access token, and what their answers mean."""

from collections.abc import Collection, Mapping
from typing import Any

from lti_mentoring.advantage.pace import Pace
from lti_mentoring.advantage.tokens import RegisteredTool, Tokens
from lti_mentoring.core.errors import PlatformRefused, PlatformUnavailable
from lti_mentoring.core.http import Answer, Client
from lti_mentoring.core.retry_after import retry_after
from lti_mentoring.rules.platform_profiles import CAUSES, Cause, PlatformProfile
from lti_mentoring.vocabulary import Scope

OK = range(200, 300)
LATER = frozenset({408, 425, 429})
UNAUTHORIZED = 401
FORBIDDEN = 403
NOT_FOUND = 404
REMOVED = 410
SERVER_ERRORS = 500
CLIENT_ERRORS = 400
MOST_SAID = 4096  # bytes of a refusal that are read for its words
WORDS = {
    400: "the LMS did not accept the request",
    401: "the LMS does not give the tool permission for this",
    403: "the LMS does not let the tool do this in this course",
    404: "the LMS does not have this any more, or the course is not open",
    422: "the LMS did not accept the request",
}


class ServiceClient:
    """The services of one platform, as one registration may use them, no faster than it likes."""

    def __init__(
        self, tool: RegisteredTool, http: Client, tokens: Tokens, pace: Pace | None = None
    ) -> None:
        self.tool = tool
        self._http = http
        self._tokens = tokens
        self._pace = pace

    def call(
        self,
        method: str,
        url: str,
        scopes: Collection[Scope],
        *,
        headers: Mapping[str, str],
        json: Any = None,
    ) -> Answer:
        """Ask, and get an answer that says it worked.

        Raises:
            PlatformUnavailable: if asking later may help.
            PlatformRefused: if it will not.
        """
        answer = self.ask(method, url, scopes, headers=headers, json=json)
        if answer.status not in OK:
            raise PlatformRefused(self._words(answer), answer.status)
        return answer

    def ask(
        self,
        method: str,
        url: str,
        scopes: Collection[Scope],
        *,
        headers: Mapping[str, str],
        json: Any = None,
    ) -> Answer:
        """Ask, and get the answer that will not change, be it a yes or a no.

        A token that is not taken is dropped, and a fresh one tried once: what is refused then
        is a permission, not an age.

        Raises:
            PlatformUnavailable: if asking later may help.
            PlatformRefused: if the platform gives no token.
        """
        answer, token = self._ask_once(method, url, scopes, headers, json)
        if answer.ok:
            return answer
        if self._token_may_be_old(answer):
            self._tokens.drop(self.tool, scopes, token)
            answer, _ = self._ask_once(method, url, scopes, headers, json)
        _raise_if_later_may_help(answer, self.tool.profile)
        return answer

    def cause_of(self, answer: Answer) -> Cause | None:
        """What a refusal means by its words, which never leave here; null if they do not tell."""
        said = answer.body[:MOST_SAID].decode(errors="replace")
        return self.tool.profile.cause_of(f"{answer.reason} {said}")

    def _words(self, answer: Answer) -> str:
        cause = self.cause_of(answer)
        return CAUSES.get(cause, _words(answer.status)) if cause else _words(answer.status)

    def _ask_once(
        self,
        method: str,
        url: str,
        scopes: Collection[Scope],
        headers: Mapping[str, str],
        json: Any,
    ) -> tuple[Answer, str]:
        if self._pace is not None:
            self._pace.check(self.tool)
        token = self._tokens.get(self.tool, scopes)
        sent = {**headers, "Authorization": f"Bearer {token}"}
        answer = self._http.request(method, url, headers=sent, json=json)
        if self._pace is not None:
            self._pace.note(self.tool, answer)
        return answer, token

    def _token_may_be_old(self, answer: Answer) -> bool:
        return answer.status in self.tool.profile.stale_token_statuses


def _raise_if_later_may_help(answer: Answer, profile: PlatformProfile) -> None:
    throttled = answer.status == FORBIDDEN and profile.is_throttle(answer.body)
    # Statuses below 200 are no answers; Moodle makes one up for a foreign link (moodle.md, 5).
    odd = answer.status < OK.start
    if throttled or odd or answer.status in LATER or answer.status >= SERVER_ERRORS:
        raise PlatformUnavailable("the LMS cannot answer just now", retry_after(answer))


def _words(status: int) -> str:
    if status < CLIENT_ERRORS:
        return "the LMS sends the tool to another address"
    return WORDS.get(status, "the LMS refused the request")
