"""Erasing one person: what they are in goes on without them, then the register is walked.

It happens in one transaction and can be repeated; the second time finds nothing to do.
"""

from collections.abc import Sequence
from typing import Any, cast

import sqlalchemy as sa
from sqlalchemy import ColumnElement, Table, delete, or_, select, update
from sqlalchemy.orm import Session

from lti_mentoring.core import clock
from lti_mentoring.core.errors import NotFound
from lti_mentoring.models import (
    Base,
    Membership,
    Pairing,
    Participant,
    PlatformUser,
    SignIn,
    WaitingLaunch,
)
from lti_mentoring.policies.actor import Actor
from lti_mentoring.services import activity, departures, pairings
from lti_mentoring.services.privacy import REGISTER, Keeping
from lti_mentoring.services.privacy_ways import WAYS, Person, Way, ids, theirs
from lti_mentoring.vocabulary import (
    LIVE_PAIRING,
    EndReason,
    MembershipState,
    ParticipantState,
    SignInState,
    Verb,
)


def erase_person(db: Session, actor: Actor, person: Person) -> int:
    """Delete, empty and keep what the register says; how many rows have changed by that.

    Their pairs end as when somebody leaves the course, what they asked is withdrawn, nothing
    more is sent to the gradebook, and they are signed out.

    Raises:
        NotFound: if there is no such person.
    """
    user = db.get(PlatformUser, person.user_id, with_for_update=True)
    if user is None:
        raise NotFound("person", person.user_id)
    _go_on_without(db, person)
    db.flush()
    changed = _end_sign_ins(db, person) + _forget_waiting(db, user)
    for table in reversed(Base.metadata.sorted_tables):
        keeping = REGISTER[table.name].keeping
        if table.name in WAYS and keeping is Keeping.DELETED:
            changed += _delete_theirs(db, person, table)
        elif keeping is Keeping.EMPTIED:
            changed += sum(_empty(db, person, table, way) for way in WAYS[table.name])
    db.expire_all()
    if changed:
        activity.record(db, actor, Verb.PERSON_ERASED, "platform_user", person.user_id)
    return changed


def _go_on_without(db: Session, person: Person) -> None:
    """As when somebody leaves: whoever is left is told the same way."""
    members = db.scalars(
        select(Membership).where(Membership.id.in_(ids(person, "membership"))).order_by("id")
    ).all()
    now = clock.now()
    for member in members:
        if member.state is not MembershipState.GONE:
            member.state, member.left_at = MembershipState.GONE, now
    parts = select(Participant).where(Participant.id.in_(ids(person, "participant")))
    for part in db.scalars(parts.where(Participant.state == ParticipantState.ACTIVE)):
        part.state, part.left_at = ParticipantState.LEFT, now
    db.flush()
    for pairing in _live_pairings(db, person):
        actor = Actor.system("erased", pairing.program.course_id)
        pairings.end(db, actor, pairing, EndReason.LEFT_COURSE)
    for member in members:
        departures.member_left(db, member.course_id, [member.id])


def _live_pairings(db: Session, person: Person) -> Sequence[Pairing]:
    live = Pairing.id.in_(ids(person, "pairing")) & Pairing.state.in_(LIVE_PAIRING)
    return db.scalars(select(Pairing).where(live).order_by(Pairing.id)).all()


def _end_sign_ins(db: Session, person: Person) -> int:
    """Sentences that wait to be shown may name somebody."""
    running = SignIn.membership_id.in_(ids(person, "membership")) & (
        (SignIn.state == SignInState.ACTIVE) | (sa.cast(SignIn.notices, sa.String) != "[]")
    )
    ended = update(SignIn).where(running).values(state=SignInState.ENDED, notices=[])
    return _count(db, ended)


def _forget_waiting(db: Session, user: PlatformUser) -> int:
    """Launches between their two steps have the person's name; there are a handful of them."""
    waiting = db.execute(
        select(WaitingLaunch.code_hash, WaitingLaunch.claims).where(
            WaitingLaunch.registration_id == user.registration_id
        )
    )
    codes = [code for code, claims in waiting if claims.get("subject") == user.subject]
    return _count(db, delete(WaitingLaunch).where(WaitingLaunch.code_hash.in_(codes)))


def _delete_theirs(db: Session, person: Person, table: Table) -> int:
    return _delete(db, table, or_(*(theirs(person, table.name, way) for way in WAYS[table.name])))


def _delete(db: Session, table: Table, which: ColumnElement[bool]) -> int:
    """Rows that hang on a deleted one let go of it where they may, and else go with it."""
    gone = 0
    for other in Base.metadata.sorted_tables:
        for key in (key for key in other.foreign_keys if key.column.table is table):
            hangs = key.parent.in_(select(key.column).where(which))
            if key.parent.nullable:
                gone += _count(db, update(other).where(hangs).values({key.parent.name: None}))
            else:
                gone += _delete(db, other, hangs)
    return gone + _count(db, delete(table).where(which))


def _empty(db: Session, person: Person, table: Table, way: Way) -> int:
    columns = [table.c[name] for name in way.emptied]
    if not columns:
        return 0
    empty = {column.name: None if column.nullable else "" for column in columns}
    is_news = or_(*(column.is_distinct_from(empty[column.name]) for column in columns))
    values: dict[str, Any] = dict(empty)
    if "version" in table.c:  # a page that was opened before must not bring a text back
        values["version"] = table.c.version + 1
    return _count(db, update(table).where(theirs(person, table.name, way), is_news).values(values))


def _count(db: Session, statement: Any) -> int:
    done = db.execute(statement, execution_options={"synchronize_session": False})
    return int(cast(sa.CursorResult[Any], done).rowcount)
