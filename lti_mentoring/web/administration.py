"""The administration's own proof of who is there: a cookie of a top-level page, nothing else.

It is no sign-in of a course and never becomes one: another cookie, another table, and pages
that stand in no frame (lti.md 4.4, 9).
"""

import hmac
from datetime import timedelta
from functools import partial

from flask import Request, Response, current_app, g, render_template, session
from flask.typing import ResponseReturnValue

from lti_mentoring.core import clock
from lti_mentoring.core.errors import SignInMissing
from lti_mentoring.policies.actor import Actor
from lti_mentoring.policies.administrator import Administrator
from lti_mentoring.services import administration
from lti_mentoring.services.administration import Visit
from lti_mentoring.settings import Settings

COOKIE = "__Host-administration"


def administrators(_actor: Actor) -> bool:
    """Guard of the administration's pages; whoever comes from a course is not let in by it."""
    return False


def identify(asked: Request, settings: Settings) -> Administrator:
    """The administrator who asks; binds the forms of the page to the visit.

    Raises:
        SignInMissing: if the browser proves none.
    """
    g.frame_origins = ["'none'"]
    token = asked.cookies.get(COOKIE, "")
    if not token:
        raise SignInMissing
    launching = settings.launching
    visit = administration.find_visit(
        g.db,
        token,
        idle=timedelta(minutes=launching.sign_in_idle_minutes),
        longest=timedelta(hours=launching.sign_in_hours),
    )
    if clock.now() >= visit.seen_at + administration.TOUCH_EVERY and asked.method == "GET":
        with current_app.extensions["mentoring"].database.transaction() as db:
            administration.touch(db, visit.administrator.id)
    session["csrf_token"] = partial(_csrf_secret, visit, settings)
    return visit.administrator


def not_in(_error: SignInMissing) -> ResponseReturnValue:
    """No visit goes on in this browser: say how to begin one."""
    g.frame_origins = ["'none'"]
    return render_template("administration/not_in.html"), 401


def set_cookie(response: Response, token: str, settings: Settings) -> None:
    """Give the browser the proof; ``""`` takes it back."""
    response.set_cookie(
        COOKIE,
        token,
        max_age=settings.launching.sign_in_hours * 3600 if token else 0,
        secure=True,
        httponly=True,
        samesite="Lax",
    )


def _csrf_secret(visit: Visit, settings: Settings) -> str:
    text = f"csrf:administration:{visit.token_hash}"
    return hmac.new(settings.secret_key.encode(), text.encode(), "sha256").hexdigest()
