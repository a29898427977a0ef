"""A person's weekly times, kept in the zone in which they were painted."""

from collections.abc import Collection

from sqlalchemy import delete, insert, update
from sqlalchemy.orm import Session

from lti_mentoring.models import AvailabilityWindow, PlatformUser
from lti_mentoring.policies.actor import Actor
from lti_mentoring.rules.availability import windows_from_cells

CELL_MINUTES = 60
FIRST_HOUR = 8
LAST_HOUR = 22
"""The grid people paint: whole hours from 8 to 22 of their own day."""

Cell = tuple[int, int]
"""Weekday (Monday is 0) and the minute of the day at which an hour starts."""


def save(db: Session, participant_id: int, cells: Collection[Cell], time_zone: str) -> None:
    """The participant's free times are exactly these hours, in this zone.

    Raises:
        ValueError: if there is no such zone.
    """
    windows = windows_from_cells(cells, CELL_MINUTES, time_zone)
    db.execute(
        delete(AvailabilityWindow).where(AvailabilityWindow.participant_id == participant_id)
    )
    if windows:
        rows = [
            {
                "participant_id": participant_id,
                "weekday": window.weekday,
                "start_minute": window.start_minute,
                "end_minute": window.end_minute,
                "time_zone": window.time_zone,
            }
            for window in windows
        ]
        db.execute(insert(AvailabilityWindow), rows)


def read_times_in(db: Session, actor: Actor, time_zone: str) -> None:
    """From now on the person reads every time in this zone, until the LMS says otherwise."""
    if time_zone != actor.time_zone:
        db.execute(
            update(PlatformUser).where(PlatformUser.id == actor.user_id).values(time_zone=time_zone)
        )
