"""Security headers of every answer. What may frame a page depends on its platform (LTI-155)."""

from flask import Flask, Response, current_app, g, request
from sqlalchemy import select

from lti_mentoring.models import Registration

YEAR = 365 * 24 * 3600
FIXED = {
    "Referrer-Policy": "no-referrer",
    "X-Content-Type-Options": "nosniff",
    "Permissions-Policy": "camera=(), geolocation=(), microphone=(), payment=(), usb=()",
    "Cross-Origin-Opener-Policy": "same-origin-allow-popups",
}


def install(app: Flask) -> None:
    """Set the headers on every answer."""
    app.after_request(_set_headers)


def _set_headers(response: Response) -> Response:
    if request.endpoint == "static":
        response.headers["X-Content-Type-Options"] = "nosniff"
        if "v" in request.args:
            response.headers["Cache-Control"] = f"public, max-age={YEAR}, immutable"
        return response
    for name, value in FIXED.items():
        response.headers.setdefault(name, value)
    response.headers.setdefault("Cache-Control", "no-store")
    if current_app.extensions["mentoring"].settings.public_url.startswith("https:"):
        response.headers.setdefault("Strict-Transport-Security", f"max-age={YEAR}")
    if response.mimetype == "text/html" and not response.location:
        response.headers.setdefault("Content-Security-Policy", _policy())
    return response


def _policy() -> str:
    forms = " ".join(["'self'", *g.get("form_targets", ())])
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
