"""Acts on many people at once, and on one mentor."""

from typing import Any

from flask_babel import lazy_gettext as _
from flask_wtf import FlaskForm
from werkzeug.datastructures import MultiDict
from wtforms import HiddenField, IntegerField
from wtforms.validators import InputRequired, NumberRange

from lti_mentoring.queries.lists import Wanted
from lti_mentoring.services.mentors import MOST_SEATS

LONGEST_GROUP = 100  # letters of a group's id
LONGEST_NUMBER = 6  # digits of a page's number, plus one


class BulkForm(FlaskForm):
    """Only the proof that the page was ours; who was ticked stands in ``person``."""


class CapacityForm(FlaskForm):
    """How many learners a mentor takes at once."""

    version = HiddenField()
    capacity = IntegerField(
        _("Seats"),
        validators=[InputRequired(), NumberRange(0, MOST_SEATS)],
        render_kw={"min": 0, "max": MOST_SEATS, "inputmode": "numeric"},
    )


def ticked(fields: MultiDict[str, str]) -> list[int]:
    """The people who were ticked; what is no number was not ours."""
    return [int(value) for value in fields.getlist("person") if value.isdecimal()]


def wanted_in(fields: MultiDict[str, Any]) -> Wanted:
    """What a list's address asks for: text, state, group and page."""
    page = fields.get("page", "1")
    return Wanted(
        text=str(fields.get("q", "")).strip()[:100],
        state=str(fields.get("state", "")),
        group=str(fields.get("group", ""))[:LONGEST_GROUP],
        page=int(page) if page.isdecimal() and len(page) < LONGEST_NUMBER and int(page) > 0 else 1,
    )
