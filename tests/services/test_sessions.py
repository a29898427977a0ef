"""Sessions: a time is agreed, kept or not, settled, and counted."""

from datetime import UTC, datetime, timedelta
from decimal import Decimal

import pytest
from sqlalchemy import func, select

from lti_mentoring.core import clock
from lti_mentoring.core.errors import Conflict, NotAllowed, NotFound, Stale
from lti_mentoring.grading import ledger
from lti_mentoring.models import AgendaItem, EngagementEvent, MentoringSession, Note
from lti_mentoring.queries import my_engagement
from lti_mentoring.queries.sessions import (
    agenda_of,
    blocks_of,
    private_note,
    room_for,
    session_for,
)
from lti_mentoring.rules.order import Way
from lti_mentoring.services import attendances, session_rooms, session_timers, sessions
from lti_mentoring.services.attendances import ReportDraft
from lti_mentoring.services.session_rooms import BlockDraft
from lti_mentoring.vocabulary import (
    AttendanceAnswer,
    Component,
    PairingState,
    ProgramState,
    SessionState,
)
from tests.support.pairs import agree, draft_at, make_pair
from tests.support.races import at_once

ANSWER = AttendanceAnswer
S = SessionState


def earned(db, pair, component=Component.SESSIONS):
    db.flush()
    total = select(func.sum(EngagementEvent.credit)).where(
        EngagementEvent.participant_id == pair.mentee.id, EngagementEvent.component == component
    )
    return db.scalar(total) or Decimal(0)


def over(db, frozen_clock, pair, starts_at=None):
    """An agreed session whose time has just passed."""
    session = agree(db, pair, starts_at)
    frozen_clock.move_to(sessions.ends_at(session) + timedelta(minutes=1))
    return session


def note_of(db, actor, session):
    note = private_note(db, room_for(db, actor, session.id))
    return note.body if note else None


def say(db, pair, session, by_ana=None, by_rui=None, minutes=40):
    for answer, actor in ((by_ana, pair.ana(db)), (by_rui, pair.rui(db))):
        if answer is not None:
            length = minutes if answer is ANSWER.HELD else 0
            attendances.report(db, actor, session, ReportDraft(answer, length))
            db.flush()


def test_a_proposed_time_holds_when_the_other_side_confirms(db, frozen_clock):
    pair = make_pair(db)
    session = sessions.propose(
        db, pair.ana(db), pair.pairing, draft_at(clock.now() + timedelta(days=2))
    )

    sessions.confirm(db, pair.rui(db), session, session.version)

    assert session.state is S.SCHEDULED
    assert sum(line.minutes for line in agenda_of(db, session)) == session.length_minutes


def test_nobody_answers_their_own_proposal(db, frozen_clock):
    pair = make_pair(db)
    session = sessions.propose(
        db, pair.ana(db), pair.pairing, draft_at(clock.now() + timedelta(days=2))
    )

    for act in (sessions.confirm, sessions.decline):
        with pytest.raises(NotAllowed):
            act(db, pair.ana(db), session, session.version)


def test_confirming_twice_is_a_conflict(db, frozen_clock):
    pair = make_pair(db)
    session = agree(db, pair)

    with pytest.raises(Conflict):
        sessions.confirm(db, pair.rui(db), session, session.version)


def test_the_time_that_was_confirmed_is_the_one_that_was_seen(db, frozen_clock):
    pair = make_pair(db)
    start = clock.now() + timedelta(days=2)
    session = sessions.propose(db, pair.ana(db), pair.pairing, draft_at(start))
    seen = session.version
    sessions.counter(db, pair.rui(db), session, draft_at(start + timedelta(hours=1)), seen)
    db.flush()

    with pytest.raises(Stale):
        sessions.confirm(db, pair.ana(db), session, seen)


