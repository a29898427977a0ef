"""Pairs within one group, or across groups: obeyed by every way in which a pair can come about."""

import pytest
from sqlalchemy import select

from lti_mentoring.models import Activity, MentorRequest, Pairing, Program
from lti_mentoring.rules.groups import Group, write
from lti_mentoring.vocabulary import CourseRole, PairingGroups, PairingState, RequestState, Verb
from tests.support.factories import (
    make_member,
    make_mentee,
    make_mentor,
    make_pairing,
    make_program,
    make_rubric,
)
from tests.support.visitor import visit

pytestmark = pytest.mark.usefixtures("agreement")

A, B = Group("17", "Lab A"), Group("18", "Lab B")
APART = {PairingGroups.SAME: (A, B), PairingGroups.DIFFERENT: (A, A)}
TOGETHER = {PairingGroups.SAME: (A, A), PairingGroups.DIFFERENT: (A, B)}
RULES = pytest.mark.parametrize("rule", APART)


@pytest.fixture
def program(db, frozen_clock):
    program = make_program(db)
    make_rubric(db, program)
    return program


@pytest.fixture
def opened(app, db):
    def arrive(participant):
        db.commit()
        return visit(app, participant.membership_id).get("/")

    return arrive


@pytest.fixture
def teacher(app, db, program):
    def arrive(path="/"):
        member = make_member(db, program.course, role=CourseRole.INSTRUCTOR, name="Maria Keller")
        db.commit()
        return visit(app, member.id).get(path)

    return arrive


def member(db, program, name, *groups, **facts):
    return make_member(db, program.course, name=name, groups=write(groups), **facts)


def two(db, program, groups):
    """A learner and a mentor of these two groups."""
    mentee = make_mentee(db, program, member=member(db, program, "Amara Diallo", groups[0]))
    mentor = make_mentor(db, program, member=member(db, program, "Daniel Okafor", groups[1]))
    return mentee, mentor


def asked(db, state=RequestState.SENT):
    return db.scalars(select(MentorRequest.id).where(MentorRequest.state == state)).all()


@RULES
def test_a_mentor_of_fitting_groups_can_be_asked(db, program, opened, rule):
    program.pairing_groups = rule
    mentee, _mentor = two(db, program, TOGETHER[rule])

    opened(mentee).get("/mentors").click("Ask Daniel").submit("Ask Daniel", note="Hello")

    assert len(asked(db)) == 1


@RULES
def test_another_mentor_is_shown_with_the_reason_and_cannot_be_asked(db, program, opened, rule):
    program.pairing_groups = rule
    mentee, mentor = two(db, program, APART[rule])

    page = opened(mentee).get("/mentors")

    words = {PairingGroups.SAME: "of the same group", PairingGroups.DIFFERENT: "different groups"}
    assert words[rule] in page.text
    assert "Ask Daniel" not in page.links
    assert "Of these mentors none can be yours" in page.text
    assert page.get(f"/mentors/{mentor.id}/ask").status == 409
    assert "Your groups say otherwise" in page.text


@RULES
def test_nobody_reads_of_which_group_somebody_else_is(db, program, opened, rule):
    """Only that groups fit or do not: names of groups are for staff."""
    program.pairing_groups = rule
    mentee, mentor = two(db, program, APART[rule])

    for path in ("/mentors", f"/mentors/{mentor.id}/ask", "/"):
        assert "Lab" not in opened(mentee).get(path).text
        assert "Lab" not in opened(mentor).get(path).text


@RULES
def test_a_forged_request_is_refused_too(db, program, opened, rule):
    program.pairing_groups = rule
    mentee, mentor = two(db, program, APART[rule])
    page = opened(mentee).get("/get-started/topics")

    token = page.csrf_token()

    assert page.post(f"/mentors/{mentor.id}/ask", csrf_token=token, note="Hi").status == 409
    fields = {f"rank-{mentor.id}": "1", "note": "Hi"}
    page.post("/mentors/choices", csrf_token=token, **fields)
    assert db.scalars(select(MentorRequest)).all() == []


