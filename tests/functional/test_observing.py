"""Parents and advisers: nothing of those whom they follow, unless these allow it."""

from datetime import timedelta
from decimal import Decimal

import pytest
from sqlalchemy import delete, select

from lti_mentoring.core import clock
from lti_mentoring.grading import ledger, recompute
from lti_mentoring.models import Activity, EngagementScore, MentoringSession, Observation
from lti_mentoring.policies.confidentiality import MATRIX, Access, DataKind, Reader
from lti_mentoring.vocabulary import (
    Component,
    CourseRole,
    GoalState,
    MembershipState,
    SessionState,
    Verb,
    Visibility,
)
from tests.support.counting import statements_of
from tests.support.factories import (
    add,
    make_course,
    make_goal,
    make_member,
    make_mentee,
    make_pairing,
    make_program,
    make_rubric,
)
from tests.support.visitor import visit

NUMBERS = {
    DataKind.COMPLETION: "The program not completed yet",
    DataKind.SESSION_FACTS: "Sessions held 2 Sessions planned 1",
}
"""What each row of the table looks like on the observer's page, for Amara as she is made here."""


class Family:
    """Amara, who is mentored by Daniel, and her mother, who follows her."""

    def __init__(self, db):
        self.program = make_program(db, title="First-year mentoring")
        make_rubric(db, self.program)
        course = self.program.course
        self.amara = make_mentee(
            db,
            self.program,
            goal_text="zq-intake",
            member=make_member(db, course, name="Amara Diallo"),
        )
        self.parent = make_member(db, course, role=CourseRole.OBSERVER, name="Margaret Hale")
        self.observation = add(
            db, Observation(observer_id=self.parent.id, learner_id=self.amara.membership_id)
        )
        self._work(db)
        db.commit()

    def _work(self, db):
        pairing = make_pairing(db, self.program, mentee=self.amara)
        pairing.mentor.membership.user.name = "Daniel Okafor"
        for state in (SessionState.HELD, SessionState.HELD, SessionState.SCHEDULED):
            facts = {"starts_at": clock.now(), "length_minutes": 45, "time_zone": "UTC"}
            row = MentoringSession(
                pairing_id=pairing.id,
                proposed_by_id=self.amara.id,
                state=state,
                created_at=clock.now(),
                **facts,
            )
            add(db, row)
        private = {"visibility": Visibility.PRIVATE, "state": GoalState.ACHIEVED}
        self.goal_id = make_goal(db, self.amara, title="zq-shared").id
        make_goal(db, self.amara, title="zq-private", **private)
        make_goal(db, self.amara, title="zq-draft", state=GoalState.DRAFT)
        earned = [(Component.SESSIONS, f"session:{n}") for n in range(6)]
        for component, source in (*earned, (Component.GOALS_SET, "goal:1")):
            ledger.credit(db, self.amara.id, component, Decimal(1), source, clock.now())
        recompute.participant(db, self.amara.id)


@pytest.fixture
def family(db, frozen_clock):
    return Family(db)


@pytest.fixture
def learner(app, family):
    return visit(app, family.amara.membership_id)


@pytest.fixture
def parent(app, family):
    return visit(app, family.parent.id)


def allow(learner):
    return learner.get("/my-engagement").submit("Show my numbers to Margaret Hale")


def test_nothing_is_shared_by_itself(parent):
    parent.get("/")

    assert parent.path.endswith("/observing")
    assert "Amara shares nothing with you yet." in parent.text
    assert not [number for number in NUMBERS.values() if number in parent.text]


def test_a_learner_who_allows_it_shows_numbers_and_nothing_else(learner, parent):
    said = allow(learner).text

    text = parent.get("/").text

    assert "Your numbers are shown now. You can stop that at any time." in said
    assert [number for number in NUMBERS.values() if number not in text] == []
    assert "zq-" not in text
    assert "Daniel" not in text
    assert "50" not in text.replace("The next 50", "")
    assert "Goals" not in text


def test_where_the_institution_has_it_off_nothing_is_shown_whatever_was_allowed(
    db, family, learner, parent
):
    allow(learner)
    family.program.course.deployment.registration.shows_observers = False
    db.commit()

    text = parent.get("/").text

    assert "Amara" not in text
    assert "No student has shared mentoring progress with you" in text
    assert "Who follows me" not in learner.get("/my-engagement").text
    learner.post(
        f"/my-engagement/followers/{family.observation.id}/stop",
        csrf_token=learner.get(f"/goals/{family.goal_id}").csrf_token(),
    )
    assert learner.status == 404


def test_who_has_completed_the_program_shows_that(db, family, learner, parent):
    allow(learner)
    db.get_one(EngagementScore, family.amara.id).is_complete = True
    db.commit()

    assert "The program completed" in parent.get("/").text


def test_the_table_of_confidentiality_gives_observers_these_numbers_and_no_others():
    rows = {kind for kind in DataKind if MATRIX[kind][Reader.OBSERVER] is not Access.NONE}

    assert rows == set(NUMBERS)
    assert {MATRIX[kind][Reader.OBSERVER] for kind in rows} == {Access.COUNT_IF_SHARED}


def test_it_can_be_stopped_and_then_nothing_is_seen(db, learner, parent):
    allow(learner)

    learner.submit("Stop showing my numbers to Margaret Hale")

    assert "Nothing is shown any more." in learner.text
    assert "Amara shares nothing with you yet." in parent.get("/").text
    verbs = db.scalars(select(Activity.detail).where(Activity.verb == Verb.PROGRESS_SHARED))
    assert list(verbs) == ["on", "off"]


