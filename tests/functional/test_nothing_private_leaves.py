"""Secrets in every text field of the product, and a look at everything that goes out."""

import base64
import json
from io import BytesIO
from urllib.parse import parse_qs, unquote_plus, urlsplit

import pytest
import sqlalchemy as sa
from requests.adapters import BaseAdapter, HTTPAdapter
from sqlalchemy import select, update
from urllib3 import HTTPResponse

from lti_mentoring.advantage.line_items import REVIEW
from lti_mentoring.core import clock
from lti_mentoring.core.db import EnumValue
from lti_mentoring.grading import recompute
from lti_mentoring.models import (
    Base,
    Course,
    LineItem,
    Membership,
    Participant,
    Program,
    RosterSync,
    ScorePublication,
)
from lti_mentoring.policies.actor import Actor
from lti_mentoring.rules.groups import Group, write
from lti_mentoring.services import activity
from lti_mentoring.vocabulary import (
    MediaType,
    ParticipantRole,
    PublicationState,
    RosterSyncState,
    Verb,
)
from lti_mentoring.web import identity
from tests.support.choosing import make_content_item
from tests.support.factories import make_resource_link
from tests.support.full_program import make_full_program

SECRET = "zqsecretqz"
# How the tool and a platform prove themselves to one another; no person writes in these.
KEYS_AND_PROOFS = {
    "access_token",
    "administrator_visit",
    "deep_linking_request",
    "deployment",
    "platform_key_set",
    "refused_launch",
    "registration",
    "registration_invite",
    "tool_key",
    "used_state",
    "waiting_launch",
}
# What the LMS itself called things, which is how it is spoken to, and what our own rules read.
KEPT_COLUMNS = {
    "ags_scopes",
    "context_id",
    "frame_origins",
    "gates",
    "line_item_url",
    "line_items_url",
    "locale",
    "lost_url",
    "lti_id",
    "memberships_url",
    "parts",
    "return_url",
    "source",
    "subject",
    "targets",
    "time_zone",
    "token_hash",
    "url",
    "weights",
}
TEXTS_OF_A_SHAPE = {
    "fields": {"title": [SECRET], SECRET: [SECRET]},
    "groups": write([Group("17", SECRET)]),
    "languages": [SECRET],
    "modes": [SECRET],
    "notices": [SECRET],
}
COLUMN = {"id": "https://lms.test/column/1", "label": "Mentoring", "scoreMaximum": 100}


class Wiretap(BaseAdapter):
    """A platform that says yes to everything and remembers what it was sent."""

    def __init__(self):
        super().__init__()
        self.sent = []

    def send(self, request, *_given, **_options):
        body = request.body.decode() if isinstance(request.body, bytes) else request.body or ""
        self.sent.append((request.method, request.url, body, dict(request.headers)))
        answer = self._answer(request.method, urlsplit(request.url).path, body)
        raw = HTTPResponse(
            body=BytesIO(b"" if answer is None else json.dumps(answer).encode()),
            headers={"Content-Type": "application/json"},
            status=200,
            preload_content=False,
        )
        return HTTPAdapter().build_response(request, raw)

    def close(self):
        pass

    def _answer(self, method, path, body):
        if path.endswith("/token"):
            scope = parse_qs(body)["scope"][0]
            return {"access_token": "t", "token_type": "Bearer", "expires_in": 3600, "scope": scope}
        if path.endswith("/lineitems"):
            return [] if method == "GET" else {**json.loads(body), **COLUMN}
        if path.endswith("/memberships"):
            return {"members": []}
        return COLUMN if method == "GET" else None

    def bodies(self, method, ending):
        """What was sent so to addresses that end like this."""
        return [
            sent[2]
            for sent in self.sent
            if sent[0] == method and urlsplit(sent[1]).path.endswith(ending)
        ]

    def words(self):
        """All that was sent, also what a signed assertion holds."""
        for method, url, body, headers in self.sent:
            yield f"{method} {unquote_plus(url)} {unquote_plus(body)} {json.dumps(headers)}"
            for assertion in parse_qs(body).get("client_assertion", []):
                content = assertion.split(".")[1]
                yield base64.urlsafe_b64decode(content + "=" * (-len(content) % 4)).decode()


@pytest.fixture
def tap(app):
    """Everything that the tool sends to whatever address."""
    tap = Wiretap()
    for scheme in ("https://", "http://"):
        app.extensions["mentoring"].http.mount(scheme, tap)
    return tap


