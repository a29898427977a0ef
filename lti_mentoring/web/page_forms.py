"""Several forms on one page, and the version of a thing that a page was made of."""

from typing import Any, TypeVar

from flask import request
from flask_wtf import FlaskForm

from lti_mentoring.web.drafts import open_form

NO_VERSION = -1  # which no row has

F = TypeVar("F", bound=FlaskForm)


def beside(form_class: type[F], path: str, **values: Any) -> F:
    """A form on this page that was not sent now: with its draft, not with another form's words."""
    if request.method == "POST":
        return form_class(formdata=None, **values)
    return open_form(form_class, path, **values)


def typed_version() -> int:
    """The version in the hidden field that was sent; one that no row has if there is none."""
    return request.form.get("version", NO_VERSION, type=int)
