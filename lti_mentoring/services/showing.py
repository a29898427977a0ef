"""What a learner shows the teaching staff: nothing until they say so, and nothing again at once."""

from typing import Any

from sqlalchemy import update
from sqlalchemy.orm import Session

from lti_mentoring.models import Closing, Goal, Note
from lti_mentoring.policies.actor import Actor, require
from lti_mentoring.policies.showing import Showable, may_show
from lti_mentoring.services import activity
from lti_mentoring.vocabulary import Verb


def show(db: Session, actor: Actor, text: Showable) -> None:
    """Staff of the course read ``text`` from now on; a second time changes nothing.

    Raises:
        NotAllowed: if somebody else wrote it.
    """
    _set(db, actor, text, is_shown=True)


def stop_showing(db: Session, actor: Actor, text: Showable) -> None:
    """Staff do not read ``text`` any more; a second time changes nothing.

    Raises:
        NotAllowed: if somebody else wrote it.
    """
    _set(db, actor, text, is_shown=False)


def _set(db: Session, actor: Actor, text: Showable, *, is_shown: bool) -> None:
    require(may_show(actor, text), "decide who reads what somebody else has written")
    if text.is_shown_to_staff is is_shown:
        return
    noun, noun_id, statement = _row(text)
    # Its version stays, so that a page on which its words are being changed can still be sent.
    db.execute(statement.values(is_shown_to_staff=is_shown))
    activity.record(db, actor, Verb.SHOWN_TO_STAFF, noun, noun_id, "on" if is_shown else "off")


def _row(text: Showable) -> tuple[str, int, Any]:
    if isinstance(text, Goal):
        return "goal", text.id, update(Goal).where(Goal.id == text.id)
    if isinstance(text, Note):
        return "note", text.id, update(Note).where(Note.id == text.id)
    mine = Closing.participant_id == text.participant_id
    return "closing", text.participant_id, update(Closing).where(mine)
