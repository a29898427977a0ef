"""A file that describes an LMS: what its administrator sends instead of typing it over."""

import json
from collections.abc import Mapping
from typing import Any

from lti_mentoring.core.errors import RegistrationRefused
from lti_mentoring.core.texts import clean
from lti_mentoring.rules.platform_configuration import PLATFORM_CONFIGURATION, product_of
from lti_mentoring.vocabulary import Product

LONGEST_VALUE = 2000
FIELDS: Mapping[str, tuple[str, ...]] = {
    "name": ("name",),
    "product": ("product",),
    "issuer": ("issuer", "iss", "platform_id"),
    "client_id": ("client_id",),
    "deployment_id": ("deployment_id",),
    "auth_url": ("auth_url", "authorization_endpoint", "auth_login_url"),
    "token_url": ("token_url", "token_endpoint", "auth_token_url"),
    "jwks_url": ("jwks_url", "jwks_uri", "key_set_url"),
    "audience": ("audience", "auth_audience"),
}
"""Our fields, each with the names that files give it: ours, those of an LMS's own description
(OpenID Connect Discovery), and those of configurations for pylti1p3."""


def read_json(content: bytes) -> Any:
    """What the file holds.

    Raises:
        RegistrationRefused: ``file`` if that is no JSON.
    """
    try:
        return json.loads(content)
    except ValueError as error:
        raise RegistrationRefused("file", "it is no JSON") from error


def read_platform_file(document: Any) -> dict[str, str]:
    """The fields that ``document`` fills, ready to be looked at before they are kept.

    Raises:
        RegistrationRefused: ``file`` if it is no JSON object, or says nothing of an LMS.
    """
    if not isinstance(document, dict):
        raise RegistrationRefused("file", "it is no JSON object")
    found = {field: _first(document, names) for field, names in FIELDS.items()}
    found["product"] = _product(document, found["product"]).value
    if not any(found[name] for name in ("issuer", "auth_url", "jwks_url")):
        raise RegistrationRefused("file", "it names neither an issuer nor an address of an LMS")
    return {field: value for field, value in found.items() if value}


def _first(document: Mapping[str, Any], names: tuple[str, ...]) -> str:
    values = (clean(document.get(name), LONGEST_VALUE) for name in names)
    return next((value for value in values if value), "")


def _product(document: Mapping[str, Any], named: str) -> Product:
    if named in set(Product):
        return Product(named)
    described = document.get(PLATFORM_CONFIGURATION)
    told = described.get("product_family_code") if isinstance(described, dict) else None
    return product_of(told)
