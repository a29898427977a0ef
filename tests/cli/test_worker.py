"""The job engine: bells, threads, and what may go wrong with them."""

import threading

import pytest
from huey import MemoryHuey, SqliteHuey
from huey.registry import Message
from sqlalchemy import select

from lti_mentoring.core import bell, clock
from lti_mentoring.jobs import schedule
from lti_mentoring.jobs.engine import JsonSerializer, make_engine
from lti_mentoring.models import Draft, RefusedLaunch, SignIn, UsedState, WaitingLaunch
from tests.support.background import worker_for
from tests.support.canned_platform import CannedPlatform
from tests.support.factories import make_course, make_member, make_registration

PATIENCE_SECONDS = 20


@pytest.fixture
def worker(database, settings):
    made = worker_for(database, settings, CannedPlatform())
    yield made
    made.stop()


def test_a_running_worker_hears_a_bell_after_the_commit(worker, database, monkeypatch):
    heard = threading.Event()
    monkeypatch.setattr("lti_mentoring.jobs.tasks.deliver_scores", lambda _work: heard.set())
    worker.start()

    with database.transaction() as db:
        bell.ring_soon(db, "scores")
        assert not heard.is_set()

    assert heard.wait(PATIENCE_SECONDS)


def test_nothing_rings_if_the_transaction_fails(worker, database, monkeypatch):
    rung = []
    bell.hang_up(database, lambda *bell: rung.append(bell), 20)

    def fail():
        with database.transaction() as db:
            bell.ring_soon(db, "scores")
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        fail()

    assert rung == []


def test_a_transaction_rings_once_for_each_kind(worker, database):
    rung = []
    bell.hang_up(database, lambda kind, seconds: rung.append((kind, seconds)), 20)

    with database.transaction() as db:
        for _ in range(3):
            bell.ring_soon(db, "scores", 5)
        bell.ring_soon(db, "roster")

    assert rung == [("scores", 5), ("roster", 0)]


def test_a_worker_can_be_started_and_stopped_more_than_once(worker):
    worker.start()
    worker.start()
    assert worker.is_running

    worker.stop()
    assert not worker.is_running


def test_an_engine_that_is_down_holds_up_nobody(database, settings, caplog):
    away = settings.model_copy(update={"jobs_url": "nonsense://"})
    worker = worker_for(database, away, CannedPlatform())

    worker.ring("scores")

    assert "the bell cannot be rung" in caplog.text
    worker.close()


def test_an_error_in_one_queue_does_not_keep_the_others_waiting(worker, monkeypatch, caplog):
    done = []

    def broken(_work):
        raise ValueError("a bug")

    def sound(_work):
        done.append(1)
        return 1

    monkeypatch.setattr(schedule, "EVERY_MINUTE", (broken, sound))

    assert schedule.sweep(worker.work) == 1
    assert done == [1]
    assert "background work failed" in caplog.text


@pytest.mark.parametrize(
    ("url", "file", "kind"),
    [
        ("", "var/x.db", SqliteHuey),
        ("", None, MemoryHuey),
        ("", ":memory:", MemoryHuey),
    ],
)
def test_the_embedded_engine_needs_nothing_else(tmp_path, url, file, kind):
    place = str(tmp_path / "x.db") if file == "var/x.db" else file
    engine = make_engine(url, place)

    assert type(engine) is kind
    if kind is SqliteHuey:
        assert (tmp_path / "x-jobs.db").exists()
        engine.storage.close()


def test_an_unknown_engine_is_refused():
    with pytest.raises(ValueError, match="jobs_url"):
        make_engine("amqp://x", None)


def test_queues_hold_json_and_no_code():
    serializer = JsonSerializer()
    message = Message(id="1", name="deliver_scores", eta=clock.now(), retries=0)

    stored = serializer.serialize(message)

    assert stored.startswith(b"{")
    assert serializer.deserialize(stored).name == "deliver_scores"
    assert serializer.deserialize(serializer.serialize({"a": 1})) == {"a": 1}


def test_what_is_over_is_cleared_away(worker, database, frozen_clock):
    with database.transaction() as db:
        registration = make_registration(db)
        member = make_member(db, make_course(db))
        now = frozen_clock.now
        db.add(UsedState(state_hash="s", used_at=now))
        db.add(
            WaitingLaunch(
                code_hash="c",
                browser_hash="b",
                registration_id=registration.id,
                claims={"sub": "u"},
                waits_since=now,
            )
        )
        db.add(RefusedLaunch(code="x", reason="y", incident="z", at=now))
        db.add(
            SignIn(key="k", token_hash="t", membership_id=member.id, created_at=now, seen_at=now)
        )
        db.add(Draft(membership_id=member.id, path="/goals/new", fields={}, saved_at=now))

    frozen_clock.tick(minutes=30)
    worker.run_until_idle()
    with database.transaction() as db:
        assert db.scalars(select(WaitingLaunch)).all() == []
        assert len(db.scalars(select(UsedState)).all()) == 1  # so that nobody uses it again
    frozen_clock.tick(days=91)
    worker.run_until_idle()

    with database.transaction() as db:
        kept = [db.scalars(select(table)).all() for table in (UsedState, RefusedLaunch, SignIn)]
        assert len(db.scalars(select(Draft)).all()) == 1
    assert kept == [[], [], []]

    frozen_clock.tick(days=90)
    worker.run_until_idle()

    with database.transaction() as db:
        assert db.scalars(select(Draft)).all() == []
