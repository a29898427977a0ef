"""Sessions as two people in two zones see them."""

from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import select

from lti_mentoring.core import clock
from lti_mentoring.models import AvailabilityWindow, Membership, MentoringSession, Note
from lti_mentoring.services import actions, session_rooms, sessions
from lti_mentoring.vocabulary import MeetingMode, PairingState, SessionState
from tests.support.factories import add
from tests.support.pairs import LINK, QueryCount, agree, draft_at, make_pair
from tests.support.visitor import visit

S = SessionState
THURSDAY = {"day": "2026-03-12", "time": "16:00"}


@pytest.fixture
def pair(database, frozen_clock):
    with database.sessions() as db:
        made = make_pair(db)
        db.commit()
        yield made


def as_ana(app, pair):
    return visit(app, pair.mentee.membership_id)


def as_rui(app, pair):
    return visit(app, pair.mentor.membership_id)


def newest(database):
    with database.sessions() as db:
        return db.scalars(select(MentoringSession).order_by(MentoringSession.id.desc())).first()


def agreed(database, pair, **moment):
    with database.transaction() as db:
        return agree(db, pair, **moment).id


def propose(app, pair, **fields):
    visitor = as_ana(app, pair).get("/sessions").click("Propose a time to Rui")
    return visitor.submit("Ask Rui", **{**THURSDAY, **fields})


def test_two_people_agree_on_a_time_that_each_reads_on_their_own_clock(app, database, pair):
    ana = propose(app, pair, join_url=LINK)
    # Lisbon is at UTC in March; New York has changed its clock already and is four hours behind.
    assert "(12:00 for Rui)" in ana.text
    rui = as_rui(app, pair).get("/sessions")
    rui.submit("This suits me")

    session = newest(database)
    assert session.starts_at == datetime(2026, 3, 12, 16, 0, tzinfo=UTC)
    assert session.state is S.SCHEDULED
    assert "Thu 12 Mar, 12:00 your time (16:00 for Ana)" in rui.text


@pytest.mark.parametrize(
    ("day", "utc_hour", "for_rui"),
    [
        ("2026-03-05", 16, "11:00"),  # both in winter time
        ("2026-03-12", 16, "12:00"),  # New York has changed
        ("2026-04-02", 15, "11:00"),  # Lisbon has changed, too
        ("2026-10-28", 16, "12:00"),  # Lisbon is back in winter time
        ("2026-11-05", 16, "11:00"),  # New York is, too
    ],
)
def test_four_in_the_afternoon_stays_four_across_clock_changes(
    app, database, pair, day, utc_hour, for_rui
):
    visitor = propose(app, pair, day=day)

    assert newest(database).starts_at.hour == utc_hour
    assert "16:00 your time" in visitor.text
    assert f"({for_rui}" in visitor.text


def test_a_time_that_the_clock_never_shows_is_refused(app, pair):
    visitor = propose(app, pair, day="2026-03-29", time="01:30")  # Lisbon jumps from 1 to 2

    assert visitor.status == 422
    assert "this time does not exist" in visitor.text


@pytest.mark.parametrize(
    ("fields", "words"),
    [
        ({"day": "2026-03-01"}, "This time is over."),
        ({"day": "2028-03-01"}, "more than a year ahead"),
        ({"day": ""}, "Choose a day."),
        ({"length_minutes": "3"}, "Between 5 minutes and 8 hours."),
        ({"join_url": "http://meet.example.edu"}, "A link begins with https://"),
        ({"join_url": "javascript:alert(1)"}, "A link begins with https://"),
        ({"join_url": "https://"}, "A link begins with https://"),
        ({"join_url": "https://me@bank.example"}, "A link begins with https://"),
    ],
)
def test_a_proposal_that_cannot_be_says_why_and_keeps_what_was_typed(app, pair, fields, words):
    visitor = propose(app, pair, place="Library, room 2", **fields)

    assert visitor.status == 422
    assert words in visitor.text
    assert visitor.page.get_element_by_id("place").value == "Library, room 2"


