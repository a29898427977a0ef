"""What a real Moodle 4.5 answered to registrations, good and bad (moodle.md 1)."""

import pytest

from lti_mentoring.models import Deployment, Registration
from tests.registration.conftest import fixture

ERRORS = fixture("moodle/registration-errors.json")
REFUSALS = [
    pytest.param(answer, id=f"{group}-{name}")
    for group in ("new_registration", "update")
    for name, answer in ERRORS[group].items()
    if answer["status"] != 200
]


@pytest.mark.parametrize("answer", REFUSALS)
def test_a_refusal_of_moodle_is_told_and_nothing_is_kept(registrar, answer):
    body = answer["body"]
    registrar.answers(answer["status"], body=body.encode(), Content_Type="text/html")

    page = registrar.invite().register()

    assert page.status_code == 400
    assert "Your LMS said no" in page.text
    assert ("<!DOCTYPE" in body) != (body in page.text)
    assert registrar.count(Registration) == 0


def test_an_update_of_moodle_keeps_the_client_id_and_makes_no_second_registration(registrar):
    registrar.answers(body=fixture("moodle/registration-response.json")["body"])
    registrar.invite(approves=True).register()
    updated = fixture("moodle/registration-update.json")
    registrar.answers(updated["status"], body=updated["body"])

    page = registrar.invite().register(name="Mentoring, renamed")

    assert page.status_code == 200
    assert registrar.only(Registration).client_id == updated["body"]["client_id"]
    assert registrar.count(Deployment) == 1
