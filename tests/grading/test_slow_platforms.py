"""A platform that throttles, saves its budget or is down: slower, never less, and nobody else."""

import threading
from contextlib import contextmanager
from datetime import timedelta

import pytest
from sqlalchemy import func, select

from lti_mentoring.core import clock
from lti_mentoring.models import (
    Course,
    LineItem,
    Platform,
    PlatformPace,
    Program,
    Registration,
    RosterSync,
    ScorePublication,
)
from lti_mentoring.policies.actor import Actor
from lti_mentoring.services import roster
from lti_mentoring.vocabulary import (
    Component,
    Product,
    ProgramState,
    PublicationState,
    RosterSyncState,
)
from tests.grading.conftest import SCORES
from tests.support.background import worker_for
from tests.support.canned_platform import LMS, CannedPlatform
from tests.support.factories import (
    make_course,
    make_deployment,
    make_line_item,
    make_mentee,
    make_program,
    make_registration,
)

LEARNERS = 20
QUIET = 21  # seconds, a bit more than the default


class Crowded(CannedPlatform):
    """A platform that knows how many scores were with it at one time."""

    def __init__(self):
        super().__init__()
        self._lock, self._two_at_once = threading.Lock(), threading.Event()
        self._here = 0
        self.most_at_once = 0

    def send(self, request, *given, **options):
        if not request.url.endswith("/scores"):
            return super().send(request, *given, **options)
        with self._enter():
            return super().send(request, *given, **options)

    @contextmanager
    def _enter(self):
        with self._lock:
            self._here += 1
            self.most_at_once = max(self.most_at_once, self._here)
            if self._here > 1:
                self._two_at_once.set()
        self._two_at_once.wait(0.05)  # for a second one, if there is to be one
        yield
        with self._lock:
            self._here -= 1

    def forget(self):
        self.most_at_once = 0
        self._two_at_once.clear()


@pytest.fixture
def crowded(gradebook, frozen_clock, database, settings):
    """Twenty learners with scores that are due, on a platform that counts."""
    platform = Crowded()
    platform._answers = gradebook.platform._answers
    gradebook.worker.close()
    gradebook.platform, gradebook.worker = platform, worker_for(database, settings, platform)
    gradebook.work()  # the column is found before anything is due
    for number in range(LEARNERS):
        gradebook.credit(gradebook.learner(f"Person {number}"))
    gradebook.work()
    frozen_clock.tick(seconds=QUIET)
    return gradebook


def is_a(gradebook, product):
    with gradebook.database.transaction() as db:
        db.query(Platform).update({"product": product})


def left(gradebook):
    with gradebook.database.transaction() as db:
        return db.scalar(
            select(func.count()).where(ScorePublication.state != PublicationState.SENT)
        )


def throttled(gradebook, *answer, **headers):
    """The background works while the platform complains; it is content afterwards."""
    gradebook.platform.instead(SCORES, *answer, **headers)
    gradebook.work()
    gradebook.platform.instead(SCORES)
    gradebook.platform.forget()


def posted(gradebook):
    return len(gradebook.sent)


def test_without_a_throttle_scores_go_side_by_side(crowded):
    """So that the next tests are able to fail."""
    crowded.work()

    assert crowded.platform.most_at_once > 1
    assert left(crowded) == 0


@pytest.mark.parametrize("answer", [(429,), (403, b"403 Forbidden (Rate Limit Exceeded)")])
def test_c23_after_a_throttle_scores_go_one_at_a_time_until_it_is_calm(
    crowded, frozen_clock, answer
):
    is_a(crowded, Product.CANVAS)
    throttled(crowded, *answer)
    assert left(crowded) == LEARNERS

    frozen_clock.tick(minutes=2)
    crowded.work()

    assert crowded.platform.most_at_once == 1
    assert left(crowded) == 0


def test_c23_after_a_calm_while_they_go_side_by_side_again(crowded, frozen_clock):
    is_a(crowded, Product.CANVAS)
    throttled(crowded, 429)

    frozen_clock.tick(minutes=10)
    crowded.work()

    assert crowded.platform.most_at_once > 1
    assert left(crowded) == 0


def test_one_at_a_time_holds_for_two_processes_together(crowded, frozen_clock, database, settings):
    throttled(crowded, 429)
    frozen_clock.tick(minutes=2)
    other = worker_for(database, settings, crowded.platform)
    threads = [threading.Thread(target=each.run_until_idle) for each in (crowded.worker, other)]

    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    other.close()

    assert crowded.platform.most_at_once == 1
    assert left(crowded) == 0


def test_what_the_platform_asks_for_holds_for_another_process(
    crowded, frozen_clock, database, settings
):
    throttled(crowded, 429, Retry_After="600")
    before = posted(crowded)
    other = worker_for(database, settings, crowded.platform)
    frozen_clock.tick(minutes=9)

    other.run_until_idle()
    assert posted(crowded) == before

    frozen_clock.tick(minutes=2)
    other.run_until_idle()
    other.close()
    assert left(crowded) == 0


