"""The steps of the setup wizard, which are the program's settings afterwards."""

from functools import cache
from typing import Any, cast
from zoneinfo import available_timezones

from flask_babel import lazy_gettext as _
from flask_wtf import FlaskForm
from wtforms import (
    BooleanField,
    DateField,
    HiddenField,
    IntegerField,
    RadioField,
    SelectField,
    StringField,
    TextAreaField,
)
from wtforms.fields.choices import SelectChoice
from wtforms.validators import DataRequired, InputRequired, Length, NumberRange, ValidationError

from lti_mentoring.forms.fields import CADENCES
from lti_mentoring.rules.rubric_presets import RUBRIC_PRESETS
from lti_mentoring.services.programs import Confidence, Finding, Purpose, Rhythm
from lti_mentoring.services.rubrics import ALL_WEIGHTS, COMPONENTS, Counting
from lti_mentoring.vocabulary import Cadence, Component, MentorSource, PairingMethod, Preset

LENGTHS = (20, 30, 45, 60, 90)
LONGEST_TEXT = 4_000
LONGEST_TOPIC = 80
MOST_TOPICS = 40
REGIONS = ("Africa", "America", "Antarctica", "Asia", "Atlantic", "Australia", "Europe", "Indian",
           "Pacific")  # fmt: skip


def whole(value: Any) -> int:
    """A whole number from a form's text."""
    return int(value)


def whole_number(label: Any, least: int, most: int, **attributes: str) -> IntegerField:
    """A field for a whole number between the two, which are included."""
    return IntegerField(
        label,
        validators=[InputRequired(), NumberRange(least, most)],
        render_kw={"min": least, "max": most, "inputmode": "numeric", **attributes},
    )


class PresetForm(FlaskForm):
    """Where to start from."""

    preset = RadioField(
        _("What kind of mentoring is it?"),
        choices=[SelectChoice(preset.value, preset.value) for preset in Preset],
        default=Preset.PEER_TUTORING.value,
    )

    def chosen(self) -> Preset:
        """The starting point."""
        return Preset(self.preset.data)


class PurposeForm(FlaskForm):
    """Step 1: what for, and for whom."""

    version = HiddenField()
    title = StringField(_("What is it called?"), validators=[DataRequired(), Length(max=120)])
    purpose = TextAreaField(
        _("What is it for?"),
        validators=[DataRequired(), Length(max=LONGEST_TEXT)],
        render_kw={"rows": 3},
    )
    objectives = TextAreaField(
        _("How will you know that it works?"),
        validators=[DataRequired(), Length(max=LONGEST_TEXT)],
        render_kw={"rows": 4},
    )
    audience = StringField(_("Who is it for?"), validators=[Length(max=LONGEST_TEXT)])

    def draft(self) -> Purpose:
        """What was typed, one objective a line."""
        return Purpose(
            title=self.title.data.strip(),
            purpose=self.purpose.data.strip(),
            objectives="\n".join(lines_in(self.objectives.data)),
            audience=(self.audience.data or "").strip(),
        )


class RhythmForm(FlaskForm):
    """Step 2: when, and how often two people meet."""

    version = HiddenField()
    starts_on = DateField(_("First day"), validators=[InputRequired()])
    ends_on = DateField(_("Last day"), validators=[InputRequired()])
    time_zone = SelectField(_("Time zone"), validators=[InputRequired()])
    cadence = RadioField(
        _("How often do two people meet?"),
        choices=CADENCES,
    )
    session_target = whole_number(_("Sessions in all"), 1, 60)
    session_length_minutes = SelectField(
        _("Length of a session"), coerce=whole, validators=[InputRequired()]
    )

    def __init__(self, *args: Any, **values: Any) -> None:
        super().__init__(*args, **values)
        program = values.get("obj")
        stored = program.session_length_minutes if program is not None else None
        lengths = sorted({*LENGTHS, *([stored] if stored else [])})
        self.session_length_minutes.choices = [
            SelectChoice(minutes, _("%(num)s minutes", num=minutes)) for minutes in lengths
        ]
        self.time_zone.choices = zone_choices(program.time_zone if program is not None else None)

    def validate_ends_on(self, field: DateField) -> None:
        """The last day comes after the first."""
        if self.starts_on.data and field.data and field.data <= self.starts_on.data:
            raise ValidationError(_("The last day has to come after the first."))

    def draft(self) -> Rhythm:
        """What was chosen."""
        return Rhythm(
            starts_on=self.starts_on.data,
            ends_on=self.ends_on.data,
            time_zone=self.time_zone.data,
            cadence=Cadence(self.cadence.data),
            session_target=self.session_target.data,
            session_length_minutes=self.session_length_minutes.data,
        )


class TopicsForm(FlaskForm):
    """Step 3: what mentors can help with."""

    version = HiddenField()
    topics = TextAreaField(
        _("Topics, one a line"),
        validators=[DataRequired(), Length(max=LONGEST_TEXT)],
        render_kw={"rows": 8},
    )

    def validate_topics(self, field: TextAreaField) -> None:
        """Each topic is short, and there are not too many to choose from."""
        names = lines_in(field.data)
        if len(names) > MOST_TOPICS:
            raise ValidationError(_("At most %(num)s topics, please.", num=MOST_TOPICS))
        if any(len(name) > LONGEST_TOPIC for name in names):
            raise ValidationError(
                _("A topic is a few words: at most %(num)s letters.", num=LONGEST_TOPIC)
            )

    def draft(self) -> tuple[str, ...]:
        """The topics in their order, each once."""
        return tuple(dict.fromkeys(lines_in(self.topics.data)))


