"""Scores on their way to the gradebook, as a coordinator hurries them."""

from collections.abc import Collection

from sqlalchemy.orm import Session

from lti_mentoring.grading import line_items, outbox, removals
from lti_mentoring.models import Program
from lti_mentoring.policies.actor import Actor, require
from lti_mentoring.policies.program import coordinates
from lti_mentoring.services import activity
from lti_mentoring.vocabulary import Verb


def send_now(db: Session, actor: Actor, program: Program) -> int:
    """Everything of the program that waits is due now; how many scores those are.

    Raises:
        NotAllowed: if the actor does not coordinate.
    """
    require(coordinates(actor), "send the scores")
    count = outbox.post_now(db, program.id)
    activity.record(db, actor, Verb.SCORE_RETRIED, "program", program.id, str(count))
    return count


def make_columns_again(db: Session, actor: Actor, program: Program) -> int:
    """Columns that were deleted in the LMS, or could not be made, are made now; how many those are.

    Raises:
        NotAllowed: if the actor does not coordinate.
    """
    require(coordinates(actor), "make the column again")
    count = line_items.make_again(db, program.id)
    activity.record(db, actor, Verb.SCORE_RETRIED, "program", program.id, "columns")
    return count


def remove_columns(db: Session, actor: Actor, program: Program) -> int:
    """Columns that the program does not post to any more leave the gradebook; how many those are.

    Raises:
        NotAllowed: if the actor does not coordinate.
    """
    require(coordinates(actor), "remove the column")
    count = removals.ask_for(db, program)
    if count:
        activity.record(db, actor, Verb.COLUMN_REMOVED, "program", program.id, str(count))
    return count


def resume_sending(
    db: Session, actor: Actor, participant_id: int, publication_ids: Collection[int]
) -> int:
    """Send a learner's scores again though the LMS shows something else; how many those are.

    Raises:
        NotAllowed: if the actor does not coordinate.
    """
    require(coordinates(actor), "resume sending this score")
    count = outbox.resume_overridden(db, publication_ids, scored_by_id=actor.user_id)
    if count:
        activity.record(db, actor, Verb.SCORE_RESUMED, "participant", participant_id, str(count))
    return count


def send_again(
    db: Session, actor: Actor, participant_id: int, publication_ids: Collection[int]
) -> int:
    """A learner's refused or waiting scores are tried again now; how many those are.

    Raises:
        NotAllowed: if the actor does not coordinate.
    """
    require(coordinates(actor), "send this score again")
    count = outbox.retry(db, publication_ids)
    activity.record(db, actor, Verb.SCORE_RETRIED, "participant", participant_id, str(count))
    return count
