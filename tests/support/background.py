"""The tool's background work against a canned platform, without an application around it."""

from lti_mentoring.core.http import Client
from lti_mentoring.core.keys import SecretBox
from lti_mentoring.jobs.engine import Worker
from tests.support.canned_platform import LMS, USER_AGENT
from tests.support.database import SECRET


def worker_for(database, settings, platform) -> Worker:
    """A worker that finds ``platform`` at https://lms.test."""
    http = Client(settings.outgoing, USER_AGENT)
    http.mount(LMS, platform)
    return Worker(database, http, SecretBox(SECRET), settings)
