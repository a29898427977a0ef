import json
import socket

import click
import pytest
from click.testing import CliRunner
from sqlalchemy import select

from lti_mentoring.cli import main
from lti_mentoring.cli.demo import introduce, own_secret
from lti_mentoring.core.errors import RegistrationRefused
from lti_mentoring.models import Registration, ScorePublication, SignIn, ToolKey
from lti_mentoring.sandbox.app import create_sandbox
from lti_mentoring.services.registration_invites import open_invite
from lti_mentoring.vocabulary import (
    ActivityProgress,
    DeploymentState,
    KeyState,
    Product,
    PublicationState,
    RegistrationState,
    SignInState,
)
from tests.support.database import SECRET
from tests.support.factories import (
    make_course,
    make_deployment,
    make_line_item,
    make_member,
    make_mentee,
    make_program,
    make_registration,
)


def every_command(group=main, words=()):
    for name, command in group.commands.items():
        if isinstance(command, click.Group):
            yield from every_command(command, (*words, name))
        yield (*words, name)


ADD = (
    "platforms", "add", "--name", "Moodle", "--issuer", "https://moodle.test",
    "--client-id", "abc", "--deployment-id", "7",
    "--auth-url", "https://moodle.test/auth", "--token-url", "https://moodle.test/token",
    "--jwks-url", "https://moodle.test/jwks", "--product", "moodle",
)  # fmt: skip


@pytest.mark.parametrize("words", sorted(every_command()), ids=" ".join)
def test_every_command_explains_itself(words):
    result = CliRunner().invoke(main, [*words, "--help"])

    assert result.exit_code == 0
    assert "Usage:" in result.output


def test_a_platform_is_added_once(command):
    number = command(*ADD, "--json")["id"]

    assert "registered already" in command(*ADD, code=1)
    (listed,) = command("platforms", "list", "--json")
    assert (listed["id"], listed["product"], listed["state"]) == (number, "moodle", "approved")
    assert [row["lti_id"] for row in listed["deployments"]] == ["7"]


def test_what_is_known_of_a_platform_is_corrected_and_the_rest_stays(command, database):
    number = command(*ADD, "--trusted-audience", "https://old.test", "--json")["id"]

    command(
        "platforms", "correct", number, "--name", "Harbor",
        "--trusted-audience", "https://a.test", "--trusted-audience", "https://b.test",
    )  # fmt: skip
    command("platforms", "correct", number, "--client-id", "abd")

    with database.reading() as db:
        kept = db.get_one(Registration, number)
        assert (kept.platform.name, kept.client_id) == ("Harbor", "abd")
        assert kept.trusted_audiences == "https://a.test https://b.test"
        assert kept.jwks_url == "https://moodle.test/jwks"
        assert kept.platform.product == "moodle"
    command("platforms", "correct", number, "--no-trusted-audiences")
    with database.reading() as db:
        assert db.get_one(Registration, number).trusted_audiences == ""
    assert "must begin with https" in command(
        "platforms", "correct", number, "--jwks-url", "http://moodle.test", code=1
    )
    command("platforms", "correct", 99, code=1)


def test_a_platform_without_https_is_refused_unless_allowed(command, monkeypatch):
    plain = [word.replace("https://moodle.test/jwks", "http://moodle.test/jwks") for word in ADD]

    assert "must begin with https" in command(*plain, code=1)
    monkeypatch.setenv("LTI_MENTORING_OUTGOING__ALLOW_PRIVATE", "true")
    assert "Added as number" in command(*plain)


def test_what_is_disabled_lets_nobody_in_and_ends_who_is(command, database, frozen_clock):
    with database.transaction() as db:
        course = make_course(db)
        member = make_member(db, course)
        number = course.deployment.registration_id
        db.add(
            SignIn(
                key="k",
                token_hash="t",
                membership_id=member.id,
                created_at=frozen_clock.now,
                seen_at=frozen_clock.now,
            )
        )

    command("platforms", "disable", number)

    with database.transaction() as db:
        assert db.get_one(Registration, number).state is RegistrationState.DISABLED
        assert db.get_one(SignIn, "k").state is SignInState.ENDED
    command("platforms", "approve", number)
    assert command("platforms", "list", "--json")[0]["state"] == "approved"


