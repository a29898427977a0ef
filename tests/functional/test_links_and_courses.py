"""Links and courses change while a program runs: each story through the sandbox, from both sides.

What becomes of a program is defined for each, told to whom it concerns, and nothing is lost.
"""

from dataclasses import replace
from decimal import Decimal

import pytest
from sqlalchemy import select

from lti_mentoring.core import clock
from lti_mentoring.grading import ledger, line_items, recompute
from lti_mentoring.models import (
    Agreement,
    Course,
    EngagementEvent,
    LineItem,
    Membership,
    Pairing,
    Participant,
    PlatformUser,
    Program,
    ResourceLink,
    ScorePublication,
)
from lti_mentoring.rules.groups import Group, read, write
from lti_mentoring.rules.tool_configuration import custom_parameters
from lti_mentoring.sandbox.copying import duplicate
from lti_mentoring.sandbox.vocabulary import Role
from lti_mentoring.sandbox.world import Activity
from lti_mentoring.vocabulary import (
    Component,
    CourseRole,
    MembershipState,
    PairingState,
    PublicationState,
)
from tests.support.campus import TOOL, make_campus
from tests.support.choosing import make_content_item
from tests.support.enrolled import Enrolled
from tests.support.factories import (
    make_mentee,
    make_mentor,
    make_pairing,
    make_program,
    make_rubric,
)
from tests.support.taught_class import TaughtClass

ELSEWHERE = "Thesis seminar"
DAY = 86_400


@pytest.fixture
def make_term(settings, database, frozen_clock):
    """Helena's course in an LMS of some accent, with a running program."""

    def make(accent="plain"):
        campus = make_campus(settings, database, accent=accent)
        tools = campus.sandbox.tools
        tools.put(replace(tools.seeded, custom=dict(custom_parameters())))
        helena = Enrolled(campus, "Helena Brandt")
        helena.launch(helena.course.activities[0])
        with database.transaction() as db:
            program = make_program(db, db.scalars(select(Course)).one(), title="Spring mentoring")
            make_rubric(db, program)
            text = {"version_number": 1, "body": "We meet.", "created_at": frozen_clock.now}
            db.add(Agreement(program_id=program.id, **text))
            line_items.plan_columns(db, program)
        campus.work()
        return helena

    return make


def member_of(db, person):
    """The membership of somebody of the sandbox in the course of the program."""
    found = select(Membership).join(PlatformUser).where(PlatformUser.subject == person.id)
    return db.scalars(found.order_by(Membership.id)).first()


def get_started(learner):
    """The three steps, whatever their page was opened by."""
    learner.get(learner.page.xpath("//a[contains(@href, '/get-started')]/@href")[0])
    topics = learner.page.xpath("//input[@name='topics']/@value")
    learner.press("Go on", topics=topics[0])
    learner.press("Go on", modes="video", languages="en", cadence="weekly")
    return learner.press("Show me mentors", week="1-960", time_zone="UTC")


def pair_up(campus, learner, mentor):
    """The two work together."""
    with campus.database.transaction() as db:
        program = db.scalars(select(Program)).one()
        mentee = make_mentee(db, program, member=member_of(db, learner))
        helper = make_mentor(db, program, member=member_of(db, mentor))
        pairing = make_pairing(db, program, mentee=mentee, mentor=helper, state=PairingState.ACTIVE)
        return pairing.id


def read_roster(helena, frozen_clock, seconds=2 * DAY):
    frozen_clock.tick(seconds=seconds)
    helena.launch(helena.course.activities[0])
    helena.campus.work()


# Several links of one course


def test_two_links_of_a_course_open_one_program_with_one_score(make_term, frozen_clock):
    helena = make_term()
    campus, (first, second) = helena.campus, helena.course.activities
    amara = Enrolled(campus, "Amara Diallo").launch(first)

    get_started(amara)
    amara.launch(second)
    frozen_clock.tick(seconds=60)
    campus.work()

    assert "Find a mentor" in amara.text
    with campus.database.reading() as db:
        assert len(db.scalars(select(Program)).all()) == 1
        mine = select(Participant).where(
            Participant.membership_id == member_of(db, amara.person).id
        )
        assert len(db.scalars(mine).all()) == 1
        (row,) = db.scalars(select(LineItem)).all()
    (column,) = campus.sandbox.gradebook.columns(helena.course.id)
    assert row.url == campus.sandbox.line_item_url(column)
    assert campus.sandbox.gradebook.grade(column.id, amara.person.id).score == 10


