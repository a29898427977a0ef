"""The two of a pair in front of their pages, and the sessions behind these."""

from flask import Flask
from sqlalchemy import select

from lti_mentoring.core.db import Database
from lti_mentoring.models import MentoringSession
from tests.support.pairs import Pair, agree
from tests.support.visitor import Visitor, visit


def as_ana(app: Flask, pair: Pair) -> Visitor:
    """Ana's pages."""
    return visit(app, pair.mentee.membership_id)


def as_rui(app: Flask, pair: Pair) -> Visitor:
    """Rui's pages."""
    return visit(app, pair.mentor.membership_id)


def agreed(database: Database, pair: Pair, **moment) -> int:
    """The number of a session that the two have agreed on."""
    with database.transaction() as db:
        return agree(db, pair, **moment).id


def newest(database: Database) -> MentoringSession:
    """The session that was proposed last, as it is by now."""
    with database.sessions() as db:
        newest_first = select(MentoringSession).order_by(MentoringSession.id.desc())
        return db.scalars(newest_first.limit(1)).one()
