"""Every reason for which a login or launch is refused: its code, what people read, its status.

Codes are short and stable: administrators look them up in the manual. The family chooses the
page's words; the reason stays in the administrator's list.
"""

import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import cast

from sqlalchemy import Connection, Table, func, insert, select

from lti_mentoring.core.errors import LaunchRefused
from lti_mentoring.models import RefusedLaunch

MOST_A_MINUTE = 60  # strangers can cause refusals; they shall not fill the table
LONGEST_REASON = 500

_TABLE = cast(Table, RefusedLaunch.__table__)


@dataclass(frozen=True)
class Kind:
    """What a code means for the page: which words, and which status."""

    family: str
    status: int = 400


KINDS: Mapping[str, Kind] = {
    # the door: told when to try again, and listed nowhere
    "busy": Kind("busy", 429),
    # the login
    "login-parameters": Kind("setup"),
    "registration-unknown": Kind("setup"),
    "registration-ambiguous": Kind("setup"),
    "registration-pending": Kind("pending", 403),
    "registration-paused": Kind("paused", 403),
    "registration-disabled": Kind("disabled", 403),
    "target": Kind("setup"),
    # the form
    "form": Kind("broken"),
    "too-large": Kind("broken", 413),
    "platform": Kind("platform"),
    "state": Kind("lost"),
    "state-used": Kind("used", 403),
    "state-expired": Kind("late"),
    "changed": Kind("late", 409),
    "code": Kind("late"),
    "no-binding": Kind("binding", 403),
    "foreign-page": Kind("broken", 403),
    # the token
    "format": Kind("broken"),
    "algorithm": Kind("keys"),
    "key": Kind("keys"),
    "key-set": Kind("keys", 503),
    "signature": Kind("keys"),
    "issuer": Kind("setup"),
    "audience": Kind("setup"),
    "time": Kind("broken"),
    "expired": Kind("late"),
    "too-early": Kind("clock"),
    "lifetime": Kind("broken"),
    "nonce": Kind("lost"),
    "version": Kind("broken"),
    "deployment": Kind("setup"),
    "deployment-pending": Kind("pending", 403),
    "deployment-paused": Kind("paused", 403),
    "deployment-disabled": Kind("disabled", 403),
    "message-type": Kind("message"),
    "resource-link": Kind("broken"),
    "deep-linking": Kind("broken"),
    "return-url": Kind("return-url"),
    "not-staff": Kind("not-staff", 403),
    "not-privacy": Kind("not-privacy", 403),
    "for-user": Kind("broken"),
    "line-item": Kind("broken"),
    "roles": Kind("broken"),
    "context": Kind("broken"),
    "subject": Kind("broken"),
    "no-user": Kind("no-user", 403),
    "no-course": Kind("no-course", 403),
    "library": Kind("broken"),
}
OTHER = Kind("broken")


def kind_of(error: LaunchRefused) -> Kind:
    """What ``error`` means for the page."""
    return KINDS.get(error.code, OTHER)


def new_incident() -> str:
    """A short number that a person can read out and an administrator can find."""
    return secrets.token_hex(4)


def record(
    connection: Connection,
    error: LaunchRefused,
    registration_id: int | None,
    incident: str,
    now: datetime,
) -> None:
    """Write down why, for the administrator: nothing about the person, and not without end."""
    lately = select(func.count()).where(_TABLE.c.at > now - timedelta(minutes=1))
    if (connection.scalar(lately) or 0) >= MOST_A_MINUTE:
        return
    values = {
        "registration_id": registration_id,
        "code": error.code[:64],
        "reason": error.reason[:LONGEST_REASON],
        "incident": incident,
        "at": now,
    }
    connection.execute(insert(_TABLE), values)
