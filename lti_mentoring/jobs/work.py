"""What the background does, without the engine that calls it: each function works off one queue.

The tables are the truth about what is due, so any of these may be called at any time, twice
or not at all, in any number of processes.
"""

import logging
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import timedelta
from typing import Protocol, TypeVar

from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm import Session

from lti_mentoring.advantage.client import ServiceClient
from lti_mentoring.advantage.course_links import change_link, list_links
from lti_mentoring.advantage.groups import read_groups
from lti_mentoring.advantage.memberships import RosterReading
from lti_mentoring.advantage.notices import wish_for
from lti_mentoring.advantage.pace import Pace
from lti_mentoring.advantage.tokens import RegisteredTool, Tokens
from lti_mentoring.core.db import Database
from lti_mentoring.core.errors import AddressRefused, PlatformRefused, PlatformUnavailable
from lti_mentoring.core.http import Client
from lti_mentoring.core.keys import SecretBox
from lti_mentoring.grading import recompute
from lti_mentoring.grading.publisher import Publisher
from lti_mentoring.queries.rosters import subjects_with_groups
from lti_mentoring.rules.groups import write
from lti_mentoring.rules.roster import DifferencesLink
from lti_mentoring.rules.tool_configuration import ToolAddress
from lti_mentoring.services import (
    course_links,
    link_rosters,
    notices,
    roster,
    roster_differences,
    timers,
    tool_keys,
)
from lti_mentoring.services.roster_changes import Staged
from lti_mentoring.services.roster_readings import Reading
from lti_mentoring.services.row_by_row import each, log_failure
from lti_mentoring.settings import Settings

REQUESTS_PER_SCORE = 4  # a token, the score, and both again with a fresh token
SCORES_AT_ONCE = 100
MOST_ASKED_ABOUT = 500  # people of one course, for their groups
MOST_ROUNDS = 1000
NOT_TAKEN_IN = "something in it could not be taken in"

Question_contra = TypeVar("Question_contra", contravariant=True)

log = logging.getLogger(__name__)


@dataclass(frozen=True)
class Work:
    """What the background needs, made once per process."""

    database: Database
    settings: Settings
    tokens: Tokens
    http: Client
    pace: Pace
    publisher: Publisher

    def client_of(self, tool: RegisteredTool) -> ServiceClient:
        """The services of one platform."""
        return ServiceClient(tool, self.http, self.tokens, self.pace)


def prepare(database: Database, http: Client, box: SecretBox, settings: Settings) -> Work:
    """Everything that the background needs; opens nothing yet."""
    tokens = Tokens(database.transaction, http, box, lambda db: tool_keys.signer(db, box))
    pace = Pace(database.transaction)
    # A lease has to outlast the slowest delivery, or a score could be on two ways at once.
    slowest = REQUESTS_PER_SCORE * settings.outgoing.total_timeout_seconds
    publisher = Publisher(
        database.transaction,
        lambda tool: ServiceClient(tool, http, tokens, pace),
        workers=settings.scores.workers,
        batch=settings.scores.batch,
        delivery_seconds=max(settings.scores.lease_seconds, slowest),
    )
    return Work(database, settings, tokens, http, pace, publisher)


def deliver_scores(work: Work) -> int:
    """Make sure of gradebook columns, and send every score that is due; how many."""
    return work.publisher.publish_due()


def ask_for_rosters(work: Work) -> int:
    """Let rosters that were not read for some hours be read again; how many."""
    max_age = timedelta(hours=work.settings.roster.refresh_hours)
    with work.database.transaction() as db:
        return roster.ask_for_old_rosters(db, max_age)


def read_rosters(work: Work) -> int:
    """Read every roster that is due; how many."""
    for number in range(MOST_ROUNDS):
        if not _read_one_roster(work):
            return number
    return MOST_ROUNDS


def read_link_rosters(work: Work) -> int:
    """Ask of every link that somebody wants to know of who can open it; how many."""
    for number in range(MOST_ROUNDS):
        if not _read_one_link(work):
            return number
    return MOST_ROUNDS


def list_course_links(work: Work) -> int:
    """Change and list links of courses where somebody of the staff wants it; how many courses."""
    for number in range(MOST_ROUNDS):
        if not _list_links_of_one(work):
            return number
    return MOST_ROUNDS


def run_timers(work: Work) -> int:
    """What happens by itself as time passes; how many things did."""
    with work.database.transaction() as db:
        return timers.run_due(db)


def refresh_scores(work: Work) -> int:
    """Compute scores anew that are a day old, since days count; how many."""
    with work.database.transaction() as db:
        stale = recompute.stale_participants(db, SCORES_AT_ONCE)

        def refresh(participant_id: int) -> int:
            recompute.participant(db, participant_id)
            return 1

        return each(db, "score of participant", [(one, one) for one in stale], refresh)


def wish_for_notices(work: Work) -> int:
    """Tell platforms that can tell of copied courses that we want to know; how many were told."""
    transaction = work.database.transaction
    with transaction() as db:
        due = notices.due_wishes(db)
    for wish in due:
        try:
            wish_for(work.client_of(wish.tool), wish.url, work.settings.url(notices.PATH))
            later = None
        except (PlatformRefused, AddressRefused):
            later = notices.REFUSED
        except PlatformUnavailable:
            later = notices.UNAVAILABLE
        with transaction() as db:
            notices.note_wish(db, wish, later)
    return len(due)


def _read_one_roster(work: Work) -> bool:
    with work.database.transaction() as db:
        reading = roster.claim_due(db)
    if reading is not None:
        with _noting("roster reading", reading.sync_id, work, roster, reading):
            _read(work, reading)
    return reading is not None


