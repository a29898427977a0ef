"""Forms that a platform lets the browser post: what is one, and its fields one by one (LTI-24)."""

from flask import request
from werkzeug.exceptions import RequestEntityTooLarge

from lti_mentoring.core.errors import LaunchRefused
from lti_mentoring.launch import facts

LARGEST_FORM = 64 * 1024  # bytes
FORM_TYPE = "application/x-www-form-urlencoded"


def refuse_foreign_page(public_url: str) -> None:
    """The proof comes from a page of ours, or not at all.

    A foreign page could hand in a proof of its owner's, and whoever looks at it would be signed
    in as somebody else and write into their account (LTI 4.4, login CSRF). Old browsers say
    where a form comes from by ``Origin`` only.

    Raises:
        LaunchRefused: ``foreign-page``.
    """
    site, origin = request.headers.get("Sec-Fetch-Site"), request.headers.get("Origin")
    ours = facts.origin(public_url, allow_plain=True)
    if site != "same-origin" if site else origin not in {None, ours}:
        raise LaunchRefused("foreign-page", "the proof was sent by a page of another site")


def form() -> dict[str, list[str]]:
    """The fields of a form that is one (LTI-24).

    Raises:
        LaunchRefused: ``form`` or ``too-large``.
    """
    request.max_content_length = LARGEST_FORM
    if request.mimetype != FORM_TYPE:
        raise LaunchRefused("form", "not form encoded")
    try:
        return request.form.to_dict(flat=False)
    except RequestEntityTooLarge as error:
        raise LaunchRefused("too-large", "the form has more than 64 KiB") from error


def field(sent: dict[str, list[str]], name: str) -> str:
    """The one value of a field.

    Raises:
        LaunchRefused: ``form`` if it is missing, empty or repeated.
    """
    values = sent.get(name, [])
    if len(values) != 1 or not values[0]:
        raise LaunchRefused("form", f"{name} is missing or repeated")
    return values[0]