def test_pressing_twice_is_the_same_as_once(db, learner):
    page = learner.get("/my-engagement").page
    allow(learner)
    learner.page = page

    learner.submit("Show my numbers to Margaret Hale")

    assert learner.status == 200
    assert len(list(db.scalars(select(Activity).where(Activity.noun == "observation")))) == 1


def test_what_one_follower_may_see_another_may_not(app, db, family, learner):
    adviser = make_member(db, family.program.course, role=CourseRole.OBSERVER, name="Rosa Lindt")
    add(db, Observation(observer_id=adviser.id, learner_id=family.amara.membership_id))
    db.commit()

    allow(learner)

    assert "Amara shares nothing with you yet." in visit(app, adviser.id).get("/").text


def test_nobody_is_asked_whom_nobody_follows(app, db, family):
    other = make_mentee(db, family.program, name="Lukas Weber")
    db.commit()

    assert "Who follows me" not in visit(app, other.membership_id).get("/my-engagement").text


@pytest.mark.parametrize(
    "change",
    [
        {"state": MembershipState.GONE},
        {"state": MembershipState.INACTIVE},
        {"role": CourseRole.LEARNER},
        {"role": CourseRole.NONE},
    ],
)
def test_who_is_no_observer_any_more_loses_sight_at_once(db, family, learner, parent, change):
    allow(learner)
    parent.get("/")
    for name, value in change.items():
        setattr(family.parent, name, value)
    db.commit()

    assert parent.get("/observing").status == 403
    assert "Who follows me" not in learner.get("/my-engagement").text


def test_a_scope_that_shrank_takes_the_sight_with_it(db, family, learner, parent):
    allow(learner)
    parent.get("/")
    db.execute(delete(Observation))
    db.commit()

    assert "Amara" not in parent.get("/observing").text
    assert "No student has shared mentoring progress with you" in parent.text


def test_a_learner_who_left_the_course_is_not_shown(db, family, learner, parent):
    allow(learner)
    family.amara.membership.state = MembershipState.GONE
    db.commit()

    assert "Amara" not in parent.get("/").text


def test_somebody_of_another_course_is_not_shown(app, db, family):
    elsewhere = make_program(db, make_course(db, family.program.course.deployment))
    stranger = make_mentee(db, elsewhere, name="Mei Tanaka")
    share = {"learner_id": stranger.membership_id, "is_shared": True}
    add(db, Observation(observer_id=family.parent.id, **share))
    db.commit()

    assert "Mei" not in visit(app, family.parent.id).get("/").text


def test_nobody_can_open_somebody_elses_numbers(app, db, family, learner):
    other = make_mentee(db, family.program, name="Lukas Weber")
    another_parent = make_member(db, family.program.course, role=CourseRole.OBSERVER)
    add(db, Observation(observer_id=another_parent.id, learner_id=other.membership_id))
    db.commit()
    lukas = visit(app, other.membership_id).get("/my-engagement")

    lukas.post(f"/my-engagement/followers/{family.observation.id}/share")

    db.expire_all()
    assert lukas.status == 404
    assert not family.observation.is_shared


@pytest.mark.parametrize("path", ["/mentors", "/goals", "/sessions", "/my-engagement", "/people"])
def test_observers_have_no_other_page(parent, path):
    assert parent.get(path).status == 403


def test_others_have_no_page_for_observing(learner):
    assert learner.get("/observing").status == 403


def test_who_shares_before_anything_counts_shows_that(app, db, family):
    fresh = make_mentee(db, family.program, name="Lukas Weber")
    share = {"learner_id": fresh.membership_id, "is_shared": True}
    add(db, Observation(observer_id=family.parent.id, **share))
    newcomer = make_member(db, family.program.course, name="Mei Tanaka")
    share = {"learner_id": newcomer.id, "is_shared": True}
    add(db, Observation(observer_id=family.parent.id, **share))
    db.commit()

    text = visit(app, family.parent.id).get("/").text

    assert "Lukas Weber Sessions held 0 Sessions planned 0 The program not completed yet" in text
    assert "Mei is not in the mentoring program now." in text


@pytest.mark.parametrize("rows", [5, 50])
def test_the_page_needs_five_queries_at_most_however_many_are_followed(
    app, db, database, family, rows
):
    for number in range(rows):
        mentee = make_mentee(db, family.program, name=f"Learner {number:02}")
        make_goal(db, mentee)
        share = {"learner_id": mentee.membership_id, "is_shared": True}
        add(db, Observation(observer_id=family.parent.id, **share))
    db.commit()
    parent = visit(app, family.parent.id)

    with statements_of(database) as sent:
        parent.get("/observing")

    assert parent.status == 200
    assert len(sent) == 2
    assert ("The next 50" in parent.links) is (rows == 50)


def test_the_page_of_a_learner_who_is_followed_stays_within_five_queries(database, family, learner):
    with statements_of(database) as sent:
        learner.get("/my-engagement")

    assert "Who follows me" in learner.text
    assert len(sent) <= 5


def test_dates_of_the_program_stand_above_once_somebody_shares(learner, parent, family):
    last = family.program.starts_on + timedelta(weeks=14)
    assert "First-year mentoring," not in parent.get("/").text
    allow(learner)

    text = parent.get("/").text

    assert "First-year mentoring," in text
    assert str(last.day) in text
