"""The administration: which LMSs are connected, how they do, and who may come in from them."""

from typing import Any

from flask import (
    Blueprint,
    abort,
    current_app,
    g,
    make_response,
    redirect,
    render_template,
    request,
    url_for,
)
from flask.typing import ResponseReturnValue

from lti_mentoring.core import clock
from lti_mentoring.core.errors import (
    AddressRefused,
    Conflict,
    RegistrationRefused,
    SignInMissing,
)
from lti_mentoring.forms.administration import (
    PRODUCTS,
    ROLES,
    CorrectionForm,
    ImportForm,
    InviteForm,
    PlatformForm,
    RoleForm,
)
from lti_mentoring.policies.actor import require
from lti_mentoring.policies.administrator import sees_registration
from lti_mentoring.queries.connections import list_connections, read_connection
from lti_mentoring.rules.manual_setup import known_of, values_for
from lti_mentoring.rules.platform_file import read_json, read_platform_file
from lti_mentoring.rules.tool_configuration import SCOPES, ToolAddress
from lti_mentoring.services import (
    administration,
    deployments,
    platforms,
    registration_invites,
    tool_keys,
)
from lti_mentoring.services.platform_check import check_platform
from lti_mentoring.vocabulary import (
    CourseRole,
    DeploymentState,
    KeyState,
    Product,
    RegistrationState,
)
from lti_mentoring.web.administration import administrators, not_in, set_cookie
from lti_mentoring.web.connection_words import said
from lti_mentoring.web.guards import anyone, guarded_by
from lti_mentoring.web.locale import gettext as _

LARGEST_FILE = 64 * 1024  # bytes
UNFIT_FORM = 422

blueprint = Blueprint("administration", __name__, url_prefix="/administration")
blueprint.register_error_handler(SignInMissing, not_in)


@blueprint.get("/enter/<code>")
@blueprint.get("/enter/<code>/person/<int:user_id>")
@guarded_by(anyone)
def door(code: str, user_id: int | None = None) -> ResponseReturnValue:
    """A page with a button: what looks links over before people do must not use this one up."""
    g.frame_origins = ["'none'"]
    if not administration.is_open(g.db, code):
        raise SignInMissing
    return render_template("administration/door.html", code=code, user_id=user_id)


@blueprint.post("/enter/<code>")
@blueprint.post("/enter/<code>/person/<int:user_id>")
@guarded_by(anyone)
def enter(code: str, user_id: int | None = None) -> ResponseReturnValue:
    """Use the link up, and let this browser in; to one person's data if the LMS named one."""
    token, registration_id = administration.enter(g.db, code)
    first = url_for(".index")
    if user_id is not None and registration_id is not None:
        first = url_for("personal_data.show", registration_id=registration_id, user_id=user_id)
    response = make_response(redirect(first, 303))
    set_cookie(response, token, _ours().settings)
    return response


@blueprint.post("/leave")
@guarded_by(administrators)
def leave() -> ResponseReturnValue:
    """End the visit."""
    administration.leave(g.db, g.administrator.id)
    response = make_response(render_template("administration/left.html"))
    set_cookie(response, "", _ours().settings)
    return response


@blueprint.get("/")
@guarded_by(administrators)
def index() -> ResponseReturnValue:
    """Every LMS that may open the tool, and the invites that are on their way."""
    invites = registration_invites.list_invites(g.db) if g.administrator.runs_tool else []
    return render_template(
        "administration/index.html",
        connections=list_connections(g.db, g.administrator),
        invites=invites,
    )


@blueprint.route("/connect", methods=["GET", "POST"])
@guarded_by(administrators)
def connect() -> ResponseReturnValue:
    """Make an address that an LMS registers the tool with."""
    _require_whole_tool()
    form = InviteForm()
    if not form.validate_on_submit():
        status = UNFIT_FORM if form.is_submitted() else 200
        return render_template("administration/connect.html", form=form), status
    tool_keys.ensure_signing_key(g.db, _ours().box)
    made = registration_invites.make_invite(
        g.db,
        administration.actor_of(g.administrator),
        form.facts(),
    )
    address = _ours().settings.url(registration_invites.path_of(made.token))
    return render_template("administration/invited.html", address=address, made=made)


