"""Growth of a process while it reads a roster of 50,000 people in pages of 100.

    python -m benchmarks.memory

A small roster is read first, so that modules, tables and the key are there already. What counts is
the highest resident size during the reading, over that just before it.
"""

import gc
import re
from pathlib import Path

from sqlalchemy import select

from benchmarks.measuring import Server, bounded, report
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
from lti_mentoring.jobs.work import prepare, read_rosters
from lti_mentoring.models import Deployment, RosterSync
from lti_mentoring.vocabulary import RosterSyncState
from tests.support import factories

PEOPLE, PAGE = 50_000, 100
FEW = 1000
MOST_MEGABYTES = 64
STATUS = Path("/proc/self/status")
RESET = Path("/proc/self/clear_refs")


def main() -> None:
    with bounded() as stack:
        folder = stack.enter_context(fresh_folder())
        stub, _key = stack.enter_context(serve_platform(folder))
        database = stack.enter_context(fresh_database(folder))
        _read(database, stub, FEW)
        first = _growth(database, stub)
        again = _growth(database, stub)
    report(
        "memory",
        {
            f"megabytes more while reading {PEOPLE} people": (first, MOST_MEGABYTES),
            "the same, of another course with the same people": (again, MOST_MEGABYTES),
        },
    )


def _growth(database: Database, stub: Server) -> float:
    """Megabytes that the process grew by at most."""
    gc.collect()
    RESET.write_text("5")  # forgets the highest size so far
    before = _kilobytes("VmRSS")
    _read(database, stub, PEOPLE)
    return round((_kilobytes("VmHWM") - before) / 1024, 1)


def _kilobytes(name: str) -> int:
    found = re.search(rf"^{name}:\s+(\d+) kB", STATUS.read_text(), re.MULTILINE)
    assert found is not None
    return int(found[1])


def _read(database: Database, stub: Server, people: int) -> None:
    """Read a roster of so many into a new course, as the background work does."""
    settings = settings_for(database, "http://127.0.0.1:8000")
    roster = settings.roster.model_copy(update={"page_size": PAGE})
    http = Client(settings.outgoing, "lti-mentoring benchmark")
    ours = settings.model_copy(update={"roster": roster})
    work = prepare(database, http, SecretBox(SECRET), ours)
    sync_id = _ask(database, stub, people)
    read_rosters(work)
    work.publisher.close()
    http.close()
    with database.reading() as db:
        done = db.get_one(RosterSync, sync_id)
    if done.state is not RosterSyncState.DONE or done.member_count != people:
        raise RuntimeError(f"the reading is {done.state}, {done.member_count}, {done.error}")


def _ask(database: Database, stub: Server, people: int) -> int:
    now = clock.now()
    with database.transaction() as db:
        deployment = db.scalar(select(Deployment)) or add_platform(db, stub.url)
        url = f"{stub.url}/roster?total={people}&page=1"
        course = factories.make_course(db, deployment, memberships_url=url)
        due = {"state": RosterSyncState.DUE, "requested_at": now, "next_at": now, "attempts": 0}
        return factories.add(db, RosterSync(course_id=course.id, **due)).id


if __name__ == "__main__":
    main()
