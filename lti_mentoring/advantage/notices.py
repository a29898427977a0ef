"""Telling a platform where notices are taken (Platform Notification Service 1.0)."""

from lti_mentoring.advantage.client import ServiceClient
from lti_mentoring.vocabulary import NoticeType, Scope

HEADERS = {"Accept": "application/json", "Content-Type": "application/json"}


def wish_for(client: ServiceClient, url: str, handler: str) -> None:
    """Let the platform tell ``handler`` of copied courses; telling it twice changes nothing.

    Raises:
        PlatformUnavailable: if asking later may help.
        PlatformRefused: if the platform does not let the tool.
    """
    wish = {"notice_type": NoticeType.CONTEXT_COPY.value, "handler": handler}
    client.call("PUT", url, [Scope.NOTICES], headers=HEADERS, json=wish)