def test_where_groups_do_not_matter_nothing_is_said_of_them(db, program, opened):
    mentee, _mentor = two(db, program, (A, B))

    page = opened(mentee).get("/mentors")

    assert "Ask Daniel" in page.links
    assert "group" not in page.text


@RULES
def test_only_fitting_mentors_are_counted_and_ranked(db, program, opened, rule):
    program.pairing_groups = rule
    mentee, _mentor = two(db, program, TOGETHER[rule])
    for number in range(2):
        apart = member(db, program, f"Zoë O'Brien {number}", APART[rule][1])
        make_mentor(db, program, member=apart)

    page = opened(mentee)

    assert "1 mentor " in page.get("/get-started/count").text
    assert "Zoë" not in page.get("/mentors/choices").text


def ask(db, mentee, mentor, frozen_clock, **facts):
    now = frozen_clock.now
    values = {"state": RequestState.SENT, "rank": 1, "created_at": now, "sent_at": now, **facts}
    request = MentorRequest(mentee_id=mentee.id, mentor_id=mentor.id, **values)
    db.add(request)
    db.flush()
    return request


def test_who_came_into_another_group_since_is_not_paired_by_a_yes(
    db, program, opened, frozen_clock
):
    program.pairing_groups = PairingGroups.SAME
    mentee, mentor = two(db, program, (A, B))
    request = ask(db, mentee, mentor, frozen_clock, expires_at=frozen_clock.now)

    page = opened(mentor).get("/requests").submit("Accept Amara Diallo")

    assert page.status == 409
    assert "who can bring you two together all the same" in page.text
    assert db.scalars(select(Pairing)).all() == []
    db.refresh(request)
    assert request.state is RequestState.SENT


def test_who_says_no_suggests_only_mentors_of_fitting_groups(db, program, opened, frozen_clock):
    program.pairing_groups = PairingGroups.SAME
    mentee, mentor = two(db, program, (A, A))
    make_mentor(db, program, member=member(db, program, "Lena Berg", A))
    make_mentor(db, program, member=member(db, program, "Zoë O'Brien", B))
    request = ask(db, mentee, mentor, frozen_clock, expires_at=frozen_clock.now)

    text = opened(mentor).get(f"/requests/{request.id}/decline").text

    assert "Lena Berg" in text
    assert "Zoë" not in text


def test_a_stricter_rule_sends_requests_on_to_the_next_fitting_choice(
    db, program, teacher, frozen_clock
):
    mentee, mentor = two(db, program, (A, B))
    ask(db, mentee, mentor, frozen_clock, expires_at=frozen_clock.now)
    for rank, (name, group) in enumerate([("Zoë O'Brien", B), ("Lena Berg", A)], 2):
        choice = make_mentor(db, program, member=member(db, program, name, group))
        ask(db, mentee, choice, frozen_clock, state=RequestState.DRAFTED, rank=rank, sent_at=None)

    teacher("/program/groups").submit("Save", pairing_groups="same")

    rows = select(MentorRequest.rank, MentorRequest.state).order_by(MentorRequest.rank)
    assert [tuple(row) for row in db.execute(rows)] == [
        (1, RequestState.RELEASED),
        (2, RequestState.RELEASED),
        (3, RequestState.SENT),
    ]


def test_pairs_that_exist_go_on_under_a_stricter_rule(db, program, teacher):
    mentee, mentor = two(db, program, (A, B))
    pairing = make_pairing(db, program, mentee=mentee, mentor=mentor, state=PairingState.ACTIVE)

    page = teacher("/program/groups").submit("Save", pairing_groups="same")

    assert "Only people who are in a group together become a pair." in page.text
    db.refresh(pairing)
    assert pairing.state is PairingState.ACTIVE


