"""Why a score or a column is not in the gradebook: what was noted, as a code for pages.

Rows keep the words of whatever found the trouble, which logs and commands show as they are.
Pages have a sentence for each code in the reader's language (templates/engagement/_delivery.html).
"""

from collections.abc import Mapping
from enum import StrEnum

from lti_mentoring.advantage import client, pace, scores, tokens
from lti_mentoring.advantage import line_items as columns
from lti_mentoring.grading import column_errands, line_items, looks
from lti_mentoring.rules.platform_profiles import CAUSES


class Reason(StrEnum):
    """What is in the way."""

    NO_GRADEBOOK = "no_gradebook"
    NO_COLUMN = "no_column"
    DELETED = "deleted"
    COLUMN_GONE = "column_gone"
    NOT_GRADED = "not_graded"
    NOT_PERMITTED = "not_permitted"
    NO_ACCESS = "no_access"
    SWALLOWED = "swallowed"
    ADDRESS_REFUSED = "address_refused"
    NOT_THERE = "not_there"
    NOT_ACCEPTED = "not_accepted"
    AWAY = "away"
    CERTIFICATE = "certificate"
    ODD_ANSWER = "odd_answer"
    BUSY = "busy"
    BEHIND = "behind"
    NOT_OURS = "not_ours"
    NOT_DELETED = "not_deleted"
    NOT_ENROLLED = "not_enrolled"
    NOT_OPEN = "not_open"
    NOT_PLACED = "not_placed"
    TOO_LARGE = "too_large"


_OF_STATUS = {
    400: Reason.NOT_ACCEPTED,
    401: Reason.NOT_PERMITTED,
    403: Reason.NOT_PERMITTED,
    404: Reason.NOT_THERE,
    422: Reason.NOT_ACCEPTED,
}

_BY_WORDS: Mapping[str, Reason] = {
    line_items.NO_GRADEBOOK: Reason.NO_GRADEBOOK,
    column_errands.NO_COLUMN: Reason.NO_COLUMN,
    column_errands.DELETED: Reason.DELETED,
    scores.COLUMN_GONE: Reason.COLUMN_GONE,
    scores.NOT_GRADED: Reason.NOT_GRADED,
    scores.NOT_PERMITTED: Reason.NOT_PERMITTED,
    scores.SWALLOWED: Reason.SWALLOWED,
    scores.ADDRESS_REFUSED: Reason.ADDRESS_REFUSED,
    **{words: _OF_STATUS[status] for status, words in client.WORDS.items()},
    columns.NOT_OURS: Reason.NOT_OURS,
    columns.NOT_DELETED: Reason.NOT_DELETED,
    **{words: Reason(cause) for cause, words in CAUSES.items()},
    **dict.fromkeys(tokens.WORDS.values(), Reason.NO_ACCESS),
    "the LMS refuses the tool access": Reason.NO_ACCESS,
    "the LMS does not grant the permissions that are needed": Reason.NO_ACCESS,
    "the LMS refused the request": Reason.NOT_ACCEPTED,
    "the LMS cannot answer just now": Reason.AWAY,
    "the LMS gives no access just now": Reason.AWAY,
    "the platform cannot be reached": Reason.AWAY,
    "the platform did not answer in time": Reason.AWAY,
    "the platform's answer took too long": Reason.AWAY,
    "the platform's answer broke off": Reason.AWAY,
    "the platform's certificate is not valid": Reason.CERTIFICATE,
    "the platform's answer is no JSON": Reason.ODD_ANSWER,
    "the platform's answer is too large": Reason.ODD_ANSWER,
    "the LMS's answer is no gradebook column": Reason.ODD_ANSWER,
    "the LMS's answer is no list of gradebook columns": Reason.ODD_ANSWER,
    "the LMS did not say where the new column is": Reason.ODD_ANSWER,
    "the LMS sends the tool to another address": Reason.ODD_ANSWER,
    "the LMS's answer is no list of results": Reason.ODD_ANSWER,
    looks.BEHIND: Reason.BEHIND,
    pace.SLOW_DOWN: Reason.BUSY,
    "the next page is on another host": Reason.ODD_ANSWER,
}


def reason_of(words: str | None) -> Reason | None:
    """The code for what a row's ``error`` says; null if it is none of our words."""
    return _BY_WORDS.get(words or "")
