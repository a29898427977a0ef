"""What administrators of the tool type: an invite for an LMS, or an LMS by hand."""

from flask_babel import lazy_gettext as _
from flask_wtf import FlaskForm
from flask_wtf.file import FileField
from wtforms import BooleanField, SelectField, StringField
from wtforms.fields.choices import SelectChoice
from wtforms.validators import InputRequired, Length, Optional, Regexp

from lti_mentoring.services.platforms import PlatformFacts
from lti_mentoring.services.registration_invites import InviteFacts
from lti_mentoring.vocabulary import CourseRole, Product

LONGEST_NAME = 255
LONGEST_ADDRESS = 2000
PRODUCTS = [
    SelectChoice(Product.MOODLE.value, "Moodle"),
    SelectChoice(Product.CANVAS.value, "Canvas"),
    SelectChoice(Product.BLACKBOARD.value, "Blackboard Learn"),
    SelectChoice(Product.BRIGHTSPACE.value, "Brightspace"),
    SelectChoice(Product.SAKAI.value, "Sakai"),
    SelectChoice(Product.OPENEDX.value, "Open edX"),
    SelectChoice(Product.OTHER.value, _("Another one")),
]
HOURS = [
    SelectChoice("24", _("One day")),
    SelectChoice("72", _("Three days")),
    SelectChoice("336", _("Two weeks")),
]
HOST = r"\s*[A-Za-z0-9.-]{1,253}\s*$"
ROLE = r"\s*[!-~]{1,255}\s*$"
ROLES = [
    SelectChoice(CourseRole.LEARNER.value, _("Learner")),
    SelectChoice(CourseRole.TEACHING_ASSISTANT.value, _("Teaching assistant")),
    SelectChoice(CourseRole.INSTRUCTOR.value, _("Teacher, who runs the program")),
    SelectChoice(CourseRole.OBSERVER.value, _("Observer")),
    SelectChoice(CourseRole.NONE.value, _("Nobody")),
]
NEEDED = InputRequired(_("This is needed."))


class InviteForm(FlaskForm):
    """For whom an invite is, and what it may do."""

    name = StringField(_("Whose LMS it is"), [NEEDED, Length(max=LONGEST_NAME)])
    hours = SelectField(
        _("How long the address can be used"), [NEEDED], choices=HOURS, default="72"
    )
    approves = BooleanField(_("Let people in as soon as it is registered"))
    own_host = StringField(
        _("Host of a Canvas of your own"), [Optional(), Regexp(HOST, message=_("Only its name."))]
    )

    def facts(self) -> InviteFacts:
        """What was chosen."""
        return InviteFacts(
            name=_typed(self.name),
            approves=self.approves.data,
            hours=int(self.hours.data),
            own_host=_typed(self.own_host).lower(),
        )


class CorrectionForm(FlaskForm):
    """What is known of an LMS: what its administrator reads in the LMS and sends over."""

    name = StringField(_("Whose LMS it is"), [NEEDED, Length(max=LONGEST_NAME)])
    product = SelectField(_("Product"), [NEEDED], choices=PRODUCTS, default=Product.MOODLE.value)
    issuer = StringField(_("Issuer"), [NEEDED, Length(max=LONGEST_NAME)])
    client_id = StringField(_("Client id"), [NEEDED, Length(max=LONGEST_NAME)])
    auth_url = StringField(
        _("Authentication request address"), [NEEDED, Length(max=LONGEST_ADDRESS)]
    )
    token_url = StringField(_("Access token address"), [NEEDED, Length(max=LONGEST_ADDRESS)])
    jwks_url = StringField(_("Key set address"), [NEEDED, Length(max=LONGEST_ADDRESS)])
    audience = StringField(
        _("Audience of access requests"), [Optional(), Length(max=LONGEST_ADDRESS)]
    )
    trusted_audiences = StringField(
        _("Further audiences of its launches"), [Optional(), Length(max=LONGEST_ADDRESS)]
    )

    def facts(self) -> PlatformFacts:
        """What was typed, without blanks around it."""
        return PlatformFacts(
            name=_typed(self.name),
            issuer=_typed(self.issuer),
            client_id=_typed(self.client_id),
            auth_url=_typed(self.auth_url),
            token_url=_typed(self.token_url),
            jwks_url=_typed(self.jwks_url),
            audience=_typed(self.audience) or None,
            trusted_audiences=tuple(_typed(self.trusted_audiences).split()),
            product=Product(self.product.data),
        )


class PlatformForm(CorrectionForm):
    """An LMS by hand, with its first deployment."""

    deployment_id = StringField(_("Deployment id"), [Optional(), Length(max=LONGEST_NAME)])


class RoleForm(FlaskForm):
    """What a role of the LMS means here."""

    role = StringField(
        _("Role, as the LMS sends it"), [NEEDED, Regexp(ROLE, message=_("One role, no blanks."))]
    )
    ours = SelectField(_("What it means here"), [NEEDED], choices=ROLES)


class ImportForm(FlaskForm):
    """The same from a file."""

    file = FileField(_("File"), [NEEDED])


def _typed(field: StringField) -> str:
    return (field.data or "").strip()
