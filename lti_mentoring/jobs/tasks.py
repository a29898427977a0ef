"""The engine's tasks: each is a bell that one queue of ``work`` listens to."""

from typing import Any

from huey import Huey, crontab

from lti_mentoring.grading import line_items, outbox
from lti_mentoring.jobs.schedule import sweep
from lti_mentoring.jobs.work import (
    Work,
    deliver_scores,
    list_course_links,
    read_link_rosters,
    read_rosters,
)
from lti_mentoring.services import course_links, link_rosters, roster

TICK = "tick"

Bells = dict[str, Any]
"""Kinds of work to the engine's tasks; those know neither types nor arguments."""


def add_tasks(engine: Huey, work: Work) -> Bells:
    """Let the engine know its tasks; what to ring for each kind of work."""
    every_minute = crontab(minute="*")

    @engine.task(name="deliver_scores")
    def scores() -> int:
        return deliver_scores(work)

    @engine.task(name="read_rosters")
    def rosters() -> int:
        return read_rosters(work)

    @engine.task(name="read_link_rosters")
    def links() -> int:
        return read_link_rosters(work)

    @engine.task(name="list_course_links")
    def listing() -> int:
        return list_course_links(work)

    @engine.periodic_task(every_minute, name="sweep")
    def tick() -> int:
        return sweep(work)

    return {
        outbox.BELL: scores,
        line_items.BELL: scores,
        roster.BELL: rosters,
        link_rosters.BELL: links,
        course_links.BELL: listing,
        TICK: tick,
    }
