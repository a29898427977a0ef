"""The tables of docs/lti.md: no clause is forgotten, and tests show what the page says."""

import re
from collections.abc import Iterator
from functools import cache
from typing import NamedTuple

from lti_mentoring.services.privacy import REGISTER
from tests.architecture.source import ROOT, Source

PAGE = (ROOT / "docs" / "lti.md").read_text(encoding="utf-8")
LEVELS = {
    "M": """
        01-04 07 08 10-21 24-50 53 54 56-61 63 64 66-69 76-80 84-86 88-95 98-100 103-108 110-114
        116 117 122 123 125-127 129 132 137 139 155 156
    """,
    "S": """
        05 06 22 23 51 52 62 70 73-75 81-83 87 101 102 109 115 118-121 124 128 130 131 133-136 138
        140-142 150-153 157
    """,
    "O": "09 55 65 71 72 96 97 143-145 147 154",
    "X": "146 148 149",
}
"""The checklist that the product is built by: its numbers, by how much they matter."""

NOT_YET: set[str] = set()
"""What is not built, or not all of it. Take out what is; nothing comes in."""

WAYS = {"C": 23, "M": 25, "B": 12, "BR": 13, "S": 10, "E": 9, "O": 3}
"""How many rows the table of each product has."""

LESSONS = 34
MARK = "not yet"
REASON = "Reason: "
LEAST = 8  # letters of a reason
NAMED = re.compile(r"`tests/[\w/]+\.py::test_\w+`")


class Row(NamedTuple):
    """One row of a table whose first cell is an id."""

    id: str
    cells: tuple[str, ...]

    @property
    def shown_by(self) -> str:
        return self.cells[-1]


def expanded(numbers: str) -> Iterator[str]:
    """``01-03 07`` number by number."""
    for part in numbers.split():
        first, _, last = part.partition("-")
        yield from (f"LTI-{number:02}" for number in range(int(first), int(last or first) + 1))


def rows(pattern: str, text: str) -> tuple[Row, ...]:
    """The rows of tables in ``text`` whose ids are of this kind, in their order."""
    lines = (line for line in text.splitlines() if line.startswith("| "))
    split = ([cell.strip() for cell in line.strip("| ").split(" | ")] for line in lines)
    return tuple(
        Row(first, tuple(others)) for first, *others in split if re.fullmatch(pattern, first)
    )


@cache
def functions_of(name: str) -> frozenset[str]:
    """The functions of a file, from its source."""
    return frozenset(function.name for function in Source(ROOT / name).functions())


CLAUSES = rows(r"LTI-\d+", PAGE)
OTHERS = rows(r"(C|M|B|BR|S|E|O|L)\d+", PAGE)


def shown(row: Row) -> bool:
    """Whether it names a test."""
    return NAMED.search(row.shown_by) is not None


def shown_or_explained(row: Row) -> bool:
    """Whether it names a test, or gives a reason of a few words at least."""
    says = row.shown_by.removeprefix(REASON)
    return shown(row) or (says != row.shown_by and len(says) > LEAST)


def test_every_clause_stands_there_once_with_its_level():
    wanted = {number: level for level, numbers in LEVELS.items() for number in expanded(numbers)}

    assert len(wanted) == 157
    assert [row.id for row in CLAUSES] == sorted(wanted, key=lambda name: int(name[4:]))
    assert {row.id: row.cells[0] for row in CLAUSES} == wanted


def test_what_matters_is_shown_by_a_test():
    matters = [row for row in CLAUSES if row.cells[0] in "MS"]

    assert {row.id for row in matters if not shown(row)} <= NOT_YET


def test_what_is_left_out_has_its_reason():
    left_out = [row for row in CLAUSES if row.cells[0] in "OX"]

    assert [row.id for row in left_out if not shown_or_explained(row)] == []


def test_every_way_and_lesson_is_shown_by_a_test_or_has_its_reason():
    assert [row.id for row in OTHERS if not shown_or_explained(row)] == []


def test_no_way_and_no_lesson_is_forgotten():
    ways = [f"{letters}{number}" for letters, n in WAYS.items() for number in range(1, n + 1)]
    lessons = [f"L{number}" for number in range(1, LESSONS + 1)]

    assert sorted(row.id for row in OTHERS) == sorted(ways + lessons)


def test_whatever_test_the_page_names_exists():
    named = re.findall(r"`(tests/[^`]*)`", PAGE)
    split = [each.partition("::") for each in named]

    assert len(named) > 400
    missing = [
        path + colons + name
        for path, colons, name in split
        if not (ROOT / path).is_file() or (colons and name not in functions_of(path))
    ]
    assert missing == []


def test_the_list_of_what_is_not_there_yet_is_true():
    assert {row.id for row in CLAUSES if MARK in " ".join(row.cells).lower()} == NOT_YET


def test_fields_are_kept_in_tables_that_the_privacy_register_knows():
    fields = rows(r"`.*", PAGE.partition("## Fields")[2])
    tables = {name for row in fields for name in re.findall(r"`([a-z_]+)`", row.cells[1])}

    assert {"platform_user", "membership", "used_state"} <= tables
    assert tables <= set(REGISTER)