@pytest.fixture
def neighbor(crowded):
    """A learner at another registration of the same address, with a score that is due."""
    crowded.platform.answer("/neighbor/scores")
    with crowded.database.transaction() as db:
        registration = make_registration(db, issuer=LMS, client_id="neighbor")
        course = make_course(db, make_deployment(db, registration), with_services=False)
        program = make_program(db, course, state=ProgramState.CLOSED)
        column = make_line_item(db, program, url=f"{LMS}/neighbor")
        moment = {"scored_at": clock.now(), "next_at": clock.now()}
        cell = ScorePublication(
            line_item_id=column.id,
            participant_id=make_mentee(db, program, name="Neighbor").id,
            score_given=50,
            score_maximum=100,
            activity_progress="InProgress",
            **moment,
        )
        db.add(cell)
        db.flush()
        return cell.id


def test_other_registrations_are_not_slowed(crowded, neighbor):
    throttled(crowded, 429, Retry_After="600")

    with crowded.database.transaction() as db:
        assert db.get_one(ScorePublication, neighbor).state is PublicationState.SENT
    assert left(crowded) == LEARNERS


def test_b8_the_days_calls_are_saved_and_scores_go_on_at_the_reset(crowded, frozen_clock):
    is_a(crowded, Product.BLACKBOARD)
    low = {"X_Rate_Limit_Limit": "10000", "X_Rate_Limit_Remaining": "999"}
    throttled(crowded, 200, X_Rate_Limit_Reset="7200", **low)
    saved, sent = left(crowded), posted(crowded)
    assert saved > LEARNERS / 2

    frozen_clock.tick(hours=1)
    crowded.work()
    assert posted(crowded) == sent

    frozen_clock.tick(hours=1, minutes=1)
    crowded.work()
    assert left(crowded) == 0


def test_b8_rosters_and_scores_share_one_budget(crowded, frozen_clock, database):
    is_a(crowded, Product.BLACKBOARD)
    low = {"X_Rate_Limit_Limit": "10000", "X_Rate_Limit_Remaining": "999"}
    throttled(crowded, 200, X_Rate_Limit_Reset="7200", **low)
    crowded.platform.answer("/members", body={"members": []})
    with database.transaction() as db:
        course = db.get_one(Course, db.get_one(Program, crowded.program_id).course_id)
        course.memberships_url = f"{LMS}/members"
        db.query(RosterSync).delete()
        roster.ask_for_roster(db, Actor.system("test"), course)

    crowded.work()
    assert crowded.platform.requests_to("/members") == []

    frozen_clock.tick(hours=2, minutes=1)
    crowded.work()
    assert crowded.platform.requests_to("/members") != []
    with database.transaction() as db:
        states = db.scalars(select(RosterSync.state)).all()
    assert states == [RosterSyncState.DONE]


def test_br13_credits_that_come_back_every_minute_are_waited_for(crowded, frozen_clock):
    is_a(crowded, Product.BRIGHTSPACE)
    throttled(crowded, 429, X_Rate_Limit_Remaining="0", X_Rate_Limit_Reset="40")
    frozen_clock.tick(seconds=39)
    before = posted(crowded)
    crowded.work()
    assert posted(crowded) == before

    frozen_clock.tick(minutes=3)
    crowded.work()

    assert left(crowded) == 0


def test_a_platform_that_is_down_for_an_hour_loses_nothing_and_is_not_hammered(
    crowded, frozen_clock
):
    crowded.platform.instead(SCORES, 503)
    for _ in range(60):
        crowded.work()
        frozen_clock.tick(minutes=1)
    tried = posted(crowded)
    with crowded.database.transaction() as db:
        learners = db.scalars(select(ScorePublication.participant_id)).all()
    crowded.credit(learners[0], Component.NEEDS)  # life goes on meanwhile

    crowded.platform.instead(SCORES)
    for _ in range(90):
        frozen_clock.tick(minutes=1)
        crowded.work()

    assert tried < 60 * 4
    assert left(crowded) == 0
    newest = {sent["userId"]: sent["scoreGiven"] for sent in crowded.sent}
    with crowded.database.transaction() as db:
        wanted = sorted(float(score) for score in db.scalars(select(ScorePublication.score_given)))
    assert sorted(newest.values()) == wanted


def test_a_column_that_is_looked_for_waits_as_well(crowded, frozen_clock):
    throttled(crowded, 429, Retry_After="600")
    with crowded.database.transaction() as db:
        column = db.scalars(select(LineItem)).one()
        column.url, column.next_at = None, clock.now()
    before = len(crowded.platform.requests_to("/lineitems"))

    crowded.work()
    assert len(crowded.platform.requests_to("/lineitems")) == before

    frozen_clock.tick(minutes=30)
    crowded.work()
    assert left(crowded) == 0


def test_a_registration_has_one_row_however_often_it_complains(crowded, frozen_clock):
    for _ in range(3):
        throttled(crowded, 429)
        frozen_clock.tick(hours=1)

    with crowded.database.transaction() as db:
        (row,) = db.scalars(select(PlatformPace)).all()
        (known,) = db.scalars(select(Registration.id)).all()
    assert row.registration_id == known
    assert row.resume_at > clock.now() - timedelta(days=1)
