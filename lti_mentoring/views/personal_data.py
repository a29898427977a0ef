"""One person's data, in the administration: what is kept, handed out, erased (LTI-141)."""

from flask import Blueprint, g, render_template
from flask.typing import ResponseReturnValue

from lti_mentoring.core.errors import NotFound, SignInMissing
from lti_mentoring.policies.actor import require
from lti_mentoring.policies.administrator import sees_registration
from lti_mentoring.services.administration import actor_of
from lti_mentoring.services.privacy_erasure import erase_person
from lti_mentoring.services.privacy_export import export_person, holding_of, person_in_registration
from lti_mentoring.services.privacy_ways import Person
from lti_mentoring.web.administration import administrators, not_in
from lti_mentoring.web.guards import guarded_by
from lti_mentoring.web.privacy_words import lines_of
from lti_mentoring.web.responses import json_file

blueprint = Blueprint(
    "personal_data",
    __name__,
    url_prefix="/administration/connections/<int:registration_id>/people/<int:user_id>",
)
blueprint.register_error_handler(SignInMissing, not_in)


@blueprint.get("")
@guarded_by(administrators)
def show(registration_id: int, user_id: int) -> ResponseReturnValue:
    """What is kept about the person, in numbers, and what becomes of it."""
    held = holding_of(g.db, _person(registration_id, user_id))
    return render_template("personal_data/show.html", held=held, lines=lines_of(held.counts))


@blueprint.post("/download")
@guarded_by(administrators)
def download(registration_id: int, user_id: int) -> ResponseReturnValue:
    """All of it, as a file. A form asks for it, since it is put on record."""
    person = _person(registration_id, user_id)
    document = export_person(g.db, actor_of(g.administrator), person)
    return json_file(document, f"mentoring-data-{user_id}.json")


@blueprint.get("/erase")
@guarded_by(administrators)
def ask(registration_id: int, user_id: int) -> ResponseReturnValue:
    """What erasing does, before anybody does it."""
    held = holding_of(g.db, _person(registration_id, user_id))
    return render_template("personal_data/ask.html", held=held)


@blueprint.post("/erase")
@guarded_by(administrators)
def erase(registration_id: int, user_id: int) -> ResponseReturnValue:
    """Erase the person; asked again, there is nothing left to do."""
    erase_person(g.db, actor_of(g.administrator), _person(registration_id, user_id))
    return render_template("personal_data/erased.html")


@blueprint.errorhandler(NotFound)
def nothing(_error: NotFound) -> ResponseReturnValue:
    """Nothing is kept about whomever the LMS has asked for."""
    return render_template("personal_data/nothing.html"), 404


def _person(registration_id: int, user_id: int) -> Person:
    require(sees_registration(g.administrator, registration_id), "administer this connection")
    return person_in_registration(g.db, registration_id, user_id)
