"""The three short steps of a learner."""

from collections.abc import Sequence

from flask_babel import lazy_gettext as _
from flask_wtf import FlaskForm
from wtforms import HiddenField, RadioField, SelectField, TextAreaField
from wtforms.validators import DataRequired, InputRequired, Length, ValidationError

from lti_mentoring.forms.fields import CADENCES, MODES, ChipsField, TopicsField, WeekField
from lti_mentoring.services.intakes import Times, Wants, Ways
from lti_mentoring.vocabulary import Cadence, MeetingMode

MOST_TOPICS = 12
LONGEST_GOAL = 1000


class IntakeForm(FlaskForm):
    """What the steps have in common."""

    version = HiddenField()

    @property
    def typed_version(self) -> int | None:
        """The version of the answers that were opened; None if there were none yet."""
        typed = str(self.version.data or "")
        return int(typed) if typed.isdecimal() else None


class WantsForm(IntakeForm):
    """Step 1: what I want."""

    topics = TopicsField(_("What would you like help with?"))
    goal_text = TextAreaField(
        _("What do you want to be able to do at the end?"),
        validators=[Length(max=LONGEST_GOAL)],
        render_kw={"rows": 3, "maxlength": LONGEST_GOAL},
    )

    def offer(self, topics: Sequence[tuple[int, str]]) -> None:
        """Let people choose among these topics of the program."""
        self.topics.topics = topics

    def validate_topics(self, field: TopicsField) -> None:
        """At least one, and not everything."""
        known = {topic_id for topic_id, _name in field.topics}
        field.data = {key: weight for key, weight in field.data.items() if key in known}
        if known and not field.data:
            raise ValidationError(_("Please choose at least one topic."))
        if len(field.data) > MOST_TOPICS:
            raise ValidationError(_("Please choose the topics that matter most, twelve at most."))

    def draft(self) -> Wants:
        """What was chosen."""
        return Wants(topics=self.topics.data, goal_text=(self.goal_text.data or "").strip())


class WaysForm(IntakeForm):
    """Step 2: how I like to work."""

    modes = ChipsField(_("How would you like to meet?"), choices=MODES)
    cadence = RadioField(_("How often?"), choices=CADENCES, default=Cadence.FORTNIGHTLY.value)
    languages = ChipsField(
        _("In which languages?"),
        validators=[DataRequired(_("Please choose at least one language."))],
    )

    def draft(self) -> Ways:
        """What was chosen."""
        return Ways(
            modes=[MeetingMode(mode) for mode in self.modes.data or []],
            cadence=Cadence(self.cadence.data),
            languages=self.languages.data or [],
        )


class TimesForm(IntakeForm):
    """Step 3: when I can."""

    week = WeekField(_("When could you meet in a usual week?"))
    time_zone = SelectField(_("My time zone"), validators=[InputRequired()])

    def draft(self) -> Times:
        """What was painted."""
        return Times(cells=self.week.data, time_zone=self.time_zone.data)
