"""Every page of everybody, with test users in the course and without: there is no difference.

LTI-59: whoever previews the course as a student is in no pool, no matching, no list, no count and
no gradebook, also if they took part before the LMS said what they are.
"""

import re
from datetime import timedelta

import pytest
from sqlalchemy import select

from lti_mentoring.core import clock
from lti_mentoring.grading import recompute
from lti_mentoring.models import (
    Closing,
    LineItem,
    MentorRequest,
    Participant,
    Program,
    ScorePublication,
)
from lti_mentoring.services import departures
from lti_mentoring.vocabulary import (
    ClosingDecision,
    CourseRole,
    PairingState,
    ProgramState,
    RequestState,
)
from tests.support.every_page import open_every_page
from tests.support.factories import (
    add,
    make_goal,
    make_member,
    make_mentee,
    make_mentor,
    make_pairing,
    make_session,
)
from tests.support.full_program import make_full_program
from tests.support.looking import CHANGING
from tests.support.visitor import visit

READERS = ("instructor", "assistant", "mentor", "mentee", "waiting", "observer")
NAME = "Quill Previewer"
STAGES = (ProgramState.RUNNING, ProgramState.CLOSING)


@pytest.fixture(params=STAGES, ids=lambda state: state.value)
def full(request, database, frozen_clock):
    with database.transaction() as db:
        full = make_full_program(db)
        db.get_one(Program, full.program).state = request.param
    return full


def pages_of(app, visitor):
    opened = open_every_page(app, visitor)
    return {address: CHANGING.sub("", html) for address, html in opened}


def add_previews(db, full):
    """Three of them: one who only looks, one who learned and one who mentored before it was known.

    What becomes of what they had begun is the product's own doing.
    """
    program = db.get_one(Program, full.program)
    looking, learning, mentoring = (
        make_member(db, program.course, role=CourseRole.LEARNER, name=NAME) for _ in range(3)
    )
    mentee = make_mentee(db, program, member=learning, goal_text="Try it")
    make_mentor(db, program, member=mentoring)
    real = db.scalars(select(Participant).filter_by(membership_id=full.other_mentor)).one()
    pairing = make_pairing(
        db,
        program,
        mentor=real,
        mentee=mentee,
        state=PairingState.ACTIVE,
    )
    make_session(db, pairing)
    make_goal(db, mentee)
    now = clock.now()
    asked = {"created_at": now, "sent_at": now, "expires_at": now + timedelta(days=3)}
    add(
        db,
        MentorRequest(mentee_id=mentee.id, mentor_id=real.id, state=RequestState.SENT, **asked),
    )
    words = {"takeaway": "It works", "decision": ClosingDecision.INDEPENDENT}
    add(db, Closing(participant_id=mentee.id, updated_at=clock.now(), **words))
    recompute.participant(db, mentee.id)
    for preview in (looking, learning, mentoring):
        preview.is_test_user = True
    db.flush()
    departures.member_left(db, program.course_id, [learning.id, mentoring.id])
    return looking, learning, mentoring


@pytest.mark.slow
@pytest.mark.parametrize("who", READERS)
def test_lti59_no_page_is_another_one_and_none_names_them(app, database, full, who):
    visitor = visit(app, getattr(full, who))
    before = pages_of(app, visitor)
    with database.transaction() as db:
        add_previews(db, full)

    after = pages_of(app, visitor)

    assert before.keys() <= after.keys()
    assert {at: shown(before[at], after[at]) for at in before if before[at] != after[at]} == {}
    assert [at for at in after if NAME in after[at]] == []


def shown(before, after):
    """What differs, for whoever reads the failure."""
    old, new = (re.sub(r"<[^>]+>", " ", html).split() for html in (before, after))
    at = next((n for n, pair in enumerate(zip(old, new, strict=False)) if pair[0] != pair[1]), 0)
    return " ".join(old[at - 3 : at + 12]), " ".join(new[at - 3 : at + 12])


def test_lti59_no_gradebook_gets_a_row_of_theirs(app, database, full, frozen_clock):
    with database.transaction() as db:
        previews = [member.id for member in add_previews(db, full)]
        for member in db.scalars(select(Participant)):
            recompute.participant(db, member.id)
    frozen_clock.tick(hours=1)

    with database.reading() as db:
        of_previews = (
            select(ScorePublication.id)
            .join(Participant, Participant.id == ScorePublication.participant_id)
            .where(Participant.membership_id.in_(previews))
        )
        assert db.scalars(select(LineItem.id)).all()
        assert db.scalars(of_previews).all() == []


@pytest.mark.parametrize("path", ["/get-started", "/mentor/card", "/goals/new"])
def test_lti59_a_preview_of_the_program_begins_nothing_in_it(app, database, full, path):
    with database.transaction() as db:
        looking = add_previews(db, full)[0].id
    visitor = visit(app, looking)

    visitor.get(path)

    assert visitor.status in {403, 404}
    with database.reading() as db:
        assert not db.scalars(select(Participant).filter_by(membership_id=looking)).all()
