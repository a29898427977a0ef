"""Which state may follow which, for everything that has states, and what guards a pairing's steps.

One table per enum of states; ``next_state`` reads them all. Services call it instead of
comparing states, so that a step nobody thought of is refused in one place.
"""

from collections.abc import Mapping
from datetime import datetime
from enum import StrEnum
from typing import TypeVar

from lti_mentoring.core.errors import Conflict
from lti_mentoring.vocabulary import (
    ActionState,
    DeploymentState,
    FitAnswer,
    GoalState,
    IntakeState,
    KeyState,
    MembershipState,
    MentorState,
    PairingState,
    ParticipantState,
    ProgramState,
    PublicationState,
    RegistrationState,
    RequestState,
    RosterSyncState,
    SessionState,
    SignInState,
)

S = TypeVar("S", bound=StrEnum)


def _to(*states: StrEnum) -> frozenset[StrEnum]:
    return frozenset(states)


_R = RegistrationState
REGISTRATION: Mapping[StrEnum, frozenset[StrEnum]] = {
    _R.PENDING: _to(_R.APPROVED, _R.DISABLED),
    _R.APPROVED: _to(_R.PAUSED, _R.DISABLED),
    _R.PAUSED: _to(_R.APPROVED, _R.DISABLED),
    _R.DISABLED: _to(_R.APPROVED),
}

_D = DeploymentState
DEPLOYMENT: Mapping[StrEnum, frozenset[StrEnum]] = {
    _D.PENDING: _to(_D.APPROVED, _D.DISABLED),
    _D.APPROVED: _to(_D.PAUSED, _D.DISABLED),
    _D.PAUSED: _to(_D.APPROVED, _D.DISABLED),
    _D.DISABLED: _to(_D.APPROVED),
}

# A key is published before it signs, so that platforms have read it, and may be published for a
# while afterwards, so that what it signed can still be checked.
_K = KeyState
KEY: Mapping[StrEnum, frozenset[StrEnum]] = {
    _K.PUBLISHED: _to(_K.SIGNING, _K.RETIRED),
    _K.SIGNING: _to(_K.PUBLISHED, _K.RETIRED),
    _K.RETIRED: _to(),
}

_MS = MembershipState
MEMBERSHIP: Mapping[StrEnum, frozenset[StrEnum]] = {
    _MS.ACTIVE: _to(_MS.INACTIVE, _MS.GONE),
    _MS.INACTIVE: _to(_MS.ACTIVE, _MS.GONE),
    _MS.GONE: _to(_MS.ACTIVE, _MS.INACTIVE),
}

# RUNNING to RUNNING: the process that read the roster died and another one takes over.
_RS = RosterSyncState
ROSTER_SYNC: Mapping[StrEnum, frozenset[StrEnum]] = {
    _RS.DUE: _to(_RS.RUNNING, _RS.FAILED),
    _RS.RUNNING: _to(_RS.RUNNING, _RS.DUE, _RS.DONE, _RS.FAILED, _RS.HELD),
    _RS.HELD: _to(_RS.DUE, _RS.DONE),
    _RS.FAILED: _to(_RS.DUE),
    _RS.DONE: _to(),
}

_P = ProgramState
PROGRAM: Mapping[StrEnum, frozenset[StrEnum]] = {
    _P.DRAFT: _to(_P.RECRUITING, _P.CANCELLED),
    _P.RECRUITING: _to(_P.RUNNING, _P.DRAFT, _P.CANCELLED),
    _P.RUNNING: _to(_P.PAUSED, _P.CLOSING, _P.CANCELLED),
    _P.PAUSED: _to(_P.RUNNING),
    _P.CLOSING: _to(_P.CLOSED, _P.RUNNING),
    _P.CLOSED: _to(_P.RUNNING),
    _P.CANCELLED: _to(),
}

_PA = ParticipantState
PARTICIPANT: Mapping[StrEnum, frozenset[StrEnum]] = {
    _PA.ACTIVE: _to(_PA.LEFT),
    _PA.LEFT: _to(_PA.ACTIVE),
}

# SUBMITTED to SUBMITTED: the learner changes an answer later on.
_I = IntakeState
INTAKE: Mapping[StrEnum, frozenset[StrEnum]] = {
    _I.STARTED: _to(_I.SUBMITTED),
    _I.SUBMITTED: _to(_I.SUBMITTED),
}

