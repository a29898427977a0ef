"""What is chosen for a course, and how each link of it is to look."""

from collections.abc import Collection
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from flask_babel import lazy_gettext as _
from flask_wtf import FlaskForm
from werkzeug.datastructures import MultiDict
from wtforms import (
    BooleanField,
    DateTimeLocalField,
    IntegerField,
    RadioField,
    StringField,
    TextAreaField,
)
from wtforms.fields.choices import SelectChoice
from wtforms.validators import InputRequired, Length, NumberRange, Optional, ValidationError

from lti_mentoring.rules.deep_linking import (
    IFRAME,
    WINDOW,
    WantedColumn,
    WantedLink,
    check_dates,
)
from lti_mentoring.vocabulary import ContentKind

LONGEST_TITLE = 255
LONGEST_TEXT = 2000
LONGEST_SEARCH = 100
USUAL_POINTS = 100
MOST_POINTS = 10_000
TARGETS = {
    "": _("As my learning platform usually does it"),
    IFRAME: _("Inside the course page"),
    WINDOW: _("In a window of its own"),
}


class LinkForm(FlaskForm):
    """One link. What its platform does not take is deleted from the form before it is shown.

    It stands on a page with others, each with its kind before the names of its fields; the page
    proves once that it is ours.
    """

    class Meta:
        """No token of its own."""

        csrf = False

    title = StringField(
        _("Title in the course"),
        [InputRequired(_("Give it a title.")), Length(max=LONGEST_TITLE)],
        filters=[lambda typed: (typed or "").strip()],
        render_kw={"maxlength": LONGEST_TITLE},
    )
    text = TextAreaField(
        _("What learners read below it"), [Length(max=LONGEST_TEXT)], render_kw={"rows": 2}
    )
    has_points = BooleanField(_("Show the engagement as points in the gradebook"))
    points = IntegerField(
        _("Points at most"),
        [Optional(), NumberRange(1, MOST_POINTS)],
        render_kw={"min": 1, "max": MOST_POINTS, "inputmode": "numeric"},
    )
    opens_at = DateTimeLocalField(_("Open from"), [Optional()])
    due_at = DateTimeLocalField(_("Due"), [Optional()])
    target = RadioField(
        _("Where it opens"),
        [Optional()],
        choices=[SelectChoice(value, name) for value, name in TARGETS.items()],
        default="",
    )

    def validate_due_at(self, field: Any) -> None:
        """The end comes after the start (LTI-82)."""
        if not check_dates(self._naive("opens_at"), field.data):
            raise ValidationError(_("This has to be later than the moment it opens."))

    def take_out(self, names: Collection[str]) -> "LinkForm":
        """The form without some of its fields."""
        for name in names:
            del self[name]
        return self

    def only_targets(self, targets: Collection[str]) -> "LinkForm":
        """Offer the platform's own way, and those of its targets that were named."""
        if "target" in self:
            named = {"", *targets}
            self.target.choices = [c for c in self.target.choices if c.value in named]
        return self

    def wanted(self, zone: str, column: WantedColumn | None) -> WantedLink:
        """The link as it was described.

        Args:
            zone: in which its times were typed.
            column: that it brings along if points are wanted.
        """
        return WantedLink(
            title=self.title.data or "",
            text=(self.text.data or "").replace("\r\n", "\n").strip(),
            column=column if self._value("has_points") else None,
            opens_at=_moment(self._naive("opens_at"), zone),
            due_at=_moment(self._naive("due_at"), zone),
            target=self._value("target") or "",
        )

    def _naive(self, name: str) -> datetime | None:
        value = self._value(name)
        return value if isinstance(value, datetime) else None

    def _value(self, name: str) -> Any:
        return self[name].data if name in self else None


def chosen_in(fields: MultiDict[str, str]) -> list[ContentKind]:
    """The kinds that were ticked, in the order of the list; what is none was not ours."""
    ticked = set(fields.getlist("kind"))
    return [kind for kind in ContentKind if kind.value in ticked]


def search_in(fields: MultiDict[str, str]) -> str:
    """What was looked for."""
    return str(fields.get("q", "")).strip()[:LONGEST_SEARCH]


def _moment(typed: datetime | None, zone: str) -> datetime | None:
    return typed.replace(tzinfo=ZoneInfo(zone)) if typed else None