def is_free_text(column):
    is_text = isinstance(column.type, sa.String | sa.JSON) and not isinstance(
        column.type, EnumValue
    )
    is_key = column.primary_key or column.foreign_keys
    return is_text and not is_key and column.name not in KEPT_COLUMNS


def is_unique(column):
    constraints = column.table.constraints
    return any(
        column.name in constraint.columns
        for constraint in constraints
        if isinstance(constraint, sa.UniqueConstraint)
    )


def fill_every_text(db):
    """Put the secret into every free text of every table; the columns that had no row for it."""
    empty = []
    for table in Base.metadata.sorted_tables:
        if table.name in KEYS_AND_PROOFS:
            continue
        for column in filter(is_free_text, table.columns):
            value: object = TEXTS_OF_A_SHAPE.get(column.name, SECRET)
            if is_unique(column):
                value = sa.literal(SECRET) + sa.cast(table.c.id, sa.String)
            if not db.execute(update(table).values({column.name: value})).rowcount:
                empty.append(f"{table.name}.{column.name}")
    return empty


def world_before_its_columns(db):
    """A program in full swing whose columns are still to be made, its roster still to be read."""
    full = make_full_program(db)
    db.get_one(Program, full.program).posts_completion = True
    course = db.scalars(select(Course)).one()
    make_resource_link(db, course)
    identity.new_sign_in(db.connection(), full.mentee, identity.Opened(locale="en"))
    make_content_item(db, course, full.instructor)
    activity.record(db, Actor.system("test", course.id), Verb.ROSTER_HELD, "course", course.id, "9")
    for line_item in db.scalars(select(LineItem)):
        line_item.url, line_item.next_at = None, clock.now()
    db.flush()


def test_no_text_of_anybody_is_in_any_request(app, database, frozen_clock, tap):
    with database.transaction() as db:
        world_before_its_columns(db)
        empty = fill_every_text(db)
    with database.transaction() as db:
        mentees = select(Participant.id).where(Participant.role == ParticipantRole.MENTEE)
        for participant_id in db.scalars(mentees):
            recompute.participant(db, participant_id)
    frozen_clock.tick(hours=13)

    app.extensions["mentoring"].worker.run_until_idle()

    assert not empty, "nothing proves that these are not sent"
    assert not [words for words in tap.words() if SECRET in words]
    for method, ending in (
        ("POST", "/token"),
        ("GET", "/lineitems"),
        ("POST", "/lineitems"),
        ("GET", "/column/1"),
        ("GET", "/memberships"),
        ("POST", "/scores"),
    ):
        assert tap.bodies(method, ending), f"{method} {ending} was not even tried"
    with database.reading() as db:
        assert set(db.scalars(select(ScorePublication.state))) == {PublicationState.SENT}
        readings = set(db.scalars(select(RosterSync.state)))
    assert readings == {RosterSyncState.DONE}


def test_the_secrets_are_really_there(app, database, frozen_clock):
    with database.transaction() as db:
        world_before_its_columns(db)
        fill_every_text(db)

    with database.reading() as db:
        texts = [
            str(value)
            for table in Base.metadata.sorted_tables
            for row in db.execute(select(table)).mappings()
            for column, value in row.items()
            if SECRET in str(value)
        ]
        groups = db.scalars(select(Membership.groups)).first()
    assert len(texts) > 100
    assert SECRET in groups


def test_a_new_column_says_what_it_is_and_nothing_of_the_program(app, database, frozen_clock, tap):
    with database.transaction() as db:
        world_before_its_columns(db)
    frozen_clock.tick(hours=1)

    app.extensions["mentoring"].worker.run_until_idle()

    made = [json.loads(body) for body in tap.bodies("POST", "/lineitems")]
    assert {each["label"] for each in made} <= {"Mentoring", "Mentoring completed"}
    said = {"label", "scoreMaximum", "resourceId", "tag", "resourceLinkId", "submissionReview"}
    assert made
    assert set().union(*made) <= said
    assert all(each["submissionReview"] == REVIEW for each in made)


def test_a_score_has_the_fields_of_the_specification_and_no_others(
    app, database, frozen_clock, tap
):
    with database.transaction() as db:
        make_full_program(db)
    frozen_clock.tick(hours=1)

    app.extensions["mentoring"].worker.run_until_idle()

    method, _url, body, headers = next(sent for sent in tap.sent if "/scores" in sent[1])
    assert method == "POST"
    assert headers["Content-Type"] == MediaType.SCORE
    assert set(json.loads(body)) == {
        "userId",
        "scoreGiven",
        "scoreMaximum",
        "comment",
        "timestamp",
        "activityProgress",
        "gradingProgress",
    }
