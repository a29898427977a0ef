"""Every switch of the temper, by its page, by JSON and in what it does."""

import pytest

from lti_mentoring.sandbox.keys import SigningKeys
from lti_mentoring.sandbox.temper import ALWAYS, Temper, UnknownMood
from lti_mentoring.sandbox.vocabulary import (
    AGS_CLAIM,
    LTI_CLAIM,
    MEMBERS_TYPE,
    NRPS_CLAIM,
    SCORE_TYPE,
)


@pytest.fixture
def roster(tool, course):
    def get(token=None):
        url = f"/nrps/{course.id}/memberships"
        return tool.call("GET", url, token=token, accept=MEMBERS_TYPE)

    return get


@pytest.fixture
def set_by_json(client):
    return lambda **switches: client.post("/temper", json=switches)


@pytest.fixture
def claims(sandbox, amara, link):
    return lambda: sandbox.launch_claims(amara.id, link.id, nonce="n")


def test_the_temper_is_at_rest_at_first(client, sandbox):
    answer = client.get("/temper", headers={"Accept": "application/json"}).json

    assert answer == Temper().as_dict() | {"kid": sandbox.keys.kid}
    assert sandbox.temper.at_rest


def test_json_sets_the_switches_it_names(set_by_json, sandbox):
    sandbox.temper.withhold_names = True

    answer = set_by_json(errors=2, refuse_scores="closed")

    assert answer.json["errors"] == 2
    assert sandbox.temper == Temper(errors=2, refuse_scores="closed", withhold_names=True)


def test_the_form_sets_all_switches(client, sandbox):
    sandbox.temper.withhold_names = True

    answer = client.post("/temper", data={"slow_seconds": "1.5", "withhold_ags": "1"})

    assert answer.status_code == 303
    assert sandbox.temper == Temper(slow_seconds=1.5, withhold_ags=True)


@pytest.mark.parametrize(
    "wrong",
    [
        {"moody": 1},
        {"errors": "many"},
        {"errors": -2},
        {"errors": True},
        {"errors": None},
        {"slow_seconds": 1000},
        {"slow_seconds": "nan"},
        {"withhold_names": 1},
        {"refuse_scores": False},
    ],
)
def test_a_wrong_wish_changes_nothing(set_by_json, sandbox, wrong):
    answer = set_by_json(**({"mixed_roles": True} | wrong))

    assert answer.status_code == 400
    assert next(iter(wrong)) in answer.json["error"]
    assert sandbox.temper.at_rest


def test_a_wrong_form_is_shown_again_with_the_reason(client, sandbox):
    answer = client.post("/temper", data={"errors": "many"})

    assert answer.status_code == 400
    assert "errors wants a number" in answer.text


def test_what_is_no_json_object_is_refused(client):
    assert client.post("/temper", json=[1]).status_code == 400


def test_all_switches_go_back_to_rest_at_once(client, sandbox):
    sandbox.temper.change({"errors": ALWAYS, "withhold_nrps": True})

    client.post("/temper/reset")

    assert sandbox.temper.at_rest


def test_a_switch_needs_a_name_that_exists():
    with pytest.raises(UnknownMood):
        Temper().change({"moody": 1})


def test_slow_holds_up_tokens_and_services(set_by_json, sandbox, roster):
    set_by_json(slow_seconds=3)

    assert roster().status_code == 200
    assert sandbox.naps == [3, 3]


def test_errors_last_as_many_calls_as_told(set_by_json, roster):
    set_by_json(errors=2)

    assert [roster().status_code for _ in range(3)] == [500, 500, 200]


def test_errors_may_last_until_told_otherwise(set_by_json, roster):
    set_by_json(errors=ALWAYS)
    assert [roster().status_code for _ in range(3)] == [500] * 3

    set_by_json(errors=0)
    assert roster().status_code == 200


def test_throttling_says_when_to_come_back(set_by_json, roster):
    set_by_json(throttles=1, retry_after_seconds=7)

    throttled = roster()

    assert (throttled.status_code, throttled.headers["Retry-After"]) == (429, "7")
    assert roster().status_code == 200


def test_an_expired_token_stays_expired_but_a_new_one_works(set_by_json, roster, tool):
    token = tool.token()
    set_by_json(expired_tokens=1)

    assert roster(token).status_code == 401
    assert roster(token).status_code == 401
    assert roster(tool.token()).status_code == 200


def test_all_tokens_can_be_revoked(client, roster, tool):
    token = tool.token()

    client.post("/temper/revoke-tokens")

    assert roster(token).status_code == 401


def test_the_token_endpoint_can_fail_too(set_by_json, tool):
    set_by_json(token_errors=1)

    assert tool.ask_for_token().status_code == 500
    assert tool.ask_for_token().status_code == 200


def test_names_can_be_withheld_from_launches(set_by_json, claims):
    set_by_json(withhold_names=True)

    assert not {"name", "given_name", "family_name"} & set(claims())
    assert "email" in claims()


def test_addresses_can_be_withheld_from_launches(set_by_json, claims):
    set_by_json(withhold_email=True)

    assert "email" not in claims()


def test_the_roster_service_can_be_kept_from_launches(set_by_json, claims):
    set_by_json(withhold_nrps=True)

    assert NRPS_CLAIM not in claims()
    assert AGS_CLAIM in claims()


def test_the_gradebook_service_can_be_kept_from_launches(set_by_json, claims):
    set_by_json(withhold_ags=True)

    assert AGS_CLAIM not in claims()
    assert NRPS_CLAIM in claims()


def test_roles_can_be_made_unknown(set_by_json, claims):
    set_by_json(unknown_roles=True)

    assert claims()[LTI_CLAIM + "roles"] == ["https://campus.example/vocab/roles#Gardener"]


def test_the_clock_can_be_wrong(set_by_json, claims, clock):
    set_by_json(clock_skew_seconds=-300)

    assert (claims()["iat"], claims()["exp"]) == (clock() - 300, clock() - 240)


def test_scores_can_be_refused_with_a_reason(set_by_json, sandbox, tool, course, amara):
    column = sandbox.gradebook.column_labeled(course.id, "Mentoring")
    set_by_json(refuse_scores="the course is closed")

    answer = tool.call(
        "POST",
        sandbox.line_item_url(column).replace("?", "/scores?"),
        content_type=SCORE_TYPE,
        body={"userId": amara.id},
    )

    assert (answer.status_code, answer.json["reason"]) == (400, "the course is closed")
    assert sandbox.gradebook.grade(column.id, amara.id) is None


def test_the_roster_can_come_in_pages(set_by_json, roster):
    set_by_json(nrps_page_size=5)

    assert len(roster().json["members"]) == 5


def test_a_rotated_key_signs_and_the_old_one_stays_published(client, sandbox):
    before = sandbox.keys.kid

    client.post("/temper/rotate-key")

    assert sandbox.keys.kid != before
    assert [key["kid"] for key in sandbox.keys.jwks()["keys"]] == [sandbox.keys.kid, before]


@pytest.mark.parametrize("how", [{"json": {"withdraw_old": True}}, {"data": {"withdraw_old": 1}}])
def test_a_rotated_key_can_be_withdrawn(client, sandbox, how):
    client.post("/temper/rotate-key", **how)

    assert [key["kid"] for key in sandbox.keys.jwks()["keys"]] == [sandbox.keys.kid]


def test_rotation_in_one_sandbox_leaves_the_next_alone(client):
    first = SigningKeys().kid
    client.post("/temper/rotate-key")

    assert SigningKeys().kid == first
