"""What an administrator opens in a tool, outside of courses."""

from flask import Blueprint, render_template, request, url_for
from flask.typing import ResponseReturnValue

from lti_mentoring.sandbox.launches import Launch
from lti_mentoring.sandbox.staff_launches import account_launch, administrator, privacy_launch
from lti_mentoring.sandbox.state import Sandbox, current_sandbox

blueprint = Blueprint("administrator", __name__, url_prefix="/admin/tools")


@blueprint.get("/<client_id>/account")
def account(client_id: str) -> ResponseReturnValue:
    """The tool for the whole institution."""
    return _framed(client_id, url_for("administrator.open_account", client_id=client_id))


@blueprint.get("/<client_id>/account/open")
def open_account(client_id: str) -> ResponseReturnValue:
    """Send the browser to the tool's login, as the administrator."""
    return _handover(account_launch(current_sandbox(), client_id))


@blueprint.get("/<client_id>/privacy")
def privacy(client_id: str) -> ResponseReturnValue:
    """Choose a person, then see to their data in the tool."""
    person_id = request.args.get("person", "")
    opened = url_for("administrator.open_privacy", client_id=client_id, person=person_id)
    people = sorted(current_sandbox().world.people.values(), key=lambda each: each.family_name)
    return _framed(client_id, opened if person_id else "", people=people, chosen=person_id)


@blueprint.get("/<client_id>/privacy/open")
def open_privacy(client_id: str) -> ResponseReturnValue:
    """Send the browser to the tool's login, about one person."""
    person_id = request.args.get("person", "")
    return _handover(privacy_launch(current_sandbox(), client_id, person_id))


@blueprint.get("/return")
def come_back() -> ResponseReturnValue:
    """Where the tool sends administrators who leave it, with its message."""
    return render_template(
        "return.html",
        course=None,
        person=administrator(current_sandbox()),
        message=request.args.get("lti_msg", ""),
        error=request.args.get("lti_errormsg", ""),
    )


def _framed(client_id: str, opened: str, **more: object) -> str:
    sandbox: Sandbox = current_sandbox()
    return render_template(
        "administrator.html",
        tool=sandbox.tools.find(client_id),
        administrator=administrator(sandbox),
        opened=opened,
        **more,
    )


def _handover(launch: Launch) -> str:
    sandbox = current_sandbox()
    tool = sandbox.tools.find(launch.client_id)
    return render_template(
        "handover.html",
        title=f"Opening {tool.name}",
        action=tool.login_url,
        method=sandbox.accent.login.method,
        fields=sandbox.begin(launch),
    )
