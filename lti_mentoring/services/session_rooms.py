"""What is written in a session's room: the agenda, the shared notes, each one's private note."""

from dataclasses import dataclass

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from lti_mentoring.core import clock
from lti_mentoring.core.errors import Conflict, Stale
from lti_mentoring.models import AgendaItem, MentoringSession, Note
from lti_mentoring.policies.actor import Actor, require
from lti_mentoring.policies.mentoring_session import may_write_in_room, may_write_note
from lti_mentoring.queries.sessions import blocks_of
from lti_mentoring.rules.order import Way, moved
from lti_mentoring.services import activity
from lti_mentoring.services.session_credits import count_reflection
from lti_mentoring.services.sessions import side_of
from lti_mentoring.vocabulary import Verb, Visibility

MOST_BLOCKS = 30


@dataclass(frozen=True)
class BlockDraft:
    """A block of the agenda. ``text`` is what was typed, or the code of a template's block."""

    text: str
    minutes: int
    is_template: bool = False


def save_shared_notes(
    db: Session, actor: Actor, session: MentoringSession, body: str, version: int
) -> None:
    """The two read ``body`` from now on.

    Raises:
        NotAllowed: if the actor is not one of the two, or the program is closed.
        Stale: if the session was changed since the page was opened.
    """
    require(may_write_in_room(actor, session), "write in this room")
    if session.shared_notes == body:
        return
    if session.version != version:
        raise Stale("the notes were changed meanwhile")
    session.shared_notes = body
    _record(db, actor, session, "notes")


def save_private_note(
    db: Session, actor: Actor, session: MentoringSession, body: str, version: int
) -> None:
    """The actor's own note, for nobody else; a mentee's counts if it has enough words.

    Once a mentee shows it to staff they read every later version, until it is emptied.
    ``version`` is that of the note; 0 if there was none when the page was opened.

    Raises:
        NotAllowed: if the actor is not one of the two, or the program is closed.
        Stale: if the note was changed since, in another window.
    """
    require(may_write_note(actor, session), "write in this room")
    author_id = side_of(actor, session.pairing)
    note = db.scalar(select(Note).filter_by(mentoring_session_id=session.id, author_id=author_id))
    if note is not None and note.body == body:
        return
    if version != (note.version if note is not None else 0):
        raise Stale("the note was changed in another window")
    if note is None:
        note = Note(
            mentoring_session_id=session.id, author_id=author_id, visibility=Visibility.PRIVATE
        )
        db.add(note)
    note.body, note.updated_at = body, clock.now()
    note.is_shown_to_staff = bool(note.is_shown_to_staff and body)
    count_reflection(db, session)


def add_block(db: Session, actor: Actor, session: MentoringSession, draft: BlockDraft) -> None:
    """One more block at the end of the agenda; the same words again are a double click.

    Raises:
        NotAllowed: if the actor is not one of the two, or the program is closed.
        Conflict: if the agenda is longer than anybody can talk.
    """
    require(may_write_in_room(actor, session), "write in this room")
    here = AgendaItem.mentoring_session_id == session.id
    twin = db.scalar(select(AgendaItem.id).where(here, AgendaItem.text == draft.text))
    if twin is not None:
        return
    count = db.scalar(select(func.count()).where(here)) or 0
    if count >= MOST_BLOCKS:
        raise Conflict("this agenda is full")
    last = db.scalar(select(func.max(AgendaItem.position)).where(here))
    db.add(
        AgendaItem(
            mentoring_session_id=session.id,
            added_by_id=side_of(actor, session.pairing),
            position=0 if last is None else last + 1,
            minutes=draft.minutes,
            text=draft.text,
        )
    )
    _record(db, actor, session, "agenda")


def change_block(
    db: Session,
    actor: Actor,
    session: MentoringSession,
    block: AgendaItem,
    draft: BlockDraft,
    version: int,
) -> None:
    """The block reads as in ``draft``; a template's block stays one while its words stay.

    Raises:
        NotAllowed: if the actor is not one of the two, or the program is closed.
        Stale: if the other one has changed or moved the block since the page was opened.
    """
    require(may_write_in_room(actor, session), "write in this room")
    _check_version(block, version)
    block.minutes = draft.minutes
    if not draft.is_template:
        block.text = draft.text
        block.added_by_id = side_of(actor, session.pairing)
    _record(db, actor, session, "agenda")


def move_block(
    db: Session, actor: Actor, session: MentoringSession, block: AgendaItem, way: Way, version: int
) -> None:
    """The block comes one place earlier or later; ``version`` is the block's.

    Raises:
        NotAllowed: if the actor is not one of the two, or the program is closed.
        Stale: if the other one has changed or moved the block since the page was opened.
    """
    require(may_write_in_room(actor, session), "write in this room")
    _check_version(block, version)
    for position, one in enumerate(moved(blocks_of(db, session), block, way)):
        one.position = position
    _record(db, actor, session, "agenda")


def remove_block(db: Session, actor: Actor, session: MentoringSession, block: AgendaItem) -> None:
    """The block is off the agenda.

    Raises:
        NotAllowed: if the actor is not one of the two, or the program is closed.
    """
    require(may_write_in_room(actor, session), "write in this room")
    db.delete(block)
    _record(db, actor, session, "agenda")


def _check_version(block: AgendaItem, version: int) -> None:
    if block.version != version:
        raise Stale("this part of the agenda was changed meanwhile")


def _record(db: Session, actor: Actor, session: MentoringSession, what: str) -> None:
    activity.record(db, actor, Verb.SESSION_MOVED, "session", session.id, what)
