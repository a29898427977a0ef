"""Forms about sessions: a time, a place, what is written in the room, what happened."""

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from typing import Any
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo

from flask import g
from flask_babel import lazy_gettext as _
from flask_wtf import FlaskForm
from wtforms import (
    DateField,
    HiddenField,
    IntegerField,
    RadioField,
    StringField,
    TextAreaField,
    TimeField,
    ValidationError,
)
from wtforms.fields.choices import SelectChoice
from wtforms.validators import InputRequired, Length, NumberRange, Optional

from lti_mentoring.core import clock
from lti_mentoring.services.attendances import ReportDraft
from lti_mentoring.services.session_rooms import BlockDraft
from lti_mentoring.services.sessions import SessionDraft
from lti_mentoring.vocabulary import AttendanceAnswer, MeetingMode

SHORTEST, LONGEST = 5, 480  # minutes
LONGEST_LINK = 500
LONGEST_NOTES = 20_000
LONGEST_BLOCK = 300
FARTHEST = timedelta(days=366)

MODES = [
    SelectChoice(MeetingMode.VIDEO, _("Video")),
    SelectChoice(MeetingMode.IN_PERSON, _("In person")),
    SelectChoice(MeetingMode.CHAT, _("Chat or phone")),
]

AGENDA_WORDS: Mapping[str, Any] = {
    "check_in": _("Arrive: how are you, what has happened"),
    "review_actions": _("What we agreed on last time"),
    "main_topic": _("Today’s topic"),
    "next_steps": _("Next steps: who does what by when"),
    "wrap_up": _("One thing that went well, and the next date"),
}
"""What the blocks of a default agenda say."""

NUMBER = {"type": "number", "inputmode": "numeric"}


def block_words(code: str | None, text: str) -> str:
    """What a block of an agenda says: the words of its code, or what was typed."""
    return str(AGENDA_WORDS.get(code, text)) if code else text


def is_https(_form: FlaskForm, field: Any) -> None:
    """A link that others open with one click has to be a safe one."""
    typed = (field.data or "").strip()
    try:
        parts = urlsplit(typed)
        has_host = bool(parts.hostname)
    except ValueError:
        parts, has_host = urlsplit(""), False
    if parts.scheme != "https" or not has_host or parts.username or any(map(str.isspace, typed)):
        raise ValidationError(_("A link begins with https:// and has no blanks in it."))


class PlaceForm(FlaskForm):
    """How and where."""

    mode = RadioField(_("How"), coerce=MeetingMode, choices=MODES, default=MeetingMode.VIDEO)
    join_url = StringField(
        _("Link to join"),
        [Optional(), Length(max=LONGEST_LINK), is_https],
        render_kw={"inputmode": "url", "placeholder": "https://"},
    )
    place = StringField(_("Place"), [Length(max=255)])
    version = HiddenField()

    def place_draft(self) -> tuple[MeetingMode, str, str]:
        """Mode, link and place as typed."""
        return self.mode.data, (self.join_url.data or "").strip(), (self.place.data or "").strip()


class TimeForm(PlaceForm):
    """A time in the person's own zone, or one of those that were suggested."""

    day = DateField(_("Day"), [InputRequired(_("Choose a day."))])
    time = TimeField(_("Time"), [InputRequired(_("Choose a time."))])
    length_minutes = IntegerField(
        _("Length in minutes"),
        [
            InputRequired(_("A number of minutes.")),
            NumberRange(SHORTEST, LONGEST, _("Between 5 minutes and 8 hours.")),
        ],
        render_kw={"min": SHORTEST, "max": LONGEST, "step": 5, **NUMBER},
    )

    starts_at: datetime | None = None

    def validate(self, extra_validators: Any = None) -> bool:
        """Fields first; then whether the clock ever shows this time, and not in the past."""
        if not super().validate(extra_validators):
            return False
        naive = datetime.combine(self.day.data, self.time.data)
        local = naive.replace(tzinfo=ZoneInfo(g.actor.time_zone))
        moment = local.astimezone(UTC)
        if moment.astimezone(local.tzinfo).replace(tzinfo=None) != naive:
            self.time.errors = [_("The clocks go forward that night: this time does not exist.")]
            return False
        if not self._is_ahead(moment):
            return False
        self.starts_at = moment
        return True

    def _is_ahead(self, moment: datetime) -> bool:
        now = clock.now()
        if moment <= now:
            self.day.errors = [_("This time is over. Choose one that is still to come.")]
        elif moment > now + FARTHEST:
            self.day.errors = [_("This is more than a year ahead.")]
        return now < moment <= now + FARTHEST

    def draft(self) -> SessionDraft:
        """What was typed, as a moment."""
        if self.starts_at is None:
            raise ValueError("validate first")
        mode, join_url, place = self.place_draft()
        return SessionDraft(self.starts_at, self.length_minutes.data, mode, join_url, place)


class NotesForm(FlaskForm):
    """The notes that both write."""

    body = TextAreaField(_("Notes"), [Length(max=LONGEST_NOTES)], render_kw={"rows": 9})
    version = HiddenField()

    def words(self) -> str:
        """What was typed."""
        return (self.body.data or "").replace("\r\n", "\n")


class PrivateNoteForm(NotesForm):
    """The note for nobody else."""

    body = TextAreaField(_("My note"), [Length(max=LONGEST_NOTES)], render_kw={"rows": 6})


class BlockForm(FlaskForm):
    """A block of the agenda."""

    text = StringField(
        _("What to talk about"),
        [InputRequired(_("A few words.")), Length(max=LONGEST_BLOCK)],
    )
    minutes = IntegerField(
        _("Minutes"),
        [InputRequired(_("A number of minutes.")), NumberRange(1, LONGEST)],
        default=10,
        render_kw={"min": 1, "max": LONGEST, **NUMBER},
    )
    version = HiddenField()

    def draft(self, code: str | None = None) -> BlockDraft:
        """What was typed; ``code`` is that of the template's block that was opened."""
        text = (self.text.data or "").strip()
        is_template = code is not None and text == block_words(code, "")
        return BlockDraft(text, self.minutes.data, is_template)


class AttendanceForm(FlaskForm):
    """Whether it took place. The answers' words say "you" and the other's name; see the page."""

    answer = RadioField(
        _("What happened"),
        [InputRequired(_("Choose one."))],
        coerce=AttendanceAnswer,
        choices=[SelectChoice(answer, answer.value) for answer in AttendanceAnswer],
    )
    minutes = IntegerField(
        _("How long, in minutes"),
        [Optional(), NumberRange(1, LONGEST, _("Between 1 minute and 8 hours."))],
        render_kw={"min": 1, "max": LONGEST, **NUMBER},
    )

    def draft(self) -> ReportDraft:
        """What was said; the length only of what was held."""
        is_held = self.answer.data is AttendanceAnswer.HELD
        return ReportDraft(self.answer.data, (self.minutes.data or 0) if is_held else 0)
