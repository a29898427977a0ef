"""Calls to a platform's services with an access token, and what their answers mean."""

from collections.abc import Collection, Mapping
from typing import Any

from lti_mentoring.advantage.tokens import RegisteredTool, Tokens
from lti_mentoring.core.errors import PlatformRefused, PlatformUnavailable
from lti_mentoring.core.http import Answer, Client
from lti_mentoring.core.retry_after import retry_after
from lti_mentoring.vocabulary import Product, Scope

OK = range(200, 300)
LATER = frozenset({408, 425, 429})
UNAUTHORIZED = 401
FORBIDDEN = 403
NOT_FOUND = 404
SERVER_ERRORS = 500
CLIENT_ERRORS = 400
THROTTLED = b"rate limit exceeded"  # Canvas says it with a 403
WORDS = {
    400: "the LMS did not accept the request",
    401: "the LMS does not give the tool permission for this",
    403: "the LMS does not let the tool do this in this course",
    404: "the LMS does not have this any more, or the course is not open",
    422: "the LMS did not accept the request",
}


class ServiceClient:
    """The services of one platform, as one registration may use them."""

    def __init__(self, tool: RegisteredTool, http: Client, tokens: Tokens) -> None:
        self.tool = tool
        self._http = http
        self._tokens = tokens

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
            raise PlatformRefused(_words(answer.status), answer.status)
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
        if self._token_may_be_old(answer):
            self._tokens.drop(self.tool, scopes, token)
            answer, _ = self._ask_once(method, url, scopes, headers, json)
        _raise_if_later_may_help(answer)
        return answer

    def _ask_once(
        self,
        method: str,
        url: str,
        scopes: Collection[Scope],
        headers: Mapping[str, str],
        json: Any,
    ) -> tuple[Answer, str]:
        token = self._tokens.get(self.tool, scopes)
        sent = {**headers, "Authorization": f"Bearer {token}"}
        return self._http.request(method, url, headers=sent, json=json), token

    def _token_may_be_old(self, answer: Answer) -> bool:
        if answer.status == UNAUTHORIZED:
            return True
        return answer.status == FORBIDDEN and self.tool.product == Product.SAKAI


def _raise_if_later_may_help(answer: Answer) -> None:
    throttled = answer.status == FORBIDDEN and THROTTLED in answer.body.lower()
    # Statuses below 200 are no answers; Moodle makes one up for a foreign link (moodle.md, 5).
    odd = answer.status < OK.start
    if throttled or odd or answer.status in LATER or answer.status >= SERVER_ERRORS:
        raise PlatformUnavailable("the LMS cannot answer just now", retry_after(answer))


def _words(status: int) -> str:
    if status < CLIENT_ERRORS:
        return "the LMS sends the tool to another address"
    return WORDS.get(status, "the LMS refused the request")
