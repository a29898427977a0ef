"""Readings of what has changed only, and how little it takes to read everything again (LTI-97)."""

from datetime import timedelta

import pytest
from sqlalchemy import event, select, update

from lti_mentoring.models import (
    Course,
    Membership,
    Pairing,
    PlatformUser,
    RosterDifferences,
    RosterSync,
)
from lti_mentoring.policies.actor import Actor
from lti_mentoring.rules.roster import MOST_IN_A_ROW
from lti_mentoring.services import roster
from lti_mentoring.vocabulary import CourseRole, MembershipState, PairingState, RosterSyncState
from tests.roster.conftest import INSTRUCTOR, ROSTER, WRITES_PEOPLE, entry
from tests.roster.test_departures import paired_course
from tests.roster.test_roster import people
from tests.support.canned_platform import LMS

CHANGES = "/changes"
WHOLE_HOURS = 12  # the default


def link(name="1", host=LMS):
    return f'<{host}{CHANGES}?since={name}>; rel="differences"'


class Followed:
    """A roster that says where changes are told, and what is told there."""

    def __init__(self, course_roster, frozen_clock):
        self.roster, self.clock = course_roster, frozen_clock
        self.database, self.platform = course_roster.database, course_roster.platform

    def lists(self, *entries, links=None):
        """Everybody, to whoever asks for everybody."""
        self.platform.instead(ROSTER, body={"members": list(entries)}, Link=links or link())

    def tells(self, *entries, links=None, **answer):
        """What has changed, to whoever asks for that."""
        answer = {"body": {"members": list(entries)}, "Link": links or link("2"), **answer}
        self.platform.instead(CHANGES, **answer)

    def read(self, **later):
        """Some time later the roster is read; how often it was asked for whole, and for changes."""
        self.clock.tick(**(later or {"minutes": 61}))
        before = self.asked
        self.done = self.roster.sync()
        return tuple(now - then for now, then in zip(self.asked, before, strict=True))

    @property
    def asked(self):
        requests = self.platform.requests_to
        return len(requests(ROSTER)), len(requests(CHANGES))

    @property
    def states(self):
        return {subject: facts[2] for subject, facts in people(self.database).items()}

    @property
    def remembered(self):
        with self.database.reading() as db:
            return db.scalar(select(RosterDifferences))


WHOLE, CHANGES_ONLY, BOTH = (1, 0), (0, 1), (1, 1)
HERE, GONE, AWAY = MembershipState.ACTIVE, MembershipState.GONE, MembershipState.INACTIVE


@pytest.fixture
def followed(course_roster, frozen_clock):
    """Five people, read whole."""
    made = Followed(course_roster, frozen_clock)
    made.lists(*(entry(f"u{n}", name=f"Person {n}") for n in range(5)))
    assert made.read() == WHOLE
    return made


def test_the_next_reading_asks_for_changes_at_the_address_as_it_is(followed):
    """NRPS 2.0, 2.4.3: it is opaque, and nothing may be added to it."""
    followed.tells()

    assert followed.read() == CHANGES_ONLY
    asked = followed.platform.requests_to(CHANGES)[0]
    assert asked.query == {"since": ["1"]}
    assert asked.headers["Accept"] == followed.platform.requests_to(ROSTER)[0].headers["Accept"]


def test_what_has_changed_is_applied_and_everybody_else_stays(followed):
    followed.tells(
        entry("new", name="Nina New"),
        entry("u0", "Instructor", name="Person Zero"),
        entry("u1", status="Inactive", name="Person 1"),
        {"user_id": "u2", "status": "Deleted"},
    )

    followed.read()

    assert people(followed.database)["u0"] == ("Person Zero", CourseRole.INSTRUCTOR, HERE)
    assert followed.states == {
        "new": HERE,
        "u0": HERE,
        "u1": AWAY,
        "u2": GONE,
        "u3": HERE,
        "u4": HERE,
    }
    done = followed.done
    assert (done.state, done.error) == (RosterSyncState.DONE, None)
    counts = (done.member_count, done.added_count, done.changed_count, done.removed_count)
    assert counts == (5, 1, 2, 1)


def test_who_was_deleted_keeps_name_and_role_though_neither_is_told(followed):
    followed.tells({"user_id": "u2", "roles": [], "status": "deleted"})

    followed.read()

    assert people(followed.database)["u2"] == ("Person 2", CourseRole.LEARNER, GONE)


def test_who_was_deleted_comes_back_with_the_next_differences(followed):
    followed.tells({"user_id": "u2", "status": "Deleted"})
    followed.read()
    followed.tells(entry("u2", name="Person 2"))

    assert followed.read() == CHANGES_ONLY
    assert followed.states["u2"] is HERE


