"""Who may see what, as one table. Pages and queries follow it; a test reads it row by row.

Rows are kinds of data, columns are readers, as in the product's access matrix. A mentor or
mentee is always the one of the same pairing; everybody else of that role is an *other mentor*.
Changing a cell later never widens access to texts that exist already.
"""

from collections.abc import Mapping
from enum import StrEnum


class Reader(StrEnum):
    """Who looks, seen from the person whose data it is."""

    MENTEE = "mentee"
    MENTOR = "mentor"
    OTHER_MENTOR = "other_mentor"
    COORDINATOR = "coordinator"
    OBSERVER = "observer"
    GRADEBOOK = "gradebook"


class Access(StrEnum):
    """How far the look goes. ``COUNT`` is number, state or yes/no, never the text.

    ``COUNT_IF_SHARED`` is the same, and only where the person whose data it is allows it.
    """

    WRITE = "write"
    READ = "read"
    IF_SHARED = "if_shared"
    COUNT = "count"
    COUNT_IF_SHARED = "count_if_shared"
    NONE = "none"


class DataKind(StrEnum):
    """What there is to see in the product."""

    MENTOR_CARD = "mentor_card"
    INTAKE = "intake"
    REQUEST_NOTE = "request_note"
    SIGNATURE = "signature"
    SESSION_FACTS = "session_facts"
    AGENDA_AND_SHARED_NOTES = "agenda_and_shared_notes"
    NOTE_OF_MENTEE = "note_of_mentee"
    NOTE_OF_MENTOR = "note_of_mentor"
    PRIVATE_GOAL = "private_goal"
    SHARED_GOAL = "shared_goal"
    ACTION_ITEM = "action_item"
    FIT_ANSWER_OF_MENTEE = "fit_answer_of_mentee"
    FIT_ANSWER_OF_MENTOR = "fit_answer_of_mentor"
    ENGAGEMENT = "engagement"
    EXEMPTION_NOTE = "exemption_note"
    CLOSING_TAKEAWAY = "closing_takeaway"
    CLOSING_DECISION = "closing_decision"


_R, _W, _S, _C, _N = Access.READ, Access.WRITE, Access.IF_SHARED, Access.COUNT, Access.NONE
_O = Access.COUNT_IF_SHARED  # a parent or adviser, if the learner says so
_COLUMNS = (
    Reader.MENTEE,
    Reader.MENTOR,
    Reader.OTHER_MENTOR,
    Reader.COORDINATOR,
    Reader.OBSERVER,
    Reader.GRADEBOOK,
)

_ROWS: Mapping[DataKind, tuple[Access, ...]] = {
    #                                 mentee mentor other coord. observ. gradebook
    DataKind.MENTOR_CARD: (_R, _W, _R, _R, _N, _N),
    DataKind.INTAKE: (_W, _R, _N, _R, _N, _N),  # the mentor reads topics and goal only
    DataKind.REQUEST_NOTE: (_W, _R, _N, _N, _N, _N),
    DataKind.SIGNATURE: (_W, _W, _N, _C, _N, _N),
    DataKind.SESSION_FACTS: (_R, _R, _N, _R, _O, _C),
    DataKind.AGENDA_AND_SHARED_NOTES: (_W, _W, _N, _N, _N, _N),
    DataKind.NOTE_OF_MENTEE: (_W, _N, _N, _N, _N, _N),
    DataKind.NOTE_OF_MENTOR: (_N, _W, _N, _N, _N, _N),
    DataKind.PRIVATE_GOAL: (_W, _N, _N, _C, _O, _C),
    DataKind.SHARED_GOAL: (_W, _R, _N, _C, _O, _C),
    DataKind.ACTION_ITEM: (_W, _W, _N, _N, _N, _N),
    DataKind.FIT_ANSWER_OF_MENTEE: (_W, _N, _N, _C, _N, _N),
    DataKind.FIT_ANSWER_OF_MENTOR: (_N, _W, _N, _C, _N, _N),
    DataKind.ENGAGEMENT: (_R, _S, _N, _R, _O, _C),  # the mentor, if the program says so
    DataKind.EXEMPTION_NOTE: (_N, _N, _N, _W, _N, _N),
    DataKind.CLOSING_TAKEAWAY: (_W, _N, _N, _N, _N, _N),
    DataKind.CLOSING_DECISION: (_W, _N, _N, _C, _N, _N),
}

MATRIX: Mapping[DataKind, Mapping[Reader, Access]] = {
    kind: dict(zip(_COLUMNS, cells, strict=True)) for kind, cells in _ROWS.items()
}


def may_read_text(reader: Reader, kind: DataKind) -> bool:
    """Whether ``reader`` sees the words of ``kind`` without anybody's further consent."""
    return MATRIX[kind][reader] in {Access.READ, Access.WRITE}