# Who was nominated by a coordinator needs no second approval: INVITED and STARTED may become
# ACTIVE. Applicants go through SUBMITTED; the service sees to that.
_M = MentorState
MENTOR: Mapping[StrEnum, frozenset[StrEnum]] = {
    _M.INVITED: _to(_M.STARTED, _M.SUBMITTED, _M.ACTIVE, _M.DECLINED, _M.WITHDRAWN),
    _M.STARTED: _to(_M.SUBMITTED, _M.ACTIVE, _M.DECLINED, _M.WITHDRAWN),
    _M.SUBMITTED: _to(_M.STARTED, _M.ACTIVE, _M.REJECTED, _M.WITHDRAWN),
    _M.ACTIVE: _to(_M.PAUSED, _M.RETIRED),
    _M.PAUSED: _to(_M.ACTIVE, _M.RETIRED),
    _M.DECLINED: _to(_M.INVITED, _M.STARTED),
    _M.REJECTED: _to(_M.INVITED, _M.STARTED),
    _M.WITHDRAWN: _to(_M.INVITED, _M.STARTED),
    _M.RETIRED: _to(_M.INVITED, _M.STARTED),
}

_Q = RequestState
REQUEST: Mapping[StrEnum, frozenset[StrEnum]] = {
    _Q.DRAFTED: _to(_Q.SENT, _Q.WITHDRAWN, _Q.RELEASED, _Q.SUPERSEDED),
    _Q.SENT: _to(_Q.ACCEPTED, _Q.DECLINED, _Q.EXPIRED, _Q.WITHDRAWN, _Q.RELEASED, _Q.SUPERSEDED),
    _Q.ACCEPTED: _to(),
    _Q.DECLINED: _to(),
    _Q.EXPIRED: _to(),
    _Q.WITHDRAWN: _to(),
    _Q.RELEASED: _to(),
    _Q.SUPERSEDED: _to(),
}

# INTERRUPTED goes back to whatever it broke off, and SUSPENDED to trial or pairing. CLOSED may be
# taken up again with its program, as it was.
_PR = PairingState
PAIRING: Mapping[StrEnum, frozenset[StrEnum]] = {
    _PR.PROPOSED: _to(_PR.TRIAL, _PR.ACTIVE, _PR.DECLINED, _PR.EXPIRED),
    _PR.TRIAL: _to(_PR.ACTIVE, _PR.ENDED_NO_FAULT, _PR.SUSPENDED, _PR.INTERRUPTED, _PR.CLOSING),
    _PR.ACTIVE: _to(_PR.PAUSED, _PR.CLOSING, _PR.SUSPENDED, _PR.INTERRUPTED, _PR.ENDED_NO_FAULT),
    _PR.PAUSED: _to(_PR.ACTIVE, _PR.CLOSING, _PR.SUSPENDED, _PR.INTERRUPTED, _PR.ENDED_NO_FAULT),
    _PR.INTERRUPTED: _to(
        _PR.TRIAL, _PR.ACTIVE, _PR.PAUSED, _PR.CLOSING, _PR.ENDED_NO_FAULT, _PR.CLOSED
    ),
    _PR.SUSPENDED: _to(_PR.TRIAL, _PR.ACTIVE, _PR.CLOSED),
    _PR.CLOSING: _to(_PR.ACTIVE, _PR.SUSPENDED, _PR.INTERRUPTED, _PR.CLOSED),
    _PR.CLOSED: _to(_PR.TRIAL, _PR.ACTIVE, _PR.PAUSED, _PR.INTERRUPTED, _PR.SUSPENDED),
    _PR.ENDED_NO_FAULT: _to(),
    _PR.DECLINED: _to(),
    _PR.EXPIRED: _to(),
}

_G = GoalState
GOAL: Mapping[StrEnum, frozenset[StrEnum]] = {
    _G.DRAFT: _to(_G.PROPOSED, _G.ACTIVE, _G.DROPPED),
    _G.PROPOSED: _to(_G.DRAFT, _G.ACTIVE, _G.DROPPED),
    _G.ACTIVE: _to(_G.ON_HOLD, _G.ACHIEVED, _G.PARTLY_ACHIEVED, _G.DROPPED),
    _G.ON_HOLD: _to(_G.ACTIVE, _G.ACHIEVED, _G.PARTLY_ACHIEVED, _G.DROPPED),
    _G.ACHIEVED: _to(_G.ACTIVE),
    _G.PARTLY_ACHIEVED: _to(_G.ACTIVE),
    _G.DROPPED: _to(_G.ACTIVE),
}