def test_a_deployment_is_approved_by_its_number_or_before_it_was_seen(command, database):
    with database.transaction() as db:
        registration = make_registration(db)
        deployment = make_deployment(db, registration, state=DeploymentState.PENDING)
        number, waiting = registration.id, deployment.id

    command("platforms", "approve", "--deployment", waiting)
    command("platforms", "approve", number, "--deployment-id", "new")
    command("platforms", "disable", "--deployment", waiting)

    rows = command("platforms", "list", "--json")[0]["deployments"]
    assert [(row["lti_id"], row["state"]) for row in rows] == [
        ("1", "disabled"),
        ("new", "approved"),
    ]


def test_a_pause_ends_who_is_in_and_can_be_ended(command, database):
    with database.transaction() as db:
        number = make_deployment(db, make_registration(db)).id

    command("platforms", "pause", "--deployment", number)
    assert command("platforms", "list", "--json")[0]["deployments"][0]["state"] == "paused"

    command("platforms", "approve", "--deployment", number)
    assert command("platforms", "list", "--json")[0]["deployments"][0]["state"] == "approved"


@pytest.mark.parametrize("product", list(Product))
def test_the_values_for_each_lms_are_printed(command, product):
    told = command("platforms", "values", product.value, "--json")

    assert "http://localhost:8000/lti/" in " ".join(told.values())
    assert all(field in command("platforms", "values", product.value) for field in told)


def test_an_lms_is_registered_from_a_file(command, tmp_path):
    file = tmp_path / "lms.json"
    told = {
        "issuer": "https://moodle.test",
        "authorization_endpoint": "https://moodle.test/auth",
        "token_endpoint": "https://moodle.test/token",
        "jwks_uri": "https://moodle.test/jwks",
    }
    file.write_text(json.dumps(told))
    assert "nothing says name, client_id" in command("platforms", "import", file, code=1)

    rest = ("--name", "Moodle", "--client-id", "abc", "--deployment-id", "7")
    command("platforms", "import", file, *rest, "--json")

    (listed,) = command("platforms", "list", "--json")
    assert (listed["issuer"], listed["client_id"]) == ("https://moodle.test", "abc")
    assert [row["lti_id"] for row in listed["deployments"]] == ["7"]
    file.write_text("<xml/>")
    assert "it is no JSON" in command("platforms", "import", file, code=1)


def test_an_invite_is_an_address_that_works_once_and_can_be_taken_back(command, database):
    made = command("platforms", "invite", "--name", "Harbor", "--hours", "2", "--json")

    address, token = made["url"].rsplit("/", 1)
    assert address == "http://localhost:8000/lti/register"
    with database.reading() as db:
        found = open_invite(db, token)
    assert (found.name, found.approves) == ("Harbor", False)
    assert f"Invite {made['id']} for Harbor" in command("platforms", "list")

    command("platforms", "withdraw", made["id"])

    assert "Invite" not in command("platforms", "list")
    with database.reading() as db, pytest.raises(RegistrationRefused):
        open_invite(db, token)


def test_an_invite_for_a_registration_that_is_not_there_is_not_made(command):
    wrong = ("platforms", "invite", "--name", "Harbor", "--update", 99)

    assert "There is no registration 99" in command(*wrong, code=1)
    assert "There is no invite 99" in command("platforms", "withdraw", 99, code=1)


@pytest.mark.parametrize("act", ["approve", "pause", "disable"])
def test_what_does_not_exist_is_said_so(command, act):
    assert "There is no registration 99" in command("platforms", act, 99, code=1)
    assert "There is no deployment 99" in command("platforms", act, "--deployment", 99, code=1)
    command("platforms", act, code=2)


