"""A program with a gradebook on a canned platform, and learners who earn something."""

from decimal import Decimal

import pytest
from sqlalchemy import select

from lti_mentoring.core import clock
from lti_mentoring.grading import ledger, recompute
from lti_mentoring.models import Course, LineItem, Program, ScorePublication
from lti_mentoring.vocabulary import Component
from tests.support.background import worker_for
from tests.support.canned_platform import LMS, CannedPlatform
from tests.support.factories import make_mentee, make_program, make_rubric

SCORES = "/column/scores"


class Gradebook:
    """One program's column on a platform, and the tool that writes into it."""

    def __init__(self, database, settings, platform):
        self.database = database
        self.platform = platform
        self.worker = worker_for(database, settings, platform)
        with database.transaction() as db:
            program = make_program(db)
            make_rubric(db, program)
            course = db.get_one(Course, program.course_id)
            course.line_items_url = f"{LMS}/lineitems"
            self.program_id = program.id
        column = {"id": f"{LMS}/column", "label": "Mentoring", "scoreMaximum": 100}
        ours = {"resourceId": f"lti-mentoring:{self.program_id}", "tag": "engagement"}
        platform.answer("/lineitems", body=[{**column, **ours}])
        platform.answer("/column", body={**column, **ours})
        platform.answer(SCORES)

    def learner(self, name="Ana Souza", **facts):
        """A new mentee's id."""
        with self.database.transaction() as db:
            program = db.get_one(Program, self.program_id)
            mentee = make_mentee(db, program, name=name)
            for column, value in facts.items():
                setattr(mentee.membership, column, value)
            return mentee.id

    def credit(self, learner, component=Component.AGREEMENT, source="fact", credit=1):
        """Something countable happens; the score follows."""
        with self.database.transaction() as db:
            ledger.credit(db, learner, component, Decimal(credit), source, clock.now())
            recompute.participant(db, learner)

    def cell(self, learner):
        """The learner's row in the outbox."""
        with self.database.transaction() as db:
            return db.scalar(
                select(ScorePublication)
                .join(LineItem)
                .where(ScorePublication.participant_id == learner, LineItem.kind == "engagement")
            )

    def work(self):
        return self.worker.run_until_idle()

    @property
    def sent(self):
        """What has arrived: (user, score) in order."""
        return [asked.json for asked in self.platform.requests_to(SCORES)]


@pytest.fixture
def gradebook(database, settings, frozen_clock):
    made = Gradebook(database, settings, CannedPlatform())
    yield made
    made.worker.close()
