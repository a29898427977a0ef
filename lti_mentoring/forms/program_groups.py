"""What the groups of the course mean to its program."""

from collections.abc import Iterable
from typing import Any

from flask_babel import lazy_gettext as _
from flask_wtf import FlaskForm
from wtforms import HiddenField, RadioField, ValidationError
from wtforms.fields.choices import SelectChoice

from lti_mentoring.forms.fields import ChipsField
from lti_mentoring.rules.groups import Group
from lti_mentoring.services.program_groups import Grouping
from lti_mentoring.vocabulary import PairingGroups

EVERYBODY, SOME = "everybody", "some"


class GroupsForm(FlaskForm):
    """Who takes part, and who is paired. The groups to choose from are those of the course."""

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
    pairing_groups = RadioField(
        _("Who is paired with whom?"),
        choices=[
            SelectChoice(PairingGroups.ANY.value, _("It does not matter in which groups they are")),
            SelectChoice(PairingGroups.SAME.value, _("Only people who are in a group together")),
            SelectChoice(PairingGroups.DIFFERENT.value, _("Only people of different groups")),
        ],
        default=PairingGroups.ANY.value,
    )

    def __init__(self, *args: Any, known: Iterable[Group], **values: Any) -> None:
        super().__init__(*args, **values)
        self._known = {group.id: group for group in known}
        self.groups.choices = [SelectChoice(each, each) for each in self._known]

    def validate_groups(self, field: ChipsField) -> None:
        """Somebody has to take part."""
        if self.takes_part.data == SOME and not field.data:
            raise ValidationError(_("Tick at least one group, or choose every learner."))

    def draft(self) -> Grouping:
        """What was chosen; groups with their names, and none for the whole course."""
        chosen = () if self.takes_part.data == EVERYBODY else self.groups.data
        groups = tuple(self._known[each] for each in chosen)
        return Grouping(groups, PairingGroups(self.pairing_groups.data))
