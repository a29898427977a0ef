"""What a launch tells of groups and of those whom an observer follows."""

import lxml.html
import pytest
from sqlalchemy import select, update

from lti_mentoring.models import Membership, Observation, PlatformUser
from lti_mentoring.rules.groups import Group, read, write
from lti_mentoring.vocabulary import CLAIM, MEMBERSHIP_ROLE
from tests.launch.lms import INSTRUCTOR, LEARNER, TOOL, Lms

MENTOR = f"{MEMBERSHIP_ROLE}#Mentor"
SCOPE = CLAIM + "role_scope_mentor"


def observe(house, *subjects, **changes):
    """The observer opens the tool, and the platform names these."""
    return house.enter(sub="parent", roles=[MENTOR], **{SCOPE: list(subjects), **changes})


def follows(house):
    """The subjects that the observer follows, with whether they share."""
    with house.database.reading() as db:
        rows = db.execute(
            select(PlatformUser.subject, Observation.is_shared)
            .join(Membership, Membership.user_id == PlatformUser.id)
            .join(Observation, Observation.learner_id == Membership.id)
        )
        return dict(rows.all())


def test_an_observer_follows_the_members_that_the_launch_names(house):
    house.enter(sub="amara", roles=[LEARNER])
    house.enter(sub="lukas", roles=[LEARNER])

    page = observe(house, "amara", "unknown", "parent")

    assert page.status_code in {200, 303}
    assert follows(house) == {"amara": False}


def test_a_bare_string_is_a_list_of_one(house):
    house.enter(sub="amara", roles=[LEARNER])

    observe(house, **{SCOPE: "amara"})

    assert follows(house) == {"amara": False}


def test_the_list_of_each_launch_replaces_the_one_before_and_keeps_consent(house):
    for name in ("amara", "lukas", "mei"):
        house.enter(sub=name, roles=[LEARNER])
    observe(house, "amara", "lukas")
    with house.database.transaction() as db:
        db.execute(update(Observation).values(is_shared=True))

    observe(house, "mei", "lukas")

    assert follows(house) == {"lukas": True, "mei": False}


def test_consent_does_not_come_back_with_the_name(house):
    house.enter(sub="amara", roles=[LEARNER])
    observe(house, "amara")
    with house.database.transaction() as db:
        db.execute(update(Observation).values(is_shared=True))
    observe(house)

    observe(house, "amara")

    assert follows(house) == {"amara": False}


def test_a_launch_without_the_list_follows_nobody(house):
    house.enter(sub="amara", roles=[LEARNER])
    observe(house, "amara")

    house.enter(sub="parent", roles=[MENTOR])

    assert follows(house) == {}


def test_somebody_who_joins_later_is_followed_from_the_next_launch_on(house):
    observe(house, "amara")
    house.enter(sub="amara", roles=[LEARNER])

    observe(house, "amara")

    assert follows(house) == {"amara": False}


@pytest.mark.parametrize("role", [LEARNER, INSTRUCTOR])
def test_others_follow_nobody_even_if_the_platform_says_so(house, role):
    house.enter(sub="amara", roles=[LEARNER])

    house.enter(sub="parent", roles=[role, MENTOR], **{SCOPE: ["amara"]})

    assert follows(house) == {}


def test_people_of_another_platform_or_course_are_not_followed(house, platform_key):
    other = Lms(platform_key, issuer="https://other.test").register(house.database)
    house.enter(lms=other, sub="amara", roles=[LEARNER])
    house.enter(sub="lukas", roles=[LEARNER], context={"id": "another-course"})

    observe(house, "amara", "lukas")

    assert follows(house) == {}


def test_an_observers_warm_launch_needs_no_more_statements_than_others(house, statements):
    house.enter(sub="amara", roles=[LEARNER])
    counts = {}
    for name, role, scope in (("lukas", LEARNER, {}), ("parent", MENTOR, {SCOPE: ["amara"]})):
        house.enter(sub=name, roles=[role], **scope)
        begun = house.login()
        token = house.lms.sign(house.lms.claims(begun.nonce, sub=name, roles=[role], **scope))
        with statements(house.database) as seen:
            assert begun.post(token).status_code == 303
        counts[name] = len(seen)

    assert follows(house) == {"amara": False}
    assert counts["parent"] == counts["lukas"]


def test_groups_come_with_the_launch_and_change_with_the_next(house):
    house.enter(custom={"group_ids": "18,17"})
    first = groups(house)

    house.enter(custom={"group_ids": "18"})

    assert (first, groups(house)) == ((Group("17"), Group("18")), (Group("18"),))


@pytest.mark.parametrize("custom", [{}, {"group_ids": "$Moodle.Person.userGroupIds"}])
def test_a_launch_that_does_not_speak_of_groups_leaves_them(house, custom):
    house.enter()
    with house.database.transaction() as db:
        db.execute(update(Membership).values(groups=write([Group("17", "Tutorial A")])))

    house.enter(custom=custom)

    assert groups(house) == (Group("17", "Tutorial A"),)


def test_a_launch_in_no_group_takes_the_last_one_away(house):
    house.enter(custom={"group_ids": "17"})

    house.enter(custom={"group_ids": ""})

    assert groups(house) == ()


def test_groups_and_scope_survive_the_step_without_cookies(house):
    house.enter(sub="amara", roles=[LEARNER])
    begun = house.login(client=house.tool.test_client(use_cookies=False))
    told = {SCOPE: ["amara"], "custom": {"group_ids": "17"}}
    claims = house.lms.claims(begun.nonce, sub="parent", roles=[MENTOR], **told)
    page = begun.post(house.lms.sign(claims))
    code = lxml.html.fromstring(page.text).get_element_by_id("lti-bind").fields["code"]

    proof = {"code": code, "secret": begun.secret}
    finished = begun.client.post("/lti/finish", data=proof, base_url=TOOL)

    assert finished.status_code == 200, finished.text
    with house.database.reading() as db:
        assert set(db.scalars(select(Membership.groups))) == {"", write([Group("17")])}
    assert follows(house) == {"amara": False}


def groups(house):
    with house.database.reading() as db:
        return read(db.scalars(select(Membership.groups)).one())