_A = ActionState
ACTION: Mapping[StrEnum, frozenset[StrEnum]] = {
    _A.OPEN: _to(_A.DONE, _A.DROPPED),
    _A.DONE: _to(_A.OPEN),
    _A.DROPPED: _to(_A.OPEN),
}

# PROPOSED to PROPOSED is a counter-proposal, SCHEDULED to SCHEDULED a new time. What was settled
# can be disputed, and a coordinator settles it again; nothing jumps from held to missed.
# CANCELLED_IN_TIME to CANCELLED_LATE: it was to be moved on short notice, and nobody agreed.
_SE = SessionState
_HAPPENED = (_SE.HELD, _SE.MISSED_BY_MENTEE, _SE.MISSED_BY_MENTOR, _SE.MISSED_BY_BOTH)
SESSION: Mapping[StrEnum, frozenset[StrEnum]] = {
    _SE.PROPOSED: _to(_SE.PROPOSED, _SE.SCHEDULED, _SE.DECLINED, _SE.LAPSED, _SE.CANCELLED_IN_TIME),
    _SE.SCHEDULED: _to(_SE.SCHEDULED, _SE.CANCELLED_IN_TIME, _SE.CANCELLED_LATE, _SE.TO_CONFIRM),
    _SE.TO_CONFIRM: _to(*_HAPPENED, _SE.DISPUTED),
    _SE.DISPUTED: _to(*_HAPPENED),
    _SE.HELD: _to(_SE.DISPUTED),
    _SE.MISSED_BY_MENTEE: _to(_SE.DISPUTED),
    _SE.MISSED_BY_MENTOR: _to(_SE.DISPUTED),
    _SE.MISSED_BY_BOTH: _to(_SE.DISPUTED),
    _SE.DECLINED: _to(),
    _SE.LAPSED: _to(),
    _SE.CANCELLED_IN_TIME: _to(_SE.CANCELLED_LATE),
    _SE.CANCELLED_LATE: _to(),
}

# PENDING to PENDING: a newer value replaces the waiting one. SENDING to SENDING: the sender died.
_PU = PublicationState
PUBLICATION: Mapping[StrEnum, frozenset[StrEnum]] = {
    _PU.PENDING: _to(_PU.PENDING, _PU.SENDING, _PU.BLOCKED, _PU.STOPPED),
    _PU.SENDING: _to(_PU.SENDING, _PU.SENT, _PU.PENDING, _PU.BLOCKED, _PU.OVERRIDDEN, _PU.STOPPED),
    _PU.SENT: _to(_PU.PENDING, _PU.STOPPED),
    _PU.BLOCKED: _to(_PU.PENDING, _PU.STOPPED),
    _PU.OVERRIDDEN: _to(_PU.PENDING, _PU.STOPPED),
    _PU.STOPPED: _to(_PU.PENDING),
}

_SI = SignInState
SIGN_IN: Mapping[StrEnum, frozenset[StrEnum]] = {
    _SI.ACTIVE: _to(_SI.EXPIRED, _SI.ENDED),
    _SI.EXPIRED: _to(_SI.ENDED),
    _SI.ENDED: _to(),
}

TABLES: Mapping[type[StrEnum], Mapping[StrEnum, frozenset[StrEnum]]] = {
    RegistrationState: REGISTRATION,
    DeploymentState: DEPLOYMENT,
    KeyState: KEY,
    MembershipState: MEMBERSHIP,
    RosterSyncState: ROSTER_SYNC,
    ProgramState: PROGRAM,
    ParticipantState: PARTICIPANT,
    IntakeState: INTAKE,
    MentorState: MENTOR,
    RequestState: REQUEST,
    PairingState: PAIRING,
    GoalState: GOAL,
    ActionState: ACTION,
    SessionState: SESSION,
    PublicationState: PUBLICATION,
    SignInState: SIGN_IN,
}
"""Every enum of states, with what may follow each of its members."""

