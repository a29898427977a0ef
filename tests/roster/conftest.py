"""A course whose roster a canned platform gives out, and a function that reads it."""

import re

import pytest

from lti_mentoring.models import Course
from lti_mentoring.policies.actor import Actor
from lti_mentoring.services import roster
from lti_mentoring.vocabulary import MEMBERSHIP_ROLE, CourseRole
from tests.support.background import worker_for
from tests.support.canned_platform import LMS, CannedPlatform
from tests.support.factories import make_course

ROSTER = "/roster"
WRITES_PEOPLE = re.compile(r"(INSERT INTO|UPDATE|DELETE FROM) (membership|platform_user)\b")
INSTRUCTOR = Actor(course_id=1, role=CourseRole.INSTRUCTOR, membership_id=None)


def entry(subject, role="Learner", **facts):
    """One member as a platform writes it."""
    return {"user_id": subject, "roles": [f"{MEMBERSHIP_ROLE}#{role}"], **facts}


class Roster:
    """A course's roster on a platform, and the tool that reads it."""

    def __init__(self, database, settings, platform):
        self.database = database
        self.platform = platform
        self.worker = worker_for(database, settings, platform)
        with database.transaction() as db:
            self.course_id = make_course(db, memberships_url=f"{LMS}{ROSTER}").id

    def lists(self, *entries):
        """From now on the platform lists these."""
        self.platform.instead(ROSTER, body={"members": list(entries)})

    def sync(self):
        """Ask for a reading and do the work; the reading's row."""
        with self.database.transaction() as db:
            course = db.get_one(Course, self.course_id)
            roster.ask_for_roster(db, Actor.system("test"), course)
        self.work()
        return self.latest()

    def work(self):
        return self.worker.run_until_idle()

    def latest(self):
        with self.database.transaction() as db:
            return roster.latest_sync(db, self.course_id)


@pytest.fixture
def course_roster(database, settings, frozen_clock):
    made = Roster(database, settings, CannedPlatform())
    yield made
    made.worker.close()
