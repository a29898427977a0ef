"""Which step a program's dates call for, and which of them it takes by itself.

Source: mentoring.md 8.2.
"""

from datetime import date, timedelta

from lti_mentoring.vocabulary import ProgramState

FINISHING = timedelta(days=14)
"""How long before its last day a program begins to finish: the look back opens."""

GRACE = timedelta(days=14)
"""How long after its last day there is time to look back, before a program closes by itself."""

ANNOUNCED = timedelta(days=7)
"""How long before it a step that comes by itself is told to staff."""


def due_move(
    state: ProgramState, starts_on: date, ends_on: date, today: date
) -> ProgramState | None:
    """The state that the dates call for: a coordinator may take the step from this day on.

    A program starts on its first day, begins to finish 14 days before its last, and closes after.
    """
    if state is ProgramState.RECRUITING and today >= starts_on:
        return ProgramState.RUNNING
    if state is ProgramState.RUNNING and today >= ends_on - FINISHING:
        return ProgramState.CLOSING
    if state is ProgramState.CLOSING and today > ends_on:
        return ProgramState.CLOSED
    return None


def moves_by_itself_on(
    state: ProgramState, ends_on: date, since: date
) -> tuple[ProgramState, date] | None:
    """The next step that the program takes by itself, and its day; None where somebody has to.

    ``since`` is the day on which the program came into its state. Whoever starts or reopens a
    program in its last two weeks has chosen that: it begins to finish on its last day, and
    after that day by hand only. For the look back there are always 14 days.
    """
    if state is ProgramState.RUNNING:
        days = (day for day in (ends_on - FINISHING, ends_on) if since < day)
        first = next(days, None)
        return None if first is None else (ProgramState.CLOSING, first)
    if state is ProgramState.CLOSING:
        return ProgramState.CLOSED, max(ends_on, since) + GRACE + timedelta(days=1)
    return None