@blueprint.post("/invites/<int:invite_id>/withdraw")
@guarded_by(administrators)
def withdraw(invite_id: int) -> ResponseReturnValue:
    """Take an invite back."""
    _require_whole_tool()
    registration_invites.withdraw(g.db, invite_id)
    return redirect(url_for(".index"), 303)


@blueprint.route("/by-hand", methods=["GET", "POST"])
@guarded_by(administrators)
def by_hand() -> ResponseReturnValue:
    """The values for the LMS, and a form for the values from it."""
    _require_whole_tool()
    form = PlatformForm(data=known_of(_product()))
    if not form.validate_on_submit():
        return _by_hand(form, UNFIT_FORM if form.is_submitted() else 200)
    settings = _ours().settings
    tool_keys.ensure_signing_key(g.db, _ours().box)
    try:
        registration = platforms.add_platform(
            g.db,
            form.facts(),
            form.deployment_id.data,
            allow_private=settings.outgoing.allow_private,
        )
    except (AddressRefused, Conflict) as error:
        form.form_errors.append(str(error))
        return _by_hand(form, UNFIT_FORM)
    return redirect(url_for(".show", registration_id=registration.id), 303)


@blueprint.post("/file")
@guarded_by(administrators)
def read_file() -> ResponseReturnValue:
    """Fill the form from a file; nothing is kept before somebody has looked at it."""
    _require_whole_tool()
    sent = ImportForm()
    if not sent.validate_on_submit():
        return _by_hand(PlatformForm(formdata=None), UNFIT_FORM, _("Choose a file first."))
    try:
        found = read_platform_file(read_json(sent.file.data.read(LARGEST_FILE)))
    except RegistrationRefused:
        words = _("This file does not describe an LMS. It has to be a JSON file.")
        return _by_hand(PlatformForm(formdata=None), UNFIT_FORM, words)
    return _by_hand(PlatformForm(formdata=None, **found), 200)


@blueprint.get("/connections/<int:registration_id>")
@guarded_by(administrators)
def show(registration_id: int) -> ResponseReturnValue:
    """One connection: who may come in, and how it does."""
    return _show(registration_id)


@blueprint.route("/connections/<int:registration_id>/correct", methods=["GET", "POST"])
@guarded_by(administrators)
def correct(registration_id: int) -> ResponseReturnValue:
    """Put right what was typed wrong."""
    _require_whole_tool()
    connection = read_connection(g.db, g.administrator, registration_id)
    form = CorrectionForm(data=connection.facts)
    if form.validate_on_submit():
        actor = administration.actor_of(g.administrator)
        plain = _ours().settings.outgoing.allow_private
        try:
            platforms.correct_platform(
                g.db, actor, registration_id, form.facts(), allow_private=plain
            )
        except (AddressRefused, Conflict) as error:
            form.form_errors.append(str(error))
        else:
            return redirect(url_for(".show", registration_id=registration_id), 303)
    page = render_template("administration/correct.html", form=form, connection=connection)
    return page, UNFIT_FORM if form.is_submitted() else 200


@blueprint.post("/connections/<int:registration_id>/test")
@guarded_by(administrators)
def test(registration_id: int) -> ResponseReturnValue:
    """Ask the LMS for its keys and for a token now, while somebody waits for it."""
    _require_seen(registration_id)
    ours = _ours()
    g.unit.rollback()  # no transaction waits for a stranger's answer
    work = ours.worker.work
    found = check_platform(ours.database.transaction, ours.http, work.tokens, registration_id)
    return _show(registration_id, [said(finding) for finding in found])


@blueprint.post("/connections/<int:registration_id>/<state>")
@guarded_by(administrators)
def move(registration_id: int, state: str) -> ResponseReturnValue:
    """Let its people in, pause it, or switch it off."""
    _require_seen(registration_id)
    wanted = _state(state, RegistrationState)
    actor = administration.actor_of(g.administrator)
    platforms.move_registration(g.db, registration_id, wanted, actor)
    return redirect(url_for(".show", registration_id=registration_id), 303)


