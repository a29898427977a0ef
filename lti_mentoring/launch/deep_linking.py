"""The settings of a deep linking request, read strictly where an answer depends on them."""

from collections.abc import Mapping
from typing import Any

from lti_mentoring.core import texts
from lti_mentoring.core.errors import LaunchRefused
from lti_mentoring.launch import facts
from lti_mentoring.rules.deep_linking import IFRAME, LINK, WINDOW, DeepLinkingSettings
from lti_mentoring.vocabulary import DL_CLAIM

LONGEST_TITLE = 255
LONGEST_TEXT = 2000


def settings_in(claims: Mapping[str, Any], *, plain: bool) -> DeepLinkingSettings:
    """The platform's wishes (LTI-76, LTI-79).

    Args:
        claims: of a deep linking request.
        plain: whether the answer may travel by ``http``.

    Raises:
        LaunchRefused: ``deep-linking`` if the settings are missing or misshapen, or
            ``return-url`` if their return URL is none.
    """
    found = claims.get(DL_CLAIM + "deep_linking_settings")
    if not isinstance(found, dict):
        raise LaunchRefused("deep-linking", "deep_linking_settings is missing")
    return_url = facts.web_address(found.get("deep_link_return_url"), allow_plain=plain)
    if return_url is None:
        raise LaunchRefused("return-url", "deep_link_return_url is no address that we would use")
    types = _texts(found, "accept_types")
    targets = _texts(found, "accept_presentation_document_targets")
    return DeepLinkingSettings(
        return_url=return_url,
        takes_links=LINK in types,
        takes_several=found.get("accept_multiple") is True,
        takes_columns=found.get("accept_lineitem") is not False,
        targets=tuple(each for each in (IFRAME, WINDOW) if each in targets),
        saves_at_once=found.get("auto_create") is True,
        title=texts.clean(found.get("title"), LONGEST_TITLE),
        text=texts.clean(found.get("text"), LONGEST_TEXT),
        has_data="data" in found,
        data=found.get("data"),
    )


def _texts(found: Mapping[str, Any], name: str) -> list[str]:
    value = found.get(name)
    if not isinstance(value, list) or not value or not all(isinstance(e, str) for e in value):
        raise LaunchRefused("deep-linking", f"{name} is no list of texts")
    return value
