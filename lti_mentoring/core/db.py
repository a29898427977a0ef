"""The database: column types, the engine with its SQLite habits, and the transaction.

SQLite needs ``BEGIN IMMEDIATE`` for whatever may write: with the default deferred
BEGIN a third of concurrent read-then-write transactions failed with "database is
locked" (decision record 0009). Requests that only read say so and get a deferred one.
"""

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from copy import copy
from dataclasses import dataclass
from datetime import UTC, date, datetime
from decimal import Decimal
from enum import StrEnum
from functools import cache, partial
from typing import Any, NoReturn

import sqlalchemy as sa
from sqlalchemy import event
from sqlalchemy.engine import Dialect, Engine, make_url
from sqlalchemy.orm import DeclarativeBase, Session, sessionmaker
from sqlalchemy.pool import PoolProxiedConnection
from sqlalchemy.sql.operators import OperatorType
from sqlalchemy.types import TypeDecorator

from lti_mentoring import vocabulary

POINT_FRACTIONS = 10_000

Processor = Callable[[Any], Any]
"""Turns one value into what the driver takes, or back."""

Transaction = Callable[[], AbstractContextManager[Session]]
"""Opens one transaction: commits at the end of the block, rolls back on an error."""


class UTCDateTime(TypeDecorator[datetime]):
    """An aware moment in UTC. A naive value is a bug and is refused.

    SQLite keeps texts. SQLAlchemy would write the same ones, through a dictionary of six numbers
    for each.
    """

    impl = sa.DateTime(timezone=True)
    cache_ok = True

    def bind_processor(self, dialect: Dialect) -> Processor | None:
        return _sqlite_text if dialect.name == "sqlite" else super().bind_processor(dialect)

    def result_processor(self, dialect: Dialect, coltype: object) -> Processor | None:
        if dialect.name == "sqlite":
            return _from_sqlite_text
        return super().result_processor(dialect, coltype)

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError(f"naive datetime: {value!r}")
        return value.astimezone(UTC)

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        if value is None:
            return None
        return value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)


def _sqlite_text(value: datetime | None) -> str | None:
    if value is None:
        return None
    if value.tzinfo is None:
        raise ValueError(f"naive datetime: {value!r}")
    return value.astimezone(UTC).isoformat(" ", "microseconds")[:-6]  # without "+00:00"


def _from_sqlite_text(text: str | None) -> datetime | None:
    return None if text is None else datetime.fromisoformat(text).replace(tzinfo=UTC)


class Points(TypeDecorator[Decimal]):
    """An exact decimal with at most four places, stored as a whole number of 1/10000.

    Plain ``Numeric`` is a float on SQLite; this one sums exactly on both databases.
    """

    impl = sa.BigInteger
    cache_ok = True

    def process_bind_param(self, value: Decimal | None, dialect: Dialect) -> int | None:
        if value is None:
            return None
        scaled = Decimal(value) * POINT_FRACTIONS
        if scaled != scaled.to_integral_value():
            raise ValueError(f"more than four decimal places: {value!r}")
        return int(scaled)

    def process_result_value(self, value: int | None, dialect: Dialect) -> Decimal | None:
        return None if value is None else Decimal(value) / POINT_FRACTIONS


class EnumValue(TypeDecorator[StrEnum]):
    """A ``StrEnum`` stored by value; an unknown stored value is an error, not a string.

    Comparisons write the value into the statement. As a parameter it would cost on SQLite: a
    statement whose plan may hinge on one, as with a partial index, is prepared anew at each run.
    """

    impl = sa.String(32)
    cache_ok = True

    class Comparator(TypeDecorator.Comparator[StrEnum]):
        """Compares with constants."""

        def operate(self, op: OperatorType, *other: Any, **options: Any) -> sa.ColumnElement[Any]:
            """The comparison; members of an enumeration, alone or in a list, are constants."""
            return super().operate(op, *(_constant(value) for value in other), **options)

    comparator_factory = Comparator

    def __init__(self, enum: type[StrEnum]) -> None:
        super().__init__()
        self.enum = enum

    def result_processor(self, dialect: Dialect, coltype: object) -> Processor | None:
        del dialect, coltype
        return _members_of(self.enum).__getitem__

    def process_bind_param(self, value: StrEnum | None, dialect: Dialect) -> str | None:
        return None if value is None else self.enum(value).value


class _Members(dict[str | None, StrEnum | None]):
    """The members of an enumeration by what is stored; null stands for none of them."""

    def __missing__(self, stored: str | None) -> NoReturn:
        raise ValueError(f"{stored!r} is stored, which is no member")


@cache
def _members_of(enum: type[StrEnum]) -> _Members:
    members: dict[str | None, StrEnum | None] = {member.value: member for member in enum}
    return _Members({None: None, **members})


def _constant(value: Any) -> Any:
    """A member, or each member of a list, as SQL; anything else as it is."""
    if isinstance(value, StrEnum):
        return sa.literal_column(f"'{value.value}'")
    if isinstance(value, list | tuple | set | frozenset) and value:
        return [_constant(member) for member in sorted(value, key=str)]
    return value


def _is_enum(value: object) -> bool:
    return isinstance(value, type) and issubclass(value, StrEnum) and value is not StrEnum


