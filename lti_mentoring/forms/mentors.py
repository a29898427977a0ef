"""Asking mentors, answering, and a mentor's own card."""

from collections.abc import Mapping, Sequence
from typing import Any

from flask_babel import lazy_gettext as _
from flask_wtf import FlaskForm
from wtforms import (
    HiddenField,
    IntegerField,
    RadioField,
    SelectField,
    StringField,
    TextAreaField,
)
from wtforms.fields.choices import SelectChoice
from wtforms.validators import DataRequired, InputRequired, Length, NumberRange, ValidationError

from lti_mentoring.forms.fields import CADENCES, MODES, ChipsField, TopicsField, WeekField
from lti_mentoring.services.mentor_profiles import Card
from lti_mentoring.services.mentor_requests import MOST
from lti_mentoring.vocabulary import Cadence, DeclineReason, MeetingMode

LONGEST_NOTE = 1000
LONGEST_HELP = 2000
LONGEST_HEADLINE = 120
MOST_SEATS = 20

REASONS = (
    SelectChoice(DeclineReason.FULL.value, _("I have as many mentees as I can do well")),
    SelectChoice(DeclineReason.NO_TIME.value, _("Our times do not meet")),
    SelectChoice(DeclineReason.NOT_MY_TOPIC.value, _("These are not my topics")),
    SelectChoice(DeclineReason.OTHER_FITS_BETTER.value, _("Somebody else fits better")),
)


class AskForm(FlaskForm):
    """One mentor, with a note."""

    note = TextAreaField(
        _("Your note"),
        validators=[Length(max=LONGEST_NOTE)],
        render_kw={"rows": 5, "maxlength": LONGEST_NOTE},
    )

    def draft(self) -> str:
        """What the mentor reads."""
        return (self.note.data or "").strip()


class RankForm(AskForm):
    """Up to five mentors in the learner's own order; the ranks are named ``rank-<mentor id>``."""

    def take_ranks(self, typed: Mapping[str, str], mentor_ids: Sequence[int]) -> None:
        """Read the ranks that were typed for these mentors."""
        self.ranks: dict[int, int] = {
            mentor_id: int(value)
            for mentor_id in mentor_ids
            if (value := typed.get(f"rank-{mentor_id}", "")).isdecimal() and 1 <= int(value) <= MOST
        }

    def validate_note(self, _field: Any) -> None:
        """Each place once, and at least one mentor."""
        if not self.ranks:
            raise ValidationError(_("Please give at least one mentor a place."))
        if len(set(self.ranks.values())) < len(self.ranks):
            raise ValidationError(_("Please give each place to one mentor only."))

    @property
    def in_order(self) -> list[int]:
        """The chosen mentors, the first choice first."""
        return sorted(self.ranks, key=lambda mentor_id: self.ranks[mentor_id])


class DeclineForm(FlaskForm):
    """A kind no, maybe with somebody else."""

    reason = RadioField(
        _("Why not now?"),
        choices=REASONS,
        validators=[InputRequired(_("Please choose one."))],
    )
    suggested = SelectField(_("Would you suggest somebody else?"), coerce=int, default=0)

    def offer(self, others: Mapping[int, str], nobody: str) -> None:
        """Let the mentor choose among these others."""
        names = {0: nobody, **others}
        self.suggested.choices = [SelectChoice(key, name) for key, name in names.items()]


class CardForm(FlaskForm):
    """A mentor's card, all on one page."""

    version = HiddenField()
    headline = StringField(
        _("One line about you"),
        validators=[DataRequired(_("Please write one line.")), Length(max=LONGEST_HEADLINE)],
        render_kw={"maxlength": LONGEST_HEADLINE},
    )
    how_i_help = TextAreaField(
        _("How I can help"),
        validators=[Length(max=LONGEST_HELP)],
        render_kw={"rows": 4, "maxlength": LONGEST_HELP},
    )
    topics = TopicsField(_("What can you help with?"))
    capacity = IntegerField(
        _("How many mentees at the same time?"),
        validators=[
            InputRequired(_("Please give a number.")),
            NumberRange(1, MOST_SEATS, _("Please choose a number from 1 to 20.")),
        ],
        default=2,
        render_kw={"min": 1, "max": MOST_SEATS},
    )
    modes = ChipsField(_("How can you meet?"), choices=MODES)
    cadence = RadioField(_("How often?"), choices=CADENCES, default=Cadence.FORTNIGHTLY.value)
    languages = ChipsField(
        _("In which languages?"),
        validators=[DataRequired(_("Please choose at least one language."))],
    )
    week = WeekField(_("When could you meet in a usual week?"))
    time_zone = SelectField(_("My time zone"), validators=[InputRequired()])

    def offer(self, topics: Sequence[tuple[int, str]]) -> None:
        """Let people choose among these topics of the program."""
        self.topics.topics = topics

    def validate_topics(self, field: TopicsField) -> None:
        """At least one."""
        known = {topic_id for topic_id, _name in field.topics}
        field.data = {key: weight for key, weight in field.data.items() if key in known}
        if known and not field.data:
            raise ValidationError(_("Please choose at least one topic."))

    @property
    def typed_version(self) -> int | None:
        """The version of the card that was opened; None if there was none yet."""
        typed = str(self.version.data or "")
        return int(typed) if typed.isdecimal() else None

    def draft(self) -> Card:
        """What was typed."""
        return Card(
            headline=self.headline.data.strip(),
            how_i_help=(self.how_i_help.data or "").strip(),
            topics=self.topics.data,
            capacity=self.capacity.data,
            modes=[MeetingMode(mode) for mode in self.modes.data or []],
            cadence=Cadence(self.cadence.data),
            languages=self.languages.data or [],
            cells=self.week.data,
            time_zone=self.time_zone.data,
        )