@blueprint.post("/connections/<int:registration_id>/deployments/<int:number>/<state>")
@guarded_by(administrators)
def move_deployment(registration_id: int, number: int, state: str) -> ResponseReturnValue:
    """The same for one deployment."""
    _require_seen(registration_id)
    deployments.require_of_registration(g.db, registration_id, number)
    wanted = _state(state, DeploymentState)
    deployments.move_deployment(g.db, number, wanted, administration.actor_of(g.administrator))
    return redirect(url_for(".show", registration_id=registration_id), 303)


@blueprint.post("/connections/<int:registration_id>/roles")
@guarded_by(administrators)
def override_role(registration_id: int) -> ResponseReturnValue:
    """Decide what a role of the LMS means, or take that back."""
    _require_seen(registration_id)
    form, actor = RoleForm(), administration.actor_of(g.administrator)
    if "forget" in request.form:
        platforms.override_role(g.db, actor, registration_id, request.form["forget"], None)
    elif not form.validate_on_submit():
        return _show(registration_id, role_form=form), UNFIT_FORM
    else:
        role, ours = form.role.data.strip(), CourseRole(form.ours.data)
        platforms.override_role(g.db, actor, registration_id, role, ours)
    return redirect(url_for(".show", registration_id=registration_id) + "#roles", 303)


@blueprint.post("/connections/<int:registration_id>/administrators")
@guarded_by(administrators)
def admit_administrators(registration_id: int) -> ResponseReturnValue:
    """Let whoever administers the LMS in here from their courses, or no more."""
    _require_whole_tool()
    actor, admits = administration.actor_of(g.administrator), "admits" in request.form
    platforms.admit_administrators(g.db, actor, registration_id, admits=admits)
    return redirect(url_for(".show", registration_id=registration_id) + "#administrators", 303)


@blueprint.post("/connections/<int:registration_id>/observers")
@guarded_by(administrators)
def show_observers(registration_id: int) -> ResponseReturnValue:
    """Let learners show their progress to whoever follows them in the LMS, or no more."""
    _require_seen(registration_id)
    actor, shows = administration.actor_of(g.administrator), "shows" in request.form
    platforms.show_observers(g.db, actor, registration_id, shows=shows)
    return redirect(url_for(".show", registration_id=registration_id) + "#observers", 303)


@blueprint.route("/keys", methods=["GET", "POST"])
@guarded_by(administrators)
def keys() -> ResponseReturnValue:
    """The tool's own keys, and the next step of changing them."""
    _require_whole_tool()
    if request.method == "POST":
        tool_keys.ensure_signing_key(g.db, _ours().box)
        tool_keys.rotate(g.db, _ours().box)
        return redirect(url_for(".keys"), 303)
    known = tool_keys.list_keys(g.db)
    coming = next((key for key in known if key.state is KeyState.PUBLISHED), None)
    return render_template(
        "administration/keys.html",
        keys=known,
        signs_from=tool_keys.signs_from(coming) if coming else None,
        now=clock.now(),
    )


def _show(
    registration_id: int, lines: list[Any] | None = None, role_form: RoleForm | None = None
) -> str:
    return render_template(
        "administration/show.html",
        connection=read_connection(g.db, g.administrator, registration_id),
        lines=lines,
        role_form=role_form or RoleForm(formdata=None),
        meanings={choice.value: choice.label for choice in ROLES},
    )


def _by_hand(form: PlatformForm, status: int, trouble: str = "") -> ResponseReturnValue:
    page = render_template(
        "administration/by_hand.html",
        form=form,
        file_form=ImportForm(formdata=None),
        trouble=trouble,
        values=values_for(ToolAddress(_ours().settings.public_url), _product()),
        scopes=[scope.value for scope in SCOPES],
        products=PRODUCTS,
        product=_product(),
    )
    return page, status


def _product() -> Product:
    """The LMS that the page is about: the one that was chosen, or typed."""
    told = request.values.get("product", Product.MOODLE.value)
    return Product(told) if told in set(Product) else Product.OTHER


def _require_whole_tool() -> None:
    require(g.administrator.runs_tool, "administer the whole tool")


def _require_seen(registration_id: int) -> None:
    require(sees_registration(g.administrator, registration_id), "administer this connection")


def _state(text: str, states: type[Any]) -> Any:
    if text not in {states.APPROVED.value, states.PAUSED.value, states.DISABLED.value}:
        abort(404)
    return states(text)


def _ours() -> Any:
    return current_app.extensions["mentoring"]
