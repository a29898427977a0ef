"""How many queries a page takes when its lists have 5 rows, and when they have 50.

    python -m benchmarks.queries

Every page whose address has no number in it is opened by a coordinator, a mentor, a mentee and a
learner without a mentor; a page that refuses or redirects one of them is not counted for that one.
The look-up of the sign-in is one of the queries. In one process, without sockets.
"""

import re
from collections.abc import Iterator
from contextlib import contextmanager

from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import event

from benchmarks.measuring import bounded, report
from benchmarks.world import (
    NO_LMS,
    add_platform,
    add_program_with_rows,
    fresh_database,
    fresh_folder,
    settings_for,
    sign_in,
)
from lti_mentoring.app import IN_SIGN_IN, create_app
from lti_mentoring.core.db import Database
from lti_mentoring.web import identity

FEW, MANY = 5, 50
BOUND = 5
FAILED = -1
LISTS = (".index", ".inbox", ".show")
STATEMENT = re.compile(r"\s*(?:BEGIN|COMMIT|ROLLBACK|SAVEPOINT|RELEASE)", re.IGNORECASE)

Counts = dict[str, int]


def main() -> None:
    with bounded() as stack:
        folder = stack.enter_context(fresh_folder())
        few, many = (
            _count(stack.enter_context(fresh_database(folder, f"rows-{rows}")), rows)
            for rows in (FEW, MANY)
        )
    pages = {page: (few[page], many[page]) for page in sorted(few.keys() & many.keys())}
    errors = sorted(page for page, counts in pages.items() if FAILED in counts)
    growing = sorted(page for page, (before, after) in pages.items() if before != after)
    most = max((max(counts) for counts in pages.values()), default=None)
    report(
        "queries",
        {
            f"queries of the page that takes most, {MANY} rows": (most, BOUND),
            "pages that take more with more rows": (len(growing), 0),
            "pages that fail": (len(errors), 0),
            "pages that one of both has not": (len(few.keys() ^ many.keys()), 0),
        },
        growing={page: pages[page] for page in growing},
        too_many={page: counts for page, counts in pages.items() if max(counts) > BOUND},
        failing=errors,
        pages=pages,
    )


def _count(database: Database, rows: int) -> Counts:
    """Queries by "reader endpoint"; ``FAILED`` for a page that fails."""
    with database.transaction() as db:
        course = add_program_with_rows(db, add_platform(db, NO_LMS), rows)
    app = create_app(settings_for(database, "http://127.0.0.1:8000"), database=database)
    counted = {}
    for reader, membership_id in course.readers.items():
        client, key = _browser(app, database, membership_id)
        for endpoint, path in list_pages(app):
            address = path.replace("<sign_in_key>", key)
            client.get(address)  # whatever is done once a process is done
            with _counting(database) as seen:
                status = client.get(address).status_code
            if status == 200:
                counted[f"{reader} {endpoint}"] = len(seen)
            elif status >= 500:
                counted[f"{reader} {endpoint}"] = FAILED
    return counted


def list_pages(app: Flask) -> list[tuple[str, str]]:
    """Endpoints and addresses of the pages that list or sum up, none with a number in it."""
    return sorted(
        (rule.endpoint, rule.rule)
        for rule in app.url_map.iter_rules()
        if rule.rule.startswith(IN_SIGN_IN)
        and rule.endpoint.endswith(LISTS)
        and rule.arguments == {"sign_in_key"}
        and "GET" in (rule.methods or ())
    )


def _browser(app: Flask, database: Database, membership_id: int) -> tuple[FlaskClient, str]:
    made = sign_in(database, membership_id)
    client = app.test_client()
    client.set_cookie(identity.COOKIE + made.key, made.token, secure=False)
    return client, made.key


@contextmanager
def _counting(database: Database) -> Iterator[list[str]]:
    seen: list[str] = []

    def note(_connection: object, _cursor: object, statement: str, *_rest: object) -> None:
        if not STATEMENT.match(statement):
            seen.append(statement)

    event.listen(database.engine, "before_cursor_execute", note)
    yield seen
    event.remove(database.engine, "before_cursor_execute", note)


if __name__ == "__main__":
    main()