def test_times_when_both_are_free_are_proposed_with_one_click(app, database, pair):
    with database.transaction() as db:
        for person, zone, start in (
            (pair.mentee, "Europe/Lisbon", 16 * 60),
            (pair.mentor, "America/New_York", 11 * 60),
        ):
            add(
                db,
                AvailabilityWindow(
                    participant_id=person.id,
                    weekday=3,
                    start_minute=start,
                    end_minute=start + 120,
                    time_zone=zone,
                ),
            )
    visitor = as_ana(app, pair).get(f"/sessions/propose/{pair.pairing.id}")

    visitor.submit("Thu 5 Mar, 16:0011:00 for Rui")

    assert newest(database).starts_at == datetime(2026, 3, 5, 16, 0, tzinfo=UTC)
    assert "Rui has been asked" in visitor.text


def test_a_proposal_is_answered_by_another_time_and_then_agreed(app, database, pair):
    propose(app, pair)
    rui = as_rui(app, pair).get("/sessions").click("Another time")
    rui.submit("Ask Ana", day="2026-03-13", time="10:00")

    ana = as_ana(app, pair).get(f"/sessions/{newest(database).id}").submit("This suits me")

    session = newest(database)
    assert (session.state, session.round_count) == (S.SCHEDULED, 2)
    assert session.starts_at == datetime(2026, 3, 13, 14, 0, tzinfo=UTC)
    assert "The agenda is ready" in ana.text


def test_the_third_proposal_is_the_last_one(app, database, pair):
    propose(app, pair)
    number = newest(database).id
    as_rui(app, pair).get(f"/sessions/{number}/time").submit("Ask Ana", day="2026-03-13")
    as_ana(app, pair).get(f"/sessions/{number}/time").submit("Ask Rui", day="2026-03-14")

    rui = as_rui(app, pair).get(f"/sessions/{number}")

    assert "Another time" not in rui.links
    assert "ask your teacher to help" in rui.text
    assert "Three times did not suit" in rui.get(f"/sessions/{number}/time").text


def test_two_answers_at_once_are_a_conflict(app, database, pair):
    propose(app, pair)
    number = newest(database).id
    first, second = (as_rui(app, pair).get(f"/sessions/{number}") for _ in range(2))
    first.submit("This suits me")

    second.submit("It does not suit me")

    assert second.status == 409
    assert newest(database).state is S.SCHEDULED


def test_the_same_time_twice_is_refused_in_words(app, database, pair):
    propose(app, pair)

    visitor = propose(app, pair)

    assert visitor.status == 422
    assert "planned or proposed at that time already" in visitor.text


def test_cancelling_asks_once_more_and_says_what_it_means(app, database, pair):
    number = agreed(database, pair, starts_at=clock.now() + timedelta(hours=5))
    visitor = as_ana(app, pair).get(f"/sessions/{number}").click("Cancel it")
    assert "less than 24 hours" in visitor.text

    visitor.submit("Cancel this session")

    assert newest(database).state is S.CANCELLED_LATE


def test_another_time_for_an_agreed_session_has_to_be_agreed_again(app, database, pair):
    number = agreed(database, pair)
    visitor = as_ana(app, pair).get(f"/sessions/{number}").click("Find another time")

    visitor.submit("Ask Rui", day="2026-03-20")

    assert newest(database).id != number
    assert newest(database).state is S.PROPOSED


def test_both_write_the_agenda_and_what_is_to_do(app, database, pair):
    number = agreed(database, pair)
    ana = as_ana(app, pair).get(f"/sessions/{number}")
    ana.submit("Add to the agenda", text="My lab report", minutes="10")
    ana.submit("Put it on the list", text="Bring the outline")
    rui = as_rui(app, pair).get(f"/sessions/{number}")
    assert "My lab report" in rui.text
    assert "Bring the outline" in rui.text
    assert "The agenda takes 55 minutes" in rui.text

    rui.get(rui.page.xpath("//a[@aria-label='Change: My lab report']/@href")[0])
    rui.submit("Save", text="Your lab report", minutes="5")
    rui.submit("Take away: What we agreed on last time")

    again = ana.get(f"/sessions/{number}")
    assert "Your lab report" in again.text
    assert "What we agreed on last time" not in again.text


def test_blocks_of_the_agenda_come_earlier_and_later_without_a_script(app, database, pair):
    number = agreed(database, pair)
    ana = as_ana(app, pair).get(f"/sessions/{number}")
    ana.submit("Add to the agenda", text="My lab report", minutes="10")
    before = blocks(ana)

    ana.submit("Move up: My lab report")
    ana.submit(f"Move down: {before[0]}")

    assert blocks(ana) == [before[1], before[0], *before[2:-2], before[-1], before[-2]]
    assert ana.page.xpath("count(//button[starts-with(@aria-label, 'Move up')])") == 5
    assert ana.page.xpath("count(//button[starts-with(@aria-label, 'Move down')])") == 5


