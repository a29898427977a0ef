"""What a person's next step is: the most urgent of everything that is due or waits."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Literal, get_args

from lti_mentoring.vocabulary import FitAnswer, MentorState, PairingState, ProgramState

Kind = Literal[
    "not_open", "outside", "paused", "closed",
    "welcome", "finish_intake", "answer_invitation", "finish_card",
    "confirm_session", "sign_agreement", "answer_requests", "answer_time", "prepare_soon",
    "fit_check", "look_back", "find_mentor", "propose_session", "set_goal", "review_goal",
    "prepare_session", "sign_again",
    "wait_for_answer", "wait_for_coordinator", "wait_for_signature", "wait_for_time",
    "wait_for_approval", "pairing_rests", "list_paused", "no_requests", "stretch", "nothing",
]  # fmt: skip

ORDER: tuple[Kind, ...] = get_args(Kind)
"""The most urgent first: what is due before what waits, what others wait for before the rest."""

SOON = timedelta(days=3)
"""A session this near goes before everything that can wait."""

LAST_WEEK = timedelta(days=7)
"""The fit check is asked for after the first session, at the latest in the trial's last week."""

OPEN = frozenset({ProgramState.RECRUITING, ProgramState.RUNNING, ProgramState.CLOSING})
AT_WORK = frozenset({PairingState.TRIAL, PairingState.ACTIVE, PairingState.CLOSING})
AT_REST = frozenset({PairingState.PAUSED, PairingState.INTERRUPTED, PairingState.SUSPENDED})


@dataclass(frozen=True)
class Step:
    """One step, and the session, goal or pairing that it is about."""

    kind: Kind
    thing_id: int | None = None
    pairing_id: int | None = None


@dataclass(frozen=True)
class PairFacts:
    """A live pairing as one of the two sees it. Moments are aware.

    ``to_confirm_id`` is a session that is over and that this side has not confirmed;
    ``to_answer_id`` one that the other side has proposed; ``proposed_id`` one that this side
    has; ``coming_id`` the next one that stands.
    """

    pairing_id: int
    state: PairingState
    signed_by_me: bool
    to_confirm_id: int | None = None
    to_answer_id: int | None = None
    proposed_id: int | None = None
    coming_id: int | None = None
    coming_at: datetime | None = None
    held_count: int = 0
    last_held_at: datetime | None = None
    trial_ends_at: datetime | None = None
    fit: FitAnswer | None = None
    fit_at: datetime | None = None


@dataclass(frozen=True)
class LearnerFacts:
    """A learner of the course. ``intake_step`` is 1 to 3 while it is open, None before; done: 0."""

    intake_step: int | None
    can_ask: bool
    has_request: bool
    pair: PairFacts | None
    has_goal: bool
    review_goal_id: int | None = None
    has_closed: bool = False


@dataclass(frozen=True)
class MentorFacts:
    """A mentor of the program."""

    state: MentorState
    waiting_requests: int
    pairs: Sequence[PairFacts]


def program_step(state: ProgramState | None, *, is_outside: bool = False) -> Step | None:
    """What keeps everybody waiting, or somebody for whom it is not; None while it is open."""
    if state is None or state in {ProgramState.DRAFT, ProgramState.CANCELLED}:
        return Step("not_open")
    if is_outside:
        return Step("outside")
    if state is ProgramState.PAUSED:
        return Step("paused")
    return Step("closed") if state is ProgramState.CLOSED else None


def learner_steps(facts: LearnerFacts, program: ProgramState, now: datetime) -> list[Step]:
    """Everything that is due for a learner in an open program, in no order; never empty."""
    is_closing = program is ProgramState.CLOSING and not facts.has_closed
    closing = [Step("look_back")] if is_closing and facts.intake_step is not None else []
    if facts.pair is not None:
        return [*pair_steps(facts.pair, now), *_goal_steps(facts), *closing, Step("stretch")]
    if facts.intake_step is None:
        return [Step("welcome")]
    if facts.intake_step:
        return [*closing, Step("finish_intake", facts.intake_step)]
    if facts.has_request:
        return [*closing, Step("wait_for_answer")]
    return [*closing, Step("find_mentor" if facts.can_ask else "wait_for_coordinator")]


