"""Since when, by what was done last, and by whose decision a score is what it is (LTI-111)."""

from datetime import timedelta
from decimal import Decimal

import pytest
from sqlalchemy import select

from lti_mentoring.core import clock
from lti_mentoring.grading import ledger, outbox, recompute
from lti_mentoring.grading.provenance import Provenance
from lti_mentoring.models import (
    EngagementEvent,
    Exemption,
    Membership,
    Participant,
    Platform,
    PlatformUser,
    Program,
    ScorePublication,
)
from lti_mentoring.services import attendances, exemptions
from lti_mentoring.services.exemptions import Allowance
from lti_mentoring.vocabulary import (
    AttendanceAnswer,
    Component,
    CourseRole,
    ExemptionReason,
    MembershipState,
    Product,
    PublicationState,
    SessionState,
)
from tests.support.factories import actor_of, make_member
from tests.support.pairs import make_pair
from tests.support.sessions import over, say

QUIET = timedelta(minutes=2)


class Graded:
    """A learner's cell in the gradebook of a Moodle, a coordinator, and the time."""

    def __init__(self, gradebook, frozen_clock):
        self.gradebook, self.clock = gradebook, frozen_clock
        self.database = gradebook.database
        with self.database.transaction() as db:
            db.scalars(select(Platform)).one().product = Product.MOODLE
        self.id = gradebook.learner()
        with self.database.transaction() as db:
            course = db.get_one(Program, gradebook.program_id).course
            teacher = make_member(db, course, role=CourseRole.INSTRUCTOR, name="Teresa Prof")
            self.teacher_id = teacher.id
            self.teachers_subject = db.get_one(PlatformUser, teacher.user_id).subject

    def let_off(self, *components):
        """The coordinator says that these do not count for the learner."""
        with self.database.transaction() as db:
            teacher = actor_of(db, db.get_one(Membership, self.teacher_id))
            allowance = Allowance(components, None, None, ExemptionReason.OTHER, "")
            exemptions.grant(db, teacher, db.get_one(Participant, self.id), allowance)

    def take_back(self):
        with self.database.transaction() as db:
            teacher = actor_of(db, db.get_one(Membership, self.teacher_id))
            exemptions.take_back(db, teacher, db.scalars(select(Exemption)).one())

    def credit(self, component=Component.AGREEMENT, **facts):
        self.gradebook.credit(self.id, component, **facts)

    @property
    def cell(self):
        return self.gradebook.cell(self.id)

    def deliver(self):
        """The newest of what arrives."""
        self.clock.tick(seconds=QUIET.total_seconds())
        self.gradebook.work()
        return self.gradebook.sent[-1]


@pytest.fixture
def graded(gradebook, frozen_clock):
    return Graded(gradebook, frozen_clock)


def stamp(moment):
    return moment.isoformat(timespec="milliseconds").replace("+00:00", "Z")


def test_a_score_says_when_the_learner_joined_and_when_the_last_fact_happened(graded):
    with graded.database.transaction() as db:
        joined_at = db.get_one(Participant, graded.id).joined_at
    graded.clock.tick(days=3)
    graded.credit()
    graded.clock.tick(days=2)
    graded.credit(Component.NEEDS)
    last = clock.now()

    sent = graded.deliver()

    assert sent["submission"] == {"startedAt": stamp(joined_at), "submittedAt": stamp(last)}


def test_what_was_taken_back_or_does_not_count_is_not_the_last_fact(graded):
    graded.credit()
    agreed = clock.now()
    graded.clock.tick(days=1)
    graded.credit(Component.NEEDS)
    graded.credit(Component.GOALS_SET)
    with graded.database.transaction() as db:
        needs = select(EngagementEvent).where(EngagementEvent.component == Component.NEEDS)
        ledger.reverse(db, db.scalars(needs).one())

    graded.let_off(Component.GOALS_SET)

    assert graded.cell.submitted_at == agreed


def test_a_fact_that_lies_ahead_is_done_when_it_is_scored(graded):
    """A session that its mentor called off counts before the time at which it was to begin."""
    with graded.database.transaction() as db:
        ahead = clock.now() + timedelta(days=2)
        ledger.credit(db, graded.id, Component.SESSIONS, Decimal(1), "session:1", ahead)
        recompute.participant(db, graded.id)

    assert graded.cell.submitted_at == graded.cell.scored_at


