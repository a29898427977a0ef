"""The promise that nothing is lost or doubled with another meaning when a process is killed."""

from datetime import timedelta

import pytest
from sqlalchemy import select

from lti_mentoring.core import clock
from lti_mentoring.models import ScorePublication
from lti_mentoring.vocabulary import ActivityProgress, PublicationState
from tests.grading import score_sender
from tests.support.factories import make_line_item, make_mentee, make_program
from tests.support.killable import Killable
from tests.support.strict_gradebook import all_sent, serve_gradebook, wait_until

LEARNERS = 40


@pytest.fixture
def gradebook():
    with serve_gradebook() as platform:
        yield platform


def start_sender(database):
    """A delivering process that can be killed."""
    return Killable(score_sender.main, database.engine.url.render_as_string(hide_password=False))


def want_scores(database, platform):
    """Forty learners with a wanted score each; their publications' ids."""
    with database.transaction() as db:
        program = make_program(db)
        registration = program.course.deployment.registration
        registration.token_url = f"{platform.url}/token"
        column = make_line_item(db, program, url=f"{platform.url}/column")
        now = clock.now()
        rows = [
            ScorePublication(
                line_item_id=column.id,
                participant_id=make_mentee(db, program, name=f"Person {number}").id,
                score_given=number,
                score_maximum=100,
                activity_progress=ActivityProgress.IN_PROGRESS,
                scored_at=now,
                next_at=now,
            )
            for number in range(LEARNERS)
        ]
        db.add_all(rows)
        db.flush()
        return [row.id for row in rows]


def change_all(database, points):
    """Everybody has earned more: a new revision with a later timestamp, due at once."""
    with database.transaction() as db:
        for row in db.scalars(select(ScorePublication).with_for_update()):
            row.score_given += points
            row.revision += 1
            row.scored_at = max(clock.now(), row.scored_at + timedelta(seconds=1))
            row.next_at = clock.now()
            row.state = PublicationState.PENDING


@pytest.mark.sockets
@pytest.mark.slow
def test_a_killed_sender_loses_nothing_and_sends_nothing_with_another_meaning(database, gradebook):
    want_scores(database, gradebook)
    for round_number in range(1, 4):
        before = gradebook.count
        sender = start_sender(database)
        wait_until(lambda enough=before + 5: gradebook.count >= enough)
        if round_number == 2:
            change_all(database, points=40)  # while scores are on their way
        sender.kill()

    last = start_sender(database)
    wait_until(lambda: all_sent(database))
    last.kill()

    with database.transaction() as db:
        wanted = sorted(float(score) for score in db.scalars(select(ScorePublication.score_given)))
    assert sorted(float(score) for _, score in gradebook.accepted.values()) == wanted
    for arrivals in gradebook.arrived.values():
        assert arrivals == sorted(arrivals), "an older score arrived after a newer one"
        assert len(dict(arrivals)) == len(set(arrivals)), "one timestamp had two meanings"
