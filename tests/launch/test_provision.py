"""What a launch writes, and what it leaves alone."""

from datetime import timedelta

import pytest
from sqlalchemy import update
from sqlalchemy.exc import IntegrityError

from lti_mentoring.core import clock
from lti_mentoring.launch import deployments
from lti_mentoring.launch import provision as provisioning
from lti_mentoring.models import (
    Activity,
    Course,
    Deployment,
    Membership,
    Platform,
    PlatformUser,
    RefusedLaunch,
    Registration,
    ResourceLink,
    RosterSync,
    SignIn,
)
from lti_mentoring.rules.platform_profiles import BLACKBOARD
from lti_mentoring.vocabulary import (
    AGS_CLAIM,
    CLAIM,
    NRPS_CLAIM,
    TEST_USER_ROLE,
    CourseRole,
    DeploymentState,
    MembershipState,
    PairingState,
    Product,
    RegistrationState,
    RosterSyncState,
    Scope,
    SignInState,
    Verb,
)
from tests.launch.lms import GONE, INSTRUCTOR, LEARNER, Lms
from tests.support.factories import make_line_item, make_mentee, make_pairing, make_program


def change(house, model, **values):
    with house.database.transaction() as db:
        db.execute(update(model).values(**values))


def test_the_same_deployment_id_under_two_client_ids_is_two_tenants(house, platform_key):
    other = Lms(platform_key, client_id="client-2").register(house.database)

    house.enter()
    house.enter(lms=other)

    assert len(house.rows(Course)) == 2
    assert len({user.registration_id for user in house.rows(PlatformUser)}) == 2


def test_two_platforms_with_the_same_e_mail_are_two_users(house, platform_key):
    other = Lms(platform_key, issuer="https://other.test").register(house.database)

    house.enter(email="same@example.edu")
    house.enter(lms=other, email="same@example.edu")

    assert len({user.id for user in house.rows(PlatformUser)}) == 2


def test_a_token_of_one_registration_is_refused_for_the_login_of_another(house, platform_key):
    other = Lms(platform_key, client_id="client-2").register(house.database)
    begun = house.login()

    answer = begun.post(other.sign(other.claims(begun.nonce)))

    assert (answer.status_code, "audience" in answer.text) == (400, True)


def test_a_demotion_takes_effect_at_once_and_ends_the_other_sign_ins(house):
    house.enter(roles=[INSTRUCTOR])

    house.enter(roles=[LEARNER])

    assert house.only(Membership).role is CourseRole.LEARNER
    states = [row.state for row in sorted(house.rows(SignIn), key=lambda row: row.created_at)]
    assert sorted(states) == [SignInState.ACTIVE, SignInState.ENDED]


def test_a_promotion_takes_effect_and_ends_nothing(house):
    house.enter(roles=[LEARNER])

    page = house.enter(roles=[INSTRUCTOR])

    assert page.status_code in {200, 303}
    assert house.only(Membership).role is CourseRole.INSTRUCTOR
    assert {row.state for row in house.rows(SignIn)} == {SignInState.ACTIVE}


def test_a_test_user_is_flagged(house):
    house.enter(roles=[LEARNER, TEST_USER_ROLE])

    assert house.only(Membership).is_test_user is True


def test_somebody_who_had_left_belongs_again(house):
    house.enter()
    change(house, Membership, state=MembershipState.GONE, left_at=clock.now())

    house.enter()

    member = house.only(Membership)
    assert (member.state, member.left_at) == (MembershipState.ACTIVE, None)


def test_what_was_interrupted_when_somebody_left_is_taken_up_again(house, db):
    house.enter()
    member = db.get(Membership, house.only(Membership).id)
    program = make_program(db, db.get(Course, member.course_id))
    pairing = make_pairing(
        db,
        program,
        mentee=make_mentee(db, program, member=member),
        state=PairingState.INTERRUPTED,
    )
    member.state = MembershipState.GONE
    db.commit()

    house.enter()

    db.refresh(pairing)
    assert pairing.state is PairingState.ACTIVE


def test_what_the_launch_does_not_tell_is_kept(house):
    house.enter(zoneinfo="Europe/Lisbon", locale="pt-PT")

    bare = {NRPS_CLAIM: GONE, AGS_CLAIM: GONE, "name": GONE, "given_name": ""}
    house.enter(**bare)

    user, course = house.only(PlatformUser), house.only(Course)
    assert (user.name, user.given_name) == ("Ana Souza", "Ana")
    assert (user.time_zone, user.locale) == ("Europe/Lisbon", "en")
    assert course.line_items_url == "https://lms.test/courses/1/columns"
    assert house.only(ResourceLink).line_item_url == "https://lms.test/courses/1/columns/7"