def test_the_column_of_a_second_activity_stays_empty_and_its_teacher_is_told(
    make_term, frozen_clock
):
    """A duplicate has a column of its own; a program has one score."""
    helena = make_term()
    campus = helena.campus
    twin = duplicate(campus.sandbox, helena.course.activities[0].id)
    get_started(Enrolled(campus, "Amara Diallo").launch(twin))
    frozen_clock.tick(seconds=60)

    campus.work()
    helena.get(helena.launch(helena.course.activities[0]).response.request.path)
    page = helena.get(link_to(helena, "Engagement"))

    assert f"a column of its own in the LMS: {twin.title}. It stays empty" in page.text
    first, second = campus.sandbox.gradebook.columns(helena.course.id)
    assert list(campus.sandbox.gradebook.grades(second.id)) == []
    assert len(campus.sandbox.gradebook.grades(first.id)) == 1


def link_to(browser, label):
    for link in browser.page.iter("a"):
        if link.text_content().strip() == label:
            return link.get("href")
    raise AssertionError(f"no link {label!r}: {browser.text[:300]}")


# Links of two courses


def test_a_link_that_was_copied_by_hand_opens_the_other_courses_own_program(make_term):
    helena = make_term()
    campus = helena.campus
    amara = Enrolled(campus, "Amara Diallo")
    amara.launch(helena.course.activities[0])
    with campus.database.transaction() as db:
        course = db.scalars(select(Course)).one()
        teacher = db.scalars(
            select(Membership.id).where(Membership.role == CourseRole.INSTRUCTOR)
        ).first()
        key = make_content_item(db, course, teacher).key
    other = campus.sandbox.world.course_titled(ELSEWHERE)
    address = f"{TOOL}/lti/launch?content={key}"
    link = Activity("", "Mentoring", "", target=address, custom={"content": key})
    link = campus.sandbox.world.place(other.id, link)
    campus.sandbox.world.enroll(other.id, helena.person.id, Role.INSTRUCTOR)
    campus.sandbox.world.enroll(other.id, amara.person.id)

    amara.launch(link)
    assert "Mentoring opens here soon" in amara.text
    helena.launch(link)
    assert "Start from last term's design?" in helena.text
    helena.press("Start from that design")

    with campus.database.reading() as db:
        programs = db.scalars(select(Program).order_by(Program.id)).all()
        assert len({program.course_id for program in programs}) == 2
        theirs = (
            select(PlatformUser.subject)
            .join(Membership)
            .where(Membership.course_id == programs[1].course_id)
        )
        assert set(db.scalars(theirs)) == {helena.person.id, amara.person.id}
    people = helena.get(helena.response.request.path.rsplit("/program", 1)[0] + "/people/nominate")
    assert people.response.status_code == 200
    assert "Amara Diallo" in people.text
    for name in ("Daniel Okafor", "Lukas Weber", "Sofia Mendes"):
        assert name not in people.text


# Cross-listed sections


@pytest.fixture
def cross_listed(make_term):
    """One Canvas course with two sections: Amara and Lukas in one, Mei in the other."""
    helena = make_term("canvas")
    world = helena.campus.sandbox.world
    for section, label, names in (
        ("501", "Section 01", ("Amara Diallo", "Daniel Okafor")),
        ("502", "Section 02", ("Mei Tanaka",)),
    ):
        people = [world.person_named(name).id for name in names]
        world.list_section(helena.course.id, section, label, people)
    return helena


def test_sections_of_one_course_are_groups_that_a_program_can_be_for(cross_listed):
    helena = cross_listed
    activity = helena.course.activities[0]
    amara = Enrolled(helena.campus, "Amara Diallo").launch(activity)
    mei = Enrolled(helena.campus, "Mei Tanaka").launch(activity)
    with helena.campus.database.transaction() as db:
        told = {each.person.name: member_of(db, each.person).groups for each in (amara, mei)}
        assert [group.id for group in read(told["Amara Diallo"])] == ["section/501"]
        program = db.scalars(select(Program)).one()
        program.audience_groups = write(read(told["Mei Tanaka"]))

    assert "This program is for Section 502" in amara.launch(activity).text
    assert "This program is for Section 502." in mei.launch(activity).text
    assert "Start" in mei.text


