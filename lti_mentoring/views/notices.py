"""Where platforms send their notices (LTI-142)."""

import logging
from datetime import timedelta
from typing import Any

from flask import Blueprint, current_app, jsonify, request
from flask.typing import ResponseReturnValue
from sqlalchemy.exc import IntegrityError

from lti_mentoring.core import clock
from lti_mentoring.core.errors import LaunchRefused
from lti_mentoring.launch import notices
from lti_mentoring.launch.throttle import TooMany
from lti_mentoring.web.guards import anyone, guarded_by
from lti_mentoring.web.posts import LARGEST_FORM

MOST_AT_ONCE = 20

log = logging.getLogger(__name__)
blueprint = Blueprint("notices", __name__, url_prefix="/lti")


@blueprint.post("/notices")
@guarded_by(anyone)
def take() -> ResponseReturnValue:
    """Take what is genuine; the answer tells how many that were, and nothing else."""
    _ours().throttle.address("notices", request.remote_addr)
    request.max_content_length = LARGEST_FORM
    sent = request.get_json(silent=True)
    listed = sent.get("notices") if isinstance(sent, dict) else None
    if not isinstance(listed, list) or len(listed) > MOST_AT_ONCE:
        return jsonify(error="notices is no short list"), 400
    tokens = [each.get("jwt") for each in listed if isinstance(each, dict)]
    taken = sum(_take(token) for token in tokens if isinstance(token, str))
    return jsonify(taken=taken), 200 if taken or not listed else 400


@blueprint.errorhandler(TooMany)
def throttled(error: TooMany) -> ResponseReturnValue:
    """One address sends too many."""
    return jsonify(error="too many"), 429, {"Retry-After": str(error.seconds)}


def _take(compact: str) -> bool:
    ours, now = _ours(), clock.now()
    try:
        with ours.database.reader.connect() as connection:
            token, sender = notices.read_sender(connection, compact)
        leeway = timedelta(seconds=ours.settings.launching.leeway_seconds)
        notice = notices.prove(token, sender, ours.key_sets, now, leeway)
        with ours.database.transaction() as db:
            notices.take(db.connection(), sender, notice, now)
    except LaunchRefused as error:
        log.warning("notice refused: %s", error.reason, extra={"code": error.code})
        return False
    except IntegrityError:
        log.info("a notice came twice")
    return True


def _ours() -> Any:
    return current_app.extensions["mentoring"]
