"""The object that a WSGI server imports: ``lti_mentoring.wsgi:app``."""

from lti_mentoring.app import create_app

app = create_app()
