"""What the administrator of an LMS chooses while the tool is being registered there."""

from collections.abc import Sequence

from flask_babel import lazy_gettext as _
from flask_wtf import FlaskForm
from wtforms import HiddenField, RadioField, StringField
from wtforms.fields.choices import SelectChoice
from wtforms.validators import InputRequired, Length

from lti_mentoring.forms.fields import ChipsField
from lti_mentoring.rules.tool_configuration import LONGEST_NAME, Placement, Wishes
from lti_mentoring.vocabulary import PrivacyLevel, Product

LONGEST_ADDRESS = 2000
LONGEST_TOKEN = 8000

PRIVACY_QUESTION = _("What your LMS tells about people")
PRIVACY = [
    SelectChoice(
        PrivacyLevel.NAMES.value, _("Names. Mentors and learners see who they have to do with.")
    ),
    SelectChoice(
        PrivacyLevel.NAMES_AND_OBSERVERS.value,
        _(
            "Names, and whom observers follow. Canvas then sends e-mail addresses, too; the tool "
            "does not keep them."
        ),
    ),
    SelectChoice(
        PrivacyLevel.ANONYMOUS.value,
        _("Neither. Everybody gets a made-up name such as “Person 4F2A”."),
    ),
]
PLACES = {
    "course_navigation": _("In the course menu, where a teacher switches it on"),
    "link_selection": _("As an activity in a module"),
    "assignment_selection": _("As an assignment with a grade"),
    "module_menu_modal": _("In the menu of a module"),
    "course_assignments_menu": _("In the menu of the assignments"),
    "editor_button": _("In the text editor"),
}


class RegistrationForm(FlaskForm):
    """Name, privacy and places; ``registration_form`` offers the places that there are."""

    class Meta:
        """The address of the invite is the secret; there is no sign-in to bind a token to."""

        csrf = False

    name = StringField(
        _("What it is called in your LMS"),
        [InputRequired(_("Give it a name.")), Length(max=LONGEST_NAME)],
    )
    privacy = RadioField(
        PRIVACY_QUESTION, [InputRequired()], choices=PRIVACY, default=PrivacyLevel.NAMES.value
    )
    openid_configuration = HiddenField(validators=[InputRequired(), Length(max=LONGEST_ADDRESS)])
    registration_token = HiddenField(validators=[Length(max=LONGEST_TOKEN)])
    placements: ChipsField | None = None

    def wishes(self) -> Wishes:
        """What was chosen."""
        return Wishes(
            name=self.name.data.strip(),
            privacy=PrivacyLevel(self.privacy.data),
            placements=frozenset(self.placements.data if self.placements else ()),
        )


def registration_form(placements: Sequence[Placement], product: Product) -> type[RegistrationForm]:
    """The form for a platform that offers ``placements``; the usual ones are ticked.

    Only Canvas has a level of its own for saying whom observers follow.
    """
    made: type[RegistrationForm] = type("RegistrationAtPlatform", (RegistrationForm,), {})
    if product is not Product.CANVAS:
        plain = [each for each in PRIVACY if each.value != PrivacyLevel.NAMES_AND_OBSERVERS]
        made.privacy = RadioField(
            PRIVACY_QUESTION, [InputRequired()], choices=plain, default=PrivacyLevel.NAMES.value
        )
    if placements:
        made.placements = ChipsField(
            _("Where teachers find it"),
            [InputRequired(_("Choose at least one place."))],
            choices=[SelectChoice(each.key, PLACES[each.name]) for each in placements],
            default=[each.key for each in placements if each.is_usual],
        )
    return made
