"""The next best act on My engagement leads to the very page where it can be done."""

from decimal import Decimal

import pytest
from sqlalchemy import select

from lti_mentoring.core import clock
from lti_mentoring.grading import ledger, recompute
from lti_mentoring.models import Agreement, EngagementEvent, EngagementRubric, Pairing
from lti_mentoring.vocabulary import Component, EndReason, FitAnswer, PairingState
from tests.support.factories import add, make_fit_check
from tests.support.visitor import visit

EVERYTHING_BUT = {
    Component.NEEDS: 1,
    Component.AGREEMENT: 1,
    Component.GOALS_SET: 1,
    Component.SESSIONS: 10,
    Component.GOAL_PROGRESS: 10,
    Component.REFLECTION: 10,
    Component.FEEDBACK: 1,
}


def left_to_do(database, pair, component):
    """The mentee has done everything but this, and everything has a weight."""
    with database.transaction() as db:
        rubric = db.scalars(select(EngagementRubric)).one()
        rubric.weights = {**rubric.weights, Component.FEEDBACK: 10, Component.ORIENTATION: 0}
        rubric.targets = {**rubric.targets, Component.FEEDBACK: 1, Component.ORIENTATION: 0}
        for done, count in EVERYTHING_BUT.items():
            for number in range(count if done is not component else 0):
                facts = (done, Decimal(1), f"{done}:{number}", clock.now())
                ledger.credit(db, pair.mentee.id, *facts)
        recompute.participant(db, pair.mentee.id)


def my_engagement(app, pair):
    return visit(app, pair.mentee.membership_id).get("/my-engagement")


@pytest.mark.parametrize("state", [PairingState.TRIAL, PairingState.ACTIVE])
def test_feedback_is_given_where_the_link_leads(app, database, pair, state):
    left_to_do(database, pair, Component.FEEDBACK)
    with database.transaction() as db:
        db.get_one(Pairing, pair.pairing.id).state = state
    ana = my_engagement(app, pair)
    links = ana.page.xpath("//a[normalize-space()='Answer the question']/@href")

    ana.click("Answer the question").submit("Answer", answer=FitAnswer.GOOD.value)

    assert [link.rpartition("#")[2] for link in links] == ["fit"]
    assert ana.path.endswith(f"/pairings/{pair.pairing.id}")
    with database.reading() as db:
        found = db.query(EngagementEvent).filter_by(component=Component.FEEDBACK).one()
    assert found.source == f"fit:{pair.pairing.id}"


def test_without_a_pair_nobody_is_sent_to_a_question(app, database, pair):
    left_to_do(database, pair, Component.FEEDBACK)
    with database.transaction() as db:
        pairing = db.get_one(Pairing, pair.pairing.id)
        pairing.state, pairing.ended_at = PairingState.ENDED_NO_FAULT, clock.now()
        pairing.end_reason = EndReason.NO_FIT

    ana = my_engagement(app, pair)

    assert "Everything that can be done now is done" in ana.text
    assert "Answer the question" not in ana.links


def test_the_agreement_is_read_and_signed_where_the_link_leads(app, database, pair):
    left_to_do(database, pair, Component.AGREEMENT)
    with database.transaction() as db:
        text = {"version_number": 1, "body": "We come prepared.", "created_at": clock.now()}
        add(db, Agreement(program_id=pair.program.id, **text))
        pairing = db.get_one(Pairing, pair.pairing.id)
        pairing.state, pairing.started_at = PairingState.PROPOSED, None

    ana = my_engagement(app, pair).click("Read the agreement")

    assert ana.path.endswith(f"/pairings/{pair.pairing.id}")
    assert "We come prepared." in ana.text


def test_a_question_that_is_answered_is_not_asked_again(app, database, pair):
    left_to_do(database, pair, None)
    with database.transaction() as db:
        make_fit_check(db, db.merge(pair.pairing), pair.mentee.id, FitAnswer.GOOD)

    assert "Answer the question" not in my_engagement(app, pair).links