def mentor_steps(facts: MentorFacts, now: datetime) -> list[Step]:
    """Everything that is due for a mentor in an open program, in no order; never empty."""
    steps = [step for pair in facts.pairs for step in pair_steps(pair, now)]
    if facts.waiting_requests:
        steps.append(Step("answer_requests"))
    match facts.state:
        case MentorState.INVITED:
            steps.append(Step("answer_invitation"))
        case MentorState.STARTED:
            steps.append(Step("finish_card"))
        case MentorState.SUBMITTED:
            steps.append(Step("wait_for_approval"))
        case MentorState.PAUSED:
            steps.append(Step("list_paused"))
        case MentorState.ACTIVE:
            steps.append(Step("nothing" if facts.pairs else "no_requests"))
        case _:
            steps.append(Step("nothing"))
    return steps


def pair_steps(pair: PairFacts, now: datetime) -> list[Step]:
    """What is due between two people, for one of them."""
    if pair.state is PairingState.PROPOSED:
        kind: Kind = "wait_for_signature" if pair.signed_by_me else "sign_agreement"
        return [Step(kind, pairing_id=pair.pairing_id)]
    steps = _session_steps(pair, now)
    if pair.state in AT_REST:
        steps = [step for step in steps if step.kind == "confirm_session"]
        return [*steps, Step("pairing_rests", pairing_id=pair.pairing_id)]
    if fit_check_is_due(pair, now):
        steps.append(Step("fit_check", pairing_id=pair.pairing_id))
    if not pair.signed_by_me:
        steps.append(Step("sign_again", pairing_id=pair.pairing_id))
    return steps


def _session_steps(pair: PairFacts, now: datetime) -> list[Step]:
    steps = []
    if pair.to_confirm_id is not None:
        steps.append(Step("confirm_session", pair.to_confirm_id, pair.pairing_id))
    if pair.to_answer_id is not None:
        steps.append(Step("answer_time", pair.to_answer_id, pair.pairing_id))
    if pair.coming_id is not None and pair.coming_at is not None:
        is_soon = pair.coming_at - now <= SOON
        kind: Kind = "prepare_soon" if is_soon else "prepare_session"
        steps.append(Step(kind, pair.coming_id, pair.pairing_id))
    elif pair.proposed_id is not None:
        steps.append(Step("wait_for_time", pair.proposed_id, pair.pairing_id))
    elif pair.to_answer_id is None and pair.state is not PairingState.CLOSING:
        steps.append(Step("propose_session", pairing_id=pair.pairing_id))
    return steps


def fit_check_is_due(pair: PairFacts, now: datetime) -> bool:
    """After the first session or in the trial's last week; after "unsure" once more per session."""
    if pair.state is not PairingState.TRIAL:
        return False
    if pair.fit is None:
        ends_soon = pair.trial_ends_at is not None and pair.trial_ends_at - now <= LAST_WEEK
        return pair.held_count > 0 or ends_soon
    met_since = (
        pair.last_held_at is not None
        and pair.fit_at is not None
        and pair.last_held_at > pair.fit_at
    )
    return pair.fit is FitAnswer.UNSURE and met_since


def _goal_steps(facts: LearnerFacts) -> list[Step]:
    if facts.pair is None or facts.pair.state not in AT_WORK:
        return []
    if not facts.has_goal:
        return [Step("set_goal")]
    return [Step("review_goal", facts.review_goal_id)] if facts.review_goal_id else []


def most_urgent(steps: Iterable[Step]) -> Step:
    """The first in ``ORDER``; the first of equals. With no steps there is nothing to do."""
    return min(steps, key=lambda step: ORDER.index(step.kind), default=Step("nothing"))


def review_is_due(review_on: date | None, today: date) -> bool:
    """On the day that was set, and until it was done."""
    return review_on is not None and review_on <= today
