"""What others say of people and places, made fit to be kept: launches and rosters alike."""

import re

LONGEST_ID = 255

# Controls, halves of surrogate pairs, and marks that turn the direction of what follows: a name
# must not break the database, a log line or the page around it.
_UNFIT = re.compile(
    "[\x00-\x1f\x7f-\x9f\u200e\u200f\u2028-\u202e\u2066-\u2069\ud800-\udfff\ufeff]+"
)


def clean(value: object, limit: int) -> str:
    """``value`` as one line of at most ``limit`` characters; empty if it is no text."""
    if not isinstance(value, str):
        return ""
    text = value if value.isprintable() else _UNFIT.sub(" ", value)
    return text.strip()[:limit].rstrip()


def is_identifier(value: object, limit: int = LONGEST_ID) -> bool:
    """Whether ``value`` is an id we can keep as it is: text, not empty, no controls."""
    return (
        isinstance(value, str)
        and 0 < len(value) <= limit
        and (value.isprintable() or _UNFIT.search(value) is None)
    )
