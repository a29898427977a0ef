"""The room of a session: what is written there, who reads it, and what both say happened."""

from datetime import timedelta

import pytest
from sqlalchemy import select

from lti_mentoring.core import clock
from lti_mentoring.models import Membership, MentoringSession, Note
from lti_mentoring.services import actions, session_rooms, sessions
from lti_mentoring.vocabulary import MeetingMode, SessionState
from tests.support.pairs import LINK
from tests.support.session_pages import agreed, as_ana, as_rui, newest
from tests.support.visitor import visit

S = SessionState


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


@pytest.mark.parametrize("page", ["time", "cancel", "attendance"])
def test_an_old_tab_of_a_settled_session_leads_to_its_room(app, database, pair, page):
    number = agreed(database, pair)
    with database.transaction() as db:
        db.get_one(MentoringSession, number).state = S.HELD

    ana = as_ana(app, pair).get(f"/sessions/{number}/{page}")

    assert ana.path.endswith(f"/sessions/{number}")
    assert "You met" in ana.text


def test_what_is_over_but_not_settled_is_not_cancelled_any_more(app, database, pair, frozen_clock):
    number = agreed(database, pair)
    frozen_clock.tick(days=30)

    ana = as_ana(app, pair).get(f"/sessions/{number}/cancel")

    assert ana.path.endswith(f"/sessions/{number}")
