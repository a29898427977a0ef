"""The door: logins and launches come in here, and leave with a sign-in or a calm refusal.

A launch makes at most one sign-in, in one transaction; a refused one leaves nothing behind
but a line in the administrator's list.
"""

import logging
from collections.abc import Callable
from datetime import datetime, timedelta
from functools import partial
from http import HTTPStatus
from typing import TYPE_CHECKING, NamedTuple, TypeVar

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
from sqlalchemy import Connection
from sqlalchemy.exc import IntegrityError

from lti_mentoring.advantage.links import with_query
from lti_mentoring.core import clock, texts
from lti_mentoring.core.errors import LaunchRefused
from lti_mentoring.launch import attempts, facts, refusals, surroundings
from lti_mentoring.launch.attempts import Attempt
from lti_mentoring.launch.claims import LaunchClaims
from lti_mentoring.launch.deployments import (
    UnknownDeployment,
    check_deployment,
    note_unknown_deployment,
)
from lti_mentoring.launch.key_sets import KeySets
from lti_mentoring.launch.login import begin, read_request
from lti_mentoring.launch.message import LaunchForm, receive
from lti_mentoring.launch.provision import provision
from lti_mentoring.launch.registrations import (
    Outdated,
    RegistrationFacts,
    Registrations,
    ReliedOn,
)
from lti_mentoring.launch.storage import Storage
from lti_mentoring.launch.throttle import Throttle, TooMany
from lti_mentoring.launch.token import check_header, parse
from lti_mentoring.launch.validator import Expected
from lti_mentoring.services import administration
from lti_mentoring.services.privacy_ways import find_in_registration
from lti_mentoring.services.tool_keys import public_key_set
from lti_mentoring.vocabulary import DeploymentState
from lti_mentoring.web import cookies, identity, posts
from lti_mentoring.web.guards import anyone, guarded_by
from lti_mentoring.web.landing import landing_of
from lti_mentoring.web.locale import gettext as _

if TYPE_CHECKING:
    from lti_mentoring.settings import Launching, Settings

KEY_SET_SECONDS = 3600

T = TypeVar("T")
log = logging.getLogger(__name__)
blueprint = Blueprint("lti", __name__, url_prefix="/lti")


class Sent(NamedTuple):
    """What the platform let the browser bring."""

    state: str
    id_token: str


class Entered(NamedTuple):
    """A new sign-in, and the address of its first page."""

    made: identity.NewSignIn
    landing: str


class PlatformSaidNo(LaunchRefused):
    """The platform answered our question with an error (LTI-25); ``said`` is its sentence."""

    def __init__(self, error: str, said: str) -> None:
        super().__init__("platform", f"the platform answered {error}")
        self.said = said


@blueprint.route("/login", methods=["GET", "POST"])
@guarded_by(anyone)
def login() -> ResponseReturnValue:
    """Begin a launch: bind it to this browser, and send the browser back to the platform."""
    settings, throttle = _settings(), _throttle("login")
    sent = posts.form() if request.method == "POST" else request.args.to_dict(flat=False)
    asked = read_request(sent)
    with current_app.extensions["mentoring"].database.reader.connect() as connection:
        let_in = partial(throttle.registration, "login")
        g.registration_id, made = begin(connection, asked, settings, clock.now(), let_in)
    _allow_frames([made.authorization_url, asked.issuer, request.headers.get("Origin")])
    response = make_response(render_template("lti/login.html", login=made))
    lifetime = settings.launching.attempt_minutes * 60
    cookies.put(response, attempts.cookie_name(made.state), made.browser_secret, lifetime)
    return response


@blueprint.post("/launch")
@guarded_by(anyone)
def launch() -> ResponseReturnValue:
    """Take the platform's message: a sign-in at once if the cookie came, else ask the browser."""
    throttle = _throttle("launch")
    form = posts.form()
    if "error" in form:
        raise _platform_error(form)
    sent = Sent(posts.field(form, "state"), posts.field(form, "id_token"))
    attempt = _attempt(sent.state)
    throttle.registration("launch", attempt.registration_id)
    try:
        return _arrive(attempt, sent, None)
    except LaunchRefused as error:
        g.unit.rollback()
        is_news = current_app.extensions["mentoring"].registrations.renew(attempt.registration_id)
        if isinstance(error, Outdated):
            return _arrive(attempt, sent, error.keys_stored_at)
        if isinstance(error, UnknownDeployment) and _is_let_in(error.lti_id):
            return _arrive(attempt, sent, None)
        if is_news:  # it was refused for something that this process remembered wrongly
            return _arrive(attempt, sent, None)
        raise


