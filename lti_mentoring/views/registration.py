"""Dynamic registration: an LMS opens an invite in a frame, and registers the tool by itself.

Nobody is signed in here, and no cookie is needed: the address of the invite is the secret. The
LMS is asked while its administrator waits, with no transaction open.
"""

import logging
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from flask import (
    Blueprint,
    Response,
    current_app,
    g,
    jsonify,
    make_response,
    render_template,
    request,
)
from flask.typing import ResponseReturnValue

from lti_mentoring.advantage.registration import fetch_configuration, send_registration
from lti_mentoring.core.errors import RegistrationRefused
from lti_mentoring.forms.registration import RegistrationForm, registration_form
from lti_mentoring.launch import facts
from lti_mentoring.launch.throttle import TooMany
from lti_mentoring.rules.platform_configuration import PlatformConfiguration, RegisteredAs
from lti_mentoring.rules.tool_configuration import (
    ToolAddress,
    canvas_configuration,
    registration_request,
    wanted_scopes,
)
from lti_mentoring.services import registration_invites as invites
from lti_mentoring.services.registration_invites import OpenInvite
from lti_mentoring.vocabulary import MessageType, RegistrationState
from lti_mentoring.web.guards import anyone, guarded_by
from lti_mentoring.web.locale import gettext as _

log = logging.getLogger(__name__)
blueprint = Blueprint("registration", __name__, url_prefix="/lti")


@blueprint.get("/register")
@guarded_by(anyone)
def explain() -> ResponseReturnValue:
    """What somebody reads who has this address from a book, and no invite."""
    return render_template("registration/explain.html", invited=False)


@blueprint.get("/register/<token>")
@guarded_by(anyone)
def ask(token: str) -> ResponseReturnValue:
    """What will be asked of the LMS, why, and what its administrator can choose."""
    invite, address = _invite(token), request.args.get("openid_configuration", "")
    if not address:
        return render_template("registration/explain.html", invited=True)
    registration_token = request.args.get("registration_token", "")
    platform = fetch_configuration(_ours().http, address, registration_token, invite.own_host)
    form = registration_form(platform.offer.placements(), platform.offer.product)(
        formdata=None,
        name=_("Mentoring"),
        openid_configuration=address,
        registration_token=registration_token,
    )
    return _page(invite, platform, form)


@blueprint.post("/register/<token>")
@guarded_by(anyone)
def register(token: str) -> ResponseReturnValue:
    """Register the tool as it was chosen; a second click finds the invite taken."""
    invite, address = _invite(token), request.form.get("openid_configuration", "")
    registration_token = request.form.get("registration_token", "")
    platform = fetch_configuration(_ours().http, address, registration_token, invite.own_host)
    form = registration_form(platform.offer.placements(), platform.offer.product)()
    if not form.validate_on_submit():
        return _page(invite, platform, form), 422
    tool = ToolAddress(_ours().settings.public_url)
    document = registration_request(tool, platform.offer, form.wishes(), _description())
    with _claimed(invite):
        registered = send_registration(
            _ours().http, platform.registration_url, registration_token, document
        )
        return _done(invite, address, platform, registered)


@blueprint.get("/canvas.json")
@guarded_by(anyone)
def canvas() -> ResponseReturnValue:
    """What an administrator of Canvas enters as the address of a developer key's JSON (LTI-139)."""
    tool = ToolAddress(_ours().settings.public_url)
    return jsonify(canvas_configuration(tool, _("Mentoring"), _description()))


@blueprint.errorhandler(RegistrationRefused)
def refused(error: RegistrationRefused) -> ResponseReturnValue:
    """A page for the administrator, who can do something about it: the reason is on it."""
    log.warning("registration refused: %s", error.reason, extra={"code": error.code})
    return _framed(render_template("registration/refused.html", error=error), 400)


@blueprint.errorhandler(TooMany)
def throttled(error: TooMany) -> ResponseReturnValue:
    """Somebody tries addresses, or a browser repeats itself."""
    calm = RegistrationRefused(error.code, error.reason)
    page = _framed(render_template("registration/refused.html", error=calm), 429)
    page.headers["Retry-After"] = str(error.seconds)
    return page


def _done(
    invite: OpenInvite, address: str, platform: PlatformConfiguration, registered: RegisteredAs
) -> Response:
    with _ours().database.transaction() as db:
        registration = invites.use(db, invite, address, platform, registered)
        is_approved = registration.state is RegistrationState.APPROVED
        number = registration.id
    page = render_template(
        "registration/done.html",
        platform=platform,
        registered=registered,
        is_approved=is_approved,
        is_update=invite.updates_id is not None,
        number=number,
        lms_origin=facts.origin(address, allow_plain=True),
    )
    return _framed(page, 200)


def _page(invite: OpenInvite, platform: PlatformConfiguration, form: RegistrationForm) -> Response:
    page = render_template(
        "registration/ask.html",
        invite=invite,
        platform=platform,
        form=form,
        scopes=wanted_scopes(platform.offer.scopes),
        chooses_pieces=platform.offer.has_message(MessageType.DEEP_LINKING),
    )
    return _framed(page, 200)


def _framed(page: str, status: int) -> Response:
    """The LMS shows it in a frame or a window of its own, and is told when it is done."""
    g.frame_origins = facts.origins([request.values.get("openid_configuration")], allow_plain=True)
    response = make_response(page, status)
    response.headers["Cross-Origin-Opener-Policy"] = "unsafe-none"
    return response


def _invite(token: str) -> OpenInvite:
    ours = _ours()
    ours.throttle.address("register", request.remote_addr)
    with ours.database.reading() as db:
        return invites.open_invite(db, token)


@contextmanager
def _claimed(invite: OpenInvite) -> Iterator[None]:
    """Two clicks at once ask the LMS once; what it refuses can be tried again."""
    with _ours().database.transaction() as db:
        invites.claim(db, invite.id)
    try:
        yield
    except Exception:
        with _ours().database.transaction() as db:
            invites.release(db, invite.id)
        raise


def _description() -> str:
    return _("Mentors, goals and sessions inside the course")


def _ours() -> Any:
    return current_app.extensions["mentoring"]
