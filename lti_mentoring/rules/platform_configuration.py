"""Whether what an LMS says about itself can be believed, and what it offers (LTI-130…138)."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

from lti_mentoring.core.errors import RegistrationRefused
from lti_mentoring.core.texts import clean, is_identifier
from lti_mentoring.rules.platform_profiles import PROFILES
from lti_mentoring.rules.tool_configuration import TOOL_CONFIGURATION, Offer
from lti_mentoring.vocabulary import Product


def _host(url: str) -> str:
    return (urlsplit(url).hostname or "").lower()


PLATFORM_CONFIGURATION = "https://purl.imsglobal.org/spec/lti-platform-configuration"
LONGEST_ADDRESS = 2000
LONGEST_ISSUER = 255

PRODUCTS: Mapping[str, Product] = {
    "moodle": Product.MOODLE,
    "canvas": Product.CANVAS,
    "blackboard": Product.BLACKBOARD,
    "blackboardlearn": Product.BLACKBOARD,
    "desire2learn": Product.BRIGHTSPACE,
    "brightspace": Product.BRIGHTSPACE,
    "d2l": Product.BRIGHTSPACE,
    "sakai": Product.SAKAI,
    "sakailms.org": Product.SAKAI,
    "openedx": Product.OPENEDX,
    "open-edx": Product.OPENEDX,
}
"""Product family codes as platforms write them; they choose quirks and never rights."""

SHARED_ISSUERS: Mapping[str, frozenset[str]] = {
    shared.issuer: frozenset(
        {*profile.former_hosts, _host(shared.auth_url), _host(shared.jwks_url)}
    )
    for profile in PROFILES.values()
    for shared in profile.shared
}
"""Issuers that all customers of a maker share, and the maker's own hosts: whoever claims such an
issuer must have people authenticated, and keys published, there (LTI-132)."""

_CODE = re.compile(r"[^a-z0-9.-]")


@dataclass(frozen=True)
class PlatformConfiguration:
    """A platform's description of itself, checked."""

    issuer: str
    auth_url: str
    token_url: str
    jwks_url: str
    registration_url: str
    audience: str | None
    offer: Offer


@dataclass(frozen=True)
class RegisteredAs:
    """What the platform calls the tool from now on; not every platform names a deployment."""

    client_id: str
    deployment_id: str | None


def read_configuration(document: Any, found_at: str, own_host: str = "") -> PlatformConfiguration:
    """The platform that ``document`` describes.

    Args:
        document: JSON, from a stranger.
        found_at: where it was read; whoever answers there speaks for that host alone.
        own_host: where an LMS may be that somebody runs for themselves, though its issuer is a
            shared one: a Canvas of one's own says that it is everybody's unless told otherwise.

    Raises:
        RegistrationRefused: ``configuration`` if something is missing or misshapen, ``issuer`` if
            it speaks for somebody else.
    """
    if not isinstance(document, dict):
        raise RegistrationRefused("configuration", "it is no JSON object")
    issuer = _text(document, "issuer", LONGEST_ISSUER)
    auth_url = _text(document, "authorization_endpoint")
    jwks_url = _text(document, "jwks_uri")
    _check_issuer(issuer, found_at, (auth_url, jwks_url), own_host)
    return PlatformConfiguration(
        issuer=issuer,
        auth_url=auth_url,
        token_url=_text(document, "token_endpoint"),
        jwks_url=jwks_url,
        registration_url=_text(document, "registration_endpoint"),
        audience=_audience(document.get("authorization_server")),
        offer=_offer(document),
    )


def speaks_for(issuer: str, found_at: str) -> bool:
    """Whether whoever answers at ``found_at`` has shown that the issuer's site is theirs.

    Enough to bring a registration up to date. A shared issuer nobody has for themselves.
    """
    if issuer in SHARED_ISSUERS:
        return False
    ours, theirs = urlsplit(issuer), urlsplit(found_at)
    inside = theirs.path.startswith(ours.path.rstrip("/") + "/")
    return (ours.scheme, ours.netloc) == (theirs.scheme, theirs.netloc) and inside


def read_answer(document: Any) -> RegisteredAs:
    """What the platform's answer to the registration says.

    Its scopes are not read: they are no proof (Moodle overstates them, LTI-135).

    Raises:
        RegistrationRefused: ``answer`` if it names no client id.
    """
    client_id = document.get("client_id") if isinstance(document, dict) else None
    if isinstance(client_id, int) and not isinstance(client_id, bool):
        client_id = str(client_id)
    if not is_identifier(client_id):
        raise RegistrationRefused("answer", "the platform's answer names no client id")
    described = document.get(TOOL_CONFIGURATION)
    told = described.get("deployment_id") if isinstance(described, dict) else None
    told = str(told) if isinstance(told, int) and not isinstance(told, bool) else told
    usable = is_identifier(told) and str(told).isascii()
    return RegisteredAs(str(client_id), str(told) if usable else None)


def product_of(code: object) -> Product:
    """The product with this family code."""
    return PRODUCTS.get(_CODE.sub("", clean(code, 64).lower()), Product.OTHER)


def _check_issuer(issuer: str, found_at: str, endpoints: tuple[str, ...], own_host: str) -> None:
    hosts = SHARED_ISSUERS.get(issuer)
    if hosts is not None:
        trusted = hosts | {own_host.lower()} if own_host else hosts
        if not all(_host(url) in trusted for url in endpoints):
            raise RegistrationRefused("issuer", "the issuer's maker has other addresses")
        return
    if urlsplit(issuer).netloc.lower() != urlsplit(found_at).netloc.lower():
        raise RegistrationRefused("issuer", "the issuer is another site than its configuration's")


def _text(document: Mapping[str, Any], name: str, limit: int = LONGEST_ADDRESS) -> str:
    value = document.get(name)
    if not is_identifier(value, limit) or " " in str(value):
        raise RegistrationRefused("configuration", f"{name} is missing or misshapen")
    return str(value)


def _audience(server: object) -> str | None:
    """Whom assertions are for, if that is not the token endpoint.

    An address (Brightspace); never a bare host, which Canvas writes there and does not accept.
    """
    if not is_identifier(server, LONGEST_ADDRESS):
        return None
    return str(server) if urlsplit(str(server)).scheme in {"http", "https"} else None


def _offer(document: Mapping[str, Any]) -> Offer:
    described = document.get(PLATFORM_CONFIGURATION)
    platform = described if isinstance(described, dict) else {}
    listed = platform.get("messages_supported")
    entries = listed if isinstance(listed, list) else []
    messages = [each for each in entries if isinstance(each, dict)]
    return Offer(
        product=product_of(platform.get("product_family_code")),
        scopes=_texts(document.get("scopes_supported")),
        claims=_texts(document.get("claims_supported")),
        variables=_texts(platform.get("variables")),
        messages={clean(m.get("type"), 100): _texts(m.get("placements")) for m in messages},
    )


def _texts(value: object) -> frozenset[str]:
    entries = value if isinstance(value, list) else []
    return frozenset(each for each in entries if isinstance(each, str))
