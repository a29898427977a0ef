"""Is it up, is it ready, which version is it."""

from flask import Blueprint, current_app, g, jsonify
from flask.typing import ResponseReturnValue
from sqlalchemy import text

from lti_mentoring import __version__
from lti_mentoring.web.guards import anyone, guarded_by

blueprint = Blueprint("health", __name__)


@blueprint.get("/healthz")
@guarded_by(anyone)
def live() -> ResponseReturnValue:
    """The process answers."""
    return jsonify(status="up")


@blueprint.get("/readyz")
@guarded_by(anyone)
def ready() -> ResponseReturnValue:
    """The database answers too."""
    g.db.execute(text("SELECT 1 FROM alembic_version"))
    return jsonify(status="ready")


@blueprint.get("/version")
@guarded_by(anyone)
def version() -> ResponseReturnValue:
    """The version that runs."""
    return jsonify(name=current_app.name, version=__version__)