def test_where_nothing_has_changed_nobody_is_written(followed):
    followed.tells()
    statements = []
    event.listen(
        followed.database.engine,
        "before_cursor_execute",
        lambda *given: statements.append(given[2]),
    )

    followed.read()

    assert not [statement for statement in statements if WRITES_PEOPLE.match(statement)]
    assert followed.done.member_count == 5


def test_the_same_differences_twice_change_nothing_more(followed):
    followed.tells(entry("new"), {"user_id": "u2", "status": "Deleted"})
    followed.read()
    before = followed.states

    followed.read()

    assert followed.states == before
    assert (followed.done.added_count, followed.done.removed_count) == (0, 0)


def test_every_reading_goes_by_the_newest_address(followed):
    followed.tells(links=link("2"))
    followed.read()
    followed.read()

    asked = [each.query["since"] for each in followed.platform.requests_to(CHANGES)]
    assert asked == [["1"], ["2"]]


def test_changes_may_come_in_pages(followed):
    more = f'<{LMS}/more>; rel="next", {link("2")}'
    followed.tells(entry("new"), links=more)
    followed.platform.answer("/more", body={"members": [{"user_id": "u0", "status": "Deleted"}]})

    assert followed.read() == CHANGES_ONLY
    assert (followed.states["new"], followed.states["u0"]) == (HERE, GONE)


def test_of_a_roster_in_pages_the_first_address_counts(course_roster, frozen_clock):
    """Who is changed while later pages are read is among its changes."""
    followed = Followed(course_roster, frozen_clock)
    followed.lists(entry("a"), links=f'<{LMS}/rest>; rel="next", {link("first")}')
    followed.platform.answer("/rest", body={"members": [entry("b")]}, Link=link("rest"))

    followed.read()

    assert followed.remembered.url.endswith("since=first")


def test_when_one_of_two_is_deleted_the_pairing_is_interrupted(
    course_roster, database, frozen_clock
):
    paired_course(course_roster, database)
    followed = Followed(course_roster, frozen_clock)
    followed.lists(entry("mentor"), entry("mentee"), entry("other"))
    followed.read()
    followed.tells({"user_id": "mentor", "status": "Deleted"})

    followed.read()

    with database.reading() as db:
        assert db.scalars(select(Pairing.state)).one() is PairingState.INTERRUPTED


MANY_LEAVE = [{"user_id": f"u{n}", "status": "Deleted"} for n in range(4)]


@pytest.mark.parametrize(
    "doubt",
    [
        {"status": 400},
        {"status": 401},
        {"status": 403},
        {"status": 404},
        {"status": 410},
        {"status": 302, "Location": f"{LMS}{ROSTER}"},
        {"status": 500},
        {"body": b"<html>"},
        {"body": b"[]"},
        {"body": {"members": {}}},
        {"body": {"members": [{"roles": ["Learner"]}]}},
        {"body": {"members": ["u1"]}},
        {"links": '<https://lms.test/x>; rel="last"'},
        {"links": link(host="https://evil.test")},
        {"links": link(host="http://lms.test")},
        {"links": f'<https://evil.test/>; rel="next", {link("2")}'},
        {"links": f'<{LMS}{CHANGES}?since=1>; rel="next", {link("2")}'},
        {"body": {"members": [{"user_id": "stranger", "status": "Deleted"}]}},
        {"body": {"members": MANY_LEAVE}},
    ],
)
def test_whatever_raises_a_doubt_leads_to_a_whole_reading_at_once(followed, doubt):
    followed.lists(*(entry(f"u{n}", name=f"Person {n}") for n in range(1, 5)), entry("new"))
    followed.tells(**doubt)

    asked = followed.read()

    assert (asked[0], asked[1] >= 1) == (1, True)
    assert followed.done.state is RosterSyncState.DONE
    assert followed.states == {
        "u0": GONE,
        "u1": HERE,
        "u2": HERE,
        "u3": HERE,
        "u4": HERE,
        "new": HERE,
    }
    assert followed.remembered.in_a_row == 0


def test_who_comes_in_while_the_lms_says_deleted_is_no_reason_to_believe_it(followed):
    with followed.database.transaction() as db:
        user = db.scalars(select(PlatformUser).where(PlatformUser.subject == "u0")).one()
        member = db.scalars(select(Membership).where(Membership.user_id == user.id)).one()
        member.launched_at = followed.clock.now + timedelta(minutes=61)  # as the reading begins
    followed.tells({"user_id": "u0", "status": "Deleted"})

    assert followed.read() == BOTH
    assert followed.states["u0"] is HERE


