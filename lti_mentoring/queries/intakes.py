"""A learner's own answers, as the three steps show them again."""

from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import Session

from lti_mentoring.models import Intake, MentorProfile
from lti_mentoring.policies.actor import Actor
from lti_mentoring.queries.fits import Book, load_book
from lti_mentoring.rules.availability import Window, cells_from_windows

CELL_MINUTES = 60


@dataclass(frozen=True)
class Answers:
    """What a learner has said so far; ``intake`` is None before the first step."""

    intake: Intake | None
    book: Book
    wants: dict[int, int]
    windows: tuple[Window, ...]

    @property
    def topics(self) -> list[tuple[int, str]]:
        """The program's topics, to choose from."""
        return [(topic.id, topic.name) for topic in self.book.topics]

    @property
    def cells(self) -> frozenset[tuple[int, int]]:
        """The painted hours."""
        return cells_from_windows(self.windows, CELL_MINUTES)

    @property
    def time_zone(self) -> str | None:
        """The zone in which they were painted."""
        return self.windows[0].time_zone if self.windows else None

    @property
    def next_step(self) -> int:
        """The first step that is still open, 1 to 3."""
        return self.intake.next_step if self.intake else 1


def answers_of(db: Session, actor: Actor) -> Answers:
    """The actor's answers; nothing is known before the first step."""
    intake = (
        db.scalar(select(Intake).where(Intake.participant_id == actor.mentee_id))
        if actor.mentee_id is not None
        else None
    )
    book, wants, windows = _book_of(db, actor, actor.mentee_id)
    return Answers(intake, book, wants, windows)


@dataclass(frozen=True)
class OwnCard:
    """A mentor's own card; ``profile`` is None before the first save."""

    profile: MentorProfile | None
    answers: Answers


def card_of(db: Session, actor: Actor) -> OwnCard:
    """The actor's card as mentor."""
    profile = (
        db.scalar(select(MentorProfile).where(MentorProfile.participant_id == actor.mentor_id))
        if actor.mentor_id is not None
        else None
    )
    book, offers, windows = _book_of(db, actor, actor.mentor_id)
    return OwnCard(profile, Answers(None, book, offers, windows))


def _book_of(
    db: Session, actor: Actor, owner: int | None
) -> tuple[Book, dict[int, int], tuple[Window, ...]]:
    book = load_book(db, actor.program_id, {owner} if owner else set())
    return book, dict(book.weights.get(owner or 0, {})), tuple(book.windows.get(owner or 0, ()))