def _arrive(attempt: Attempt, sent: Sent, keys_stored_at: datetime | None) -> ResponseReturnValue:
    """Check the launch, and sign its person in if the browser is the one that began it."""
    claims, relied_on = _claims(attempt, sent, keys_stored_at)
    binding = attempts.cookie_name(sent.state)
    if not attempts.is_bound(attempt.browser, request.cookies.get(binding)):
        return _ask_browser(attempt, sent.state, claims, relied_on)

    def enter(connection: Connection) -> Entered | LaunchClaims:
        attempts.take(connection, sent.state, clock.now())
        return _sign_in(attempt.registration_id, relied_on.registration, claims, relied_on)

    entered = _with_second_try(enter)
    if isinstance(entered, LaunchClaims):
        return _open_administration(attempt.registration_id, entered)
    made, landing = entered
    response = Response(status=HTTPStatus.SEE_OTHER)  # without a body that nobody would read
    response.headers["Location"] = landing
    identity.set_cookie(request, response, made, _settings())
    cookies.put(response, binding, "", 0)
    return response


@blueprint.post("/finish")
@guarded_by(anyone)
def finish() -> ResponseReturnValue:
    """The second step without cookies: the browser brings the secret it kept (LTI-20)."""
    _throttle("finish")
    posts.refuse_foreign_page(_settings().public_url)
    form, settings = posts.form(), _settings()
    code, secret = posts.field(form, "code"), posts.field(form, "secret")
    since = clock.now() - attempts.lifetime(settings)

    def enter(connection: Connection) -> Entered | LaunchClaims:
        waited = attempts.finish(connection, code, secret, since)
        g.registration_id, g.launch_locale = waited.registration_id, waited.claims.locale
        return _sign_in(waited.registration_id, waited.registration, waited.claims, None)

    entered = _with_second_try(enter)
    if isinstance(entered, LaunchClaims):
        return _open_administration(g.registration_id, entered)
    made, landing = entered
    target = identity.with_ticket(settings, made.key, landing)
    response = make_response(render_template("lti/arrive.html", made=made, target=target))
    identity.set_cookie(request, response, made, settings)  # some browsers take it from here on
    return response


@blueprint.get("/jwks.json")
@guarded_by(anyone)
def jwks() -> ResponseReturnValue:
    """The tool's public keys (LTI-04)."""
    response = jsonify(public_key_set(g.db))
    response.headers["Cache-Control"] = f"public, max-age={KEY_SET_SECONDS}"
    return response


@blueprint.errorhandler(TooMany)
def throttled(error: TooMany) -> ResponseReturnValue:
    """A calm page that says when to try again. Nobody lists it: a flood shall write nothing."""
    kind = refusals.kind_of(error)
    page = render_template(
        "lti/refused.html",
        code=error.code,
        family=kind.family,
        incident="",
        said="",
        seconds=error.seconds,
    )
    return page, kind.status, {"Retry-After": str(error.seconds)}


@blueprint.errorhandler(LaunchRefused)
def refused(error: LaunchRefused) -> ResponseReturnValue:
    """A calm page; the reason is for the administrator's list and the log only (LTI-51)."""
    if g.get("unit") is not None:
        g.unit.rollback()  # what follows writes in a transaction of its own
    kind, incident = refusals.kind_of(error), refusals.new_incident()
    registration_id, now = g.get("registration_id"), clock.now()
    with current_app.extensions["mentoring"].database.transaction() as db:
        refusals.record(db.connection(), error, registration_id, incident, now)
    facts_to_log = {"code": error.code, "incident": incident, "registration": registration_id}
    log.warning("launch refused: %s", error.reason, extra=facts_to_log)
    page = render_template(
        "lti/refused.html",
        code=error.code,
        family=kind.family,
        incident=incident,
        said=getattr(error, "said", ""),
    )
    return page, kind.status


def _settings() -> "Settings":
    settings: Settings = current_app.extensions["mentoring"].settings
    return settings


def _throttle(step: str) -> Throttle:
    """The process's throttle, which has just let one more of ``step`` in from this address."""
    throttle: Throttle = current_app.extensions["mentoring"].throttle
    throttle.address(step, request.remote_addr)
    return throttle


def _platform_error(form: dict[str, list[str]]) -> PlatformSaidNo:
    """The platform's error; its own words are shown only if it answers a login of ours."""
    error = texts.clean(form["error"][0], 40)
    try:
        _attempt(posts.field(form, "state"))
    except LaunchRefused:
        return PlatformSaidNo(error, "")
    return PlatformSaidNo(error, texts.clean(form.get("error_description", [""])[0], 300))


def _attempt(state: str) -> Attempt:
    attempt = attempts.read(_settings(), state, clock.now())
    g.registration_id = attempt.registration_id
    return attempt