def test_a_doubt_writes_nothing_of_what_raised_it(followed):
    followed.tells(entry("ghost"), {"user_id": "stranger", "status": "Deleted"})

    followed.read()

    assert "ghost" not in followed.states


def test_an_lms_that_asks_for_patience_is_not_asked_a_larger_question(followed, frozen_clock):
    followed.tells(status=429, Retry_After="120")
    assert followed.read() == CHANGES_ONLY
    assert followed.done.state is RosterSyncState.DUE

    followed.tells(entry("new"))
    frozen_clock.tick(minutes=10)
    followed.roster.work()

    assert followed.asked == (1, 2)
    assert followed.states["new"] is HERE


def test_an_address_on_another_host_is_not_remembered(course_roster, frozen_clock):
    followed = Followed(course_roster, frozen_clock)
    followed.lists(entry("a"), links=link(host="https://evil.test"))

    followed.read()

    assert followed.done.state is RosterSyncState.DONE
    assert followed.read() == WHOLE
    assert followed.remembered is None


def test_when_launches_name_another_address_the_old_one_is_not_asked(followed):
    """C14: hosts of services may change."""
    with followed.database.transaction() as db:
        db.execute(update(Course).values(memberships_url=f"{LMS}/moved"))
    everybody = [entry(f"u{n}") for n in range(5)]
    followed.platform.answer("/moved", body={"members": everybody}, Link=link("9"))

    assert followed.read() == (0, 0)
    assert len(followed.platform.requests_to("/moved")) == 1
    assert followed.remembered.url.endswith("since=9")


def test_after_some_hours_everything_is_read_again(followed):
    """An LMS need not tell who was deleted; who leaves is gone the same day all the same."""
    followed.lists(*(entry(f"u{n}", name=f"Person {n}") for n in range(4)))
    followed.tells()
    readings = [followed.read(hours=2) for _ in range(WHOLE_HOURS // 2)]

    assert readings == [CHANGES_ONLY] * 5 + [WHOLE]
    assert followed.states["u4"] is GONE


def test_after_many_differences_in_a_row_everything_is_read_again(followed):
    followed.tells()
    with followed.database.transaction() as db:
        db.execute(update(RosterDifferences).values(in_a_row=MOST_IN_A_ROW - 1))

    assert followed.read(minutes=1) == CHANGES_ONLY
    assert followed.read(minutes=1) == WHOLE
    assert followed.remembered.in_a_row == 0


def test_a_reading_that_was_not_whole_is_not_built_upon(followed):
    followed.lists(entry("u0"), {"roles": ["Learner"]})
    followed.tells(status=404)
    assert followed.read() == BOTH

    assert followed.remembered is None
    assert followed.read() == WHOLE


def test_a_question_to_a_person_is_not_answered_by_differences(followed):
    followed.lists(entry("u0"))
    followed.tells(status=404)
    followed.read()
    held = followed.done
    followed.tells()

    assert held.state is RosterSyncState.HELD
    assert followed.read() == WHOLE
    assert followed.done.state is RosterSyncState.HELD


def test_what_a_person_confirms_is_read_whole(followed):
    followed.lists(entry("u0"))
    followed.tells(status=404)
    followed.read()
    with followed.database.transaction() as db:
        roster.confirm_removals(db, INSTRUCTOR, db.get_one(RosterSync, followed.done.id))
    before = followed.asked

    followed.roster.work()

    assert followed.asked == (before[0] + 1, before[1])
    assert followed.states["u4"] is GONE


@pytest.mark.parametrize(
    "asking", [{"actor": INSTRUCTOR}, {"actor": Actor.system("roster command"), "whole": True}]
)
def test_who_asks_by_hand_gets_everything_read(followed, asking):
    """Whoever does that misses somebody, or wonders why somebody is still there."""
    followed.tells()
    before = followed.asked
    with followed.database.transaction() as db:
        course = db.get_one(Course, followed.roster.course_id)
        roster.ask_for_roster(db, course=course, **asking)

    followed.roster.work()

    assert followed.asked == (before[0] + 1, before[1])


def test_where_the_whole_reading_fails_too_the_next_one_is_whole(followed, frozen_clock):
    followed.tells(body=b"<html>")
    followed.platform.instead(ROSTER, status=503)
    followed.read()
    assert followed.done.state is RosterSyncState.DUE
    followed.lists(entry("u0"), entry("u1"), entry("u2"), entry("u3"))
    before = followed.asked

    frozen_clock.tick(hours=1)
    followed.roster.work()

    assert followed.asked == (before[0] + 1, before[1])
    assert followed.states["u4"] is GONE
