"""The room of a session: its agenda, its notes, and who gets in."""

from datetime import UTC, datetime

import pytest
from sqlalchemy import func, select

from lti_mentoring.core.errors import NotAllowed, NotFound, Stale
from lti_mentoring.models import AgendaItem, Note
from lti_mentoring.queries.sessions import blocks_of, room_for, session_for
from lti_mentoring.rules.order import Way
from lti_mentoring.services import session_rooms
from lti_mentoring.services.session_rooms import BlockDraft
from lti_mentoring.vocabulary import AttendanceAnswer, Component, ProgramState
from tests.support.pairs import agree, make_pair
from tests.support.sessions import earned, note_of, over, say

ANSWER = AttendanceAnswer


def test_fifty_words_on_a_held_session_are_a_reflection(db, frozen_clock):
    pair = make_pair(db)
    session = over(db, frozen_clock, pair)
    session_rooms.save_private_note(db, pair.ana(db), session, "word " * 50, 0)
    before = earned(db, pair, Component.REFLECTION)

    say(db, pair, session, ANSWER.HELD, ANSWER.HELD)

    assert (before, earned(db, pair, Component.REFLECTION)) == (0, 1)


@pytest.mark.parametrize(("who", "words"), [("ana", 49), ("rui", 50)])
def test_too_few_words_or_the_mentors_words_are_none(db, frozen_clock, who, words):
    pair = make_pair(db)
    session = over(db, frozen_clock, pair)
    say(db, pair, session, ANSWER.HELD, ANSWER.HELD)

    session_rooms.save_private_note(db, getattr(pair, who)(db), session, "word " * words, 0)

    assert earned(db, pair, Component.REFLECTION) == 0


def test_shared_notes_are_not_overwritten_by_an_older_page(db, frozen_clock):
    pair = make_pair(db)
    session = agree(db, pair)
    opened = session.version
    session_rooms.save_shared_notes(db, pair.rui(db), session, "Rui's words", opened)
    db.flush()

    with pytest.raises(Stale):
        session_rooms.save_shared_notes(db, pair.ana(db), session, "Ana's words", opened)


def test_private_notes_belong_to_their_authors(db, frozen_clock):
    pair = make_pair(db)
    session = agree(db, pair)
    session_rooms.save_private_note(db, pair.ana(db), session, "Ana's", 0)
    session_rooms.save_private_note(db, pair.rui(db), session, "Rui's", 0)
    db.flush()

    bodies = [note_of(db, actor, session) for actor in (pair.ana(db), pair.rui(db))]

    assert bodies == ["Ana's", "Rui's"]
    assert db.scalar(select(func.count()).select_from(Note)) == 2


@pytest.mark.parametrize("who", ["lia", "teresa"])
def test_the_room_is_closed_to_everybody_else(db, frozen_clock, who):
    pair = make_pair(db)
    session = agree(db, pair)

    with pytest.raises(NotFound):
        room_for(db, getattr(pair, who)(db), session.id)


def test_staff_of_the_course_find_a_sessions_facts_and_strangers_do_not(db, frozen_clock):
    pair, elsewhere = make_pair(db), make_pair(db)
    session = agree(db, pair)

    assert session_for(db, pair.teresa(db), session.id) is session
    with pytest.raises(NotFound):
        session_for(db, elsewhere.teresa(db), session.id)


def test_blocks_of_the_template_keep_their_code_while_their_words_stay(db, frozen_clock):
    pair = make_pair(db)
    session = agree(db, pair)
    block = db.scalars(select(AgendaItem).order_by(AgendaItem.position)).first()
    said = BlockDraft("Arrive", 8, is_template=True)
    session_rooms.change_block(db, pair.ana(db), session, block, said, block.version)
    kept = (block.text, block.minutes, block.added_by_id)
    db.flush()

    session_rooms.change_block(
        db, pair.ana(db), session, block, BlockDraft("Tea", 8), block.version
    )

    assert kept == ("check_in", 8, None)
    assert (block.text, block.added_by_id) == ("Tea", pair.mentee.id)


def test_who_changes_or_moves_a_block_that_the_other_one_has_moved_looks_again(db, frozen_clock):
    pair = make_pair(db)
    session = agree(db, pair)
    first, second, *_rest = blocks_of(db, session)
    seen = second.version
    session_rooms.move_block(db, pair.rui(db), session, second, Way.UP, seen)
    db.flush()

    with pytest.raises(Stale):
        session_rooms.change_block(db, pair.ana(db), session, second, BlockDraft("Tea", 8), seen)
    with pytest.raises(Stale):
        session_rooms.move_block(db, pair.ana(db), session, second, Way.UP, seen)
    assert blocks_of(db, session)[:2] == [second, first]


def test_only_the_two_may_order_their_agenda(db, frozen_clock):
    pair = make_pair(db)
    session = agree(db, pair)
    block = blocks_of(db, session)[0]

    for stranger in (pair.lia(db), pair.teresa(db)):
        with pytest.raises(NotAllowed):
            session_rooms.move_block(db, stranger, session, block, Way.DOWN, block.version)


def test_rooms_are_for_reading_once_the_program_is_closed(db, frozen_clock):
    pair = make_pair(db)
    session = agree(db, pair)
    pair.program.state = ProgramState.CLOSED
    db.flush()

    with pytest.raises(NotAllowed):
        session_rooms.save_shared_notes(db, pair.ana(db), session, "Late", session.version)


def test_both_zones_are_right_while_only_one_has_changed_its_clock(db, frozen_clock):
    pair = make_pair(db)
    # New York changes on 8 March 2026, Lisbon on 29 March: four hours apart in between.
    session = agree(db, pair, datetime(2026, 3, 10, 16, 0, tzinfo=UTC))
    room = room_for(db, pair.ana(db), session.id)

    assert room.partner.time_zone == "America/New_York"
    assert room.partner.clock_against(session.starts_at, "Europe/Lisbon") == "time"
    assert room.partner.clock_against(session.starts_at, "America/New_York") == "same"
    assert room.partner.clock_against(session.starts_at, "Asia/Tokyo") == "day"
