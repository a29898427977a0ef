"""People of a course as they arrive: with a sign-in, and maybe without anything else."""

from flask import Flask
from sqlalchemy.orm import Session

from lti_mentoring.models import Membership, Participant, Program
from tests.support.factories import make_member
from tests.support.visitor import Visitor, visit


def open_as(app: Flask, db: Session, person: Membership | Participant) -> Visitor:
    """The person's pages; people are committed first, so that the application sees them."""
    membership_id = getattr(person, "membership_id", person.id)
    db.commit()
    return visit(app, membership_id)


def newcomer(db: Session, program: Program, **facts) -> Membership:
    """Ana, who has opened the tool and done nothing in it."""
    return make_member(db, program.course, name="Ana Souza", **facts)
