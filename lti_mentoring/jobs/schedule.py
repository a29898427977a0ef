"""What is looked for every minute, whether or not a bell rang."""

import logging
from collections.abc import Callable

from lti_mentoring.jobs.work import (
    Work,
    ask_for_rosters,
    deliver_scores,
    list_course_links,
    read_link_rosters,
    read_rosters,
    refresh_scores,
    run_timers,
    wish_for_notices,
)

log = logging.getLogger(__name__)

EVERY_MINUTE: tuple[Callable[[Work], int], ...] = (
    run_timers,
    ask_for_rosters,
    read_rosters,
    refresh_scores,
    deliver_scores,
    wish_for_notices,
    read_link_rosters,
    list_course_links,
)
"""In this order: what one does may make the next one's work due."""


def sweep(work: Work) -> int:
    """Do whatever is due, or whose lease ran out; how much was done.

    An error in one queue is logged and does not keep the others waiting.
    """
    done = 0
    for function in EVERY_MINUTE:
        try:
            done += function(work)
        except Exception:
            log.exception("background work failed", extra={"work": function.__name__})
    return done


def sweep_strictly(work: Work) -> int:
    """The same for commands and tests, which want to see errors."""
    return sum([function(work) for function in EVERY_MINUTE])
