"""Sending 1,000 scores to a platform that takes 50 ms for each: the product against the floors.

    python -m benchmarks.scores

The product does it as its background work does: claims scores from a fresh SQLite database, gets a
token, sends, notes each outcome in a transaction of its own, with eight threads, as the floor has.
Rates are to be at least so many times a floor's; the seconds of a score are compared, so that all
bounds are upper ones.
"""

import gc
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import requests
from sqlalchemy import func, select

from benchmarks.floors import score_posts
from benchmarks.measuring import ROUNDS, Server, bounded, median, report
from benchmarks.platform_stub import serve_platform
from benchmarks.world import (
    SECRET,
    add_platform,
    add_program,
    fresh_database,
    fresh_folder,
    settings_for,
)
from lti_mentoring.core import clock
from lti_mentoring.core.db import Database
from lti_mentoring.core.http import Client
from lti_mentoring.core.keys import SecretBox
from lti_mentoring.jobs.work import deliver_scores, prepare
from lti_mentoring.models import ScorePublication
from lti_mentoring.vocabulary import ActivityProgress, PublicationState
from tests.support import factories

SCORES, THREADS = 1000, 8
FEW = 30  # of pylti1p3, which takes long
LEAST_OF_POOL, LEAST_OF_ONE_OBJECT, LEAST_OF_OBJECTS = 0.8, 6, 14  # times their rate
MOST_CPU = 1.5
MOST_TOKENS = 1


@dataclass(frozen=True)
class Spent:
    """What one score took."""

    cpu_ms: float
    seconds: float


@dataclass(frozen=True)
class Round:
    """Everybody's turn."""

    product: Spent
    pool: Spent
    one_object: Spent
    objects: Spent


def main() -> None:
    with bounded() as stack:
        folder = stack.enter_context(fresh_folder())
        stub, _key = stack.enter_context(serve_platform(folder))
        _product(folder, "warm", stub, FEW)  # imports, the parsed key
        before = _tokens(stub)
        products = [_round(folder, number, stub) for number in range(ROUNDS)]
        of_ours = (_tokens(stub) - before) / ROUNDS - FEW - 1  # less than pylti1p3's in each round
    report(
        "scores",
        {
            "seconds a score, product over pool of 8 sessions": _ratio(
                products, lambda each: each.product.seconds / each.pool.seconds, 1 / LEAST_OF_POOL
            ),
            "the same, over pylti1p3 with one object": _ratio(
                products,
                lambda each: each.product.seconds / each.one_object.seconds,
                1 / LEAST_OF_ONE_OBJECT,
            ),
            "the same, over pylti1p3 with an object for each": _ratio(
                products,
                lambda each: each.product.seconds / each.objects.seconds,
                1 / LEAST_OF_OBJECTS,
            ),
            "CPU a score, product over pool of 8 sessions": _ratio(
                products, lambda each: each.product.cpu_ms / each.pool.cpu_ms, MOST_CPU
            ),
            f"tokens for {SCORES} scores": (of_ours, MOST_TOKENS),
        },
        scores_per_second={
            name: round(1 / median([getattr(each, name).seconds for each in products]), 1)
            for name in ("product", "pool", "one_object", "objects")
        },
        cpu_ms_per_score={
            name: round(median([getattr(each, name).cpu_ms for each in products]), 2)
            for name in ("product", "pool", "one_object", "objects")
        },
        cpu_ratios=sorted(round(each.product.cpu_ms / each.pool.cpu_ms, 2) for each in products),
    )


def _ratio(rounds: list[Round], of: Callable[[Round], float], bound: float) -> tuple[float, float]:
    return round(median([of(each) for each in rounds]), 3), round(bound, 3)


def _round(folder: Path, number: int, stub: Server) -> Round:
    column, key = f"{stub.url}/slow/column", folder / "platform.pem"
    turns = {
        "product": lambda: _product(folder, f"round-{number}", stub, SCORES),
        "pool": lambda: _timed(SCORES, lambda: score_posts.pool(column, SCORES, THREADS)),
        "one_object": lambda: _timed(
            FEW, lambda: score_posts.one_object(stub.url, key, column, FEW)
        ),
        "objects": lambda: _timed(
            FEW, lambda: score_posts.object_per_score(stub.url, key, column, FEW)
        ),
    }
    names = list(turns) if number % 2 else list(reversed(turns))
    return Round(**{name: turns[name]() for name in names})


def _product(folder: Path, name: str, stub: Server, count: int) -> Spent:
    with fresh_database(folder, name) as database:
        _want(database, stub, count)
        settings = settings_for(database, "http://127.0.0.1:8000")
        scores = settings.scores.model_copy(update={"workers": THREADS})
        http = Client(settings.outgoing, "lti-mentoring benchmark")
        ours = settings.model_copy(update={"scores": scores})
        work = prepare(database, http, SecretBox(SECRET), ours)
        spent = _timed(count, lambda: deliver_scores(work))
        work.publisher.close()
        _check_all_sent(database, count)
    return spent


def _want(database: Database, stub: Server, count: int) -> None:
    """A program with so many learners, each with a score that is due."""
    with database.transaction() as db:
        course = factories.make_course(db, add_platform(db, stub.url))
        program, _agreement = add_program(db, course)
        column = factories.make_line_item(db, program, url=f"{stub.url}/slow/column")
        now = clock.now()
        for number in range(count):
            mentee = factories.make_mentee(db, program)
            cell = {"score_given": number % 100, "score_maximum": 100, "scored_at": now}
            db.add(
                ScorePublication(
                    line_item_id=column.id,
                    participant_id=mentee.id,
                    comment="Sessions 3 of 6. Goals 2 of 3.",
                    activity_progress=ActivityProgress.IN_PROGRESS,
                    next_at=now,
                    **cell,
                )
            )


def _check_all_sent(database: Database, count: int) -> None:
    with database.reading() as db:
        sent = db.scalar(
            select(func.count()).where(ScorePublication.state == PublicationState.SENT)
        )
    if sent != count:
        raise RuntimeError(f"{sent} of {count} scores were sent")


def _tokens(stub: Server) -> int:
    return int(requests.get(f"{stub.url}/counts", timeout=10).json().get("token", 0))


def _timed(count: int, work: Callable[[], object]) -> Spent:
    gc.collect()
    cpu, on_clock = time.process_time(), time.perf_counter()
    work()
    cpu, on_clock = time.process_time() - cpu, time.perf_counter() - on_clock
    return Spent(cpu / count * 1000, on_clock / count)


if __name__ == "__main__":
    main()
