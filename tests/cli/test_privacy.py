"""Handing out and erasing one person's data from the command line."""

import pytest
from click.testing import CliRunner
from sqlalchemy import select

from lti_mentoring.cli import main
from lti_mentoring.models import Goal, Membership, PlatformUser
from tests.support.full_program import make_full_program


@pytest.fixture
def amara(database, frozen_clock):
    """How the commands name the mentee of a program in full swing."""
    with database.transaction() as db:
        member = db.get_one(Membership, make_full_program(db).mentee)
        user = db.get_one(PlatformUser, member.user_id)
        return ("--registration", user.registration_id, "--subject", user.subject)


def goals(database):
    with database.reading() as db:
        return db.scalars(select(Goal.title)).all()


def test_an_export_is_a_document_of_everything(command, amara):
    document = command("privacy", "export", *amara, "--json")

    assert document["person"]["name"] == "Amara Diallo"
    assert "Sleep before exams" in str(document["kept"])


def test_erasing_asks_first(command, database, amara):
    words = [str(word) for word in ("privacy", "erase", *amara)]

    asked = CliRunner().invoke(main, words, input="n\n")
    assert asked.exit_code == 1
    assert "Erase what Amara Diallo has typed" in asked.output
    assert goals(database)

    assert CliRunner().invoke(main, words, input="y\n").exit_code == 0
    assert not goals(database)


def test_erasing_without_a_question_says_what_it_did_and_can_be_repeated(command, amara):
    assert command("privacy", "erase", *amara, "--yes", "--json")["changed"] > 20

    assert "Nothing was left." in command("privacy", "erase", *amara, "--yes")


@pytest.mark.parametrize("act", ["export", "erase"])
def test_about_somebody_unknown_nothing_is_kept(command, amara, act):
    _option, registration, *_ = amara
    words = ("privacy", act, "--registration", registration, "--subject", "nobody")

    assert "There is no person nobody." in command(*words, code=1)