class Base(DeclarativeBase):
    """Base of all tables: names of constraints and the types that annotations stand for."""

    metadata = sa.MetaData(
        naming_convention={
            "ix": "ix_%(table_name)s_%(column_0_N_name)s",
            "uq": "uq_%(table_name)s_%(column_0_N_name)s",
            "ck": "ck_%(table_name)s_%(constraint_name)s",
            "fk": "fk_%(table_name)s_%(column_0_N_name)s_%(referred_table_name)s",
            "pk": "pk_%(table_name)s",
        }
    )
    type_annotation_map = {
        datetime: UTCDateTime(),
        date: sa.Date(),
        Decimal: Points(),
        dict[str, Any]: sa.JSON(),
        list[Any]: sa.JSON(),
        **{enum: EnumValue(enum) for enum in vars(vocabulary).values() if _is_enum(enum)},
    }


class UnitOfWork:
    """One transaction: a connection, and when somebody asks for it the ORM's session over it.

    Sign-ins, launches and first pages run a few statements that they know by heart. A session
    would cost them as much as two of these.
    """

    def __init__(self, engine: Engine, sessions: sessionmaker[Session]) -> None:
        self._engine = engine
        self._sessions = sessions
        self._connection: sa.Connection | None = None
        self._session: Session | None = None

    @property
    def connection(self) -> sa.Connection:
        """The connection; its transaction begins with the first statement."""
        if self._connection is None:
            self._connection = self._engine.connect()
        return self._connection

    @property
    def session(self) -> Session:
        """The session, in the same transaction."""
        if self._session is None:
            self._session = self._sessions(
                bind=self.connection, join_transaction_mode="control_fully"
            )
        return self._session

    def commit(self) -> None:
        """Commit, and ring what waits for it."""
        if self._session is not None:
            self._session.commit()
        if self._connection is not None:
            self._connection.commit()  # a session that ran nothing has not
        if self._session is not None:
            ring_after(self._session)

    def rollback(self) -> None:
        """Undo everything since the last commit."""
        if self._session is not None:
            self._session.rollback()
        if self._connection is not None:
            self._connection.rollback()

    def close(self) -> None:
        """Give the connection back; what was not committed is undone."""
        if self._session is not None:
            self._session.close()
        if self._connection is not None:
            self._connection.close()


@dataclass(frozen=True)
class Database:
    """An engine and the two ways to use it; ``reader`` begins transactions that do not write."""

    engine: Engine
    reader: Engine
    sessions: sessionmaker[Session]
    reading: sessionmaker[Session]

    @property
    def transaction(self) -> Transaction:
        """A transaction that may write."""
        return partial(_transaction, self.sessions)

    def unit_of_work(self, *, writes: bool) -> UnitOfWork:
        """A transaction that the caller commits and closes."""
        if writes:
            return UnitOfWork(self.engine, self.sessions)
        return UnitOfWork(self.reader, self.reading)

    def dispose(self) -> None:
        """Close every connection."""
        self.engine.dispose()


def connect(url: str) -> Database:
    """The database at ``url``; ``postgres://`` and ``postgresql://`` mean psycopg 3."""
    parsed = make_url(url)
    if parsed.drivername in {"postgres", "postgresql"}:
        parsed = parsed.set(drivername="postgresql+psycopg")
    is_sqlite = parsed.get_backend_name() == "sqlite"
    options: dict[str, Any] = {} if is_sqlite else {"pool_pre_ping": True}
    engine = sa.create_engine(parsed, pool_size=8, max_overflow=16, **options)
    reader = engine
    if is_sqlite:
        event.listen(engine, "connect", _prepare_sqlite)
        vars(engine.dialect)["do_begin"] = _begin_immediate
        reader = _reader_of(engine)
    return Database(
        engine=engine,
        reader=reader,
        sessions=sessionmaker(engine, expire_on_commit=False),
        reading=sessionmaker(reader, expire_on_commit=False),
    )


@contextmanager
def _transaction(sessions: sessionmaker[Session]) -> Iterator[Session]:
    with sessions() as db:
        yield db
        db.commit()
        ring_after(db)


def ring_when_committed(db: Session, bell: Callable[[], None]) -> None:
    """Call ``bell`` once the transaction of ``db`` has been committed; never if it rolls back."""
    db.info.setdefault("bells", []).append(bell)


def ring_after(db: Session) -> None:
    """Call the bells that were hung up in ``db``; whoever committed calls this."""
    for bell in db.info.pop("bells", []):
        bell()


def _prepare_sqlite(connection: Any, _record: object) -> None:
    connection.isolation_level = None  # BEGIN is ours, see below
    cursor = connection.cursor()
    for pragma in (
        "journal_mode=WAL",
        "busy_timeout=10000",
        "foreign_keys=ON",
        "synchronous=NORMAL",
    ):
        cursor.execute(f"PRAGMA {pragma}")
    cursor.close()


def _reader_of(engine: Engine) -> Engine:
    """The engine with the same connections and listeners, but transactions that begin deferred.

    They differ in their dialects' ``do_begin``. A listener to "begin" could tell them apart as
    well, but with any listener SQLAlchemy makes more of every statement.
    """
    reader = engine.execution_options()
    reader.dialect = copy(engine.dialect)

    def follow(*_connected: object) -> None:
        """The first connection tells a dialect about its database."""
        vars(reader.dialect).update(vars(engine.dialect), do_begin=_begin_deferred)

    event.listen(engine, "connect", follow)
    return reader


def _begin_immediate(connection: PoolProxiedConnection) -> None:
    driver: Any = connection.dbapi_connection
    driver.execute("BEGIN IMMEDIATE")


def _begin_deferred(connection: PoolProxiedConnection) -> None:
    driver: Any = connection.dbapi_connection
    driver.execute("BEGIN")