def test_keys_are_rotated_in_two_steps(command, database):
    first = command("keys", "rotate")
    too_soon = command("keys", "rotate", code=1)
    second = command("keys", "rotate", "--now")

    assert "is published" in first
    assert "may sign from" in too_soon
    assert "signs from now on" in second
    states = [row["state"] for row in command("keys", "list", "--json")]
    assert sorted(states) == ["retired", "signing"]
    with database.transaction() as db:
        assert db.scalars(select(ToolKey).where(ToolKey.state == KeyState.SIGNING)).one()


def test_a_database_says_whether_it_is_up_to_date(command, monkeypatch, tmp_path):
    assert "up to date" in command("db", "check")
    monkeypatch.setenv("LTI_MENTORING_DATABASE_URL", f"sqlite:///{tmp_path}/folder/new.db")

    assert "up to date" in command("db", "upgrade")
    assert "up to date" in command("db", "check")


def test_an_empty_database_is_not_up_to_date(command, monkeypatch, tmp_path):
    monkeypatch.setenv("LTI_MENTORING_DATABASE_URL", f"sqlite:///{tmp_path}/empty.db")

    assert "db upgrade" in command("db", "check", code=1)


def test_settings_are_checked_without_showing_secrets(command, database):
    text = command("config", "check")

    assert "The settings are right." in text
    assert SECRET not in text
    assert command("config", "check", "--json")["secret_key"] == "set"


def test_wrong_settings_are_named(command, monkeypatch):
    monkeypatch.setenv("LTI_MENTORING_SECRET_KEY", "short")

    assert "secret_key: " in command("config", "check", code=1)


def test_rosters_without_a_service_are_said_to_be_none(command):
    assert "No course offers its roster." in command("roster", "sync")


def blocked_score(database, frozen_clock):
    with database.transaction() as db:
        program = make_program(db)
        row = ScorePublication(
            line_item_id=make_line_item(db, program, url=None).id,
            participant_id=make_mentee(db, program).id,
            score_given=10,
            score_maximum=100,
            activity_progress=ActivityProgress.IN_PROGRESS,
            scored_at=frozen_clock.now,
            next_at=frozen_clock.now,
            state=PublicationState.BLOCKED,
            error="not enrolled",
        )
        program.posts_engagement = False
        db.add(row)
        db.flush()
        return row.id


def test_refused_scores_are_listed_without_names_and_can_be_retried(
    command, database, frozen_clock
):
    number = blocked_score(database, frozen_clock)

    (listed,) = command("scores", "list", "--json")
    assert (listed["id"], listed["reason"], listed["score"]) == (number, "not enrolled", "10/100")
    assert "Ana" not in command("scores", "list")
    assert command("scores", "retry", "--all", "--json") == {"retried": 1}
    assert command("scores", "list", "--json")[0]["state"] == "pending"
    command("scores", "retry", code=2)


def test_the_worker_can_do_what_is_due_and_end(command):
    assert "0 things were done." in command("worker", "--once")


def test_the_demo_keeps_its_secret_and_knows_its_sandbox_once(tmp_path, database):
    first = own_secret(tmp_path)
    sandbox = create_sandbox(base_url="http://127.0.0.1:1", tool_url="http://localhost:2")
    introduce(database, sandbox.extensions["sandbox"])
    introduce(database, sandbox.extensions["sandbox"])

    assert own_secret(tmp_path) == first
    assert (tmp_path / "secret-key").stat().st_mode & 0o777 == 0o600
    with database.transaction() as db:
        assert len(db.scalars(select(Registration)).all()) == 1


def test_a_port_that_is_taken_is_said_so(command):
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()

        said = command("serve", "--port", taken.getsockname()[1], code=1)

    assert "choose another port" in said