@RULES
def test_staff_are_warned_and_may_make_an_exception(db, program, teacher, rule):
    program.pairing_groups = rule
    mentee, mentor = two(db, program, APART[rule])
    page = teacher(f"/pairs/new/{mentee.id}")
    title = {PairingGroups.SAME: "Of other groups", PairingGroups.DIFFERENT: "Of the same group"}
    assert title[rule] in page.text
    assert "Pair with Daniel" not in page.text

    page.click("Pair all the same")
    assert "You can make an exception; it holds for these two only." in page.text
    page.submit("Pair them all the same")

    assert "are a pair now" in page.text
    assert db.scalars(select(Pairing.mentor_id)).all() == [mentor.id]
    told = select(Activity.detail).where(Activity.verb == Verb.PAIRED)
    assert db.scalars(told).all() == ["coordinator despite groups"]


def test_a_button_from_before_the_rule_asks_first(db, program, teacher):
    mentee, _mentor = two(db, program, (A, B))
    page = teacher(f"/pairs/new/{mentee.id}")
    program.pairing_groups = PairingGroups.SAME
    db.commit()

    page.submit("Pair with Daniel")

    assert page.status == 422
    assert "are in none together" in page.text
    assert db.scalars(select(Pairing)).all() == []


def test_who_has_parted_and_is_apart_needs_a_reason_and_both_are_said(db, program, teacher):
    program.pairing_groups = PairingGroups.SAME
    mentee, mentor = two(db, program, (A, B))
    make_pairing(db, program, mentee=mentee, mentor=mentor, state=PairingState.ENDED_NO_FAULT)

    page = teacher(f"/pairs/new/{mentee.id}/{mentor.id}")
    assert "have parted" in page.text
    assert "in none together" in page.text
    page.submit("Pair them again", reason="both_wish")

    told = select(Activity.detail).where(Activity.verb == Verb.PAIRED)
    assert db.scalars(told).all() == ["coordinator again both_wish despite groups"]


def test_staff_find_pairs_and_who_waits_by_group(db, program, teacher):
    first = two(db, program, (A, B))
    make_pairing(db, program, mentee=first[0], mentor=first[1])
    make_mentee(db, program, member=member(db, program, "Mei Tanaka", A))
    make_mentee(db, program, member=member(db, program, "Lukas Weber", B))

    page = teacher("/pairs/new").submit("Show", group="17")
    assert "Mei Tanaka" in page.text
    assert "Lukas" not in page.text

    assert "Amara Diallo with Daniel" in page.get("/pairs").submit("Find", group="18").text
    assert "No pair fits." in page.get("/pairs?group=99").text
    assert "Nobody of this group waits" in page.get("/pairs/new?group=99").text


def test_staff_find_mentors_for_a_learner_by_group(db, program, teacher):
    mentee, _mentor = two(db, program, (A, A))
    make_mentor(db, program, member=member(db, program, "Zoë O'Brien", B))

    page = teacher(f"/pairs/new/{mentee.id}").submit("Show", group="18")

    assert "Zoë" in page.text
    assert "Daniel" not in page.text
    assert "No mentor is in this group." in page.get(f"/pairs/new/{mentee.id}?group=99").text


def test_engagement_is_found_by_group(db, program, teacher):
    for name, group in (("Mei Tanaka", A), ("Lukas Weber", B)):
        make_mentee(db, program, member=member(db, program, name, group))

    text = teacher("/engagement").submit("Find", group="17").text

    assert "Mei Tanaka" in text
    assert "Lukas" not in text


def test_a_rule_stays_open_to_change_where_no_group_is_known(db, program, teacher):
    """A copied design may ask for groups that the new course does not have."""
    program.pairing_groups = PairingGroups.SAME

    page = teacher("/program/groups").submit("Save", pairing_groups="any")

    assert "Saved." in page.text
    db.expire_all()
    assert db.get_one(Program, program.id).pairing_groups is PairingGroups.ANY
