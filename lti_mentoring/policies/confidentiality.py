"""Who may see what, as one table. Pages and queries follow it; a test reads it row by row.

Rows are kinds of data, columns are readers, as in the product's access matrix. A mentor or
mentee is always the one of the same pairing (of a request: who is asked and who asks); everybody
else of that role is an *other mentor*. A teaching assistant follows how it goes and arranges
nothing, hence reads facts and never what is needed only to bring pairs together. An assistant
who mentors is a mentor to the own mentees, and reads as staff what is shown to staff.

``WRITE`` is for who writes it, also where it is given once and not shown again.
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
    TEACHING_ASSISTANT = "teaching_assistant"
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
    REQUEST_LIST = "request_list"
    DECLINE_REASON = "decline_reason"
    SUGGESTED_MENTOR = "suggested_mentor"
    MATCH_REASONS = "match_reasons"
    SIGNATURE = "signature"
    SESSION_FACTS = "session_facts"
    ATTENDANCE_ANSWER_OF_MENTEE = "attendance_answer_of_mentee"
    ATTENDANCE_ANSWER_OF_MENTOR = "attendance_answer_of_mentor"
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
    DRAFT_OF_MENTEE = "draft_of_mentee"
    DRAFT_OF_MENTOR = "draft_of_mentor"
    GROUPS = "groups"
    ACTIVITY = "activity"
    COMPLETION = "completion"
    SHOWN_GOAL = "shown_goal"
    SHOWN_REFLECTION = "shown_reflection"
    SHOWN_TAKEAWAY = "shown_takeaway"


_R, _W, _S, _C, _N = Access.READ, Access.WRITE, Access.IF_SHARED, Access.COUNT, Access.NONE
_O = Access.COUNT_IF_SHARED  # a parent or adviser, if the learner says so
_COLUMNS = (
    Reader.MENTEE,
    Reader.MENTOR,
    Reader.OTHER_MENTOR,
    Reader.COORDINATOR,
    Reader.TEACHING_ASSISTANT,
    Reader.OBSERVER,
    Reader.GRADEBOOK,
)

_ROWS: Mapping[DataKind, tuple[Access, ...]] = {
    #                                 mentee mentor other coord. assist. observ. gradebook
    DataKind.MENTOR_CARD: (_R, _W, _R, _R, _R, _N, _N),
    DataKind.INTAKE: (_W, _R, _N, _R, _N, _N, _N),  # the mentor reads topics, ways and goal only
    DataKind.REQUEST_NOTE: (_W, _R, _N, _N, _N, _N, _N),
    DataKind.REQUEST_LIST: (_W, _N, _N, _N, _N, _N, _N),  # nobody knows which choice they are
    DataKind.DECLINE_REASON: (_N, _W, _N, _N, _N, _N, _N),
    DataKind.SUGGESTED_MENTOR: (_R, _W, _N, _N, _N, _N, _N),  # not even who is suggested
    DataKind.MATCH_REASONS: (_R, _R, _N, _R, _N, _N, _N),  # also that groups keep two apart
    DataKind.SIGNATURE: (_W, _W, _N, _C, _C, _N, _N),
    DataKind.SESSION_FACTS: (_R, _R, _N, _R, _R, _O, _C),
    # That somebody has answered is a fact of the session; what, only they and staff see.
    DataKind.ATTENDANCE_ANSWER_OF_MENTEE: (_W, _N, _N, _R, _R, _N, _N),
    DataKind.ATTENDANCE_ANSWER_OF_MENTOR: (_N, _W, _N, _R, _R, _N, _N),
    DataKind.AGENDA_AND_SHARED_NOTES: (_W, _W, _N, _N, _N, _N, _N),
    DataKind.NOTE_OF_MENTEE: (_W, _N, _N, _N, _N, _N, _N),
    DataKind.NOTE_OF_MENTOR: (_N, _W, _N, _N, _N, _N, _N),
    DataKind.PRIVATE_GOAL: (_W, _N, _N, _C, _C, _N, _C),
    DataKind.SHARED_GOAL: (_W, _R, _N, _C, _C, _N, _C),
    DataKind.ACTION_ITEM: (_W, _W, _N, _N, _N, _N, _N),
    DataKind.FIT_ANSWER_OF_MENTEE: (_W, _N, _N, _C, _C, _N, _N),
    DataKind.FIT_ANSWER_OF_MENTOR: (_N, _W, _N, _C, _C, _N, _N),
    DataKind.COMPLETION: (_R, _S, _N, _R, _R, _O, _C),
    DataKind.ENGAGEMENT: (_R, _S, _N, _R, _R, _N, _C),  # the mentor, if the program says so
    DataKind.EXEMPTION_NOTE: (_N, _N, _N, _W, _N, _N, _N),
    DataKind.CLOSING_TAKEAWAY: (_W, _N, _N, _N, _N, _N, _N),
    DataKind.CLOSING_DECISION: (_W, _N, _N, _C, _N, _N, _N),
    # A text is its writer's alone until it is sent, whoever would read it then.
    DataKind.DRAFT_OF_MENTEE: (_W, _N, _N, _N, _N, _N, _N),
    DataKind.DRAFT_OF_MENTOR: (_N, _W, _N, _N, _N, _N, _N),
    DataKind.GROUPS: (_N, _N, _N, _R, _R, _N, _N),  # the mentee's, by name
    DataKind.ACTIVITY: (_N, _N, _N, _N, _N, _N, _N),  # who did what when; an administrator's
    # What a learner chose to show staff, until it is taken back; of a goal, the sentence only;
    # how many there are in which state is above.
    # It says nothing to a mentor, unless they are staff of the course as well.
    DataKind.SHOWN_GOAL: (_W, _N, _N, _R, _R, _N, _N),
    DataKind.SHOWN_REFLECTION: (_W, _N, _N, _R, _R, _N, _N),
    DataKind.SHOWN_TAKEAWAY: (_W, _N, _N, _R, _R, _N, _N),
}

MATRIX: Mapping[DataKind, Mapping[Reader, Access]] = {
    kind: dict(zip(_COLUMNS, cells, strict=True)) for kind, cells in _ROWS.items()
}


def may_read_text(reader: Reader, kind: DataKind) -> bool:
    """Whether ``reader`` sees the words of ``kind`` without anybody's further consent."""
    return MATRIX[kind][reader] in {Access.READ, Access.WRITE}