def test_three_rounds_are_enough(db, frozen_clock):
    pair = make_pair(db)
    start = clock.now() + timedelta(days=2)
    session = sessions.propose(db, pair.ana(db), pair.pairing, draft_at(start))
    for actor, hours in ((pair.rui(db), 1), (pair.ana(db), 2)):
        new = draft_at(start + timedelta(hours=hours))
        sessions.counter(db, actor, session, new, session.version)
        db.flush()

    with pytest.raises(Conflict):
        sessions.counter(db, pair.rui(db), session, draft_at(start), session.version)


def test_one_pair_meets_once_at_a_time(db, frozen_clock):
    pair = make_pair(db)
    start = clock.now() + timedelta(days=2)
    sessions.propose(db, pair.ana(db), pair.pairing, draft_at(start))

    with pytest.raises(Conflict):
        sessions.propose(db, pair.rui(db), pair.pairing, draft_at(start + timedelta(minutes=30)))


@pytest.mark.parametrize("state", [PairingState.PROPOSED, PairingState.PAUSED])
def test_times_are_proposed_only_while_the_two_work_together(db, frozen_clock, state):
    pair = make_pair(db, state)

    with pytest.raises(NotAllowed):
        sessions.propose(db, pair.ana(db), pair.pairing, draft_at(clock.now() + timedelta(days=2)))


@pytest.mark.parametrize(
    ("hours", "by", "state", "credit"),
    [
        (24, "ana", S.CANCELLED_IN_TIME, 0),
        (24, "rui", S.CANCELLED_IN_TIME, 0),
        (23, "ana", S.CANCELLED_LATE, 0),
        (23, "rui", S.CANCELLED_LATE, 1),
    ],
)
def test_a_late_cancellation_by_the_mentor_counts_for_the_mentee(
    db, frozen_clock, hours, by, state, credit
):
    pair = make_pair(db)
    session = agree(db, pair, clock.now() + timedelta(hours=hours))

    sessions.cancel(db, getattr(pair, by)(db), session, session.version)

    assert (session.state, earned(db, pair)) == (state, credit)


def test_another_time_needs_a_new_yes_and_takes_everything_along(db, frozen_clock):
    pair = make_pair(db)
    old = agree(db, pair)
    session_rooms.add_block(db, pair.rui(db), old, BlockDraft("The outline", 10))
    session_rooms.save_shared_notes(db, pair.rui(db), old, "Bring it", old.version)
    session_rooms.save_private_note(db, pair.ana(db), old, "For me", 0)
    db.flush()
    later = draft_at(old.starts_at + timedelta(days=1))

    new = sessions.reschedule(db, pair.rui(db), old, later, old.version)

    assert (old.state, new.state) == (S.CANCELLED_IN_TIME, S.PROPOSED)
    assert agenda_of(db, new)[-1].text == "The outline"
    assert new.shared_notes == "Bring it"
    assert note_of(db, pair.ana(db), new) == "For me"
    with pytest.raises(NotAllowed):
        sessions.confirm(db, pair.rui(db), new, new.version)


def reporting(actor, session_id):
    def act(db):
        session = db.get_one(MentoringSession, session_id)
        attendances.report(db, actor, session, ReportDraft(ANSWER.HELD, 45))

    return act


def test_two_who_answer_in_one_moment_settle_a_session(database, db, frozen_clock):
    pair = make_pair(db)
    session_id = over(db, frozen_clock, pair).id
    ana, rui = pair.ana(db), pair.rui(db)
    session_timers.run_due(db, clock.now())
    db.commit()

    errors = at_once(database, reporting(ana, session_id), reporting(rui, session_id))

    with database.sessions() as later:
        state = later.get_one(MentoringSession, session_id).state
    assert (errors, state) == ([None, None], S.HELD)


def moved_late(db, pair, frozen_clock):
    """An agreed session that Rui moves three hours before its start, and the new time."""
    old = agree(db, pair)
    frozen_clock.move_to(old.starts_at - timedelta(hours=3))
    later = draft_at(old.starts_at + timedelta(days=1))
    new = sessions.reschedule(db, pair.rui(db), old, later, old.version)
    db.flush()
    return old, new