def test_a_link_without_a_column_of_its_own_loses_the_old_one(house):
    house.enter()

    house.enter(**{AGS_CLAIM: {"lineitems": "https://lms.test/new", "scope": []}})

    assert house.only(ResourceLink).line_item_url is None
    assert house.only(Course).line_items_url == "https://lms.test/new"
    assert house.only(Course).ags_scopes == ""


NEWS = {
    "another list of columns": {"lineitems": "https://lms.test/new", "scope": []},
    "a column of the link": {
        "scope": [Scope.LINE_ITEM.value, Scope.SCORE.value],
        "lineitems": "https://lms.test/courses/1/columns",
        "lineitem": "https://lms.test/courses/1/columns/8",
    },
}


@pytest.mark.parametrize("grading", NEWS.values(), ids=NEWS)
def test_a_column_that_could_not_be_made_is_tried_again_when_the_gradebook_changes(
    house, db, grading
):
    house.enter()
    program = make_program(db, db.get(Course, house.only(Course).id))
    later = clock.now() + timedelta(hours=6)
    column = make_line_item(db, program, url=None, attempts=7, next_at=later, error="no scope")
    db.commit()

    house.enter(**{AGS_CLAIM: grading})

    db.refresh(column)
    assert (column.attempts, column.error) == (0, None)
    assert column.next_at is not None
    assert column.next_at < later


def test_names_and_titles_that_change_are_taken_over(house):
    house.enter()

    house.enter(name="Ana Lima", context={"id": "course-1", "title": "Statistics II"})

    assert house.only(PlatformUser).name == "Ana Lima"
    assert (house.only(Course).title, house.only(Course).label) == ("Statistics II", "ST1")


def test_a_link_may_move_to_another_course(house):
    house.enter()

    house.enter(context={"id": "course-2", "title": "Another"})

    moved = house.only(ResourceLink)
    assert moved.course_id == max(course.id for course in house.rows(Course))
    assert len(house.rows(Membership)) == 2


def test_the_same_ids_in_another_case_are_other_things(house):
    house.enter()
    house.enter(context={"id": "COURSE-1"}, resource_link={"id": "LINK-1"}, sub="USER-1")

    assert [len(house.rows(m)) for m in (Course, ResourceLink, PlatformUser)] == [2, 2, 2]


def test_an_unknown_deployment_waits_and_makes_nothing_else(house, platform_key):
    lms = Lms(platform_key, client_id="new").register(house.database, approved=False)

    first = house.launch(lms=lms)
    second = house.launch(lms=lms)

    assert (first.status_code, "deployment-pending" in first.text) == (403, True)
    assert second.status_code == 403
    with house.database.reading() as db:
        noted = db.query(Deployment).filter_by(registration_id=lms.registration_id).one()
    assert (noted.lti_id, noted.state) == ("deployment-1", DeploymentState.PENDING)
    assert house.only(Activity).verb is Verb.DEPLOYMENT_SEEN
    assert [house.rows(m) for m in (PlatformUser, Course, SignIn)] == [[], [], []]
    assert {row.registration_id for row in house.rows(RefusedLaunch)} == {lms.registration_id}


def test_a_client_id_of_one_institution_brings_its_deployments_in(house, platform_key):
    """C20: a platform that named no deployment when it registered names one with a launch."""
    lms = Lms(platform_key, client_id="new").register(house.database, approved=False)
    with house.database.transaction() as db:
        db.get_one(Registration, lms.registration_id).admits_deployments = True

    assert house.launch(lms=lms).status_code == 303

    with house.database.reading() as db:
        noted = db.query(Deployment).filter_by(registration_id=lms.registration_id).one()
    assert noted.state is DeploymentState.APPROVED
    assert house.rows(RefusedLaunch) == []


@pytest.mark.parametrize(
    "state", [DeploymentState.PENDING, DeploymentState.PAUSED, DeploymentState.DISABLED]
)
def test_a_deployment_that_is_not_approved_is_refused(house, state):
    change(house, Deployment, state=state)

    answer = house.launch()

    assert (answer.status_code, f"deployment-{state}" in answer.text) == (403, True)
    assert house.rows(PlatformUser) == []


def test_two_who_note_a_deployment_at_once_note_it_once(house, platform_key, monkeypatch):
    lms = Lms(platform_key, client_id="new").register(house.database, approved=False)
    note = deployments.note_unknown_deployment

    def twice(*args):
        note(*args)
        note(*args)

    monkeypatch.setattr("lti_mentoring.views.lti.note_unknown_deployment", twice)

    assert house.launch(lms=lms).status_code == 403


