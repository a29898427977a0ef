"""What a launch takes from its registration, remembered by each process.

Nearly every launch comes from a registration that this process has seen before. Its launches
trust the memory while they check the token, and the query that finds the person afterwards
brings the same columns along: if they differ, or if the launch was refused by a memory that is
out of date, it is checked once more.
"""

from datetime import datetime
from typing import Any, NamedTuple, cast

from sqlalchemy import Row, Table, bindparam, select

from lti_mentoring.core.db import Database
from lti_mentoring.core.errors import AwaitingActivation, LaunchRefused
from lti_mentoring.models import Registration
from lti_mentoring.vocabulary import RegistrationState

TABLE = cast(Table, Registration.__table__)


class RegistrationFacts(NamedTuple):
    """The columns that a launch relies on."""

    issuer: str
    client_id: str
    auth_url: str
    token_url: str
    jwks_url: str
    trusted_audiences: str
    role_overrides: str
    admits_administrators: bool
    state: RegistrationState


COLUMNS = tuple(TABLE.c[name] for name in RegistrationFacts._fields)
_FACTS = select(*COLUMNS).where(TABLE.c.id == bindparam("id"))


class ReliedOn(NamedTuple):
    """What a token was checked against."""

    registration: RegistrationFacts
    keys_fetched_at: datetime


class Outdated(LaunchRefused):
    """Meanwhile the registration or its platform's keys have changed: check the token again."""

    def __init__(self, keys_stored_at: datetime | None) -> None:
        super().__init__("changed", "registration or keys changed while the launch was checked")
        self.keys_stored_at = keys_stored_at


class Registrations:
    """The approved registrations that this process has seen. Used from any thread."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._known: dict[int, RegistrationFacts] = {}

    def approved(self, registration_id: int) -> RegistrationFacts:
        """The registration, from memory if it is there. Call it with no transaction open.

        Raises:
            LaunchRefused: ``state`` if there is no such registration any more.
            AwaitingActivation: if it is not approved.
        """
        known = self._known.get(registration_id)
        if known is not None:
            return known
        found = self._read(registration_id)
        if found is None:
            raise LaunchRefused("state", "the registration of this login is gone")
        check_approved(found.state)
        self._known[registration_id] = found
        return found

    def renew(self, registration_id: int) -> bool:
        """Look it up anew; whether it is not what was remembered. Only with no transaction open."""
        known = self._known.pop(registration_id, None)
        return known is not None and self._read(registration_id) != known

    def _read(self, registration_id: int) -> RegistrationFacts | None:
        with self._database.reader.connect() as connection:
            found = connection.execute(_FACTS, {"id": registration_id}).first()
        return None if found is None else RegistrationFacts(*found)


def check_approved(state: RegistrationState) -> None:
    """Go on only with approved registrations.

    Raises:
        AwaitingActivation: ``registration-pending``, ``-paused`` or ``-disabled``.
    """
    if state is not RegistrationState.APPROVED:
        raise AwaitingActivation(f"registration-{state.value}", f"the registration is {state}")


def check_unchanged(found: Row[Any], relied_on: ReliedOn) -> None:
    """Compare what a launch relied on with ``found``, read in the transaction that lets it in.

    Args:
        found: with ``COLUMNS`` at its beginning, and with ``keys_fetched_at``.
        relied_on: what its token was checked against.

    Raises:
        Outdated: if they differ, or another process knows newer keys.
    """
    stored_at = found.keys_fetched_at
    is_newer = stored_at is not None and stored_at > relied_on.keys_fetched_at
    if is_newer or found[: len(COLUMNS)] != relied_on.registration:
        raise Outdated(stored_at)