def test_a_session_moved_late_by_both_counts_once_and_nobody_cancelled_late(db, frozen_clock):
    pair = make_pair(db)
    old, new = moved_late(db, pair, frozen_clock)
    sessions.confirm(db, pair.ana(db), new, new.version)
    frozen_clock.move_to(sessions.ends_at(new))
    say(db, pair, new, by_ana=ANSWER.HELD, by_rui=ANSWER.HELD)

    assert (old.state, new.state) == (S.CANCELLED_IN_TIME, S.HELD)
    assert earned(db, pair) == 1


def test_while_a_new_time_waits_for_an_answer_nothing_is_credited(db, frozen_clock):
    pair = make_pair(db)

    old, _new = moved_late(db, pair, frozen_clock)

    assert (old.state, earned(db, pair)) == (S.CANCELLED_IN_TIME, 0)


@pytest.mark.parametrize("how", ["declined", "taken back", "silence"])
def test_moving_late_without_a_yes_is_a_late_cancellation(db, frozen_clock, how):
    pair = make_pair(db)
    old, new = moved_late(db, pair, frozen_clock)

    if how == "declined":
        sessions.decline(db, pair.ana(db), new, new.version)
    elif how == "taken back":
        sessions.cancel(db, pair.rui(db), new, new.version)
    else:
        frozen_clock.tick(days=3)
        session_timers.run_due(db, clock.now())

    assert (old.state, earned(db, pair)) == (S.CANCELLED_LATE, 1)


def test_moving_in_time_costs_nobody_anything_even_without_a_yes(db, frozen_clock):
    pair = make_pair(db)
    old = agree(db, pair)
    later = draft_at(old.starts_at + timedelta(days=1))
    new = sessions.reschedule(db, pair.rui(db), old, later, old.version)
    db.flush()

    sessions.decline(db, pair.ana(db), new, new.version)

    assert (old.state, earned(db, pair)) == (S.CANCELLED_IN_TIME, 0)


def test_a_proposal_that_replaces_another_still_stands_for_the_agreed_time(db, frozen_clock):
    pair = make_pair(db)
    old, new = moved_late(db, pair, frozen_clock)
    later = draft_at(new.starts_at + timedelta(hours=2))
    newest = sessions.reschedule(db, pair.rui(db), new, later, new.version)
    db.flush()
    between = earned(db, pair)

    sessions.decline(db, pair.ana(db), newest, newest.version)

    assert (between, old.state, earned(db, pair)) == (0, S.CANCELLED_LATE, 1)


def test_what_was_cancelled_cannot_be_cancelled_again_later(db, frozen_clock):
    pair = make_pair(db)
    session = agree(db, pair)
    sessions.cancel(db, pair.rui(db), session, session.version)
    db.flush()
    frozen_clock.move_to(session.starts_at - timedelta(hours=3))

    with pytest.raises(Conflict):
        sessions.cancel(db, pair.rui(db), session, session.version)


def test_two_equal_answers_settle_a_session_and_it_counts(db, frozen_clock):
    pair = make_pair(db)
    session = over(db, frozen_clock, pair)
    say(db, pair, session, by_ana=ANSWER.HELD)
    waiting = (session.state, earned(db, pair))

    say(db, pair, session, by_rui=ANSWER.HELD)

    assert waiting == (S.TO_CONFIRM, 0)
    assert (session.state, earned(db, pair)) == (S.HELD, 1)


@pytest.mark.parametrize(
    ("answer", "state", "credit"),
    [
        (ANSWER.MENTEE_MISSED, S.MISSED_BY_MENTEE, 0),
        (ANSWER.MENTOR_MISSED, S.MISSED_BY_MENTOR, 1),
        (ANSWER.BOTH_MISSED, S.MISSED_BY_BOTH, 0),
    ],
)
def test_a_mentee_who_was_ready_is_credited(db, frozen_clock, answer, state, credit):
    pair = make_pair(db)
    session = over(db, frozen_clock, pair)

    say(db, pair, session, answer, answer)

    assert (session.state, earned(db, pair)) == (state, credit)


