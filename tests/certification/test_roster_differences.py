"""What NRPS 2.0 says of differences (2.4.3), with platforms that do so, and that do less."""

import pytest
from sqlalchemy import select

from lti_mentoring.models import Course, Membership, PlatformUser
from lti_mentoring.policies.actor import Actor
from lti_mentoring.sandbox.vocabulary import Role
from lti_mentoring.services import roster
from lti_mentoring.vocabulary import CourseRole, MembershipState
from tests.support.campus import make_campus
from tests.support.enrolled import Enrolled

ROSTER = "/memberships"


class Followed:
    """A course of the sandbox that the tool has read, and its registrar."""

    def __init__(self, campus, frozen_clock):
        self.campus, self.clock = campus, frozen_clock
        self.temper, self.world = campus.sandbox.temper, campus.sandbox.world
        self.temper.tell_differences = True
        helena = Enrolled(campus, "Helena Brandt")
        helena.launch(helena.course.activities[0])
        self.course = helena.course
        campus.work()
        campus.sandbox.calls.clear()

    def read(self, *, hours=2):
        """Later the roster is read; what was asked for, in order."""
        self.clock.tick(hours=hours)
        with self.campus.database.transaction() as db:
            roster.ask_for_roster(db, Actor.system("test"), db.scalars(select(Course)).one())
        self.campus.work()
        calls = [call for call in self.campus.sandbox.calls if ROSTER in call.path]
        self.campus.sandbox.calls.clear()
        return ["changes" if "since=" in call.path else "all" for call in reversed(calls)]

    def person(self, name):
        return self.world.person_named(name)

    @property
    def members(self):
        """Everybody's role and state, by the LMS's id."""
        with self.campus.database.reading() as db:
            rows = db.execute(
                select(PlatformUser.subject, Membership.role, Membership.state).join(Membership)
            )
            return {subject: (role, state) for subject, role, state in rows}


@pytest.fixture
def followed(settings, database, frozen_clock):
    return Followed(make_campus(settings, database), frozen_clock)


def test_entries_are_the_state_at_the_current_time(followed):
    amara, lukas = followed.person("Amara Diallo"), followed.person("Lukas Weber")
    followed.world.suspend(followed.course.id, amara.id)
    followed.world.reinstate(followed.course.id, amara.id)
    followed.world.suspend(followed.course.id, amara.id)
    followed.world.change_role(followed.course.id, lukas.id, Role.TA)

    assert followed.read() == ["changes"]

    assert followed.members[amara.id] == (CourseRole.LEARNER, MembershipState.INACTIVE)
    assert followed.members[lukas.id] == (CourseRole.TEACHING_ASSISTANT, MembershipState.ACTIVE)


def test_a_membership_that_no_longer_exists_may_be_reported_as_deleted(followed):
    amara = followed.person("Amara Diallo")
    followed.world.remove(followed.course.id, amara.id)

    assert followed.read() == ["changes"]
    assert followed.members[amara.id] == (CourseRole.LEARNER, MembershipState.GONE)


def test_a_membership_that_no_longer_exists_may_be_left_out(followed):
    """Then the next whole reading misses it, which comes within half a day."""
    followed.temper.hide_deleted = True
    amara = followed.person("Amara Diallo")
    followed.world.remove(followed.course.id, amara.id)

    assert followed.read() == ["changes"]
    assert followed.members[amara.id][1] is MembershipState.ACTIVE
    assert followed.read(hours=11) == ["all"]
    assert followed.members[amara.id][1] is MembershipState.GONE


def test_a_platform_that_has_forgotten_the_address_is_asked_for_everything(followed):
    amara = followed.person("Amara Diallo")
    followed.temper.forget_differences = True
    followed.world.remove(followed.course.id, amara.id)

    assert followed.read() == ["changes", "all"]
    assert followed.members[amara.id][1] is MembershipState.GONE


def test_a_platform_that_stops_telling_is_asked_for_everything(followed):
    followed.temper.tell_differences = False

    assert followed.read() == ["changes", "all"]  # the answer is everybody, and no address
    assert followed.read() == ["all"]
    assert {state for _, state in followed.members.values()} == {MembershipState.ACTIVE}
