"""The pages of those who are left, and of somebody who comes back, once a person was erased."""

import pytest

from lti_mentoring.models import Membership
from lti_mentoring.policies.actor import Actor
from lti_mentoring.services.departures import member_back
from lti_mentoring.services.privacy_erasure import erase_person
from lti_mentoring.services.privacy_ways import Person
from lti_mentoring.vocabulary import MembershipState
from tests.support.every_page import open_every_page
from tests.support.full_program import make_full_program
from tests.support.visitor import visit

NAMES = {"mentee": "Amara Diallo", "mentor": "Daniel Okafor", "applicant": "Sofia Mendes"}

READERS = ("instructor", "assistant", "mentee", "mentor", "waiting")


@pytest.fixture
def erased(app, database, frozen_clock):
    """Erase one person of the full program."""

    def erase(who):
        with database.transaction() as db:
            full = make_full_program(db)
        with database.transaction() as db:
            user_id = db.get_one(Membership, getattr(full, who)).user_id
            erase_person(db, Actor.system("test"), Person(user_id))
        return full

    return erase


@pytest.mark.slow
@pytest.mark.parametrize(
    ("who", "reader"),
    [(who, reader) for who in NAMES for reader in READERS if who != reader],
)
def test_every_page_still_works_and_none_has_the_name(app, erased, who, reader):
    full = erased(who)

    pages = dict(open_every_page(app, visit(app, getattr(full, reader))))

    assert len(pages) > 5
    assert [address for address, page in pages.items() if NAMES[who] in page] == []


@pytest.mark.slow
@pytest.mark.parametrize("who", ["mentee", "mentor"])
def test_who_comes_back_begins_anew(app, database, erased, who):
    full = erased(who)
    with database.transaction() as db:
        member = db.get_one(Membership, getattr(full, who))
        member.state, member.left_at = MembershipState.ACTIVE, None
        member_back(db, member.course_id, [member.id])

    pages = dict(open_every_page(app, visit(app, getattr(full, who))))

    assert "/" in pages
