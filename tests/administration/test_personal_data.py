"""What an administrator of an LMS does with one person's data (LTI-141)."""

import json

import pytest
from sqlalchemy import select

from lti_mentoring.models import Activity, Goal, Membership, PlatformUser
from lti_mentoring.services.privacy_export import exported_tables
from lti_mentoring.vocabulary import Verb
from lti_mentoring.web.privacy_words import KINDS
from tests.support.factories import make_registration
from tests.support.full_program import make_full_program

HTTPS = "https://tool.test"


@pytest.fixture
def amara(desk, frozen_clock):
    """The mentee of a program in full swing."""
    with desk.database.transaction() as db:
        member = db.get_one(Membership, make_full_program(db).mentee)
        return db.get_one(PlatformUser, member.user_id)


@pytest.fixture
def page_of(amara):
    return f"/administration/connections/{amara.registration_id}/people/{amara.id}"


def test_every_kind_of_data_has_one_line():
    named = [name for _label, names in KINDS for name in names]

    assert sorted(named) == sorted(exported_tables())


def test_it_says_whose_data_it_is_and_what_becomes_of_it(desk, amara, page_of):
    desk.come_in(registration_id=amara.registration_id).open(page_of)

    assert "Amara Diallo" in desk.text
    assert f"Their id in the LMS: {amara.subject}" in desk.text
    assert "1 course: First-year seminar" in desk.text
    assert "Agendas and private notes" in desk.text
    assert "Only for me." not in desk.text


def test_the_download_is_a_file_and_on_record(desk, amara, page_of):
    desk.come_in(registration_id=amara.registration_id).open(page_of).press("Download")

    assert desk.page.headers["Content-Disposition"].startswith("attachment;")
    assert json.loads(desk.page.text)["person"]["subject"] == amara.subject
    with desk.database.reading() as db:
        acts = db.scalars(select(Activity).filter_by(verb=Verb.PERSON_EXPORTED)).all()
    assert [act.noun_id for act in acts] == [amara.id]


def test_looking_at_the_page_puts_nothing_on_record(desk, amara, page_of):
    desk.come_in().open(page_of)

    answer = desk.browser.get(f"{page_of}/download", base_url=HTTPS)

    assert answer.status_code == 405


def test_erasing_is_asked_twice_and_can_be_repeated(desk, amara, page_of):
    desk.come_in(registration_id=amara.registration_id).open(f"{page_of}/erase")
    assert "Erase the data of Amara Diallo?" in desk.text
    with desk.database.reading() as db:
        assert db.scalars(select(Goal)).first()
    asked = desk.page

    desk.press("Erase it for good")
    assert "The data is erased" in desk.text
    desk.page = asked
    assert "The data is erased" in desk.press("Erase it for good").text

    desk.open(page_of)
    assert "Amara" not in desk.text
    assert "This person was erased on" in desk.text
    with desk.database.reading() as db:
        assert db.scalars(select(Goal)).first() is None


def test_a_form_without_its_token_erases_nobody(desk, amara, page_of):
    desk.come_in(registration_id=amara.registration_id)

    assert desk.browser.post(f"{page_of}/erase", base_url=HTTPS).status_code == 400

    assert "Amara Diallo" in desk.open(page_of).text


def test_another_connections_administrator_comes_nowhere_near(desk, amara, page_of):
    with desk.database.transaction() as db:
        other = make_registration(db, issuer="https://other.test", client_id="other").id
    desk.come_in(registration_id=other)
    token = dict(desk._form("Leave")[0].form_values())
    elsewhere = f"/administration/connections/{other}/people/{amara.id}"

    for page in (page_of, f"{page_of}/erase"):
        assert desk.open(page).page.status_code == 403
    for act in ("erase", "download"):
        assert desk.browser.post(f"{page_of}/{act}", data=token, base_url=HTTPS).status_code == 403
        sent = desk.browser.post(f"{elsewhere}/{act}", data=token, base_url=HTTPS)
        assert sent.status_code == 404
    assert desk.open(elsewhere).page.status_code == 404
    with desk.database.reading() as db:
        assert db.get_one(PlatformUser, amara.id).name


def test_without_a_visit_there_is_nothing_to_see(desk, page_of):
    assert desk.open(page_of).page.status_code == 401


def test_about_somebody_unknown_nothing_is_kept(desk, amara):
    desk.come_in(registration_id=amara.registration_id)

    desk.open(f"/administration/connections/{amara.registration_id}/people/0")

    assert desk.page.status_code == 404
    assert "Mentoring keeps nothing about this person." in desk.text
