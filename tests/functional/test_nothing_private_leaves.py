"""Secrets in every text field of the product, and a look at everything that goes out."""

import json
from io import BytesIO
from urllib.parse import parse_qs

from requests.adapters import BaseAdapter, HTTPAdapter
from sqlalchemy import select, update
from urllib3 import HTTPResponse

from lti_mentoring.grading import recompute
from lti_mentoring.models import Base, Participant, ScorePublication
from lti_mentoring.vocabulary import MediaType, ParticipantRole, PublicationState
from tests.support.factories import PLATFORM
from tests.support.full_program import make_full_program

SECRET = "zqsecretqz"
# What the LMS itself said, or what names a place in it: it may go back there.
FROM_THE_LMS = {
    "access_token",
    "agreement",
    "course",
    "deployment",
    "launch_attempt",
    "line_item",
    "platform",
    "platform_key_set",
    "refused_launch",
    "registration",
    "resource_link",
    "sign_in",
    "tool_key",
}
KEPT_COLUMNS = {"subject", "time_zone", "locale", "source", "join_url"}


class Wiretap(BaseAdapter):
    """A platform that says yes to everything and remembers what it was sent."""

    def __init__(self):
        super().__init__()
        self.sent = []

    def send(self, request, *_given, **_options):
        body = request.body.decode() if isinstance(request.body, bytes) else request.body or ""
        self.sent.append((request.method, request.url, body, dict(request.headers)))
        answer = {"access_token": "t", "token_type": "Bearer", "expires_in": 3600}
        is_token = request.url.endswith("/token")
        if is_token:
            answer["scope"] = parse_qs(body)["scope"][0]
        raw = HTTPResponse(
            body=BytesIO(json.dumps(answer).encode() if is_token else b""),
            headers={"Content-Type": "application/json"},
            status=200,
            preload_content=False,
        )
        return HTTPAdapter().build_response(request, raw)

    def close(self):
        pass


def _is_free_text(column):
    is_text = str(column.type).startswith(("VARCHAR", "TEXT")) and not hasattr(column.type, "enum")
    is_name_of_many = column.table.name == "topic"  # unique in its program
    is_key = column.primary_key or column.foreign_keys or column.name in KEPT_COLUMNS
    return is_text and not is_key and not is_name_of_many


def fill_every_text(db):
    """Put the secret into every free text of every table."""
    filled = 0
    for table in Base.metadata.sorted_tables:
        if table.name in FROM_THE_LMS:
            continue
        for column in table.columns:
            if _is_free_text(column):
                filled += db.execute(update(table).values({column.name: SECRET})).rowcount
    return filled


def test_no_text_of_anybody_is_in_any_request_to_the_platform(app, database, frozen_clock):
    tap = Wiretap()
    app.extensions["mentoring"].http.mount(PLATFORM, tap)
    with database.transaction() as db:
        make_full_program(db)
        db.flush()
        assert fill_every_text(db) > 50
    with database.transaction() as db:
        mentees = select(Participant.id).where(Participant.role == ParticipantRole.MENTEE)
        for participant_id in db.scalars(mentees):
            recompute.participant(db, participant_id)
    frozen_clock.tick(hours=1)

    app.extensions["mentoring"].worker.run_until_idle()

    scores = [sent for sent in tap.sent if "/scores" in sent[1]]
    assert scores, tap.sent
    assert not [sent for sent in tap.sent if SECRET in json.dumps(sent)]
    with database.reading() as db:
        states = set(db.scalars(select(ScorePublication.state)))
    assert states == {PublicationState.SENT}


def test_a_score_has_the_fields_of_the_specification_and_no_others(app, database, frozen_clock):
    tap = Wiretap()
    app.extensions["mentoring"].http.mount(PLATFORM, tap)
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
