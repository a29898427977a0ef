"""Registering the tool at a platform that knows how (LTI Dynamic Registration 1.0)."""

from typing import Any

from lti_mentoring.core.errors import AddressRefused, PlatformUnavailable, RegistrationRefused
from lti_mentoring.core.http import Answer, Client
from lti_mentoring.core.texts import clean
from lti_mentoring.rules.platform_configuration import (
    PlatformConfiguration,
    RegisteredAs,
    read_answer,
    read_configuration,
)

LONGEST_SAID = 300
JSON = {"Accept": "application/json"}


def fetch_configuration(
    http: Client, address: str, token: str | None, own_host: str = ""
) -> PlatformConfiguration:
    """What the platform says about itself at ``address``.

    Args:
        http: the guarded door; private addresses are refused before anything is fetched.
        address: as the browser brought it.
        token: the platform's registration token, which Canvas wants already here (LTI-131).
        own_host: as in ``read_configuration``.

    Raises:
        RegistrationRefused: ``address``, ``unreachable``, ``configuration`` or ``issuer``.
    """
    answer = _ask(http, "GET", address, token)
    if not answer.ok:
        reason = f"the configuration's address answers {answer.status}"
        raise RegistrationRefused("unreachable", reason, _said(answer))
    configuration = read_configuration(_json(answer, "configuration"), address, own_host)
    for url in (
        configuration.auth_url,
        configuration.token_url,
        configuration.jwks_url,
        configuration.registration_url,
    ):
        _check(http, url)
    return configuration


def send_registration(
    http: Client, url: str, token: str | None, document: dict[str, Any]
) -> RegisteredAs:
    """Register the tool; returns what it is called there.

    Raises:
        RegistrationRefused: ``refused`` with the platform's words if it said no, else ``address``,
            ``unreachable`` or ``answer``.
    """
    answer = _ask(http, "POST", url, token, document)
    if not answer.ok:
        raise RegistrationRefused("refused", f"the platform answers {answer.status}", _said(answer))
    return read_answer(_json(answer, "answer"))


def _ask(
    http: Client, method: str, url: str, token: str | None, document: dict[str, Any] | None = None
) -> Answer:
    _check(http, url)
    headers = {**JSON, "Authorization": f"Bearer {token}"} if token else JSON
    try:
        return http.request(method, url, headers=headers, json=document)
    except AddressRefused as error:
        raise RegistrationRefused("address", f"the tool does not talk to it: {error}") from error
    except PlatformUnavailable as error:
        raise RegistrationRefused("unreachable", error.reason) from error


def _check(http: Client, url: str) -> None:
    try:
        http.check_address(url)
    except AddressRefused as error:
        raise RegistrationRefused("address", f"the tool does not talk to it: {error}") from error


def _json(answer: Answer, code: str) -> Any:
    try:
        return answer.json()
    except PlatformUnavailable as error:
        raise RegistrationRefused(code, error.reason) from error


def _said(answer: Answer) -> str:
    """The platform's own words, if they are a line of text and not a page."""
    text = clean(answer.body[:4096].decode(errors="replace"), LONGEST_SAID)
    return "" if "<" in text else text