class MentorsForm(FlaskForm):
    """Step 4: how mentors are found and pairs are made."""

    version = HiddenField()
    mentor_source = RadioField(
        _("How are mentors found?"),
        choices=[
            SelectChoice(MentorSource.NOMINATION.value, _("You choose them from the course")),
            SelectChoice(MentorSource.APPLICATION.value, _("They apply, and you say yes")),
            SelectChoice(MentorSource.BOTH.value, _("Both")),
        ],
    )
    pairing_method = RadioField(
        _("How are pairs made?"),
        choices=[
            SelectChoice(PairingMethod.LEARNER_ASKS.value, _("Learners ask the mentors they like")),
            SelectChoice(PairingMethod.COORDINATOR.value, _("You bring them together")),
            SelectChoice(PairingMethod.BOTH.value, _("Both")),
        ],
    )
    answer_days = whole_number(_("Days a mentor has to answer"), 1, 21)
    trial_days = whole_number(_("Trial, in days"), 0, 90)
    trial_sessions = whole_number(_("Trial, in sessions"), 0, 10)

    def draft(self) -> Finding:
        """What was chosen."""
        return Finding(
            mentor_source=MentorSource(self.mentor_source.data),
            pairing_method=PairingMethod(self.pairing_method.data),
            answer_days=self.answer_days.data,
            trial_days=self.trial_days.data,
            trial_sessions=self.trial_sessions.data,
        )


def _weight(label: Any) -> IntegerField:
    return whole_number(label, 0, ALL_WEIGHTS, **{"data-weight": "yes"})


RUBRIC_PRESET_NAMES = {
    "balanced": _("Balanced"),
    "attendance_led": _("Meetings first"),
    "reflection_led": _("Reflection first"),
    "goals_led": _("Goals first"),
    "pass_or_fail": _("Only completed or not"),
}


class CountsForm(FlaskForm):
    """Step 5: what counts for the grade. The weights add up to 100; 0 switches one off."""

    version = HiddenField()
    agreement = _weight(_("Signing the agreement"))
    needs = _weight(_("Saying what they need"))
    sessions = _weight(_("Meeting their mentor"))
    goals_set = _weight(_("Setting a goal"))
    goal_progress = _weight(_("Moving a goal forward"))
    reflection = _weight(_("Looking back in writing"))
    feedback = _weight(_("Answering short questions"))
    closure = _weight(_("Finishing well"))
    posts_engagement = BooleanField(_("A column “Mentoring engagement” with the score"))
    posts_completion = BooleanField(_("A column “Mentoring completed”"))

    def weight_fields(self) -> list[IntegerField]:
        """The weights in the components' own order."""
        return [self[component.value] for component in COMPONENTS]

    @property
    def weight_sum(self) -> int:
        """What the typed weights add up to."""
        return sum(field.data or 0 for field in self.weight_fields())

    def start_from(self, name: str | None) -> None:
        """Fill in ready-made weights, to be changed and saved; an unknown name changes nothing."""
        preset = RUBRIC_PRESETS.get(name or "")
        if preset is None:
            return
        for component in COMPONENTS:
            self[component.value].process_data(preset.weights[component])
            self[component.value].raw_data = None
        self.posts_engagement.data = not preset.is_pass_or_fail
        self.posts_completion.data = self.posts_completion.data or preset.is_pass_or_fail

    def weights(self) -> dict[Component, int]:
        """The typed weights."""
        return {component: self[component.value].data or 0 for component in COMPONENTS}

    def validate(self, extra_validators: Any = None) -> bool:
        """Also the sum has to be right."""
        is_valid = cast("bool", super().validate(extra_validators))
        if is_valid and self.weight_sum != ALL_WEIGHTS:
            self.form_errors.append(
                _(
                    "The weights add up to %(sum)s. Together they have to make %(all)s.",
                    sum=self.weight_sum,
                    all=ALL_WEIGHTS,
                )
            )
            return False
        return is_valid

    def draft(self) -> Counting:
        """What was typed."""
        return Counting(self.weights(), self.posts_engagement.data, self.posts_completion.data)


class PrivacyForm(FlaskForm):
    """Step 6: who sees what, and the agreement."""

    version = HiddenField()
    mentors_see_engagement = BooleanField(
        _("Mentors may see the engagement number of their own mentees")
    )
    agreement = TextAreaField(
        _("The agreement that both people of a pair sign"),
        validators=[DataRequired(), Length(max=LONGEST_TEXT)],
        render_kw={"rows": 9},
    )

    def draft(self) -> Confidence:
        """What was chosen and typed; line ends as everywhere else."""
        text = self.agreement.data.replace("\r\n", "\n").strip()
        return Confidence(self.mentors_see_engagement.data, text)


class MoveForm(FlaskForm):
    """The one button of a page that asks "really?"."""


def lines_in(text: str | None) -> list[str]:
    """The lines of a text that say something, blanks cut off."""
    return [line.strip() for line in (text or "").splitlines() if line.strip()]


def zone_choices(stored: str | None) -> list[SelectChoice]:
    """Zones by region and city, UTC first; what is stored is always among them."""
    zones = sorted({*_zones(), *([stored] if stored else [])} - {"UTC"})
    return [SelectChoice(zone, zone.replace("_", " ")) for zone in ("UTC", *zones)]


@cache
def _zones() -> tuple[str, ...]:
    return tuple(zone for zone in available_timezones() if zone.partition("/")[0] in REGIONS)