def test_moving_a_block_twice_from_the_same_page_is_a_conflict(app, database, pair):
    number = agreed(database, pair)
    address = f"/sessions/{number}"
    ana = as_ana(app, pair).get(address)
    block = ana.page.xpath("//form[contains(@action, '/agenda/') and contains(@action, '/down')]")[
        0
    ]
    sent = {"version": block.fields["version"]}
    ana.post(block.get("action"), **sent)

    twice = ana.get(address).post(block.get("action"), **sent)

    assert twice.status == 409
    assert as_rui(app, pair).get("/").status == 200


def blocks(visitor):
    return visitor.page.xpath("//ol[@class='agenda']/li//b/text()")


def test_the_room_says_who_reads_what_and_joins_with_one_click(app, database, pair):
    visitor = as_ana(app, pair).get(f"/sessions/{agreed(database, pair)}")

    assert "You and Rui" in visitor.text
    assert "Only you" in visitor.text
    link = visitor.page.xpath(f"//a[@href='{LINK}']")[0]
    assert "noopener" in link.get("rel")


def test_notes_that_met_are_shown_beside_each_other(app, database, pair):
    number = agreed(database, pair)
    ana = as_ana(app, pair).get(f"/sessions/{number}")
    rui = as_rui(app, pair).get(f"/sessions/{number}")
    rui.submit("Save the notes", body="Rui was faster")

    ana.submit("Save the notes", body="Ana was slower")
    assert ana.status == 409
    ana.click("Open it again with my text")

    assert "Rui was faster" in ana.text
    assert ana.page.get_element_by_id("body").value.strip() == "Ana was slower"
    ana.submit("Save the notes", body="Rui was faster\n\nAna was slower")
    assert newest(database).shared_notes == "Rui was faster\n\nAna was slower"


def test_a_private_note_is_read_by_its_author_alone(app, database, pair):
    number = agreed(database, pair)
    ana = as_ana(app, pair).get(f"/sessions/{number}")

    ana.submit("Save my note", body="I was afraid to ask")

    assert "I was afraid to ask" in ana.response.text
    assert "afraid" not in as_rui(app, pair).get(f"/sessions/{number}").response.text
    with database.sessions() as db:
        assert db.scalars(select(Note.author_id)).all() == [pair.mentee.id]


def test_what_happened_is_said_by_both(app, database, pair, frozen_clock):
    number = agreed(database, pair)
    frozen_clock.tick(days=3)
    ana = as_ana(app, pair).get("/sessions")
    assert "Did you meet?" in ana.text
    ana.get(f"/sessions/{number}").click("Say what happened")
    ana.submit("That is how it was", answer="held", minutes="40")
    assert "without an answer it holds after seven days" in ana.text

    rui = as_rui(app, pair).get(f"/sessions/{number}/attendance")
    assert "Ana has answered" in rui.text
    rui.submit("That is how it was", answer="held", minutes="45")

    assert newest(database).state is S.HELD
    assert "A session held" in as_ana(app, pair).get("/my-engagement").text


def test_two_different_answers_are_settled_by_talking(app, database, pair, frozen_clock):
    number = agreed(database, pair)
    frozen_clock.tick(days=3)
    path = f"/sessions/{number}/attendance"
    as_ana(app, pair).get(path).submit("That is how it was", answer="mentor_missed")
    rui = as_rui(app, pair).get(path).submit("That is how it was", answer="held", minutes="30")
    assert "Your two answers differ" in rui.text

    rui.click("Change my answer").submit("That is how it was", answer="mentor_missed")

    assert newest(database).state is S.MISSED_BY_MENTOR


def test_nobody_says_what_happened_before_it_could(app, database, pair):
    number = agreed(database, pair)
    visitor = as_ana(app, pair).get(f"/sessions/{number}/attendance")

    visitor.submit("That is how it was", answer="held", minutes="40")

    assert visitor.status == 409


