"""Small things to do: ticked off, opened again, dropped, from whichever page shows them."""

from flask import Blueprint, g, redirect, request, url_for
from flask.typing import ResponseReturnValue

from lti_mentoring.policies.program import takes_part
from lti_mentoring.queries.actions import action_for
from lti_mentoring.services import actions as services
from lti_mentoring.web.guards import guarded_by
from lti_mentoring.web.locale import gettext as _
from lti_mentoring.web.notices import say

blueprint = Blueprint("actions", __name__)


@blueprint.post("/actions/<int:action_id>/done")
@guarded_by(takes_part)
def done(action_id: int) -> ResponseReturnValue:
    """Tick it off."""
    services.finish(g.db, g.actor, action_for(g.db, g.actor, action_id))
    say(_("Done. Well remembered."))
    return _back()


@blueprint.post("/actions/<int:action_id>/reopen")
@guarded_by(takes_part)
def reopen(action_id: int) -> ResponseReturnValue:
    """Open it again."""
    services.reopen(g.db, g.actor, action_for(g.db, g.actor, action_id))
    return _back()


@blueprint.post("/actions/<int:action_id>/drop")
@guarded_by(takes_part)
def drop(action_id: int) -> ResponseReturnValue:
    """It need not be done any more."""
    services.drop(g.db, g.actor, action_for(g.db, g.actor, action_id))
    say(_("Taken off the list."))
    return _back()


def _back() -> ResponseReturnValue:
    """To the page named in ``next``, if it lies within this sign-in; else home."""
    home = url_for("home.show")
    wanted = request.form.get("next", "")
    prefix = f"/in/{g.sign_in_key}/"
    is_ours = wanted.startswith(prefix) and "\\" not in wanted and ".." not in wanted
    return redirect(wanted if is_ours else home, code=303)
