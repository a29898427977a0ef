"""The look back at the end: one question per goal that is under way."""

from collections.abc import Sequence
from typing import Any

from flask_babel import lazy_gettext as _
from flask_wtf import FlaskForm
from wtforms import RadioField
from wtforms.fields.choices import SelectChoice
from wtforms.validators import InputRequired

from lti_mentoring.models import Goal
from lti_mentoring.vocabulary import GoalState

GO_ON = "go_on"
ANSWERS = [
    SelectChoice(GoalState.ACHIEVED.value, _("Achieved")),
    SelectChoice(GoalState.PARTLY_ACHIEVED.value, _("Achieved in part")),
    SelectChoice(GO_ON, _("I go on with it")),
    SelectChoice(GoalState.DROPPED.value, _("No longer my goal")),
]


class ClosingForm(FlaskForm):
    """Questions are added by ``closing_form``."""

    def answers(self) -> dict[int, GoalState | None]:
        """Goal ids to what became of them; None for going on."""
        return {
            int(field.name.removeprefix("goal-")): None
            if field.data == GO_ON
            else GoalState(field.data)
            for field in self
            if field.name.startswith("goal-")
        }


def closing_form(goals: Sequence[Goal]) -> ClosingForm:
    """The form with one question for each of ``goals``."""
    questions: dict[str, Any] = {
        f"goal-{goal.id}": RadioField(
            goal.title,
            [InputRequired(_("Choose what became of it."))],
            choices=ANSWERS,
        )
        for goal in goals
    }
    made: type[ClosingForm] = type("ClosingOfGoals", (ClosingForm,), {})
    for name, question in questions.items():
        setattr(made, name, question)
    return made()
