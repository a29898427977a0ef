"""One reader who opens every page, before and after something is changed for others."""

import re
from collections.abc import Callable

from sqlalchemy import inspect
from sqlalchemy.orm import Session

from lti_mentoring.policies.confidentiality import Reader
from tests.support.every_page import open_every_page
from tests.support.full_program import FullProgram
from tests.support.visitor import visit

READERS = {
    Reader.MENTEE: "mentee",
    Reader.MENTOR: "mentor",
    Reader.OTHER_MENTOR: "other_mentor",
    Reader.COORDINATOR: "instructor",
    Reader.TEACHING_ASSISTANT: "assistant",
    Reader.OBSERVER: "observer",
}
"""Who each reader is in a full program. The gradebook reads no pages; its test is elsewhere."""

CHANGING = re.compile(r'name="(csrf_token|version)"[^>]*>')
OK = 200

Change = Callable[[Session, FullProgram], None]


class Looking:
    """One reader, who has opened all pages and opens them again after something is changed."""

    def __init__(self, app, database, full, who):
        self.database = database
        self.full = full
        self.visitor = visit(app, getattr(full, who))
        self.addresses = [address for address, _ in open_every_page(app, self.visitor)]
        self.before = self._open()

    def pages_that_show(self, *changes: Change) -> list[str]:
        """The addresses whose pages are others while ``changes`` are made; then they are undone."""
        with self.database.transaction() as db, db.no_autoflush:
            for change in changes:
                change(db, self.full)
            assert db.dirty, "nothing is changed"
            old = [(type(row), inspect(row).identity, _old_values(row)) for row in db.dirty]
        after = self._open()
        with self.database.transaction() as db:
            for model, identity, values in old:
                row = db.get_one(model, identity)
                for name, value in values.items():
                    setattr(row, name, value)
        return [address for address in self.addresses if self.before[address] != after[address]]

    def _open(self):
        return {address: self._text(address) for address in self.addresses}

    def _text(self, address):
        html = self.visitor.get(address).response.get_data(as_text=True)
        assert self.visitor.status == OK, address
        return CHANGING.sub("", html)


def _old_values(row):
    """What the changed columns held before."""
    histories = {each.key: each.history for each in inspect(row).attrs}
    return {name: old.deleted[0] for name, old in histories.items() if old.deleted}
