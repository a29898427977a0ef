"""Placing content into a course: what the platform asks, and the one answer that it gets."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import cast

from sqlalchemy import Connection, CursorResult, Table, insert, update
from sqlalchemy.orm import Session

from lti_mentoring.core import clock
from lti_mentoring.core.errors import Conflict
from lti_mentoring.core.keys import SecretBox, new_secret
from lti_mentoring.models import ContentItem, DeepLinkingRequest
from lti_mentoring.policies.actor import Actor, require
from lti_mentoring.policies.content import may_look_at_contents, may_place
from lti_mentoring.queries.contents import LIFE, Waiting
from lti_mentoring.rules.deep_linking import (
    DeepLinkingSettings,
    WantedLink,
    answer,
    check_dates,
    link_item,
)
from lti_mentoring.services import activity, tool_keys
from lti_mentoring.vocabulary import ContentKind, Verb

KEY_LENGTH = 24  # letters of an item's key, six bits each
NONCE_LENGTH = 32

_ASKED = cast(Table, DeepLinkingRequest.__table__)
_ASK = insert(_ASKED)


@dataclass(frozen=True)
class Choice:
    """A kind of content, and how its link is to look."""

    kind: ContentKind
    link: WantedLink


@dataclass(frozen=True)
class SignedAnswer:
    """What the browser has to bring to the platform, and where that is."""

    return_url: str
    token: str


def ask(
    connection: Connection, sign_in_key: str, settings: DeepLinkingSettings, now: datetime
) -> None:
    """Keep what a platform wants to know, for the person of a new sign-in (LTI-89)."""
    values = {"sign_in_key": sign_in_key, "settings": settings.as_json(), "asked_at": now}
    connection.execute(_ASK, values)


class Answering:
    """Answers the request of one sign-in, in the tool's name."""

    def __init__(self, box: SecretBox, launch_url: str, sign_in_key: str) -> None:
        self._box = box
        self._launch_url = launch_url
        self._sign_in_key = sign_in_key

    def place(
        self, db: Session, actor: Actor, waiting: Waiting, choices: Sequence[Choice]
    ) -> SignedAnswer:
        """Place links to what was chosen.

        Args:
            db: the session.
            actor: a coordinator.
            waiting: the platform's request.
            choices: at least one, and not more than the platform takes.

        Raises:
            NotAllowed: if the actor does not coordinate.
            Conflict: if the request was answered meanwhile, or the platform takes no such links.
        """
        require(may_place(actor), "place links into the course")
        settings = waiting.settings
        if not choices or not settings.takes_links or (choices[1:] and not settings.takes_several):
            raise Conflict("the platform takes no such links")
        if not all(check_dates(each.link.opens_at, each.link.due_at) for each in choices):
            raise Conflict("a link ends before it starts")
        self._use_up(db)
        items = [
            link_item(each.link, settings, self._launch_url, _keep(db, actor, waiting, each))
            for each in choices
        ]
        return self._signed(db, waiting, items, {})

    def place_nothing(
        self, db: Session, actor: Actor, waiting: Waiting, told: Mapping[str, str]
    ) -> SignedAnswer:
        """Go back without a link (LTI-87).

        Args:
            db: the session.
            actor: somebody of the staff.
            waiting: the platform's request.
            told: ``msg`` or ``errormsg`` for the platform to show.

        Raises:
            NotAllowed: if the actor is not of the staff.
            Conflict: if the request was answered meanwhile.
        """
        require(may_look_at_contents(actor), "answer the platform")
        self._use_up(db)
        return self._signed(db, waiting, [], told)

    def _use_up(self, db: Session) -> None:
        """Of two answers at the same time one gets past this."""
        now = clock.now()
        used = db.execute(
            update(_ASKED)
            .where(
                _ASKED.c.sign_in_key == self._sign_in_key,
                _ASKED.c.answered_at.is_(None),
                _ASKED.c.asked_at > now - LIFE,
            )
            .values(answered_at=now)
        )
        if cast("CursorResult[None]", used).rowcount != 1:
            raise Conflict("the platform has its answer")

    def _signed(
        self,
        db: Session,
        waiting: Waiting,
        items: Sequence[Mapping[str, object]],
        told: Mapping[str, str],
    ) -> SignedAnswer:
        claims = answer(
            waiting.addressee,
            waiting.settings,
            items,
            now=clock.now(),
            nonce=new_secret()[:NONCE_LENGTH],
            told=told,
        )
        token = tool_keys.signer(db, self._box).sign(claims)
        return SignedAnswer(waiting.settings.return_url, token)


def _keep(db: Session, actor: Actor, waiting: Waiting, choice: Choice) -> str:
    """Write the item down; its key."""
    item = ContentItem(
        key=new_secret()[:KEY_LENGTH],
        course_id=actor.course_id,
        program_id=waiting.program.id if waiting.program else None,
        kind=choice.kind,
        title=choice.link.title,
        is_programs=waiting.program is not None and choice.link.title == waiting.program.title,
        created_at=clock.now(),
        created_by_id=actor.membership_id,
    )
    db.add(item)
    db.flush()
    activity.record(db, actor, Verb.CONTENT_PLACED, "content_item", item.id, choice.kind)
    return item.key
