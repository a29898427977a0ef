"""What the kinds of content are called, and which page a link of each opens, by who opens it.

A new kind is one row here and one in ``rules/contents.py``; a test sees to it that both are there.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from flask import current_app
from flask_babel import LazyString
from flask_babel import lazy_gettext as _l

from lti_mentoring.policies.actor import Actor
from lti_mentoring.policies.goal import may_look_back
from lti_mentoring.policies.program import (
    LIVE,
    OPEN_TO_PEOPLE,
    belongs,
    coordinates,
    may_learn,
    staff,
)
from lti_mentoring.rules.contents import CONTENT_OF, Content
from lti_mentoring.vocabulary import ContentKind
from lti_mentoring.web.guards import guard_of

HOME = "home.show"
START = "intake.show"


@dataclass(frozen=True)
class Page:
    """Where a link leads, and what is to be seen there in a sentence."""

    endpoint: str
    sight: LazyString
    opens: Callable[[Actor], bool] | None = None
    """A condition besides the guard of the page."""


@dataclass(frozen=True)
class Entry:
    """A kind of content in words. ``act`` stands on the button that a learner finds there."""

    name: LazyString
    text: LazyString
    act: LazyString
    learner: Page
    mentor: Page
    staff: Page
    needs_start: bool = True
    """Whether a learner has to do the first three steps before."""


_OVERVIEW = Page("today.show", _l("The overview of the program: what needs you today."))
_NUMBERS = Page("engagement.index", _l("Everybody's engagement in numbers."))

ENTRIES: Mapping[ContentKind, Entry] = {
    ContentKind.PROGRAM: Entry(
        name=_l("Mentoring program"),
        text=_l("Find a mentor, set goals and meet: your next step is always on top."),
        act=_l("Go on with my next step"),
        learner=Page(HOME, _l("Their next step, whatever that is on this day.")),
        mentor=Page(HOME, _l("Their next step: requests, mentees, sessions.")),
        staff=_OVERVIEW,
        needs_start=False,
    ),
    ContentKind.GET_STARTED: Entry(
        name=_l("Get started with mentoring"),
        text=_l("Three short steps: what you want, how you like to work, when you can."),
        act=_l("Begin"),
        learner=Page(START, _l("Three short steps, a minute each. Later they can change them.")),
        mentor=Page("profile.show", _l("Their mentor card.")),
        staff=Page("pool.learners", _l("Who has got started, and who has not yet.")),
        needs_start=False,
    ),
    ContentKind.MENTORS: Entry(
        name=_l("Find a mentor"),
        text=_l("See who could be your mentor and why they fit, and ask somebody."),
        act=_l("Ask a mentor"),
        learner=Page("mentors.index", _l("The mentors who could fit them, each with reasons.")),
        mentor=Page("requests.inbox", _l("The requests that wait for their answer.")),
        staff=Page("pool.index", _l("The mentors with their seats.")),
    ),
    ContentKind.GOAL: Entry(
        name=_l("Set a goal"),
        text=_l("Write down what you want to reach, and take small steps towards it."),
        act=_l("Write a goal"),
        learner=Page("goals.index", _l("Their goals, and a button to write the next one.")),
        mentor=Page("goals.index", _l("The goals that their mentees share with them.")),
        staff=Page("engagement.index", _l("How many goals count for whom. Goals stay private.")),
    ),
    ContentKind.SESSION: Entry(
        name=_l("Book a session"),
        text=_l("Agree on a time with your mentor or mentee, and prepare for it."),
        act=_l("Propose a time"),
        learner=Page("sessions.index", _l("Their sessions, and times that fit both.")),
        mentor=Page("sessions.index", _l("Their sessions with all mentees.")),
        staff=Page("pairs.index", _l("The pairs, and when they meet. Notes stay private.")),
    ),
    ContentKind.MY_ENGAGEMENT: Entry(
        name=_l("My engagement"),
        text=_l("See what counts, where you stand, and what helps most next."),
        act=_l("See what helps most"),
        learner=Page("my_engagement.show", _l("Their own score with every reason for it.")),
        mentor=Page("mentees.index", _l("Their mentees.")),
        staff=_NUMBERS,
    ),
    ContentKind.LOOK_BACK: Entry(
        name=_l("Look back"),
        text=_l("What became of your goals, and what you take with you."),
        act=_l("Look back"),
        learner=Page(
            "closing.show",
            _l("Their look back, once the program comes to its end; before that, their next step."),
            opens=may_look_back,
        ),
        mentor=Page("mentees.index", _l("Their mentees.")),
        staff=_OVERVIEW,
    ),
    ContentKind.MENTOR_CARD: Entry(
        name=_l("Become a mentor"),
        text=_l("Say what you can help with and how many learners you take."),
        act=_l("Fill in my mentor card"),
        learner=Page("profile.show", _l("A short form with which they can apply as mentor.")),
        mentor=Page("profile.show", _l("Their mentor card, to change it or to pause.")),
        staff=Page("pool.index", _l("The mentors, and who has applied.")),
        needs_start=False,
    ),
}


@dataclass(frozen=True)
class Offer:
    """A kind of content as the picker shows it."""

    content: Content
    entry: Entry


def offers() -> list[Offer]:
    """Everything that can be placed, in its order."""
    return [Offer(content, ENTRIES[kind]) for kind, content in CONTENT_OF.items()]


def endpoint_for(actor: Actor, kind: ContentKind, *, has_started: bool) -> str:
    """Which page a link of ``kind`` opens for the actor; the first page where that one is closed.

    Args:
        actor: who opens it.
        kind: of the content.
        has_started: whether the learner has done the first three steps.
    """
    if actor.program_state not in OPEN_TO_PEOPLE or not belongs(actor):
        return HOME
    entry = ENTRIES[kind]
    if _is_new(actor) and entry.needs_start and not has_started:
        return START
    page = _page(actor, entry)
    guard = guard_of(current_app, page.endpoint)
    may_open = guard is not None and guard(actor)
    return page.endpoint if may_open and (page.opens is None or page.opens(actor)) else HOME


def _is_new(actor: Actor) -> bool:
    """A learner who may look for a mentor now, and does not mentor instead."""
    is_learner = actor.mentee_id is not None or actor.mentor_id is None
    return is_learner and may_learn(actor) and actor.program_state in LIVE


def _page(actor: Actor, entry: Entry) -> Page:
    """An assistant who mentors opens what mentors open; who coordinates, never."""
    if coordinates(actor):
        return entry.staff
    if actor.mentee_id is not None:
        return entry.learner
    if actor.mentor_id is not None:
        return entry.mentor
    return entry.staff if staff(actor) else entry.learner
