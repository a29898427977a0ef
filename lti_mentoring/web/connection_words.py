"""What the connection test has found, in words for administrators, each trouble with its cure."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any, NamedTuple

from flask_babel import lazy_gettext as _

from lti_mentoring.services.platform_check import Finding, Verdict

TOPICS: Mapping[str, Any] = {
    "platform_keys": _("The LMS's keys"),
    "our_keys": _("The tool's keys"),
    "clocks": _("Clocks"),
    "token": _("Access"),
    "permission_roster_read": _("Permission to read who is in the course"),
    "permission_score": _("Permission to write scores"),
    "permission_line_item": _("Permission to make columns"),
    "permission_result_read": _("Permission to read grades"),
    "registration": _("Registration"),
    "addresses": _("Old address"),
    "last_launch": _("Last launch"),
    "last_roster": _("Last reading of a roster"),
    "last_score": _("Last score sent"),
    "roster_error": _("Newest reading of a roster"),
    "refused_launch": _("Refused launch"),
}
GRANTED = _("Granted.")
NEVER = _("Never.")
SENTENCES: Mapping[tuple[str, str], Any] = {
    ("platform_keys", "reachable"): _("Reachable, %(count)s published."),
    ("platform_keys", "none"): _("There are none at %(url)s. Check that address."),
    ("platform_keys", "unreachable"): _(
        "Not reachable at %(url)s: %(reason)s. No launch can be checked without them."
    ),
    ("our_keys", "read"): _("The LMS has read them, since it took the tool's signature."),
    ("clocks", "together"): _("Apart by %(seconds)s s."),
    ("clocks", "apart"): _(
        "Apart by %(seconds)s s. Launches will be refused: set both clocks by NTP."
    ),
    ("token", "granted"): GRANTED,
    ("token", "refused"): _(
        "Refused: %(reason)s. Check the client id and that the LMS can reach the tool's keys."
    ),
    ("token", "unreachable"): _("Not to be had: %(reason)s. Check the token address."),
    ("permission_roster_read", "granted"): GRANTED,
    ("permission_roster_read", "missing"): _(
        "Missing: the tool only knows people who have opened it."
    ),
    ("permission_score", "granted"): GRANTED,
    ("permission_score", "missing"): _("Missing: no score reaches the gradebook."),
    ("permission_line_item", "granted"): GRANTED,
    ("permission_line_item", "missing"): _(
        "Missing: the tool cannot make gradebook columns; add a grade to the activity instead."
    ),
    ("permission_result_read", "granted"): GRANTED,
    ("permission_result_read", "missing"): _(
        "Missing: a grade that a teacher has changed by hand is not noticed."
    ),
    ("registration", "approved"): _("Approved: its launches are let in."),
    ("registration", "pending"): _(
        "Waits for approval. On the command line: lti-mentoring platforms approve %(number)s"
    ),
    ("registration", "paused"): _("Paused: people see a page that says so."),
    ("registration", "disabled"): _("Switched off: nobody is let in."),
    ("addresses", "old"): _(
        "%(url)s still answers, but the LMS's maker has moved it. Its manual has the newer one."
    ),
    ("last_launch", "never"): NEVER,
    ("last_roster", "never"): NEVER,
    ("last_score", "never"): NEVER,
    ("roster_error", "reason"): _("It failed: %(reason)s."),
    ("refused_launch", "refused"): _("%(moment)s: %(code)s: %(reason)s."),
}
MOMENT = "%(moment)s"


class Said(NamedTuple):
    """One line of the connection test."""

    topic: str
    verdict: Verdict
    words: str


def said(finding: Finding) -> Said:
    """The finding in words; outside of a request in English."""
    sentence = SENTENCES.get((finding.topic, finding.code), MOMENT)
    facts = {name: _shown(value) for name, value in finding.facts.items()}
    return Said(str(TOPICS[finding.topic]), finding.verdict, str(sentence) % facts)


def _shown(value: object) -> str:
    """As it stands in a log: administrators compare them."""
    if isinstance(value, datetime):
        return f"{value:%Y-%m-%d %H:%M} UTC"
    return str(value).rstrip(".")