END_STATES: Mapping[type[StrEnum], frozenset[StrEnum]] = {
    RegistrationState: _to(_R.DISABLED),
    DeploymentState: _to(_D.DISABLED),
    KeyState: _to(_K.RETIRED),
    MembershipState: _to(_MS.GONE),
    RosterSyncState: _to(_RS.DONE, _RS.FAILED),
    ProgramState: _to(_P.CLOSED, _P.CANCELLED),
    ParticipantState: _to(_PA.LEFT),
    IntakeState: _to(_I.SUBMITTED),
    MentorState: _to(_M.DECLINED, _M.REJECTED, _M.WITHDRAWN, _M.RETIRED),
    RequestState: frozenset(_Q) - {_Q.DRAFTED, _Q.SENT},
    PairingState: _to(_PR.CLOSED, _PR.ENDED_NO_FAULT, _PR.DECLINED, _PR.EXPIRED),
    GoalState: _to(_G.ACHIEVED, _G.PARTLY_ACHIEVED, _G.DROPPED),
    ActionState: _to(_A.DONE, _A.DROPPED),
    SessionState: _to(
        *_HAPPENED, _SE.DECLINED, _SE.LAPSED, _SE.CANCELLED_IN_TIME, _SE.CANCELLED_LATE
    ),
    PublicationState: _to(_PU.SENT, _PU.OVERRIDDEN, _PU.STOPPED),
    SignInState: _to(_SI.EXPIRED, _SI.ENDED),
}
"""Where a thing may rest for good; some of these can be reopened all the same."""

NOUNS: Mapping[type[StrEnum], str] = {
    RegistrationState: "a registration",
    DeploymentState: "a deployment",
    KeyState: "a signing key",
    MembershipState: "a membership",
    RosterSyncState: "a reading of the roster",
    ProgramState: "a program",
    ParticipantState: "a participant",
    IntakeState: "an intake",
    MentorState: "a mentor",
    RequestState: "a request",
    PairingState: "a pairing",
    GoalState: "a goal",
    ActionState: "an action item",
    SessionState: "a session",
    PublicationState: "a gradebook cell",
    SignInState: "a sign-in",
}
"""What the log and the tests call the thing that has these states."""


def may_become(current: StrEnum, wanted: StrEnum) -> bool:
    """Whether ``wanted`` may follow ``current``.

    Raises:
        ValueError: if the two are states of different things, or no states at all.
    """
    # Members of two enums with one value are equal: "active" of a goal is "active" of a pairing.
    if type(current) is not type(wanted) or type(current) not in TABLES:
        raise ValueError(f"{current!r} and {wanted!r} are not states of one thing")
    return wanted in TABLES[type(current)][current]


def next_state(current: S, wanted: S) -> S:
    """``wanted``, if the thing may go there from ``current``.

    Raises:
        Conflict: if it may not.
        ValueError: if the two are states of different things.
    """
    if not may_become(current, wanted):
        is_now, would_be = current.replace("_", " "), wanted.replace("_", " ")
        raise Conflict(f"{NOUNS[type(current)]} that is {is_now} cannot become {would_be}")
    return wanted


def may_start_trial(*, signed_by_mentee: bool, signed_by_mentor: bool) -> bool:
    """A proposed pairing starts when both have signed the agreement.

    Source: mentoring.md 8.5.
    """
    return signed_by_mentee and signed_by_mentor


def trial_is_over(
    now: datetime, trial_ends_at: datetime | None, held_count: int, trial_sessions: int
) -> bool:
    """Whichever comes first: the last moment of the trial, or its last session.

    Args:
        now: an aware moment.
        trial_ends_at: aware; None if only sessions end the trial.
        held_count: sessions of this pairing that were held, 0 or more.
        trial_sessions: sessions that make a trial; 0 if only time ends it.
    """
    time_is_over = trial_ends_at is not None and now >= trial_ends_at
    return time_is_over or 0 < trial_sessions <= held_count


def wants_new_mentor(mentee: FitAnswer | None, mentor: FitAnswer | None) -> bool:
    """One "not a fit" is enough to offer the way to a new pairing; nobody has to explain it."""
    return FitAnswer.NOT_A_FIT in (mentee, mentor)


def after_fit_checks(
    mentee: FitAnswer | None, mentor: FitAnswer | None, *, trial_over: bool
) -> PairingState | None:
    """``ACTIVE`` once the trial has been passed; None while it goes on or a new mentor is wanted.

    It is passed when both say "good", or when it is over and nobody says "not a fit":
    silence is no objection. ``wants_new_mentor`` tells the two meanings of None apart.

    Source: mentoring.md 8.5.
    """
    if wants_new_mentor(mentee, mentor):
        return None
    if trial_over or (mentee, mentor) == (FitAnswer.GOOD, FitAnswer.GOOD):
        return PairingState.ACTIVE
    return None
