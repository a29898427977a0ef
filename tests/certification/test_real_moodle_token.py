"""A token that a real Moodle really signed, with the clock at the moment it was captured."""

from datetime import UTC, datetime

import pytest

from lti_mentoring.core import clock
from lti_mentoring.core.keys import fingerprint
from lti_mentoring.launch.attempts import Attempt, cookie_name
from lti_mentoring.models import Course, Membership, PlatformUser, Registration
from lti_mentoring.vocabulary import CourseRole
from tests.launch.lms import TOOL, Lms, fixture

CAPTURED = fixture("moodle/raw-id-token-with-jwks.json")
EXPECTED = CAPTURED["expected"]
TARGET = "https://tool.localhost:9443/launch?item=graded"


@pytest.fixture
def moodle(house, platform_key, frozen_clock):
    """The tool just after Moodle's login, made from the captured values."""
    frozen_clock.move_to(datetime.fromtimestamp(CAPTURED["captured_at"], UTC))
    Lms(platform_key, EXPECTED["iss"], EXPECTED["aud"], "1").register(house.database)
    house.keys.document = CAPTURED["jwks"]
    return house


def state_of_login(moodle):
    """What our login would have given Moodle to bring back, the nonce being the captured one."""
    begun = Attempt(
        moodle_registration(moodle),
        clock.now(),
        nonce=fingerprint(EXPECTED["nonce"]),
        browser=fingerprint("browser"),
        target_link_uri=fingerprint(TARGET),
        deployment=fingerprint("1"),
    )
    return begun.signed(moodle.tool.extensions["mentoring"].settings)


def moodle_registration(moodle):
    return next(row.id for row in moodle.rows(Registration) if row.issuer == EXPECTED["iss"])


def post(house, token=CAPTURED["id_token"], waits=lambda: None):
    state = state_of_login(house)
    waits()
    client = house.browser()
    client.set_cookie(cookie_name(state), "browser", domain="tool.test")
    return client.post("/lti/launch", data={"state": state, "id_token": token}, base_url=TOOL)


def test_the_real_token_is_accepted(moodle):
    assert post(moodle).status_code == 303
    assert moodle.only(PlatformUser).subject == "6"
    assert moodle.only(Course).context_id == "2"
    assert moodle.only(Membership).role is CourseRole.LEARNER


def test_one_changed_letter_of_it_is_not(moodle):
    header, body, signature = CAPTURED["id_token"].split(".")
    changed = ".".join((header, body, "A" + signature[1:] if signature[0] != "A" else "B"))

    assert "code signature," in post(moodle, changed).text


def test_a_minute_and_a_minutes_leeway_later_it_is_too_old(moodle, frozen_clock):
    assert post(moodle, waits=lambda: frozen_clock.tick(seconds=119)).status_code == 303


def test_then_it_is_over(moodle, frozen_clock):
    late = post(moodle, waits=lambda: frozen_clock.tick(seconds=120))
    assert "code expired," in late.text
