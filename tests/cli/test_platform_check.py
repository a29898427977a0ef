import pytest

from lti_mentoring.core.errors import NotFound
from lti_mentoring.models import RefusedLaunch
from lti_mentoring.services.platform_check import check_platform
from lti_mentoring.vocabulary import Product, RegistrationState, Scope
from lti_mentoring.web.connection_words import SENTENCES, TOPICS, said
from tests.support.background import worker_for
from tests.support.canned_platform import CannedPlatform
from tests.support.factories import make_course, make_member, make_registration

KEYS = {"keys": [{"kid": "1"}]}
DATE = "Mon, 02 Mar 2026 09:00:00 GMT"


@pytest.fixture
def platform():
    made = CannedPlatform()
    made.answer("/jwks", body=KEYS, Date=DATE)
    return made


@pytest.fixture
def number(database, frozen_clock):
    """The registration that is tested."""
    with database.transaction() as db:
        return make_registration(db).id


@pytest.fixture
def check(database, settings, platform, number):
    """What the connection test says, by topic: (verdict, words)."""
    worker = worker_for(database, settings, platform)

    def run(registration_id=number):
        work = worker.work
        found = check_platform(database.transaction, work.http, work.tokens, registration_id)
        return {finding.topic: (finding.verdict, said(finding).words) for finding in found}

    yield run
    worker.close()


def test_all_is_well(check):
    found = check()

    assert found["platform_keys"] == ("good", "Reachable, 1 published.")
    assert found["clocks"] == ("good", "Apart by 0 s.")
    assert found["our_keys"][0] == "good"
    assert found["token"] == ("good", "Granted.")
    assert {verdict for verdict, _ in found.values()} == {"good", "note"}


def test_a_missing_permission_says_what_it_breaks(check, platform):
    granted = f"{Scope.SCORE} {Scope.ROSTER_READ}"
    platform.instead("/token", body={"access_token": "t", "scope": granted})

    verdict, words = check()["permission_line_item"]

    assert verdict == "warning"
    assert "cannot make gradebook columns" in words


def test_a_platform_that_refuses_all_for_one_is_asked_for_each(check, platform):
    platform.instead("/token", 400, {"error": "invalid_scope"})
    platform.answer("/token", 400, {"error": "invalid_scope"})
    platform.answer("/token", body={"access_token": "t"})

    found = check()

    assert found["permission_roster_read"][0] == "warning"
    assert found["permission_score"][0] == "good"


def test_a_platform_that_does_not_know_us_is_said_so(check, platform):
    platform.instead("/token", 401, {"error": "invalid_client"})

    assert check()["token"][0] == "bad"
    assert "cannot check its signature" in check()["token"][1]


@pytest.mark.parametrize("status", [500, 429])
def test_a_token_that_cannot_be_had_just_now_is_bad(check, platform, status):
    platform.instead("/token", status)

    assert check()["token"][0] == "bad"


@pytest.mark.parametrize(("status", "body"), [(404, b""), (200, {"keys": []}), (200, b"<html>")])
def test_keys_that_are_not_there_are_bad(check, platform, status, body):
    platform.instead("/jwks", status, body)

    assert check()["platform_keys"][0] == "bad"


def test_clocks_that_differ_will_refuse_launches(check, frozen_clock):
    frozen_clock.tick(seconds=95)

    assert check()["clocks"] == (
        "bad",
        "Apart by 95 s. Launches will be refused: set both clocks by NTP.",
    )


def test_what_was_seen_lately_is_shown(check, number, database, frozen_clock):
    with database.transaction() as db:
        db.add(
            RefusedLaunch(
                registration_id=number,
                code="nonce_used",
                reason="the nonce was used before",
                incident="i",
                at=frozen_clock.now,
            )
        )

    found = check()

    assert found["refused_launch"] == (
        "warning",
        "2026-03-02 09:00 UTC: nonce_used: the nonce was used before.",
    )
    assert found["last_launch"] == ("note", "Never.")


def test_the_last_launch_is_dated(check, database, settings, platform):
    with database.transaction() as db:
        course = make_course(db)
        make_member(db, course)
        number = course.deployment.registration_id

    assert check(number)["last_launch"] == ("note", "2026-03-02 09:00 UTC")


def test_a_registration_that_waits_says_how_to_approve_it(check, database):
    with database.transaction() as db:
        waiting = make_registration(db, state=RegistrationState.PENDING).id

    assert "platforms approve" in check(waiting)["registration"][1]


def test_what_does_not_exist_cannot_be_checked(check):
    with pytest.raises(NotFound):
        check(99)


def test_every_sentence_belongs_to_a_topic():
    assert {topic for topic, _code in SENTENCES} <= set(TOPICS)


def test_c3_an_address_that_canvas_has_left_is_pointed_out(check, database):
    with database.transaction() as db:
        registration = make_registration(db, product=Product.CANVAS)
        registration.auth_url = "https://canvas.instructure.com/api/lti/authorize_redirect"
        number = registration.id

    verdict, words = check(number)["addresses"]

    assert verdict == "warning"
    assert "has moved it" in words
