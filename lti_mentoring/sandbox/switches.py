"""The temper page: switches for visitors, and the same as JSON for tests."""

from collections.abc import Sequence
from dataclasses import dataclass, fields

from flask import Blueprint, jsonify, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from lti_mentoring.sandbox.state import current_sandbox
from lti_mentoring.sandbox.temper import LIMITS, Temper, UnknownMood

blueprint = Blueprint("switches", __name__, url_prefix="/temper")


@dataclass(frozen=True)
class Switch:
    """How a switch is presented to people."""

    name: str
    label: str
    help: str

    @property
    def kind(self) -> str:
        """``checkbox``, ``text`` or ``number``."""
        default = getattr(Temper(), self.name)
        if isinstance(default, bool):
            return "checkbox"
        return "text" if isinstance(default, str) else "number"

    @property
    def limits(self) -> tuple[int, int]:
        """The least and the greatest number it takes."""
        return LIMITS[self.name]


COUNTED = "How many calls from now on; -1 for all of them."

GROUPS: Sequence[tuple[str, Sequence[Switch]]] = (
    (
        "Slow and failing",
        (
            Switch("slow_seconds", "Slow answers", "Seconds to wait before each answer."),
            Switch("errors", "Answer 500", COUNTED),
            Switch("throttles", "Answer 429", COUNTED),
            Switch("retry_after_seconds", "Retry-After", "Seconds that a 429 asks for."),
            Switch("expired_tokens", "Expire the token", f"Answer 401. {COUNTED}"),
            Switch("token_errors", "Refuse tokens", f"Token requests answer 500. {COUNTED}"),
            Switch("calls_a_minute", "Calls a minute", "More are throttled; 0 for no limit."),
            Switch("maintenance", "Maintenance", "Everything but this page answers 503."),
        ),
    ),
    (
        "Saying less",
        (
            Switch("withhold_names", "Withhold names", "In launches and in the roster."),
            Switch("withhold_email", "Withhold e-mail", "In launches and in the roster."),
            Switch("withhold_nrps", "No roster service", "Launches leave out the claim."),
            Switch("withhold_ags", "No gradebook service", "Launches leave out the claim."),
        ),
    ),
    (
        "Telling what has changed",
        (
            Switch("tell_differences", "Roster differences", "The roster says where to ask."),
            Switch("hide_deleted", "Hide who was deleted", "Differences leave them out."),
            Switch("forget_differences", "Forget differences", "Asking for them answers 404."),
        ),
    ),
    (
        "Being peculiar",
        (
            Switch("refuse_scores", "Refuse scores", "The reason to give; empty to take them."),
            Switch("nrps_page_size", "Roster page size", "0 sends everybody at once."),
            Switch("mixed_roles", "Mixed role names", "Short and full names in the roster."),
            Switch("unknown_roles", "Unknown roles", "Roles nobody has heard of, everywhere."),
            Switch("clock_skew_seconds", "Wrong clock", "Seconds to add to a launch's times."),
        ),
    ),
)


@blueprint.get("")
def show() -> ResponseReturnValue:
    """The switches as they are."""
    return _shown("")


@blueprint.post("")
def change() -> ResponseReturnValue:
    """Set switches: a form sets all of them, JSON the ones it names."""
    sandbox = current_sandbox()
    try:
        wishes = _json_wishes() if request.is_json else _form_wishes()
        with sandbox.lock:
            sandbox.temper.change(wishes)
    except UnknownMood as unknown:
        if _wants_json():
            return jsonify(error=str(unknown)), 400
        return _shown(str(unknown), 400)
    return _done()


@blueprint.post("/reset")
def reset() -> ResponseReturnValue:
    """Every switch back to rest."""
    sandbox = current_sandbox()
    with sandbox.lock:
        sandbox.temper.reset()
    return _done()


@blueprint.post("/rotate-key")
def rotate_key() -> ResponseReturnValue:
    """Sign with a new key; ``withdraw_old`` stops publishing the old one."""
    sandbox = current_sandbox()
    sent = request.get_json(silent=True) if request.is_json else request.form
    withdraw = bool(sent and sent.get("withdraw_old"))
    with sandbox.lock:
        sandbox.keys.rotate(withdraw_old=withdraw)
    return _done()


@blueprint.post("/revoke-tokens")
def revoke_tokens() -> ResponseReturnValue:
    """Make every access token handed out so far worthless."""
    current_sandbox().tokens.revoke_all()
    return _done()


def _shown(error: str, status: int = 200) -> ResponseReturnValue:
    sandbox = current_sandbox()
    if _wants_json():
        return jsonify(sandbox.temper.as_dict() | {"kid": sandbox.keys.kid}), status
    return render_template(
        "temper.html",
        groups=GROUPS,
        values=sandbox.temper.as_dict(),
        kid=sandbox.keys.kid,
        error=error,
    ), status


def _done() -> ResponseReturnValue:
    if _wants_json():
        return _shown("")
    return redirect(url_for("switches.show"), 303)


def _wants_json() -> bool:
    best = request.accept_mimetypes.best_match(["text/html", "application/json"])
    return request.is_json or best == "application/json"


def _json_wishes() -> dict[str, object]:
    wishes = request.get_json(silent=True)
    if not isinstance(wishes, dict):
        raise UnknownMood("send a JSON object")
    return wishes


def _form_wishes() -> dict[str, object]:
    names = [each.name for each in fields(Temper)]
    checkboxes = {name: name in request.form for name in names if _is_checkbox(name)}
    typed = {name: value for name, value in request.form.items() if name not in checkboxes}
    return {**checkboxes, **typed}


def _is_checkbox(name: str) -> bool:
    return isinstance(getattr(Temper(), name), bool)
