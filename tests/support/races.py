"""Several people act at once, each in a session and a thread of their own."""

import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress

from sqlalchemy.orm import Session

from lti_mentoring.core.db import Database

PATIENCE = 1.0  # seconds until those who have acted believe that the others wait for them

Act = Callable[[Session], object]


def at_once(database: Database, *acts: Act) -> list[BaseException | None]:
    """What went wrong in each act, if anything did.

    Nobody commits before all have acted: so nobody sees what the others do, unless the database
    makes one wait for the other. Then the first commits, and the other goes on.
    """
    all_have_acted = threading.Barrier(len(acts))

    def run(act: Act) -> None:
        with database.sessions() as db:
            act(db)
            db.flush()
            with suppress(threading.BrokenBarrierError):
                all_have_acted.wait(PATIENCE)
            db.commit()

    with ThreadPoolExecutor(len(acts)) as threads:
        return [one.exception() for one in [threads.submit(run, act) for act in acts]]
