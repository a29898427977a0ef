"""Times of sessions as two people in two zones see and agree on them."""

from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import select

from lti_mentoring.core import clock
from lti_mentoring.models import AvailabilityWindow, MentoringSession
from lti_mentoring.services import sessions
from lti_mentoring.vocabulary import PairingState, SessionState
from tests.support.factories import add
from tests.support.pairs import LINK, QueryCount, agree, draft_at, make_pair
from tests.support.session_pages import agreed, as_ana, as_rui, newest

S = SessionState
THURSDAY = {"day": "2026-03-12", "time": "16:00"}


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
