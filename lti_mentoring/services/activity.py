"""The record of what happened; the bottom of the services."""

from sqlalchemy.orm import Session

from lti_mentoring.core import clock
from lti_mentoring.models import Activity
from lti_mentoring.policies.actor import Actor
from lti_mentoring.vocabulary import Verb


def record(
    db: Session, actor: Actor, verb: Verb, noun: str, noun_id: int | None, detail: str = ""
) -> None:
    """Add one line: who, what, which thing, when. ``detail`` is a state or a count, no text."""
    db.add(
        Activity(
            course_id=actor.course_id,
            membership_id=actor.membership_id,
            verb=verb,
            noun=noun,
            noun_id=noun_id,
            detail=detail,
            at=clock.now(),
        )
    )
