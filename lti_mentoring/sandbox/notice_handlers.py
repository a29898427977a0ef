"""Where tools say which notices they want, and where."""

from flask import Blueprint, g
from flask.typing import ResponseReturnValue

from lti_mentoring.sandbox.notices import HandlerRefused
from lti_mentoring.sandbox.service import (
    ServiceRefused,
    answer,
    calling_tool,
    sent_object,
    service,
)
from lti_mentoring.sandbox.state import Sandbox
from lti_mentoring.sandbox.tools import Tool
from lti_mentoring.sandbox.vocabulary import NOTICES_SCOPE

blueprint = Blueprint("notice_handlers", __name__, url_prefix="/notice-handlers")

JSON = "application/json"


@blueprint.get("/<int:number>")
@service(NOTICES_SCOPE)
def show(sandbox: Sandbox, number: int) -> ResponseReturnValue:
    """The tool's handlers."""
    tool = _tool(number)
    handlers = [
        {"notice_type": kind, "handler": url}
        for kind, url in sandbox.notices.handlers(tool).items()
    ]
    content = {
        "client_id": tool.client_id,
        "deployment_id": tool.deployment_id,
        "notice_handlers": handlers,
    }
    return answer(content, JSON)


@blueprint.put("/<int:number>")
@service(NOTICES_SCOPE)
def register(sandbox: Sandbox, number: int) -> ResponseReturnValue:
    """Set one handler, or remove it by an empty address."""
    tool, wish = _tool(number), sent_object(JSON)
    kind, handler = str(wish.get("notice_type", "")), str(wish.get("handler", ""))
    try:
        sandbox.notices.register(tool, kind, handler)
    except HandlerRefused as refused:
        raise ServiceRefused(400, str(refused)) from refused
    g.call_note = f"{kind} to {handler or 'nobody'}"
    return answer({"notice_type": kind, "handler": handler}, JSON)


def _tool(number: int) -> Tool:
    tool = calling_tool()
    if tool.number != number:
        raise ServiceRefused(404, "no such deployment of this tool")
    return tool
