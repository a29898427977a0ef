"""The floor for reading a roster: pages as they come into two tables, and nothing else.

One kept-open connection of the standard library, and for each page one SQLAlchemy Core statement
for people and one for memberships, each with all rows of the page. It compares nothing, knows no
roles, notices nobody who has left, and keeps no token.
"""

import http.client
import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from sqlalchemy import Column, Integer, MetaData, String, Table, create_engine, event
from sqlalchemy.dialects.sqlite import Insert, insert

meta = MetaData()
people = Table(
    "person",
    meta,
    Column("subject", String(255), primary_key=True),
    Column("name", String(255)),
    Column("given_name", String(255)),
    Column("email", String(320)),
)
members = Table(
    "member",
    meta,
    Column("course", Integer, primary_key=True),
    Column("subject", String(255), primary_key=True),
    Column("roles", String),
    Column("status", String),
)
NEXT = re.compile(r'<([^>]*)>;\s*rel="next"')


def sync(file: Path, url: str) -> int:
    """Read the roster at ``url`` into the database ``file``; how many people it has."""
    engine = create_engine(f"sqlite:///{file}")
    event.listen(engine, "connect", _prepare)
    meta.create_all(engine)
    keep_person = _upsert(people, "name", "given_name", "email")
    keep_member = _upsert(members, "roles", "status")
    count = 0
    with engine.begin() as db:
        for page in _pages(url):
            db.execute(keep_person, [_person(each) for each in page])
            db.execute(keep_member, [_member(each) for each in page])
            count += len(page)
    engine.dispose()
    return count


def _pages(url: str) -> Iterator[list[dict[str, Any]]]:
    parts = urlsplit(url)
    assert parts.hostname is not None
    connection = http.client.HTTPConnection(parts.hostname, parts.port)
    address: str | None = url
    while address:
        parts = urlsplit(address)
        connection.request("GET", f"{parts.path}?{parts.query}")
        answer = connection.getresponse()
        content = json.loads(answer.read())
        found = NEXT.search(answer.getheader("Link", ""))
        address = found[1] if found else None
        yield content["members"]
    connection.close()


def _person(entry: dict[str, Any]) -> dict[str, Any]:
    names = ("name", "given_name", "email")
    return {"subject": entry["user_id"], **{name: entry.get(name) for name in names}}


def _member(entry: dict[str, Any]) -> dict[str, Any]:
    roles = ",".join(entry["roles"])
    return {"course": 1, "subject": entry["user_id"], "roles": roles, "status": entry["status"]}


def _upsert(table: Table, *changed: str) -> Insert:
    statement = insert(table)
    values = {name: statement.excluded[name] for name in changed}
    keys = list(table.primary_key.columns)
    return statement.on_conflict_do_update(index_elements=keys, set_=values)


def _prepare(connection: Any, _record: object) -> None:
    for pragma in ("journal_mode=wal", "synchronous=normal"):
        connection.execute(f"pragma {pragma}")