def test_a_registration_disabled_between_login_and_launch_is_refused(house):
    begun = house.login()
    change(house, Registration, state=RegistrationState.DISABLED)

    answer = begun.post(house.lms.sign(house.lms.claims(begun.nonce)))

    assert (answer.status_code, "registration-disabled" in answer.text) == (403, True)


def test_a_deployment_other_than_the_one_of_the_login_is_refused(house):
    begun = house.login(lti_deployment_id="deployment-2")

    answer = begun.post(house.lms.sign(house.lms.claims(begun.nonce)))

    assert (answer.status_code, "deployment" in answer.text) == (400, True)


def test_the_race_of_two_first_launches_is_run_again(house, monkeypatch):
    enter, tries = provisioning.provision, []

    def lose_once(*args):
        tries.append(args)
        if len(tries) == 1:
            raise IntegrityError("insert", {}, Exception("unique"))
        return enter(*args)

    monkeypatch.setattr("lti_mentoring.views.lti.provision", lose_once)

    assert house.enter().status_code in {200, 303}
    assert len(tries) == 2


def test_the_roster_is_asked_for_again_only_when_it_is_old(house, frozen_clock):
    house.enter()
    change(house, RosterSync, state=RosterSyncState.DONE)
    change(house, Course, roster_read_at=clock.now())
    frozen_clock.tick(minutes=59)
    house.enter()
    assert len(house.rows(RosterSync)) == 1
    frozen_clock.tick(minutes=2)

    house.enter()

    assert len(house.rows(RosterSync)) == 2


def test_b8_a_launch_leaves_the_roster_alone_for_as_long_as_the_clock_does(house, frozen_clock):
    change(house, Platform, product=Product.BLACKBOARD)
    house.enter()
    change(house, RosterSync, state=RosterSyncState.DONE)
    change(house, Course, roster_read_at=clock.now())
    frozen_clock.tick(hours=BLACKBOARD.roster_hours, minutes=-1)
    house.enter()
    assert len(house.rows(RosterSync)) == 1
    frozen_clock.tick(minutes=2)

    house.enter()

    assert len(house.rows(RosterSync)) == 2


def test_a_roster_that_failed_is_not_asked_for_at_every_launch(house, frozen_clock):
    house.enter()
    change(house, RosterSync, state=RosterSyncState.FAILED)

    house.enter()

    assert len(house.rows(RosterSync)) == 1
    frozen_clock.tick(minutes=61)
    house.enter()
    assert len(house.rows(RosterSync)) == 2


def test_without_a_roster_service_none_is_asked_for(house):
    house.enter(**{NRPS_CLAIM: GONE})

    assert house.rows(RosterSync) == []


def test_a_warm_launch_needs_few_statements(house, statements):
    house.enter()
    with house.database.transaction() as db:
        db.execute(update(Course).values(roster_read_at=clock.now()))
        db.execute(update(RosterSync).values(state=RosterSyncState.DONE))
    begun = house.login()
    token = house.lms.sign(house.lms.claims(begun.nonce))
    calls = house.keys.calls

    with statements(house.database) as seen:
        assert begun.post(token).status_code == 303

    kinds = [text.split()[0] for text in seen]
    sent = [kind for kind in kinds if kind != "BEGIN"]
    assert sent == ["INSERT", "SELECT", "UPDATE", "INSERT"]
    assert house.keys.calls == calls


def test_dates_are_those_of_the_clock(house, frozen_clock):
    house.enter()
    frozen_clock.tick(days=1)
    house.enter()

    member = house.only(Membership)
    assert member.launched_at - member.joined_at == timedelta(days=1)


@pytest.mark.parametrize(
    "told",
    [{"lti1p1": {"user_id": "old-7"}}, {"lti11_legacy_user_id": "old-7"}],
    ids=["1EdTech", "Canvas and Brightspace"],
)
def test_what_lti_1_1_called_the_person_is_kept_and_finds_nobody(house, told):
    """LTI-65: data only, since whoever signs the launch may say anything."""
    house.enter(sub="old-7")
    house.enter(sub="new-7", **{CLAIM + name: value for name, value in told.items()})

    people = {person.subject: person.former_subject for person in house.rows(PlatformUser)}
    assert people == {"old-7": None, "new-7": "old-7"}


@pytest.mark.parametrize("odd", [None, 7, [], {"user_id": 7}, {"user_id": ""}, "x" * 300])
def test_an_odd_former_id_is_left_out(house, odd):
    house.enter(**{CLAIM + "lti1p1": odd, CLAIM + "lti11_legacy_user_id": odd})

    assert house.only(PlatformUser).former_subject is None
