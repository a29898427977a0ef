"""Runs commands against a database of the test's own."""

import json

import pytest
from click.testing import CliRunner

from lti_mentoring.cli import main
from tests.support.database import SECRET


@pytest.fixture
def command(database, monkeypatch):
    """Type ``lti-mentoring …`` and get what it printed; ``--json`` comes back as values."""
    url = database.engine.url.render_as_string(hide_password=False)
    monkeypatch.setenv("LTI_MENTORING_DATABASE_URL", url)
    monkeypatch.setenv("LTI_MENTORING_SECRET_KEY", SECRET)
    monkeypatch.setattr("lti_mentoring.core.log.configure", lambda *_given: None)

    def run(*words, code=0):
        result = CliRunner().invoke(main, [str(word) for word in words])
        assert result.exit_code == code, result.output + repr(result.exception)
        return json.loads(result.stdout) if "--json" in words else result.output

    return run
