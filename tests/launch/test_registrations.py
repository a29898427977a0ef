"""What a process remembers of registrations and keys never lets anybody in who should be out."""

import threading

import pytest
from sqlalchemy import update

from lti_mentoring.core import clock
from lti_mentoring.core.keys import public_jwk
from lti_mentoring.launch.attempts import Attempt
from lti_mentoring.models import (
    Deployment,
    PlatformKeySet,
    Registration,
    SignIn,
    UsedState,
    WaitingLaunch,
)
from lti_mentoring.services.deployments import move_deployment
from lti_mentoring.services.platforms import move_registration
from lti_mentoring.vocabulary import DeploymentState, RegistrationState, SignInState
from tests.launch.lms import TOOL
from tests.support.races import at_once

NEW_ISSUER = "https://moved.test"


@pytest.fixture(params=[True, False], ids=["cookie", "no cookie"])
def begun(house, request):
    """A login, after a launch from which the process knows registration and keys."""
    house.enter()
    return house.login(house.tool.test_client(use_cookies=request.param))


def change(house, **values):
    """As an administrator's statement in another process would."""
    with house.database.transaction() as db:
        mine = Registration.id == house.lms.registration_id
        db.execute(update(Registration).where(mine).values(**values))


def let_in(house):
    return len(house.rows(SignIn)) + len(house.rows(WaitingLaunch))


def post(house, begun, **changes):
    return begun.post(house.lms.sign(house.lms.claims(begun.nonce, **changes)))


@pytest.mark.parametrize("state", [RegistrationState.DISABLED, RegistrationState.PENDING])
def test_a_registration_that_was_closed_meanwhile_lets_nobody_in(house, begun, state):
    change(house, state=state)

    answer = post(house, begun)

    assert (answer.status_code, f"registration-{state}" in answer.text) == (403, True)
    assert let_in(house) == 1
    assert len(house.rows(UsedState)) == 1


def test_one_that_was_changed_meanwhile_is_believed_in_its_new_form(house, begun):
    change(house, issuer=NEW_ISSUER)

    old = post(house, begun)
    new = post(house, begun, iss=NEW_ISSUER)

    assert (old.status_code, "code issuer," in old.text) == (400, True)
    assert new.status_code in {200, 303}
    assert let_in(house) == 2


def test_one_that_was_closed_and_opened_again_lets_people_in(house, begun):
    change(house, state=RegistrationState.DISABLED)
    assert post(house, begun).status_code == 403
    change(house, state=RegistrationState.APPROVED)

    assert post(house, begun).status_code in {200, 303}


def test_a_key_that_another_process_knows_to_be_withdrawn_opens_nothing(
    house, begun, stranger_key, frozen_clock
):
    frozen_clock.tick(seconds=30)
    with house.database.transaction() as db:
        document = {"keys": [public_jwk("another", stranger_key)]}
        newer = {"document": document, "fetched_at": clock.now(), "refetched_at": clock.now()}
        db.execute(update(PlatformKeySet).values(**newer))

    answer = post(house, begun)

    assert (answer.status_code, "code key," in answer.text) == (400, True)
    assert let_in(house) == 1


def test_a_newer_set_with_the_same_key_costs_a_second_look_and_no_call(
    house, begun, platform_key, frozen_clock
):
    frozen_clock.tick(seconds=30)
    with house.database.transaction() as db:
        db.execute(update(PlatformKeySet).values(fetched_at=clock.now()))
    calls = house.keys.calls

    assert post(house, begun).status_code in {200, 303}
    assert house.keys.calls == calls


def test_what_was_refused_before_a_change_is_let_in_after_it(house, begun):
    named = {"aud": ["client-1", "https://api.test"], "azp": "client-1"}
    assert post(house, begun, **named).status_code == 400
    change(house, trusted_audiences="https://api.test")

    assert post(house, begun, **named).status_code in {200, 303}


def test_a_state_of_another_installation_is_none_of_ours(house):
    settings = house.tool.extensions["mentoring"].settings
    foreign = settings.model_copy(update={"secret_key": "another installation's secret key, long"})
    begun = house.login()
    attempt = Attempt.read(settings, begun.state)
    begun.state = attempt.signed(foreign)

    answer = post(house, begun)

    assert (answer.status_code, "code state," in answer.text) == (400, True)


def test_a_changed_state_is_none_of_ours(house):
    begun = house.login()
    client = begun.client
    token = house.lms.sign(house.lms.claims(begun.nonce))
    for place in range(0, len(begun.state), 7):
        letter = "A" if begun.state[place] != "A" else "B"
        changed = begun.state[:place] + letter + begun.state[place + 1 :]
        data = {"state": changed, "id_token": token}
        answer = client.post("/lti/launch", data=data, base_url=TOOL)
        assert (answer.status_code, "code state," in answer.text) == (400, True)
    assert house.rows(SignIn) == []


def test_a_login_outlives_a_change_of_the_secret_key(house):
    settings = house.tool.extensions["mentoring"].settings
    attempt = Attempt.read(settings, house.login().state)
    later = settings.model_copy(
        update={"secret_key": "the next one of them", "secret_key_previous": settings.secret_key}
    )

    assert Attempt.read(later, attempt.signed(settings)) == attempt


@pytest.mark.parametrize("closes", [move_registration, move_deployment])
def test_a_launch_while_the_door_is_being_closed_leaves_no_sign_in(house, closes):
    house.enter()
    begun, is_closing = house.login(), threading.Event()
    deployment = house.only(Deployment)
    number = {move_registration: deployment.registration_id, move_deployment: deployment.id}
    closed = {
        move_registration: RegistrationState.DISABLED,
        move_deployment: DeploymentState.DISABLED,
    }

    def close(db):
        closes(db, number[closes], closed[closes])
        db.flush()
        is_closing.set()

    def launch(_db):
        is_closing.wait()
        post(house, begun)

    assert at_once(house.database, close, launch) == [None, None]
    assert {row.state for row in house.rows(SignIn)} == {SignInState.ENDED}