@pytest.mark.parametrize(
    "path",
    ["", "/time", "/cancel", "/place", "/notes", "/note", "/agenda", "/actions", "/attendance"],
)
@pytest.mark.parametrize("who", ["other", "teacher"])
def test_the_room_is_closed_to_everybody_else(app, database, pair, who, path):
    number = agreed(database, pair)
    person = getattr(pair, who)
    member_id = person.id if isinstance(person, Membership) else person.membership_id

    visitor = visit(app, member_id).get(f"/sessions/{number}{path}")

    assert visitor.status in {403, 404}


def test_sessions_of_another_course_do_not_exist(app, database, pair):
    with database.transaction() as db:
        elsewhere = make_pair(db)
        number = agree(db, elsewhere).id

    assert as_ana(app, pair).get(f"/sessions/{number}").status == 404
    assert as_ana(app, pair).get(f"/sessions/propose/{elsewhere.pairing.id}").status == 404


def test_before_the_agreement_is_signed_the_list_says_what_is_missing(app, database, pair):
    with database.transaction() as db:
        db.merge(pair.pairing).state = PairingState.PROPOSED

    visitor = as_ana(app, pair).get("/sessions")

    assert "when both of you have signed the agreement" in visitor.text
    assert as_ana(app, pair).get(f"/sessions/propose/{pair.pairing.id}").status == 403


def test_the_list_asks_as_often_for_fifty_sessions_as_for_five(app, database, pair):
    counts = []
    for first, number in ((1, 5), (10, 45)):
        with database.transaction() as db:
            for day in range(first, first + number):
                agree(db, pair, clock.now() + timedelta(days=day))
        visitor = as_ana(app, pair)
        visitor.get("/sessions")
        with QueryCount(database.engine) as asked:
            visitor.get("/sessions")
        counts.append(asked.count)

    assert counts[0] == counts[1] <= 5


SECRET = "zq-secret-qz"


def source_of(visitor):
    assert visitor.response is not None
    return visitor.response.get_data(as_text=True)


def test_no_words_of_a_session_reach_staff_or_strangers(app, database, pair):
    with database.transaction() as db:
        ana, rui = pair.ana(db), pair.rui(db)
        moment = clock.now() + timedelta(days=2)
        link = f"https://meet.example.edu/{SECRET}"
        draft = sessions.SessionDraft(moment, 45, MeetingMode.VIDEO, link, f"{SECRET} place")
        session = sessions.propose(db, ana, pair.pairing, draft)
        sessions.confirm(db, rui, session, session.version)
        db.flush()
        session_rooms.save_shared_notes(db, ana, session, f"{SECRET} notes", session.version)
        session_rooms.save_private_note(db, ana, session, f"{SECRET} ana-private", 0)
        session_rooms.save_private_note(db, rui, session, f"{SECRET} rui-private", 0)
        session_rooms.add_block(db, ana, session, session_rooms.BlockDraft(f"{SECRET} block", 5))
        todo = actions.ActionDraft(f"{SECRET} todo", pair.mentor.id, None)
        actions.add_to_session(db, rui, session, todo)
        number = session.id
    pages = ["/", "/sessions", f"/sessions/{number}", "/goals", "/my-engagement", "/mentees"]
    staff = [*pages, "/today", "/pairs", "/engagement", f"/pairs/{pair.pairing.id}"]

    def where(member_id, words, addresses):
        visitor = visit(app, member_id)
        return [path for path in addresses if words in source_of(visitor.get(path))]

    assert where(pair.mentor.membership_id, "ana-private", pages) == []
    assert where(pair.mentee.membership_id, "rui-private", pages) == []
    assert where(pair.other.membership_id, SECRET, pages) == []
    assert where(pair.teacher.id, SECRET, staff) == []
    assert f"/sessions/{number}" in where(pair.mentor.membership_id, f"{SECRET} notes", pages)


def test_a_session_that_was_moved_meanwhile_is_not_confirmed(app, database, pair):
    propose(app, pair)
    rui = as_rui(app, pair).get(f"/sessions/{newest(database).id}")
    with database.transaction() as db:
        session = db.scalars(select(MentoringSession)).one()
        later = draft_at(session.starts_at + timedelta(days=1))
        sessions.counter(db, pair.rui(db), session, later, session.version)

    rui.submit("This suits me")

    assert rui.status in {403, 409}
    assert newest(database).state is S.PROPOSED
