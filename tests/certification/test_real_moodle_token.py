"""A token that a real Moodle really signed, with the clock at the moment it was captured."""

from datetime import UTC, datetime

import pytest

from lti_mentoring.core import clock
from lti_mentoring.core.keys import digest
from lti_mentoring.launch.attempts import cookie_name
from lti_mentoring.models import Course, LaunchAttempt, Membership, PlatformUser
from lti_mentoring.vocabulary import CourseRole
from tests.launch.lms import TOOL, Lms, fixture

CAPTURED = fixture("moodle/raw-id-token-with-jwks.json")
EXPECTED = CAPTURED["expected"]
TARGET = "https://tool.localhost:9443/launch?item=graded"


@pytest.fixture
def moodle(house, platform_key, frozen_clock):
    """The tool just after Moodle's login, made from the captured values."""
    frozen_clock.move_to(datetime.fromtimestamp(CAPTURED["captured_at"], UTC))
    lms = Lms(platform_key, EXPECTED["iss"], EXPECTED["aud"], "1").register(house.database)
    house.keys.document = CAPTURED["jwks"]
    attempt = {
        "state_hash": digest(EXPECTED["state"]),
        "nonce_hash": digest(EXPECTED["nonce"]),
        "browser_hash": digest("browser"),
        "registration_id": lms.registration_id,
        "deployment_lti_id": "1",
        "target_link_uri": TARGET,
        "created_at": clock.now(),
    }
    with house.database.transaction() as db:
        db.add(LaunchAttempt(**attempt))
    return house


def post(house, token=CAPTURED["id_token"]):
    client = house.browser()
    client.set_cookie(cookie_name(EXPECTED["state"]), "browser", domain="tool.test")
    data = {"state": EXPECTED["state"], "id_token": token}
    return client.post("/lti/launch", data=data, base_url=TOOL)


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
    frozen_clock.tick(seconds=119)
    assert post(moodle).status_code == 303


def test_then_it_is_over(moodle, frozen_clock):
    frozen_clock.tick(seconds=120)
    assert "code expired," in post(moodle).text
