"""What has changed in a roster, where the switch for it is on."""

import re

import pytest

from lti_mentoring.sandbox.roster_differences import MOST_KEPT
from lti_mentoring.sandbox.vocabulary import MEMBERS_TYPE, Role

LINK = re.compile(r'<([^>]+)>; rel="differences"')


@pytest.fixture
def telling(sandbox):
    sandbox.temper.tell_differences = True
    return sandbox


@pytest.fixture
def read(tool, sandbox, course):
    """The members at an address, by name, and where their changes are told."""

    def get(url=""):
        response = tool.call("GET", url or sandbox.memberships_url(course.id), accept=MEMBERS_TYPE)
        found = LINK.search(response.headers.get("Link", ""))
        members = response.json.get("members", [])
        by_id = {member["user_id"]: member for member in members}
        return response.status_code, by_id, found[1] if found else None

    return get


def test_without_the_switch_nothing_is_told(read):
    assert read()[2] is None


def test_a_roster_in_pages_tells_it_beside_the_next_page(telling, tool, course):
    telling.temper.nrps_page_size = 5

    response = tool.call("GET", telling.memberships_url(course.id), accept=MEMBERS_TYPE)

    assert re.findall(r'rel="(\w+)"', response.headers["Link"]) == ["next", "differences"]


def test_where_nothing_has_changed_there_are_no_entries(telling, read):
    _, _, changes = read()

    assert read(changes)[:2] == (200, {})


def test_who_came_changed_or_went_is_told_as_it_is_now(telling, read, course, world, amara):
    lukas, zoe = world.person_named("Lukas Weber"), world.person_named("Zoë O'Brien")
    newcomer = world.newcomer("Nia", "New")
    _, everybody, changes = read()
    world.enroll(course.id, newcomer.id)
    world.suspend(course.id, amara.id)
    world.change_role(course.id, lukas.id, Role.TA)
    world.remove(course.id, zoe.id)

    _, changed, _ = read(changes)

    assert changed.keys() == {newcomer.id, amara.id, lukas.id, zoe.id}
    told = [changed[person.id]["status"] for person in (newcomer, amara, lukas, zoe)]
    assert told == ["Active", "Inactive", "Active", "Deleted"]
    assert changed[lukas.id]["roles"] != everybody[lukas.id]["roles"]
    assert set(changed[zoe.id]) == {"user_id", "roles", "status"}


def test_who_came_and_went_in_between_is_not_told(telling, read, course, world):
    newcomer = world.newcomer("Nia", "New")
    _, _, changes = read()
    world.enroll(course.id, newcomer.id)
    world.remove(course.id, newcomer.id)

    assert read(changes)[1] == {}


def test_changes_say_where_the_next_ones_are_told(telling, read, course, world, amara):
    _, _, changes = read()
    world.suspend(course.id, amara.id)
    _, _, later = read(changes)

    assert later != changes
    assert read(later)[1] == {}
    assert read(changes)[1].keys() == {amara.id}  # from its own beginning on


def test_deleted_people_can_be_hidden(telling, read, course, world, amara):
    """NRPS 2.0, 2.4.3: they may be included."""
    telling.temper.hide_deleted = True
    _, _, changes = read()
    world.remove(course.id, amara.id)

    assert read(changes)[1] == {}


def test_what_is_forgotten_is_not_there(telling, read):
    _, _, changes = read()
    telling.temper.forget_differences = True

    assert read(changes)[0] == 404


def test_the_oldest_rosters_are_forgotten(telling, read):
    _, _, changes = read()
    for _ in range(MOST_KEPT):
        telling.rosters.keep([])

    assert read(changes)[0] == 404
