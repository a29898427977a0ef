"""The page of one pairing: everything in a handful of queries, however long the two have met."""

from datetime import timedelta

import pytest

from lti_mentoring.core import clock
from lti_mentoring.models import (
    ActionItem,
    Agreement,
    AgreementSignature,
    FitCheck,
    MentoringSession,
)
from lti_mentoring.vocabulary import (
    ActionState,
    FitAnswer,
    GoalState,
    PairingState,
    SessionState,
    Visibility,
)
from tests.support.counting import statements_of
from tests.support.factories import add, make_goal
from tests.support.full_program import make_full_program
from tests.support.pairs import make_pair
from tests.support.visitor import visit

MOST_QUERIES = 6


@pytest.fixture
def pair(database, frozen_clock):
    with database.sessions() as db:
        made = make_pair(db, state=PairingState.TRIAL)
        db.commit()
        yield made


def as_ana(app, pair):
    return visit(app, pair.mentee.membership_id).get(f"/pairings/{pair.pairing.id}")


def as_rui(app, pair):
    return visit(app, pair.mentor.membership_id).get(f"/pairings/{pair.pairing.id}")


def publish(db, pair, number):
    now = clock.now()
    text = Agreement(program_id=pair.program.id, version_number=number, body="Ours", created_at=now)
    return add(db, text)


def sign(db, pair, text, person):
    signature = AgreementSignature(
        agreement_id=text.id,
        pairing_id=pair.pairing.id,
        participant_id=person.id,
        signed_name=f"I, {person.id}",
        signed_at=clock.now(),
    )
    add(db, signature)


def meet(db, pair, state, days):
    session = MentoringSession(
        pairing_id=pair.pairing.id,
        proposed_by_id=pair.mentor.id,
        state=state,
        starts_at=clock.now() + timedelta(days=days),
        length_minutes=45,
        time_zone="UTC",
        created_at=clock.now(),
    )
    return add(db, session)


def agree_on(db, pair, text, **facts):
    now = clock.now()
    item = ActionItem(
        owner_id=pair.mentee.id, pairing_id=pair.pairing.id, text=text, created_at=now, **facts
    )
    return add(db, item)


@pytest.mark.parametrize("times", [1, 10])
@pytest.mark.parametrize("is_signed", [True, False])
@pytest.mark.parametrize("reader", ["ana", "rui"])
def test_a_pairs_page_asks_six_times_at_most(app, database, pair, reader, is_signed, times):
    with database.transaction() as db:
        text = publish(db, pair, 1)
        for person in (pair.mentee, pair.mentor) if is_signed else ():
            sign(db, pair, text, person)
        for number in range(times):
            meet(db, pair, SessionState.HELD, -number - 1)
            meet(db, pair, SessionState.SCHEDULED, number + 1)
            make_goal(db, db.merge(pair.mentee), title=f"Goal {number}")
            agree_on(db, pair, f"Do {number}")
    visitor = {"ana": as_ana, "rui": as_rui}[reader](app, pair)

    with statements_of(database) as sent:
        visitor.get(f"/pairings/{pair.pairing.id}")

    assert visitor.status == 200
    assert f"Goal {times - 1}" in visitor.text
    assert f"Do {times - 1}" in visitor.text
    assert len(sent) <= MOST_QUERIES


@pytest.mark.parametrize("address", ["/pairings/{}", "/pairs/{}"])
@pytest.mark.parametrize("times", [1, 10])
def test_staff_read_the_facts_in_six_queries_at_most(app, database, pair, address, times):
    with database.transaction() as db:
        for number in range(times):
            meet(db, pair, SessionState.HELD, -number - 1)
    teresa = visit(app, pair.teacher.id)

    with statements_of(database) as sent:
        teresa.get(address.format(pair.pairing.id))

    assert teresa.status == 200
    assert len(sent) <= MOST_QUERIES


def test_the_pair_reads_when_it_met_last_and_when_it_meets_next(app, database, pair):
    with database.transaction() as db:
        meet(db, pair, SessionState.HELD, -9)
        meet(db, pair, SessionState.HELD, -2)
        meet(db, pair, SessionState.CANCELLED_IN_TIME, 1)
        following = meet(db, pair, SessionState.PROPOSED, 3).id
        meet(db, pair, SessionState.SCHEDULED, 8)

    ana = as_ana(app, pair)

    assert "Sessions held2 Last one2 days ago" in ana.text
    assert "Thu 5 Mar, 09:00 your time proposed" in ana.text
    assert ana.click("Open the agenda").path.endswith(f"/sessions/{following}")


def test_the_newest_text_shows_who_has_signed_it_and_asks_who_has_not(app, database, pair):
    with database.transaction() as db:
        old = publish(db, pair, 1)
        sign(db, pair, old, pair.mentee)
        sign(db, pair, old, pair.mentor)
        sign(db, pair, publish(db, pair, 2), pair.mentor)

    ana, rui = as_ana(app, pair), as_rui(app, pair)

    assert "The text has a new version." in ana.text
    assert f"signed as I, {pair.mentor.id}" in ana.text
    assert f"signed as I, {pair.mentee.id}" not in ana.text
    assert "The text has a new version." not in rui.text
    assert "Facts" in visit(app, pair.teacher.id).get(f"/pairings/{pair.pairing.id}").text


def test_each_side_finds_its_own_answer_and_never_the_others(app, database, pair):
    with database.transaction() as db:
        answer = FitCheck(
            pairing_id=pair.pairing.id,
            participant_id=pair.mentee.id,
            answer=FitAnswer.UNSURE,
            answered_at=clock.now(),
        )
        add(db, answer)

    ana, rui = as_ana(app, pair), as_rui(app, pair)

    assert ana.page.xpath("//input[@name='answer' and @checked]/@value") == ["unsure"]
    assert rui.page.xpath("//input[@name='answer' and @checked]") == []


def test_the_two_see_shared_goals_and_open_things_to_do_in_their_order(app, database, pair):
    today = clock.now().date()
    with database.transaction() as db:
        mentee = db.merge(pair.mentee)
        make_goal(db, mentee, title="Over", state=GoalState.ACHIEVED)
        make_goal(db, mentee, title="Under way", progress=40)
        make_goal(db, mentee, title="Suggested", state=GoalState.PROPOSED)
        hidden = make_goal(db, mentee, title="Mine alone", visibility=Visibility.PRIVATE)
        agree_on(db, pair, "Some day")
        agree_on(db, pair, "Next week", due_on=today + timedelta(days=7))
        agree_on(db, pair, "Tomorrow", due_on=today + timedelta(days=1))
        agree_on(db, pair, "Done long ago", state=ActionState.DONE)
        agree_on(db, pair, "For my own goal", goal_id=hidden.id)

    for visitor in (as_ana(app, pair), as_rui(app, pair)):
        listed = visitor.page.xpath("//ul[@class='rows']/li/div/a/b/text()")
        to_do = visitor.page.xpath("//ul[@class='rows']/li[form]/div/b/text()")

        assert listed == ["Suggested", "Under way", "Over"]
        assert to_do == ["Tomorrow", "Next week", "Some day"]


def test_a_full_program_shows_both_why_they_fit(app, database, frozen_clock):
    with database.transaction() as db:
        full = make_full_program(db)

    texts = [
        visit(app, who).get(f"/pairings/{full.pairing}").text for who in (full.mentee, full.mentor)
    ]

    assert all("Academic writing" in text for text in texts)
