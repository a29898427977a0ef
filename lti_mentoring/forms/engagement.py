"""What a coordinator lets off for one learner."""

from typing import Any, cast

from flask_babel import lazy_gettext as _
from flask_wtf import FlaskForm
from wtforms import DateField, SelectField, TextAreaField
from wtforms.fields.choices import SelectChoice
from wtforms.validators import InputRequired, Length, Optional

from lti_mentoring.services.exemptions import Allowance
from lti_mentoring.services.rubrics import COMPONENTS
from lti_mentoring.vocabulary import Component, ExemptionReason

PAUSE = "pause"
EVERYTHING = "everything"
LONGEST_NOTE = 1_000


class ExemptionForm(FlaskForm):
    """A pause, or something that does not count."""

    what = SelectField(
        _("What does not count?"),
        validators=[InputRequired()],
        choices=[
            SelectChoice(PAUSE, _("Some days: a pause")),
            SelectChoice(EVERYTHING, _("Everything: the learner does other work")),
            SelectChoice(Component.SESSIONS.value, _("Meeting their mentor")),
            SelectChoice(Component.GOALS_SET.value, _("Setting a goal")),
            SelectChoice(Component.GOAL_PROGRESS.value, _("Moving a goal forward")),
            SelectChoice(Component.REFLECTION.value, _("Looking back in writing")),
            SelectChoice(Component.FEEDBACK.value, _("Answering short questions")),
            SelectChoice(Component.AGREEMENT.value, _("Signing the agreement")),
            SelectChoice(Component.NEEDS.value, _("Saying what they need")),
            SelectChoice(Component.CLOSURE.value, _("Finishing well")),
        ],
    )
    starts_on = DateField(_("First day of the pause"), validators=[Optional()])
    ends_on = DateField(_("Last day of the pause"), validators=[Optional()])
    reason = SelectField(
        _("Why, in one word"),
        validators=[InputRequired()],
        choices=[
            SelectChoice(ExemptionReason.PAUSE.value, _("Away")),
            SelectChoice(ExemptionReason.ALTERNATIVE_WORK.value, _("Other work instead")),
            SelectChoice(ExemptionReason.ACCESSIBILITY.value, _("Accessibility")),
            SelectChoice(ExemptionReason.OTHER.value, _("Something else")),
        ],
    )
    private_note = TextAreaField(
        _("Note for coordinators"), validators=[Length(max=LONGEST_NOTE)], render_kw={"rows": 3}
    )

    def validate(self, extra_validators: Any = None) -> bool:
        """A pause needs its first day, and ends after it begins."""
        is_valid = cast("bool", super().validate(extra_validators))
        if not is_valid or self.what.data != PAUSE:
            return is_valid
        if self.starts_on.data is None:
            self.starts_on.errors = [_("A pause needs its first day.")]
            return False
        if self.ends_on.data and self.ends_on.data < self.starts_on.data:
            self.ends_on.errors = [_("The last day cannot come before the first.")]
            return False
        return True

    def draft(self) -> Allowance:
        """What was chosen; days only belong to a pause."""
        is_pause = self.what.data == PAUSE
        return Allowance(
            components=self._components(),
            starts_on=self.starts_on.data if is_pause else None,
            ends_on=self.ends_on.data if is_pause else None,
            reason=ExemptionReason(self.reason.data),
            private_note=(self.private_note.data or "").strip(),
        )

    def _components(self) -> tuple[Component, ...]:
        if self.what.data == PAUSE:
            return ()
        return COMPONENTS if self.what.data == EVERYTHING else (Component(self.what.data),)