def _claims(
    attempt: Attempt, sent: Sent, keys_stored_at: datetime | None
) -> tuple[LaunchClaims, ReliedOn]:
    """The validated launch. May fetch the platform's keys, so no transaction is open."""
    settings = _settings()
    launching: Launching = settings.launching
    registrations: Registrations = current_app.extensions["mentoring"].registrations
    registration = registrations.approved(attempt.registration_id)
    token = parse(sent.id_token)
    kid = check_header(token.header)
    key_sets: KeySets = current_app.extensions["mentoring"].key_sets
    found = key_sets.key(registration.jwks_url, kid, keys_stored_at)
    expected = Expected(
        issuer=registration.issuer,
        client_id=registration.client_id,
        deployment=attempt.deployment,
        target_link_uri=attempt.target_link_uri,
        nonce=attempt.nonce,
        allow_plain_http=settings.outgoing.allow_private,
        trusted_audiences=frozenset(registration.trusted_audiences.split()),
        role_overrides=registration.role_overrides,
        admits_administrators=registration.admits_administrators,
    )
    claims = receive(
        LaunchForm(token, sent.state),
        found.key,
        expected,
        now=clock.now(),
        leeway=timedelta(seconds=launching.leeway_seconds),
        max_age=timedelta(minutes=launching.token_max_age_minutes),
    )
    plain = settings.outgoing.allow_private
    surroundings.check_answer_address(registration, claims, allow_plain=plain)
    g.launch_locale = claims.locale
    return claims, ReliedOn(registration, found.fetched_at)


def _ask_browser(
    attempt: Attempt, state: str, claims: LaunchClaims, relied_on: ReliedOn
) -> ResponseReturnValue:
    """No cookie: use the attempt up, and let a page look for the secret in the tab's storage."""
    registration, now = relied_on.registration, clock.now()
    plain = _settings().outgoing.allow_private
    connection = g.unit.connection
    # The message is genuine, whoever's browser this is: an administrator sees its deployment now.
    check_deployment(connection, attempt.registration_id, claims.deployment_lti_id, relied_on)
    attempts.take(connection, state, now)
    code = attempts.park(connection, attempt, claims, now)
    g.frame_origins = surroundings.frame_origins(registration, claims, allow_plain=plain)
    back = surroundings.return_url(registration, claims, allow_plain=plain)
    if back:
        words = _("Your browser keeps nothing for this page")
        back = with_query(back, lti_errormsg=words, lti_errorlog="no-binding")
    storage = Storage.of(state, registration.auth_url, attempt.storage_target)
    page = make_response(
        render_template("lti/bind.html", state=state, code=code, back=back, storage=storage)
    )
    page.headers["Referrer-Policy"] = "same-origin"  # so that its form says where it comes from
    return page


def _sign_in(
    registration_id: int,
    registration: RegistrationFacts,
    claims: LaunchClaims,
    relied_on: ReliedOn | None,
) -> Entered | LaunchClaims:
    """Write down what the launch says, and sign the person in; outside of a course, nothing."""
    settings = _settings()
    plain = settings.outgoing.allow_private
    if not claims.context_id:
        g.frame_origins = surroundings.frame_origins(registration, claims, allow_plain=plain)
        lti_id = claims.deployment_lti_id
        check_deployment(g.unit.connection, registration_id, lti_id, relied_on)
        return claims
    roster_max_age = timedelta(minutes=settings.roster.max_age_minutes)
    there = provision(g.unit, registration_id, claims, relied_on, clock.now(), roster_max_age)
    g.frame_origins = surroundings.frame_origins(registration, claims, allow_plain=plain)
    opened = identity.Opened(
        " ".join(g.frame_origins),
        there.resource_link_id,
        claims.locale,
        surroundings.return_url(registration, claims, allow_plain=plain),
        claims.administers,
    )
    made = identity.new_sign_in(g.unit.connection, there.membership_id, opened)
    return Entered(made, landing_of(g.unit.connection, made.key, claims, there))


def _open_administration(registration_id: int, claims: LaunchClaims) -> ResponseReturnValue:
    """An administrator of the LMS came from outside of all courses: a page with a one-time link."""
    path = administration.path_of(administration.make_link(g.db, registration_id=registration_id))
    if claims.sees_to is None:
        return render_template("lti/administration.html", path=path)
    user_id = g.db.scalar(find_in_registration(registration_id, claims.sees_to))
    return render_template("lti/privacy.html", path=f"{path}/person/{user_id or 0}")


def _with_second_try(enter: Callable[[Connection], T]) -> T:
    """Two first launches may make the same rows; the one that lost finds them the second time."""
    try:
        return enter(g.unit.connection)
    except IntegrityError:
        g.unit.rollback()
        return enter(g.unit.connection)


def _is_let_in(lti_id: str) -> bool:
    """Note a deployment that was never seen before; whether its launches are let in."""
    try:
        with current_app.extensions["mentoring"].database.transaction() as db:
            number, now = g.registration_id, clock.now()
            state = note_unknown_deployment(db.connection(), number, lti_id, now)
    except IntegrityError:
        log.info("the deployment was noted at the same moment")
        return True  # looking again tells what was noted
    return state is DeploymentState.APPROVED


def _allow_frames(addresses: list[str | None]) -> None:
    """Before the launch, the frame's owner is known from these only; the page shows nothing."""
    g.frame_origins = facts.origins(addresses, allow_plain=True)