def _read_groups(work: Work, reading: Reading, url: str, staged: Staged) -> None:
    """Names for groups that the roster tells by id; where it tells none, each participant's own.

    Only those are asked about whose groups matter, since each costs a call. What cannot be read
    leaves groups as they are; the roster is taken in all the same.
    """
    client = work.client_of(reading.tool)
    try:
        known = read_groups(client, url)
        if not staged.groups and known:
            with work.database.transaction() as db:
                subjects = subjects_with_groups(db, reading.sync_id)
            for subject in subjects[:MOST_ASKED_ABOUT]:
                if subject in staged.people:
                    staged.groups[subject] = write(read_groups(client, url, subject))
    except (PlatformRefused, PlatformUnavailable, AddressRefused) as error:
        log.info("groups could not be read", extra={"why": str(error)})
        staged.groups.clear()
        return
    staged.name_groups(known)


def _read(work: Work, reading: Reading) -> None:
    """What has changed, if that is told and leaves no doubt; else everything."""
    if reading.differences is not None:
        if _read_differences(work, reading, reading.differences):
            return
        with work.database.transaction() as db:
            roster_differences.forget_by(db, reading)
    limits = work.settings.roster
    pages = RosterReading(work.client_of(reading.tool), reading.memberships_url, limits.page_size)
    staged = _stage(work, reading, pages)
    with work.database.transaction() as db:
        roster.apply_reading(
            db,
            reading,
            staged,
            complete=pages.complete,
            guard_percent=limits.removal_guard_percent,
            differences_url=pages.differences_url,
        )


def _read_differences(work: Work, reading: Reading, link: DifferencesLink) -> bool:
    """Take in what has changed since the last reading; false if everything is to be read instead.

    Raises:
        PlatformUnavailable: if the LMS asks for patience; it would not like a larger question.
    """
    limits = work.settings.roster
    whole_every = timedelta(hours=limits.whole_hours)
    if not link.serves(reading.memberships_url, reading.began_at, whole_every):
        return False
    pages = RosterReading(work.client_of(reading.tool), link.url)
    try:
        staged = _stage(work, reading, pages)
    except (PlatformRefused, AddressRefused):
        return False
    except PlatformUnavailable as error:
        if error.retry_after_seconds is not None:
            raise
        return False
    if not pages.complete or pages.differences_url is None:
        return False
    with work.database.transaction() as db:
        return roster_differences.apply(
            db, reading, staged, pages.differences_url, limits.removal_guard_percent
        )


def _stage(work: Work, reading: Reading, pages: RosterReading) -> Staged:
    staged = Staged(reading.role_overrides)
    for members in pages:
        staged.add(members)
    if reading.groups_url:
        _read_groups(work, reading, reading.groups_url, staged)
    return staged


def _read_one_link(work: Work) -> bool:
    with work.database.transaction() as db:
        reading = link_rosters.claim_due(db)
    if reading is not None:
        with _noting("roster of link", reading.resource_link_id, work, link_rosters, reading):
            _read_link(work, reading)
    return reading is not None


def _read_link(work: Work, reading: link_rosters.LinkReading) -> None:
    page_size = work.settings.roster.page_size
    client = work.client_of(reading.tool)
    pages = RosterReading(client, reading.memberships_url, page_size, link_id=reading.lti_id)
    openers: set[str] = set()
    for members in pages:
        openers.update(each.subject for each in members if each.is_active)
    if not pages.complete:
        raise PlatformUnavailable(NOT_TAKEN_IN)
    with work.database.transaction() as db:
        if pages.messages:
            link_rosters.apply(db, reading, openers)
        else:
            link_rosters.note_refusal(db, reading, link_rosters.NOT_BY_LINK)


def _list_links_of_one(work: Work) -> bool:
    with work.database.transaction() as db:
        reading = course_links.claim_due(db)
    if reading is not None:
        with _noting("links of course", reading.course_id, work, course_links, reading):
            _list_links(work, reading)
    return reading is not None


def _list_links(work: Work, reading: course_links.LinksReading) -> None:
    """Changes first, so that the list shows what became of them."""
    client = work.client_of(reading.tool)
    launch_url = ToolAddress(work.settings.public_url).launch
    for wish in reading.wishes:
        refused = None
        try:
            change_link(client, wish.address, wish.changes(launch_url))
        except PlatformRefused as error:
            refused = error.reason
        with work.database.transaction() as db:
            course_links.note_changed(db, wish, refused)
    listed = list_links(client, reading.links_url)
    with work.database.transaction() as db:
        course_links.apply(db, reading, listed)


class _Notes(Protocol[Question_contra]):
    """A service that writes down what has become of a question."""

    def note_trouble(
        self,
        db: Session,
        reading: Question_contra,
        reason: str,
        retry_after_seconds: float | None = None,
        /,
    ) -> None: ...

    def note_refusal(self, db: Session, reading: Question_contra, reason: str, /) -> None: ...


@contextmanager
def _noting(
    what: str, row_id: int, work: Work, notes: _Notes[Question_contra], reading: Question_contra
) -> Iterator[None]:
    """Whatever is wrong with one question is noted, and the others are asked.

    Raises:
        DBAPIError: if the database is gone, where nothing could be noted.
    """
    transaction = work.database.transaction
    try:
        yield
    except PlatformUnavailable as error:
        with transaction() as db:
            notes.note_trouble(db, reading, error.reason, error.retry_after_seconds)
    except (PlatformRefused, AddressRefused) as error:
        with transaction() as db:
            notes.note_refusal(db, reading, getattr(error, "reason", str(error)))
    except Exception as error:  # whatever it is
        if isinstance(error, DBAPIError) and error.connection_invalidated:
            raise
        log_failure(what, row_id, error)
        with transaction() as db:
            notes.note_trouble(db, reading, NOT_TAKEN_IN)
