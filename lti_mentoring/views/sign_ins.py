"""What pages ask for behind the scenes: tickets for the next page, and kept drafts."""

from flask import Blueprint, abort, current_app, g, jsonify, request
from flask.typing import ResponseReturnValue

from lti_mentoring.policies.program import belongs
from lti_mentoring.web import drafts, identity
from lti_mentoring.web.guards import guarded_by

blueprint = Blueprint("sign_ins", __name__)


@blueprint.post("/ticket")
@guarded_by(lambda _actor: True)
def ticket() -> ResponseReturnValue:
    """An address with a ticket, for a browser without cookies that proves the token itself."""
    address = request.form.get("address", "")
    if g.proof != "token" or not address.startswith(identity.landing_path(g.sign_in_key)):
        abort(400)
    settings = current_app.extensions["mentoring"].settings
    return jsonify(address=identity.with_ticket(settings, g.sign_in_key, address))


@blueprint.post("/drafts")
@guarded_by(belongs)
def keep() -> ResponseReturnValue:
    """Keep what is typed so far; ``_path`` names the form."""
    drafts.keep(g.db, g.actor.membership_id, request)
    return jsonify(saved=True)
