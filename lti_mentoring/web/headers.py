"""Security headers of every answer. What may frame a page depends on its platform (LTI-155)."""

from flask import Flask, Response, current_app, g, request
from sqlalchemy import select

from lti_mentoring.models import Registration

YEAR = 365 * 24 * 3600
FIXED = (
    ("Referrer-Policy", "no-referrer"),
    ("X-Content-Type-Options", "nosniff"),
    ("Permissions-Policy", "camera=(), geolocation=(), microphone=(), payment=(), usb=()"),
    ("Cross-Origin-Opener-Policy", "same-origin-allow-popups"),
    ("Cache-Control", "no-store"),
)
FIXED_WITH_TLS = (*FIXED, ("Strict-Transport-Security", f"max-age={YEAR}"))


def install(app: Flask) -> None:
    """Set the headers on every answer."""
    app.after_request(_set_headers)


def _set_headers(response: Response) -> Response:
    """In one pass: looking a header up means to compare with each that is there."""
    headers = response.headers
    if request.endpoint == "static":  # which sets the rest by itself
        headers["X-Content-Type-Options"] = "nosniff"
        return response
    there = {name.lower() for name, _ in headers}
    is_secure = current_app.extensions["mentoring"].settings.public_url.startswith("https:")
    for name, value in FIXED_WITH_TLS if is_secure else FIXED:
        if name.lower() not in there:
            headers.add(name, value)
    is_page = response.mimetype == "text/html" and "location" not in there
    if is_page and "content-security-policy" not in there:
        headers.add("Content-Security-Policy", _policy())
    return response


def _policy() -> str:
    forms = " ".join(g.get("form_targets") or ("'self'",))  # a page that leaves us has one form
    return (
        "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; "
        "connect-src 'self'; font-src 'self'; base-uri 'none'; "
        f"form-action {forms}; frame-ancestors {_frame_ancestors()}"
    )


def _frame_ancestors() -> str:
    sign_in = g.get("sign_in")
    if sign_in is not None and sign_in.frame_origins:
        return str(sign_in.frame_origins)
    return " ".join(g.get("frame_origins") or ()) or _every_platform()


def _every_platform() -> str:
    """A page before anybody is known (an error, an expired sign-in): any of our platforms."""
    with current_app.extensions["mentoring"].database.reading() as db:
        urls = db.scalars(select(Registration.auth_url).distinct().limit(100))
        return " ".join(sorted({"/".join(url.split("/", 3)[:3]) for url in urls})) or "'none'"