@pytest.mark.parametrize("accent", ["moodle", "sakai"])
def test_who_is_put_into_a_group_gets_in_at_the_next_launch(make_term, frozen_clock, accent):
    """Moodle tells of it in the launch itself, Sakai with the roster that is read before."""
    helena = make_term(accent)
    world, activity = helena.campus.sandbox.world, helena.course.activities[0]
    kofi = next(
        person
        for person, enrollment in world.members(helena.course.id)
        if enrollment.role is Role.LEARNER and not enrollment.groups
    )
    learner = Enrolled(helena.campus, kofi.name)
    with helena.campus.database.transaction() as db:
        db.scalars(select(Program)).one().audience_groups = write([Group("17", "Tutorial A")])
    assert "This program is for Tutorial A" in learner.launch(activity).text
    assert "Start" not in learner.text

    world.regroup(helena.course.id, kofi.id, ("17",))
    read_roster(helena, frozen_clock)

    assert "Somebody who takes time for you" in learner.launch(activity).text


def test_a_placed_piece_leads_others_to_the_same_kind_page(cross_listed):
    helena = cross_listed
    with helena.campus.database.transaction() as db:
        course = db.scalars(select(Course)).one()
        teacher = db.scalars(select(Membership.id).order_by(Membership.id)).first()
        key = make_content_item(db, course, teacher).key
        db.scalars(select(Program)).one().audience_groups = '[["section/502",""]]'
    address = f"{TOOL}/lti/launch?content={key}"
    link = Activity("", "A goal", "", target=address, custom={"content": key})
    placed = helena.campus.sandbox.world.place(helena.course.id, link)
    custom = {**custom_parameters(), "content": key}
    placed = replace(placed, custom=custom)
    helena.course.activities[-1] = placed

    amara = Enrolled(helena.campus, "Amara Diallo").launch(placed)

    assert amara.response.status_code == 200
    assert "This program is for Section 502" in amara.text


def test_a_section_that_moves_takes_its_people_along_and_leaves_their_work_behind(
    cross_listed, frozen_clock
):
    helena, campus = cross_listed, cross_listed.campus
    world = campus.sandbox.world
    amara, daniel = (Enrolled(campus, name) for name in ("Amara Diallo", "Daniel Okafor"))
    for each in (amara, daniel):
        each.launch(helena.course.activities[0])
    pairing_id = pair_up(campus, amara.person, daniel.person)
    campus.work()
    other = world.course_titled(ELSEWHERE)

    world.move_section("501", helena.course.id, other.id)
    read_roster(helena, frozen_clock)
    amara.launch(other.activities[0])

    assert "Mentoring opens here soon" in amara.text
    with campus.database.reading() as db:
        former = member_of(db, amara.person)
        assert former.state is MembershipState.GONE
        assert db.get_one(Pairing, pairing_id).state is PairingState.INTERRUPTED
    pairs = helena.get(link_to(helena.launch(helena.course.activities[0]), "Pairs"))
    assert "Amara Diallo with Daniel Okafor" in pairs.text

    world.move_section("501", other.id, helena.course.id)
    amara.launch(helena.course.activities[0])
    daniel.launch(helena.course.activities[0])

    with campus.database.reading() as db:
        assert db.get_one(Pairing, pairing_id).state is PairingState.ACTIVE
        assert member_of(db, amara.person).state is MembershipState.ACTIVE
    assert "Daniel" in amara.launch(helena.course.activities[0]).text


# Deleted links


def test_a_program_lives_on_through_its_other_link(make_term, frozen_clock):
    """The column went with the activity; the other one's is taken, or the course gets one."""
    helena = make_term()
    campus, (first, second) = helena.campus, helena.course.activities
    amara = get_started(Enrolled(campus, "Amara Diallo").launch(first))
    frozen_clock.tick(seconds=60)
    campus.work()

    campus.sandbox.delete_activity(first.id)
    amara.launch(second)
    assert "Find a mentor" in amara.text
    credit(campus, amara.person, Component.AGREEMENT)
    for _ in range(4):
        frozen_clock.tick(seconds=60)
        campus.work()

    (column,) = campus.sandbox.gradebook.columns(helena.course.id)
    assert campus.sandbox.gradebook.grade(column.id, amara.person.id).score == 15
    with campus.database.reading() as db:
        assert {cell.state for cell in db.scalars(select(ScorePublication))} == {
            PublicationState.SENT
        }


def test_scores_move_to_the_column_of_the_link_that_is_left(make_term, frozen_clock):
    helena = make_term()
    campus, first = helena.campus, helena.course.activities[0]
    twin = duplicate(campus.sandbox, first.id)
    amara = get_started(Enrolled(campus, "Amara Diallo").launch(twin))
    frozen_clock.tick(seconds=60)
    campus.work()

    campus.sandbox.delete_activity(first.id)
    credit(campus, amara.person, Component.AGREEMENT)
    for _ in range(4):
        frozen_clock.tick(seconds=60)
        campus.work()

    (column,) = campus.sandbox.gradebook.columns(helena.course.id)
    assert column.link_id == twin.id
    page = helena.get(link_to(helena.launch(twin), "Engagement"))
    assert "a column of its own" not in page.text
    assert campus.sandbox.gradebook.grade(column.id, amara.person.id).score == 15


