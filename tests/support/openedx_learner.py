"""A learner of an Open edX course who takes part in its program and earns something."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from decimal import Decimal

from sqlalchemy.orm import Session

from lti_mentoring.core import clock
from lti_mentoring.grading import ledger, recompute
from lti_mentoring.grading.line_items import plan_columns
from lti_mentoring.models import (
    EngagementEvent,
    EngagementScore,
    LineItem,
    Membership,
    PlatformUser,
    Program,
    ScorePublication,
)
from lti_mentoring.vocabulary import Component, LineItemKind, PublicationState
from tests.support.factories import make_mentee, make_program, make_rubric
from tests.support.openedx import OpenEdxCourse


def start_program(course: OpenEdxCourse, **facts) -> None:
    """A program that runs, completed by an agreement; its columns are made soon."""
    with course.transaction() as db:
        program = make_program(db, course.row(db), **facts)
        make_rubric(db, program, gates=[Component.AGREEMENT.value])
        plan_columns(db, program)


class Learner:
    """Amara, who came in by a launch and takes part in the course's program.

    What she does has happened lately, a few seconds apart: scores are not sent before their time,
    which rises by a second at least, and the platform's clock stands for nobody.
    """

    def __init__(self, course: OpenEdxCourse) -> None:
        self.course = course
        self.moment = clock.now() - timedelta(minutes=1)
        self.subject: str = course.look()["people"]["amara"]
        with course.transaction() as db:
            user = db.query(PlatformUser).filter_by(subject=self.subject).one()
            member = db.query(Membership).filter_by(user_id=user.id).one()
            self.id = make_mentee(db, db.query(Program).one(), member=member).id
        course.work()  # the columns are made

    def earn(self, component: Component = Component.AGREEMENT) -> None:
        """Something countable happens, and the background work sends what follows from it."""
        with self.act() as db:
            ledger.credit(db, self.id, component, Decimal(1), "fact", clock.now())
            recompute.participant(db, self.id)

    def lose_everything(self) -> None:
        """All that happened is taken back."""
        with self.act() as db:
            for event in db.query(EngagementEvent).all():
                ledger.reverse(db, event)
            recompute.participant(db, self.id)

    @contextmanager
    def act(self) -> Iterator[Session]:
        """A transaction, and the background work after it, a few seconds after the last."""
        self.moment += timedelta(seconds=2)
        with clock.frozen_at(self.moment):
            with self.course.transaction() as db:
                yield db
            self.course.work()

    @property
    def engagement(self) -> float:
        """What the tool itself says, of 100."""
        with self.course.transaction() as db:
            return float(db.get_one(EngagementScore, self.id).score)

    def cell(self, db: Session) -> ScorePublication:
        """The row of the engagement in the outbox."""
        return db.query(ScorePublication).join(LineItem).filter_by(kind="engagement").one()

    def deliveries(self) -> dict[LineItemKind, PublicationState]:
        """How deliveries stand, by kind of column."""
        with self.course.transaction() as db:
            rows = db.query(LineItem.kind, ScorePublication.state).join(LineItem).all()
            return {row.kind: row.state for row in rows}
