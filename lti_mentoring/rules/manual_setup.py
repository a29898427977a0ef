"""What an administrator types into an LMS by hand, by the LMS's own names for it (LTI-139)."""

from collections.abc import Mapping
from typing import NamedTuple

from lti_mentoring.rules.platform_profiles import profile_of
from lti_mentoring.rules.tool_configuration import ToolAddress, custom_parameters
from lti_mentoring.vocabulary import Product

CUSTOM = "Custom parameters"


class Value(NamedTuple):
    """One field of the LMS's form and what goes into it."""

    field: str
    value: str


FIELDS: Mapping[Product, tuple[tuple[str, str], ...]] = {
    Product.MOODLE: (
        ("Tool URL", "{launch}"),
        ("LTI version", "LTI 1.3"),
        ("Public key type", "Keyset URL"),
        ("Public keyset", "{keys}"),
        ("Initiate login URL", "{login}"),
        ("Redirection URI(s)", "{launch}"),
        ("Content selection URL", "{launch}"),
        ("Icon URL", "{icon}"),
    ),
    Product.CANVAS: (("Method: Enter URL", "{at}/lti/canvas.json"),),
    Product.BLACKBOARD: (
        ("Login Initiation URL", "{login}"),
        ("Tool Redirect URL(s)", "{launch}"),
        ("Tool JWKS URL", "{keys}"),
        ("Signing Algorithm", "RS256"),
    ),
    Product.BRIGHTSPACE: (
        ("Domain", "{at}"),
        ("Redirect URLs", "{launch}"),
        ("OpenID Connect Login URL", "{login}"),
        ("Target Link URI", "{launch}"),
        ("Keyset URL", "{keys}"),
    ),
    Product.SAKAI: (
        ("Launch URL", "{launch}"),
        ("LTI version", "LTI 1.3"),
        ("Tool keyset URL", "{keys}"),
        ("OpenID Connect/Initialization Endpoint", "{login}"),
        ("Redirect Endpoint", "{launch}"),
    ),
    Product.OPENEDX: (
        ("Tool Launch URL", "{launch}"),
        ("Tool Initiate Login URL", "{login}"),
        ("Registered Redirect URIs", '["{launch}"]'),
        ("Tool Public Key Mode", "Keyset URL"),
        ("Tool Keyset URL", "{keys}"),
        ("Deep Linking Launch URL", "{launch}"),
    ),
    Product.OTHER: (
        ("Login address", "{login}"),
        ("Redirect address, and what links point to", "{launch}"),
        ("Key set address", "{keys}"),
        ("Domain", "{domain}"),
        ("Icon", "{icon}"),
    ),
}
"""Names as the products' English pages have them; what is in braces is the tool's own."""

OF_OTHERS: Mapping[Product, frozenset[str]] = {
    Product.CANVAS: frozenset({"group_ids"}),
    Product.MOODLE: frozenset({"section_ids"}),
}
NEITHER = frozenset({"group_ids", "section_ids"})


def values_for(tool: ToolAddress, product: Product) -> list[Value]:
    """The fields of this LMS's form in its order, custom parameters last."""
    own = {
        name: getattr(tool, name) for name in ("at", "login", "launch", "keys", "domain", "icon")
    }
    filled = [Value(field, template.format(**own)) for field, template in FIELDS[product]]
    if product is Product.CANVAS:  # its JSON holds them
        return filled
    foreign = frozenset() if product is Product.OTHER else OF_OTHERS.get(product, NEITHER)
    lines = [
        f"{name}={variable}"
        for name, variable in custom_parameters().items()
        if name not in foreign
    ]
    return [*filled, Value(CUSTOM, "\n".join(lines))]


def known_of(product: Product) -> dict[str, str]:
    """What a form for the way back begins with: addresses that all customers of a maker share."""
    profile = profile_of(product)
    begun = {"product": product.value, "audience": profile.audience or ""}
    if not profile.shared:
        return begun
    shared = profile.shared[0]
    begun |= {"issuer": shared.issuer, "auth_url": shared.auth_url, "token_url": shared.token_url}
    return begun | ({} if "{" in shared.jwks_url else {"jwks_url": shared.jwks_url})