def test_fourteen_minutes_do_not_count_whoever_says_more(db, frozen_clock):
    pair = make_pair(db)
    session = over(db, frozen_clock, pair)
    say(db, pair, session, by_ana=ANSWER.HELD, minutes=45)

    say(db, pair, session, by_rui=ANSWER.HELD, minutes=14)

    assert (session.state, earned(db, pair)) == (S.HELD, 0)


def test_of_two_sessions_within_three_days_one_counts(db, frozen_clock):
    pair = make_pair(db)
    first = over(db, frozen_clock, pair)
    say(db, pair, first, ANSWER.HELD, ANSWER.HELD)
    second = over(db, frozen_clock, pair, first.starts_at + timedelta(days=2))

    say(db, pair, second, ANSWER.HELD, ANSWER.HELD)

    assert earned(db, pair) == 1


def test_a_dispute_counts_half_until_it_is_settled(db, frozen_clock):
    pair = make_pair(db)
    session = over(db, frozen_clock, pair)
    say(db, pair, session, ANSWER.HELD, ANSWER.MENTEE_MISSED)
    disputed = (session.state, earned(db, pair))

    attendances.settle_dispute(db, pair.teresa(db), session, S.HELD)

    assert disputed == (S.DISPUTED, Decimal("0.5"))
    assert (session.state, earned(db, pair)) == (S.HELD, 1)


def test_corrections_are_new_lines_in_the_ledger(db, frozen_clock):
    pair = make_pair(db)
    session = over(db, frozen_clock, pair)
    say(db, pair, session, ANSWER.HELD, ANSWER.HELD)

    say(db, pair, session, by_rui=ANSWER.MENTEE_MISSED)
    say(db, pair, session, by_ana=ANSWER.MENTEE_MISSED)

    rows = select(EngagementEvent.credit).where(EngagementEvent.component == Component.SESSIONS)
    half = Decimal("0.5")
    assert db.scalars(rows.order_by(EngagementEvent.id)).all() == [1, -1, half, -half]
    assert session.state is S.MISSED_BY_MENTEE


def test_what_a_coordinator_settled_stays_settled(db, frozen_clock):
    pair = make_pair(db)
    session = over(db, frozen_clock, pair)
    say(db, pair, session, ANSWER.HELD, ANSWER.MENTEE_MISSED)
    attendances.settle_dispute(db, pair.teresa(db), session, S.MISSED_BY_MENTEE)
    db.flush()

    with pytest.raises(Conflict):
        say(db, pair, session, by_ana=ANSWER.MENTOR_MISSED)


@pytest.mark.parametrize("who", ["ana", "rui", "lia"])
def test_only_coordinators_settle_a_dispute(db, frozen_clock, who):
    pair = make_pair(db)
    session = over(db, frozen_clock, pair)
    say(db, pair, session, ANSWER.HELD, ANSWER.MENTEE_MISSED)

    with pytest.raises(NotAllowed):
        attendances.settle_dispute(db, getattr(pair, who)(db), session, S.HELD)


def test_nobody_reports_a_session_that_has_not_begun(db, frozen_clock):
    pair = make_pair(db)
    session = agree(db, pair)

    with pytest.raises(Conflict):
        say(db, pair, session, by_ana=ANSWER.HELD)


def test_one_answer_holds_after_seven_days_of_silence(db, frozen_clock):
    pair = make_pair(db)
    session = over(db, frozen_clock, pair)
    session_timers.run_due(db, clock.now())
    say(db, pair, session, by_ana=ANSWER.HELD)
    answered_at = clock.now()
    frozen_clock.move_to(answered_at + timedelta(days=7) - timedelta(seconds=1))
    early = (session_timers.run_due(db, clock.now()), session.state)
    frozen_clock.move_to(answered_at + timedelta(days=7))

    late = (session_timers.run_due(db, clock.now()), session.state)

    assert early == (0, S.TO_CONFIRM)
    assert late == (1, S.HELD)
    assert earned(db, pair) == 1


