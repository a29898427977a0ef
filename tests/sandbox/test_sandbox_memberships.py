"""The roster service: members, pages and refusals."""

import re

import pytest

from lti_mentoring.sandbox.vocabulary import LTI_CLAIM, MEMBERS_TYPE, NRPS_SCOPE, SCORE_SCOPE, Role

BASE = "http://127.0.0.1:8001"


@pytest.fixture
def roster(tool, course):
    def get(query="", course=course, **options):
        url = f"/nrps/{course.id}/memberships{query}"
        return tool.call("GET", url, **({"accept": MEMBERS_TYPE} | options))

    return get


@pytest.fixture
def member(roster):
    def find(name, query=""):
        (found,) = [m for m in roster(query).json["members"] if m["name"] == name]
        return found

    return find


def next_of(response):
    """The next page's address; None if the last page was reached."""
    return next(
        iter(re.findall(r'^<([^>]+)>; rel="next"$', response.headers.get("Link", ""))), None
    )


def test_everybody_comes_at_once_unless_pages_are_asked_for(roster, world):
    large = world.course_titled("Introduction to engineering")

    response = roster(course=large)

    assert len(response.json["members"]) == 600
    assert "Link" not in response.headers


def test_the_answer_names_itself_and_the_course(roster, course):
    response = roster()

    assert response.content_type == MEMBERS_TYPE
    assert response.json["id"] == f"{BASE}/nrps/{course.id}/memberships"
    assert response.json["context"] == {
        "id": course.id,
        "label": course.label,
        "title": course.title,
    }


def test_a_member_has_everything_a_roster_needs(member, world):
    person = world.person_named("Zoë O'Brien")

    assert member("Zoë O'Brien") == {
        "status": "Active",
        "name": "Zoë O'Brien",
        "given_name": "Zoë",
        "family_name": "O'Brien",
        "email": person.email,
        "user_id": person.id,
        "lis_person_sourcedid": person.sourcedid,
        "roles": [
            "http://purl.imsglobal.org/vocab/lis/v2/institution/person#Student",
            "http://purl.imsglobal.org/vocab/lis/v2/membership#Learner",
        ],
        "group_enrollments": [],
    }


def test_a_limit_makes_pages_that_hold_everybody_once(tool, roster):
    response, seen = roster("?limit=5"), []
    while True:
        seen += [m["user_id"] for m in response.json["members"]]
        if not next_of(response):
            break
        response = tool.call("GET", next_of(response), accept=MEMBERS_TYPE)

    assert len(seen) == len(set(seen)) == 12


def test_the_next_page_keeps_the_filter(tool, roster):
    first = roster("?role=Learner&limit=5")
    second = tool.call("GET", next_of(first), accept=MEMBERS_TYPE)

    assert len(first.json["members"] + second.json["members"]) == 8
    assert next_of(second) is None


@pytest.mark.parametrize(
    "role", ["Instructor", "http://purl.imsglobal.org/vocab/lis/v2/membership%23Instructor"]
)
def test_the_roster_can_be_filtered_by_role(roster, role):
    names = {m["name"] for m in roster(f"?role={role}").json["members"]}

    assert names == {"Helena Brandt", "Tomás Ferreira"}


def test_the_server_may_have_a_page_size_of_its_own(roster, sandbox):
    sandbox.temper.nrps_page_size = 4

    assert len(roster().json["members"]) == 4
    assert len(roster("?limit=100").json["members"]) == 4
    assert next_of(roster())


def test_a_resource_link_brings_its_custom_parameters(member, link):
    (message,) = member("Aroha Ngata", f"?rlid={link.id}")["message"]

    assert message[LTI_CLAIM + "custom"]["person_timezone"] == "Pacific/Auckland"


def test_groups_come_by_id_and_name(member):
    assert member("Lukas Weber")["group_enrollments"] == [
        {"group_id": "17", "group_name": "Tutorial A"},
        {"group_id": "18", "group_name": "Tutorial B"},
    ]


def test_role_names_are_mixed_if_asked(member, sandbox):
    sandbox.temper.mixed_roles = True

    assert "Learner" in member("Amara Diallo")["roles"]
    assert set(member("Tomás Ferreira")["roles"]) >= {
        "Instructor",
        "http://purl.imsglobal.org/vocab/lis/v2/membership/Instructor#TeachingAssistant",
    }


def test_roles_are_unknown_if_asked(member, sandbox):
    sandbox.temper.unknown_roles = True

    assert member("Helena Brandt")["roles"] == ["https://campus.example/vocab/roles#Gardener"]


def test_names_and_addresses_are_withheld_if_asked(roster, sandbox):
    sandbox.temper.withhold_names = sandbox.temper.withhold_email = True

    facts = {name for m in roster().json["members"] for name in m}

    assert facts == {"status", "user_id", "lis_person_sourcedid", "roles", "group_enrollments"}


def test_a_suspended_person_is_inactive(member, world, course, amara):
    world.suspend(course.id, amara.id)
    assert member("Amara Diallo")["status"] == "Inactive"

    world.reinstate(course.id, amara.id)
    assert member("Amara Diallo")["status"] == "Active"


def test_a_removed_person_is_absent(roster, world, course, amara):
    world.remove(course.id, amara.id)

    assert amara.id not in {m["user_id"] for m in roster().json["members"]}


def test_a_changed_role_shows(member, world, course, amara):
    world.change_role(course.id, amara.id, Role.INSTRUCTOR)

    assert member("Amara Diallo")["roles"][-1].endswith("membership#Instructor")


@pytest.mark.parametrize("accept", [None, "*/*", "application/json", f"{MEMBERS_TYPE}, */*;q=0.1"])
def test_another_media_type_is_refused(roster, accept):
    assert roster(accept=accept).status_code == 400


def test_another_scope_is_refused(roster, tool):
    assert roster(token=tool.token(SCORE_SCOPE)).status_code == 401
    assert roster(token=tool.token(NRPS_SCOPE)).status_code == 200


@pytest.mark.parametrize("query", ["?limit=0", "?limit=-1", "?limit=x", "?from=x", "?limit=²"])
def test_a_senseless_page_is_refused(roster, query):
    assert roster(query).status_code == 400


def test_an_unknown_course_or_link_is_not_found(tool, roster):
    unknown = tool.call("GET", "/nrps/nothing/memberships", accept=MEMBERS_TYPE)

    assert unknown.status_code == roster("?rlid=nothing").status_code == 404


def test_a_restricted_activity_lists_its_groups_and_the_staff(roster, world, course, link):
    world.restrict(course.id, link.id, ("17",))

    names = {m["name"] for m in roster(f"?rlid={link.id}").json["members"]}

    assert names == {
        "Helena Brandt", "Tomás Ferreira", "Ingrid Solberg",
        "Amara Diallo", "Daniel Okafor", "Lukas Weber",
    }  # fmt: skip
    assert len(roster().json["members"]) == 12


def test_a_restricted_activity_stays_closed_for_others(client, world, course, link):
    mei, amara = (world.person_named(name).id for name in ("Mei Tanaka", "Amara Diallo"))
    form = {"activity": link.id, "group": "17"}
    assert (
        client.post(f"/courses/{course.id}/restrict", data=form, base_url=BASE).status_code == 303
    )

    statuses = [
        client.get(f"/courses/{course.id}/as/{person}/{link.id}{end}", base_url=BASE).status_code
        for person in (mei, amara)
        for end in ("", "/launch")
    ]

    assert statuses == [403, 403, 200, 200]
