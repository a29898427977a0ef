"""The administrator's page: which external tools there are, and how others come in."""

from urllib.parse import urlsplit

from flask import Blueprint, abort, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from lti_mentoring.sandbox.state import Sandbox, current_sandbox
from lti_mentoring.sandbox.tools import Tool

blueprint = Blueprint("administration", __name__, url_prefix="/admin/tools")


@blueprint.get("")
def tools() -> ResponseReturnValue:
    """Every tool with what can be done about it, and two ways to add one."""
    return _page(current_sandbox())


@blueprint.post("/register")
def register() -> ResponseReturnValue:
    """Open a tool's registration address in a frame, as an invitation."""
    sandbox = current_sandbox()
    url = request.form.get("url", "").strip()
    if not sandbox.accent.registration.offered:
        abort(404, "This LMS does not let tools register themselves.")
    if not _is_address(url):
        return _page(sandbox, error="That is no address of a tool: it begins with https://."), 400
    return render_template("register.html", ticket=sandbox.invite(url))


@blueprint.post("/add")
def add() -> ResponseReturnValue:
    """Take in a tool whose addresses somebody has typed."""
    sandbox = current_sandbox()
    typed = {name: request.form.get(name, "").strip() for name in ADDRESSES}
    if not all(_is_address(url) for url in typed.values()):
        return _page(sandbox, error="Each of the four is an address: it begins with https://."), 400
    number, client_id = sandbox.tools.new_client_id()
    tool = Tool(
        number=number,
        name=request.form.get("name", "").strip() or "A tool",
        client_id=client_id,
        deployment_id="",
        login_url=typed["login_url"],
        redirect_uris=(typed["redirect_uri"],),
        jwks_url=typed["jwks_url"],
        target=typed["target"],
        scopes=frozenset(sandbox.accent.scopes),
    )
    sandbox.tools.put(sandbox.tools.deploy(tool))
    return _back()


@blueprint.post("/<client_id>/activate")
def activate(client_id: str) -> ResponseReturnValue:
    """Let the tool be opened; where a deployment comes only now, it comes."""
    current_sandbox().tools.activate(client_id)
    return _back()


@blueprint.post("/<client_id>/show")
def show(client_id: str) -> ResponseReturnValue:
    """Offer the tool to instructors who add activities."""
    current_sandbox().tools.show_in_courses(client_id)
    return _back()


@blueprint.post("/<client_id>/remove")
def remove(client_id: str) -> ResponseReturnValue:
    """Forget the tool; its activities stay where they are and open nothing."""
    current_sandbox().tools.remove(client_id)
    return _back()


ADDRESSES = ("login_url", "redirect_uri", "jwks_url", "target")


def _page(sandbox: Sandbox, error: str = "") -> str:
    return render_template("tools.html", sandbox=sandbox, tools=list(sandbox.tools), error=error)


def _is_address(url: str) -> bool:
    parts = urlsplit(url)
    return parts.scheme in {"https", "http"} and bool(parts.netloc)


def _back() -> ResponseReturnValue:
    return redirect(url_for("administration.tools"), 303)
