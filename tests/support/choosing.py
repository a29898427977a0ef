"""Somebody in a course whose platform waits for content to be chosen, and what it is told."""

from dataclasses import replace
from typing import Any, TypeVar

import jwt
from flask import Flask
from sqlalchemy.orm import Session

from lti_mentoring.core import clock
from lti_mentoring.core.keys import new_secret
from lti_mentoring.models import ContentItem, Course
from lti_mentoring.rules.deep_linking import DeepLinkingSettings
from lti_mentoring.services import deep_linking
from lti_mentoring.services.tool_keys import public_key_set
from lti_mentoring.vocabulary import CLAIM, DL_CLAIM, ContentKind
from tests.support.factories import add
from tests.support.visitor import Visitor, visit

Row = TypeVar("Row")
RETURN_URL = "https://lms.test/deep-link?course=7&state=a%2Bb"
USUAL = DeepLinkingSettings(RETURN_URL, targets=("iframe", "window"))


def choosing(app: Flask, membership_id: int, **wishes: Any) -> Visitor:
    """The person's picker; ``wishes`` replace what platforms usually ask for."""
    visitor = visit(app, membership_id)
    with app.extensions["mentoring"].database.transaction() as db:
        settings = replace(USUAL, **wishes)
        deep_linking.ask(db.connection(), visitor.key, settings, clock.now())
    return visitor


def make_content_item(
    db: Session, course: Course, membership_id: int, kind: ContentKind = ContentKind.GOAL
) -> ContentItem:
    """A link that somebody has placed into the course."""
    return add(
        db,
        ContentItem(
            key=new_secret()[:24],
            course_id=course.id,
            kind=kind,
            title="Set a goal",
            created_at=clock.now(),
            created_by_id=membership_id,
        ),
    )


def rows(app: Flask, model: type[Row]) -> list[Row]:
    """Everything in a table."""
    with app.extensions["mentoring"].database.reading() as db:
        return list(db.query(model))


class Told:
    """The answer as the platform reads it: signature, times, audience, then the content."""

    def __init__(self, app: Flask, page: Any) -> None:
        (self.form,) = page.forms
        self.token = self.form.fields["JWT"]
        self.header = jwt.get_unverified_header(self.token)
        with app.extensions["mentoring"].database.reading() as db:
            keys = jwt.PyJWKSet.from_dict(public_key_set(db))
        self.claims = jwt.decode(
            self.token,
            keys[self.header["kid"]].key,
            algorithms=["RS256"],
            options={"verify_exp": False, "verify_aud": False, "verify_iat": False},
        )

    @property
    def items(self) -> list[dict[str, Any]]:
        """What was chosen."""
        return list(self.claims[DL_CLAIM + "content_items"])

    def lti(self, name: str) -> Any:
        """A claim of LTI Core."""
        return self.claims[CLAIM + name]