def test_a_late_first_answer_leaves_the_other_side_a_week_to_object(db, frozen_clock):
    pair = make_pair(db)
    session = over(db, frozen_clock, pair)
    frozen_clock.tick(days=8)
    session_timers.run_due(db, clock.now())
    say(db, pair, session, by_ana=ANSWER.HELD)
    session_timers.run_due(db, clock.now())
    that_day = session.state
    frozen_clock.tick(days=6)
    session_timers.run_due(db, clock.now())

    say(db, pair, session, by_rui=ANSWER.MENTEE_MISSED)

    assert (that_day, session.state) == (S.TO_CONFIRM, S.DISPUTED)


def test_a_proposal_lapses_after_three_days_or_at_its_start(db, frozen_clock):
    pair = make_pair(db)
    soon = sessions.propose(
        db, pair.ana(db), pair.pairing, draft_at(clock.now() + timedelta(hours=5))
    )
    far = sessions.propose(
        db, pair.ana(db), pair.pairing, draft_at(clock.now() + timedelta(days=20))
    )
    frozen_clock.tick(hours=5)
    first = (session_timers.run_due(db, clock.now()), soon.state, far.state)
    frozen_clock.tick(hours=67)

    second = (session_timers.run_due(db, clock.now()), far.state)

    assert first == (1, S.LAPSED, S.PROPOSED)
    assert second == (1, S.LAPSED)
    assert session_timers.run_due(db, clock.now()) == 0


def test_both_are_asked_once_the_time_is_over(db, frozen_clock):
    pair = make_pair(db)
    session = agree(db, pair)
    frozen_clock.move_to(sessions.ends_at(session))

    assert session_timers.run_due(db, clock.now()) == 1
    assert session.state is S.TO_CONFIRM


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


def test_a_held_session_can_end_the_trial(db, frozen_clock):
    pair = make_pair(db, PairingState.TRIAL, trial_sessions=1)
    session = over(db, frozen_clock, pair)

    say(db, pair, session, ANSWER.HELD, ANSWER.HELD)

    assert pair.pairing.state is PairingState.ACTIVE


def test_what_was_open_is_cancelled_when_a_pair_ends(db, frozen_clock):
    pair = make_pair(db)
    session = agree(db, pair)

    count = sessions.cancel_open(db, pair.teresa(db), pair.pairing)

    assert (count, session.state, earned(db, pair)) == (1, S.CANCELLED_IN_TIME, 0)


def test_rooms_are_for_reading_once_the_program_is_closed(db, frozen_clock):
    pair = make_pair(db)
    session = agree(db, pair)
    pair.program.state = ProgramState.CLOSED
    db.flush()

    with pytest.raises(NotAllowed):
        session_rooms.save_shared_notes(db, pair.ana(db), session, "Late", session.version)


def test_the_ledger_and_the_page_mean_the_same_by_a_name():
    assert ledger.mentor_missed_source(7) == f"{my_engagement.MENTOR_MISSED}:7"
    assert ledger.VERSION == my_engagement.VERSION


def test_both_zones_are_right_while_only_one_has_changed_its_clock(db, frozen_clock):
    pair = make_pair(db)
    # New York changes on 8 March 2026, Lisbon on 29 March: four hours apart in between.
    session = agree(db, pair, datetime(2026, 3, 10, 16, 0, tzinfo=UTC))
    room = room_for(db, pair.ana(db), session.id)

    assert room.partner.time_zone == "America/New_York"
    assert room.partner.clock_against(session.starts_at, "Europe/Lisbon") == "time"
    assert room.partner.clock_against(session.starts_at, "America/New_York") == "same"
    assert room.partner.clock_against(session.starts_at, "Asia/Tokyo") == "day"