def test_nothing_is_submitted_before_it_has_begun():
    now = clock.now()
    late = Provenance(started_at=now, submitted_at=now - timedelta(days=1))

    assert late.as_of(now) == Provenance(now - timedelta(days=1), now - timedelta(days=1))


def test_a_score_that_no_person_decided_names_nobody(graded):
    graded.credit()

    assert "scoringUserId" not in graded.deliver()


def test_a_score_that_an_exemption_changed_names_who_granted_it(graded):
    graded.credit()
    before = graded.deliver()
    graded.let_off(Component.NEEDS)

    sent = graded.deliver()

    assert sent["scoringUserId"] == graded.teachers_subject
    assert sent["scoreGiven"] > before["scoreGiven"]


def test_taking_an_exemption_back_is_a_decision_too(graded):
    graded.credit()
    graded.let_off(Component.NEEDS)
    graded.deliver()
    graded.credit(Component.GOALS_SET)
    assert "scoringUserId" not in graded.deliver()

    graded.take_back()

    assert graded.deliver()["scoringUserId"] == graded.teachers_subject


def test_the_next_fact_makes_the_score_the_tools_own_again(graded):
    graded.credit()
    graded.let_off(Component.NEEDS)
    graded.deliver()

    graded.credit(Component.GOALS_SET)

    assert "scoringUserId" not in graded.deliver()


def test_an_exemption_that_changes_nothing_is_nobodys_score(graded):
    graded.credit()
    graded.deliver()
    state = graded.cell.revision

    graded.let_off(Component.FEEDBACK)  # which nobody is asked for here

    assert (graded.cell.revision, graded.cell.scored_by_id) == (state, None)


def test_other_moments_alone_send_nothing_again(graded):
    graded.credit()
    graded.deliver()
    before = (graded.cell.revision, graded.cell.submitted_at)
    graded.clock.tick(days=1)

    graded.credit(source="a second agreement, of which one counts")
    graded.deliver()

    assert (graded.cell.revision, graded.cell.submitted_at) == before
    assert len(graded.gradebook.sent) == 1


def test_sent_twice_it_says_twice_the_same(graded):
    graded.credit()
    graded.let_off(Component.NEEDS)
    first = graded.deliver()
    column_id = graded.cell.line_item_id
    with graded.database.transaction() as db:
        outbox.send_all_again(db, column_id)

    assert graded.deliver() == first
    assert len(graded.gradebook.sent) == 2


def test_who_lets_the_tool_go_on_over_a_teachers_grade_has_decided_the_score(graded):
    graded.credit()
    graded.deliver()
    cell_id = graded.cell.id
    with graded.database.transaction() as db:
        db.get_one(ScorePublication, cell_id).state = PublicationState.OVERRIDDEN
        teacher = db.get_one(Membership, graded.teacher_id).user_id
        outbox.resume_overridden(db, [cell_id], scored_by_id=teacher)

    assert graded.deliver()["scoringUserId"] == graded.teachers_subject


def test_who_has_left_the_course_is_not_named(graded):
    graded.credit()
    graded.let_off(Component.NEEDS)
    with graded.database.transaction() as db:
        db.get_one(Membership, graded.teacher_id).state = MembershipState.GONE

    assert "scoringUserId" not in graded.deliver()


def test_where_a_product_is_not_known_to_take_them_neither_people_nor_times_are_told(graded):
    with graded.database.transaction() as db:
        db.scalars(select(Platform)).one().product = Product.OTHER
    graded.credit()
    graded.let_off(Component.NEEDS)

    assert {"scoringUserId", "submission"}.isdisjoint(graded.deliver())


def test_a_dispute_that_a_coordinator_settles_is_that_persons_score(db, frozen_clock):
    pair = make_pair(db)
    pair.course.line_items_url = "https://lms.test/lineitems"
    session = over(db, frozen_clock, pair)
    say(db, pair, session, AttendanceAnswer.HELD, AttendanceAnswer.MENTEE_MISSED)
    teresa = pair.teresa(db)

    attendances.settle_dispute(db, teresa, session, SessionState.HELD)

    db.flush()
    (cell,) = db.scalars(
        select(ScorePublication).where(ScorePublication.participant_id == pair.mentee.id)
    ).all()
    assert cell.scored_by_id == teresa.user_id
    assert cell.submitted_at == session.starts_at