def credit(campus, person, component):
    """Somebody does something that counts."""
    with campus.database.transaction() as db:
        mine = select(Participant.id).where(Participant.membership_id == member_of(db, person).id)
        mentee_id = db.scalars(mine).one()
        ledger.credit(db, mentee_id, component, Decimal(1), "fact", clock.now())
        recompute.participant(db, mentee_id)


def test_without_any_link_everything_stays_and_a_new_one_finds_it(make_term, frozen_clock):
    """Moodle tells a tool nothing of a course in which nothing opens it: 404."""
    helena = make_term("moodle")
    campus, links = helena.campus, list(helena.course.activities)
    amara = get_started(Enrolled(campus, "Amara Diallo").launch(links[0]))
    people = helena.launch(links[0])
    people_address = link_to(people, "People")
    frozen_clock.tick(seconds=60)
    campus.work()

    for link in links:
        campus.sandbox.delete_activity(link.id)
    frozen_clock.tick(seconds=600)
    helena.get(people_address).press("Read it again")
    campus.work()

    assert "Everybody known before is still here" in helena.get(people_address).text
    with campus.database.reading() as db:
        assert member_of(db, amara.person).state is MembershipState.ACTIVE
        assert len(db.scalars(select(ResourceLink)).all()) == 1
        assert db.scalars(select(EngagementEvent)).all()

    again = campus.sandbox.world.place(helena.course.id, Activity("", "Mentoring again", ""))
    assert "Find a mentor" in amara.launch(again).text
    credit(campus, amara.person, Component.AGREEMENT)
    for _ in range(4):
        frozen_clock.tick(seconds=3700)
        campus.work()
    (column,) = campus.sandbox.gradebook.columns(helena.course.id)
    assert campus.sandbox.gradebook.grade(column.id, amara.person.id).score == 15


# Changed line items, deleted columns


def test_a_column_that_a_teacher_renames_and_rescales_keeps_getting_scores(campus, frozen_clock):
    """Label, points and even the ids behind it may change: its address is what counts."""
    taught = TaughtClass(campus, frozen_clock)
    (column,) = taught.columns
    taught.gradebook.edit(column, label="Tutoring", maximum=50, tag="", resource_id="mine")

    taught.credit(taught.learners[0], Component.NEEDS)
    taught.work()

    assert [column.label for column in taught.columns] == ["Tutoring"]
    assert taught.grades == [score / 2 for score in taught.wanted]
    assert taught.row.error is None


def test_a_launch_that_names_another_column_of_its_activity_takes_the_scores_there(
    make_term, frozen_clock
):
    """A teacher switches the activity's grade off and on again: it has another column then."""
    helena = make_term()
    campus, activity = helena.campus, helena.course.activities[0]
    amara = get_started(Enrolled(campus, "Amara Diallo").launch(activity))
    frozen_clock.tick(seconds=60)
    campus.work()
    (before,) = campus.sandbox.gradebook.columns(helena.course.id)

    campus.sandbox.gradebook.remove(before)
    wish = {"label": "Mentoring", "scoreMaximum": 10, "resourceLinkId": activity.id}
    after = campus.sandbox.gradebook.couple(helena.course.id, wish, before.tool)
    amara.launch(activity)
    credit(campus, amara.person, Component.AGREEMENT)
    for _ in range(4):
        frozen_clock.tick(seconds=60)
        campus.work()

    assert campus.sandbox.gradebook.columns(helena.course.id) == [after]
    assert campus.sandbox.gradebook.grade(after.id, amara.person.id).score == 1.5


def test_a_column_deleted_for_good_costs_nobody_a_point(campus, frozen_clock):
    """Sending stops, staff are told and have one button; what counts is kept all the while."""
    taught = TaughtClass(campus, frozen_clock)
    for component in (Component.NEEDS, Component.GOALS_SET):
        taught.delete_columns()
        taught.credit(taught.learners[0], component)
        taught.work()
    assert taught.columns == []
    told = taught.page()
    assert "A column has been deleted in the LMS" in told.text
    assert "Everything is still counted here; no scores are sent into it." in told.text

    taught.credit(taught.learners[0], Component.GOAL_PROGRESS)
    taught.work(30 * DAY)
    assert taught.columns == []
    taught.page().submit("Make the column again")
    taught.work()

    assert taught.grades == taught.wanted
    assert taught.grades[0] > taught.grades[1] > 0
