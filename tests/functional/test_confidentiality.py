"""The table of who may see what, read row by row through every page of every reader."""

import pytest
from sqlalchemy import select

from lti_mentoring.core import clock
from lti_mentoring.models import Draft, Program
from lti_mentoring.policies.confidentiality import MATRIX, DataKind, Reader, may_read_text
from lti_mentoring.vocabulary import ProgramState
from tests.support.changed_facts import FACTS
from tests.support.every_page import open_every_page
from tests.support.factories import add
from tests.support.full_program import make_full_program
from tests.support.looking import READERS
from tests.support.visitor import visit

# Facts and answers are not words that somebody typed; tests/functional/test_confidential_facts.py
# looks at them. A signature is written once, under the agreement, and shown to the two as "signed".
NO_TEXT = {*FACTS, DataKind.SIGNATURE}


def secret(kind: DataKind) -> str:
    return f"zq{kind.value.replace('_', 'x')}qz"


@pytest.mark.slow
@pytest.mark.parametrize("reader", READERS)
def test_readers_see_the_words_that_the_table_gives_them_and_no_others(
    app, database, frozen_clock, reader
):
    with database.transaction() as db:
        full = make_full_program(db, lambda kind, text: f"{text} {secret(kind)}")
        begin_texts(db, full)

    pages = dict(open_every_page(app, visit(app, getattr(full, READERS[reader]))))
    move_to_its_end(database, full.program)  # some pages open only then
    at_the_end = open_every_page(app, visit(app, getattr(full, READERS[reader])))
    pages |= {f"{address} at the end": html for address, html in at_the_end}

    seen = where_secrets_are(pages)
    allowed = {kind for kind in DataKind if may_read_text(reader, kind)} - NO_TEXT
    leaks = {kind.value: seen[kind] for kind in DataKind if seen[kind] and kind not in allowed}
    if reader is Reader.MENTEE:  # the pair's request was answered; this one still waits
        waiting = where_secrets_are(dict(open_every_page(app, visit(app, full.waiting))))
        for kind in (DataKind.REQUEST_NOTE, DataKind.SHOWN_TAKEAWAY):  # that learner's as well
            seen[kind] = waiting[kind]
    missing = sorted(kind.value for kind in allowed if not seen[kind])
    assert pages
    assert not (leaks.keys() - {kind.value for kind in NO_TEXT & readable(reader)}), leaks
    assert not missing, f"{reader.value} should be able to read {missing}"


def begin_texts(db, full) -> None:
    """Mentee and mentor each have typed into a form whose text others read once it is sent."""
    goal = {"title": [f"Half a thought {secret(DataKind.DRAFT_OF_MENTEE)}"]}
    db.scalars(select(Draft).where(Draft.path == "/goals/new")).one().fields = goal
    card = {"how_i_help": [f"Half a card {secret(DataKind.DRAFT_OF_MENTOR)}"]}
    add(
        db,
        Draft(membership_id=full.mentor, path="/mentor/card", fields=card, saved_at=clock.now()),
    )


def move_to_its_end(database, program_id: int) -> None:
    with database.transaction() as db:
        db.get_one(Program, program_id).state = ProgramState.CLOSING


def where_secrets_are(pages: dict[str, str]) -> dict[DataKind, list[str]]:
    return {
        kind: [address for address, html in pages.items() if secret(kind) in html]
        for kind in DataKind
    }


def readable(reader: Reader) -> set[DataKind]:
    return {kind for kind in DataKind if may_read_text(reader, kind)}


def test_the_table_has_a_cell_for_every_kind_and_reader():
    assert all(set(row) == set(Reader) for row in MATRIX.values())
    assert set(MATRIX) == set(DataKind)
