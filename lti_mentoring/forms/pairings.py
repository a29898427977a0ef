"""Signing the agreement, the private fit check, and parting."""

from flask_babel import lazy_gettext as _
from flask_wtf import FlaskForm
from wtforms import HiddenField, RadioField, StringField
from wtforms.fields.choices import SelectChoice
from wtforms.validators import DataRequired, InputRequired, Length

from lti_mentoring.vocabulary import AgainReason, FitAnswer

LONGEST_NAME = 255

FIT = (
    SelectChoice(FitAnswer.GOOD.value, _("Yes, we get on well")),
    SelectChoice(FitAnswer.UNSURE.value, _("I am not sure yet")),
    SelectChoice(FitAnswer.NOT_A_FIT.value, _("No, I would rather try somebody else")),
)


AGAIN = (
    SelectChoice(AgainReason.BOTH_WISH.value, _("Both of them wish it")),
    SelectChoice(AgainReason.CAUSE_GONE.value, _("What stood in the way has changed")),
    SelectChoice(AgainReason.NOBODY_ELSE.value, _("Nobody else can help with this")),
)


class SignForm(FlaskForm):
    """A name under the text that was read; ``agreement_version`` says which that was."""

    agreement_version = HiddenField()
    signed_name = StringField(
        _("Your full name"),
        validators=[
            DataRequired(_("Please type your name to sign.")),
            Length(max=LONGEST_NAME),
        ],
        render_kw={"autocomplete": "name", "maxlength": LONGEST_NAME},
    )

    @property
    def read_version(self) -> int:
        """The version of the text; an impossible one if somebody tampered with it."""
        typed = str(self.agreement_version.data or "")
        return int(typed) if typed.isdecimal() else -1


class FitForm(FlaskForm):
    """Is this a good fit?"""

    answer = RadioField(
        _("Is this a good fit for you?"),
        choices=FIT,
        validators=[InputRequired(_("Please choose one."))],
    )

    def draft(self) -> FitAnswer:
        """The answer."""
        return FitAnswer(self.answer.data)


class PartForm(FlaskForm):
    """How a pairing ends: done, or somebody else. Nobody is asked why."""

    version = HiddenField()


class AgainForm(FlaskForm):
    """Why two who have parted are brought together again; kept as a code, for coordinators."""

    reason = RadioField(
        _("Why should they try again?"),
        choices=AGAIN,
        validators=[InputRequired(_("Please choose one."))],
    )

    def draft(self) -> AgainReason:
        """The reason."""
        return AgainReason(self.reason.data)


class DespiteForm(FlaskForm):
    """That two are to be a pair although the program's groups keep them apart."""

    despite = HiddenField(validators=[InputRequired()])
