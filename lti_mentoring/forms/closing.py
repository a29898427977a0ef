"""The look back at the end: what became of each goal, what stays, and what comes next."""

from collections.abc import Sequence

from flask_babel import lazy_gettext as _
from flask_wtf import FlaskForm
from wtforms import HiddenField, RadioField, TextAreaField
from wtforms.fields.choices import SelectChoice
from wtforms.validators import InputRequired, Length, Optional

from lti_mentoring.models import Goal
from lti_mentoring.services.closings import ClosingDraft
from lti_mentoring.vocabulary import ClosingDecision, GoalState

LONGEST_TAKEAWAY = 20_000
GO_ON = "go_on"
ANSWERS = [
    SelectChoice(GoalState.ACHIEVED.value, _("Achieved")),
    SelectChoice(GoalState.PARTLY_ACHIEVED.value, _("Achieved in part")),
    SelectChoice(GO_ON, _("I go on with it")),
    SelectChoice(GoalState.DROPPED.value, _("No longer my goal")),
]
DECISIONS = [
    SelectChoice(ClosingDecision.INDEPENDENT, _("I go on by myself")),
    SelectChoice(ClosingDecision.CONTINUE_INFORMALLY, _("We stay in touch informally")),
    SelectChoice(ClosingDecision.NEW_MENTOR, _("I would like another mentor")),
]


class ClosingForm(FlaskForm):
    """What stays and what comes next; ``closing_form`` adds a question for each goal.

    What is not sent, because the page did not ask for it any more, stays as it was.
    """

    takeaway = TextAreaField(
        _("What I take with me"), [Length(max=LONGEST_TAKEAWAY)], render_kw={"rows": 6}
    )
    decision = RadioField(
        _("What comes next for me"), [Optional()], coerce=ClosingDecision, choices=DECISIONS
    )
    version = HiddenField()

    def draft(self) -> ClosingDraft:
        """What was said."""
        answers = {
            int(field.name.removeprefix("goal-")): None
            if field.data == GO_ON
            else GoalState(field.data)
            for field in self
            if field.name.startswith("goal-")
        }
        takeaway = (self.takeaway.data or "").replace("\r\n", "\n").strip()
        return ClosingDraft(answers, takeaway, self.decision.data)


def closing_form(goals: Sequence[Goal]) -> type[ClosingForm]:
    """The form with one question for each of ``goals``; who has answered once goes on with it."""
    made: type[ClosingForm] = type("ClosingOfGoals", (ClosingForm,), {})
    for goal in goals:
        question = RadioField(
            goal.title,
            [InputRequired(_("Choose what became of it."))],
            choices=ANSWERS,
            default=GO_ON if goal.reviewed_at else None,
        )
        setattr(made, f"goal-{goal.id}", question)
    return made
