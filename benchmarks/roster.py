"""Reading a roster of 10,000 people: the product's CPU over that of the floor, and what is written.

    python -m benchmarks.roster

Both read the same pages of 100 from a platform on loopback into a fresh SQLite database, in turn.
The product does it as its background work does: claims the reading, asks for a token, streams the
pages, compares, writes, notes the outcome. A second reading of the same roster must write nobody.
"""

import gc
import re
import time
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from sqlalchemy import event

from benchmarks.floors import roster_stream
from benchmarks.measuring import ROUNDS, Server, bounded, median, report
from benchmarks.platform_stub import serve_platform
from benchmarks.world import (
    SECRET,
    add_platform,
    fresh_database,
    fresh_folder,
    settings_for,
)
from lti_mentoring.core import clock
from lti_mentoring.core.db import Database
from lti_mentoring.core.http import Client
from lti_mentoring.core.keys import SecretBox
from lti_mentoring.jobs.work import Work, prepare, read_rosters
from lti_mentoring.models import RosterSync
from lti_mentoring.vocabulary import RosterSyncState
from tests.support import factories

PEOPLE, PAGE = 10_000, 100
TURNS = 3  # in a round
BOUND = 2.0
BOOKKEEPING = frozenset({"roster_sync", "course", "access_token", "activity"})
WRITES = re.compile(r"\s*(?:INSERT INTO|UPDATE|DELETE FROM)\s+\"?(\w+)", re.IGNORECASE)


def main() -> None:
    rounds = []
    kept: Counter[str] = Counter()
    with bounded() as stack:
        folder = stack.enter_context(fresh_folder())
        stub, _key = stack.enter_context(serve_platform(folder))
        _round(folder, "warm", stub, Counter())  # imports, the parsed key, the stub's pages
        for number in range(ROUNDS):
            turns = [_round(folder, f"{number}-{turn}", stub, kept) for turn in range(TURNS)]
            rounds.append(sum(turns, Spent()))
    ratios = [each.product[0] / each.floor[0] for each in rounds]
    on_clock = [each.product[1] / each.floor[1] for each in rounds]
    people_rows = sum(count for table, count in kept.items() if table not in BOOKKEEPING)
    report(
        "roster",
        {
            f"CPU for {PEOPLE} people, product over floor": (round(median(ratios), 2), BOUND),
            "the same, time on the clock": (round(median(on_clock), 2), BOUND),
            "rows written when nothing has changed": (people_rows, 0),
        },
        ratios=[round(each, 2) for each in sorted(ratios)],
        product=_figures([each.product for each in rounds]),
        product_again=_figures([each.again for each in rounds]),
        floor=_figures([each.floor for each in rounds]),
        bookkeeping_rows_when_nothing_has_changed=+kept,
    )


@dataclass(frozen=True)
class Spent:
    """CPU and clock seconds of each."""

    floor: tuple[float, float] = (0.0, 0.0)
    product: tuple[float, float] = (0.0, 0.0)
    again: tuple[float, float] = (0.0, 0.0)

    def __add__(self, more: "Spent") -> "Spent":
        pairs = zip(vars(self).values(), vars(more).values(), strict=True)
        return Spent(*((one[0] + two[0], one[1] + two[1]) for one, two in pairs))


def _round(folder: Path, name: str, stub: Server, kept: Counter[str]) -> Spent:
    floor = _floor(folder / f"floor-{name}.db", stub)
    product, again = _product(folder, f"product-{name}", stub, kept)
    return Spent(floor, product, again)


def _figures(runs: list[tuple[float, float]]) -> dict[str, float]:
    return {
        "cpu_seconds": round(median([each[0] for each in runs]) / TURNS, 3),
        "people_per_second": round(TURNS * PEOPLE / median([each[1] for each in runs])),
    }


def _floor(file: Path, stub: Server) -> tuple[float, float]:
    url = f"{stub.url}/roster?total={PEOPLE}&limit={PAGE}&page=1"
    return _timed(lambda: roster_stream.sync(file, url))


def _product(
    folder: Path, name: str, stub: Server, kept: Counter[str]
) -> tuple[tuple[float, float], tuple[float, float]]:
    """Both readings of one database; ``kept`` counts the rows that the second one wrote."""
    with fresh_database(folder, name) as database:
        course_id = _add_course(database, stub)
        work = _work(database)
        first = _read(database, work, course_id)
        with _rows_written(database) as written:
            again = _read(database, work, course_id)
        kept.update(written)
    return first, again


def _work(database: Database) -> Work:
    settings = settings_for(database, "http://127.0.0.1:8000")
    roster = settings.roster.model_copy(update={"page_size": PAGE})
    settings = settings.model_copy(update={"roster": roster})
    http = Client(settings.outgoing, "lti-mentoring benchmark")
    return prepare(database, http, SecretBox(SECRET), settings)


def _add_course(database: Database, stub: Server) -> int:
    with database.transaction() as db:
        url = f"{stub.url}/roster?total={PEOPLE}&page=1"
        course = factories.make_course(db, add_platform(db, stub.url), memberships_url=url)
        return course.id


def _read(database: Database, work: Work, course_id: int) -> tuple[float, float]:
    """CPU and clock seconds of one reading, from its claim to its end."""
    now = clock.now()
    due = {"state": RosterSyncState.DUE, "requested_at": now, "next_at": now, "attempts": 0}
    with database.transaction() as db:
        asked = factories.add(db, RosterSync(course_id=course_id, **due))
    spent = _timed(lambda: read_rosters(work))
    with database.reading() as db:
        done = db.get_one(RosterSync, asked.id)
    if done.state is not RosterSyncState.DONE or done.member_count != PEOPLE:
        raise RuntimeError(f"the reading is {done.state}, {done.member_count}, {done.error}")
    return spent


def _timed(work: Callable[[], object]) -> tuple[float, float]:
    gc.collect()
    cpu, on_clock = time.process_time(), time.perf_counter()
    work()
    return time.process_time() - cpu, time.perf_counter() - on_clock


@contextmanager
def _rows_written(database: Database) -> Iterator[Counter[str]]:
    """Rows that are inserted, updated or deleted in the block, by table."""
    written: Counter[str] = Counter()

    def note(_connection: object, cursor: object, statement: str, *_rest: object) -> None:
        found = WRITES.match(statement)
        if found:
            written.update({found[1]: max(0, getattr(cursor, "rowcount", 0))})

    event.listen(database.engine, "after_cursor_execute", note)
    yield written
    event.remove(database.engine, "after_cursor_execute", note)


if __name__ == "__main__":
    main()
