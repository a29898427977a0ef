"""Forms about goals and what is to be done for them."""

from datetime import date
from typing import Any

from flask_babel import lazy_gettext as _
from flask_wtf import FlaskForm
from wtforms import (
    DateField,
    HiddenField,
    IntegerField,
    RadioField,
    SelectField,
    StringField,
    TextAreaField,
    ValidationError,
)
from wtforms.fields.choices import SelectChoice
from wtforms.validators import InputRequired, Length, NumberRange, Optional

from lti_mentoring.core import clock
from lti_mentoring.services.actions import ActionDraft
from lti_mentoring.services.goals import GoalDraft, Told
from lti_mentoring.vocabulary import GoalEntryKind, Visibility

LONGEST_TITLE = 200
LONGEST_TEXT = 4000
LONGEST_ACTION = 300
PAST_YEARS = 1


def stripped(text: str | None) -> str:
    """Typed text without the blanks around it."""
    return (text or "").strip()


def has_words(_form: FlaskForm, field: Any) -> None:
    """Refuse what is nothing but blanks."""
    if not stripped(field.data):
        raise ValidationError(_("Please write something here."))


def not_over(_form: FlaskForm, field: Any) -> None:
    """Refuse days that are plainly a slip of the hand; yesterday is fine in some zone."""
    if field.data and field.data.year < clock.now().year - PAST_YEARS:
        raise ValidationError(_("This day is long over."))


SENTENCE = (InputRequired(_("A goal needs a sentence.")), Length(max=LONGEST_TITLE), has_words)


class GoalForm(FlaskForm):
    """A goal in its five parts. Only the sentence is needed."""

    title = StringField(_("My goal, as a sentence"), SENTENCE)
    measure = TextAreaField(_("How I will know"), [Length(max=LONGEST_TEXT)])
    means = TextAreaField(_("What makes it doable"), [Length(max=LONGEST_TEXT)])
    reason = TextAreaField(_("Why it matters to me"), [Length(max=LONGEST_TEXT)])
    due_on = DateField(_("Reach it by"), [Optional(), not_over])
    review_on = DateField(_("Look at it again on"), [Optional(), not_over])
    visibility = RadioField(
        _("Who can read this goal"),
        [InputRequired(_("Choose one."))],
        coerce=Visibility,
        choices=[SelectChoice(Visibility.SHARED, ""), SelectChoice(Visibility.PRIVATE, "")],
        default=Visibility.SHARED,
    )
    version = HiddenField()

    def draft(self) -> GoalDraft:
        """What was typed."""
        return GoalDraft(
            title=stripped(self.title.data),
            measure=stripped(self.measure.data),
            means=stripped(self.means.data),
            reason=stripped(self.reason.data),
            due_on=self.due_on.data,
            review_on=self.review_on.data if self.review_on else None,
            visibility=self.visibility.data if self.visibility else Visibility.SHARED,
        )


class SuggestionForm(GoalForm):
    """A goal that the mentor suggests; both read it from the start."""

    title = StringField(_("The goal, as a sentence"), SENTENCE)
    measure = TextAreaField(_("How both of you will know"), [Length(max=LONGEST_TEXT)])
    means = TextAreaField(_("What makes it doable"), [Length(max=LONGEST_TEXT)])
    reason = TextAreaField(_("Why you suggest it"), [Length(max=LONGEST_TEXT)])
    review_on = None
    visibility = None


class ProgressForm(FlaskForm):
    """How far it is, and what has happened."""

    progress = IntegerField(
        _("How far, in percent"),
        [
            InputRequired(_("A number from 0 to 100.")),
            NumberRange(0, 100, _("A number from 0 to 100.")),
        ],
        render_kw={"min": 0, "max": 100, "step": 5, "type": "number", "inputmode": "numeric"},
    )
    body = TextAreaField(
        _("What happened"),
        [InputRequired(_("A few words.")), has_words, Length(max=LONGEST_TEXT)],
    )
    version = HiddenField()

    def draft(self) -> Told:
        """What was typed."""
        return Told(self.progress.data, stripped(self.body.data))


class CommentForm(FlaskForm):
    """Words for the other one of the two."""

    body = TextAreaField(
        _("Comment"), [InputRequired(_("A few words.")), has_words, Length(max=LONGEST_TEXT)]
    )
    kind = RadioField(
        _("This is"),
        coerce=GoalEntryKind,
        choices=[
            SelectChoice(GoalEntryKind.COMMENT, _("A comment")),
            SelectChoice(GoalEntryKind.SUGGESTION, _("A suggestion")),
        ],
        default=GoalEntryKind.COMMENT,
    )

    def words(self) -> str:
        """What was typed."""
        return stripped(self.body.data)


class MilestoneForm(FlaskForm):
    """A step on the way."""

    title = StringField(
        _("A step on the way"),
        [InputRequired(_("A few words.")), has_words, Length(max=LONGEST_TITLE)],
    )
    due_on = DateField(_("By"), [Optional(), not_over])

    def draft(self) -> tuple[str, date | None]:
        """What was typed."""
        return stripped(self.title.data), self.due_on.data


class ActionForm(FlaskForm):
    """Something to do, by one of the people in ``offer``."""

    text = StringField(
        _("Something to do"),
        [InputRequired(_("A few words.")), has_words, Length(max=LONGEST_ACTION)],
    )
    owner_id = SelectField(_("Who does it"), [InputRequired()], coerce=int)
    due_on = DateField(_("By when"), [Optional(), not_over])

    def offer(self, people: list[tuple[int, str]]) -> "ActionForm":
        """Let these participants be chosen, the first one by default."""
        self.owner_id.choices = [SelectChoice(number, name) for number, name in people]
        if self.owner_id.data is None:
            self.owner_id.data = people[0][0]
        return self

    def draft(self) -> ActionDraft:
        """What was typed."""
        return ActionDraft(stripped(self.text.data), self.owner_id.data, self.due_on.data)
