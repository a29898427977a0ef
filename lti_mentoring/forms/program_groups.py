"""For which groups of the course a program is."""

from collections.abc import Iterable
from typing import Any

from flask_babel import lazy_gettext as _
from flask_wtf import FlaskForm
from wtforms import HiddenField, RadioField, ValidationError
from wtforms.fields.choices import SelectChoice

from lti_mentoring.forms.fields import ChipsField
from lti_mentoring.rules.groups import Group

EVERYBODY, SOME = "everybody", "some"


class GroupsForm(FlaskForm):
    """Who takes part. The groups to choose from are those of the course."""

    version = HiddenField()
    takes_part = RadioField(
        _("Who takes part?"),
        choices=[
            SelectChoice(EVERYBODY, _("Every learner of the course")),
            SelectChoice(SOME, _("Only learners of the groups that I tick")),
        ],
        default=EVERYBODY,
    )
    groups = ChipsField(_("Groups"))

    def __init__(self, *args: Any, known: Iterable[Group], **values: Any) -> None:
        super().__init__(*args, **values)
        self._known = {group.id: group for group in known}
        self.groups.choices = [SelectChoice(each, each) for each in self._known]

    def validate_groups(self, field: ChipsField) -> None:
        """Somebody has to take part."""
        if self.takes_part.data == SOME and not field.data:
            raise ValidationError(_("Tick at least one group, or choose every learner."))

    def audience(self) -> tuple[Group, ...]:
        """The groups that were ticked, with their names; none for the whole course."""
        if self.takes_part.data == EVERYBODY:
            return ()
        return tuple(self._known[each] for each in self.groups.data)
