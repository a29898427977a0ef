"""Goals: who may write them, what counts, and that words stay with whom they are for."""

from datetime import timedelta
from decimal import Decimal

import pytest
from sqlalchemy import func, select

from lti_mentoring.core import clock
from lti_mentoring.core.errors import Conflict, NotAllowed, NotFound, Stale
from lti_mentoring.models import ActionItem, EngagementEvent, Goal, GoalEntry, Milestone
from lti_mentoring.policies.goal import may_comment, may_write_goal
from lti_mentoring.queries.actions import action_for, open_actions
from lti_mentoring.queries.goals import goal_for, goals_of, shared_goals, story_of
from lti_mentoring.services import actions, closings, goals
from lti_mentoring.services.actions import ActionDraft
from lti_mentoring.services.closings import ClosingDraft
from lti_mentoring.services.goals import GoalDraft, Told
from lti_mentoring.vocabulary import (
    ActionState,
    Component,
    EndReason,
    GoalEntryKind,
    GoalState,
    PairingState,
    ProgramState,
    Visibility,
)
from tests.support.factories import actor_of, make_mentor, make_pairing
from tests.support.pairs import make_pair

ENTRIES = GoalEntryKind


def draft(visibility=Visibility.SHARED, **facts):
    parts = {
        "title": "Speak up in seminars once a week",
        "measure": "I tick it off",
        "means": "A question prepared the evening before",
        "reason": "I learn more",
        "due_on": clock.now().date() + timedelta(days=30),
        "review_on": None,
        **facts,
    }
    return GoalDraft(visibility=visibility, **parts)


def earned(db, participant, component):
    total = select(func.sum(EngagementEvent.credit)).where(
        EngagementEvent.participant_id == participant.id, EngagementEvent.component == component
    )
    return db.scalar(total) or Decimal(0)


def test_a_goal_counts_once_it_has_all_parts_and_two_steps(db, frozen_clock):
    pair = make_pair(db)
    goal = goals.set_goal(db, pair.ana(db), draft())
    goals.add_milestone(db, pair.ana(db), goal, "First step", None)
    before = earned(db, pair.mentee, Component.GOALS_SET)

    actions.add_to_goal(
        db, pair.ana(db), goal_for(db, pair.ana(db), goal.id),
        ActionDraft("Second step", pair.mentee.id, None),
    )  # fmt: skip

    assert (before, earned(db, pair.mentee, Component.GOALS_SET)) == (0, 1)


def test_a_goal_counts_once_whatever_is_changed_afterwards(db, frozen_clock):
    pair = make_pair(db)
    goal = goals.set_goal(db, pair.ana(db), draft())
    for title in ("One", "Two", "Three"):
        goals.add_milestone(db, pair.ana(db), goal, title, None)

    goals.change_goal(db, pair.ana(db), goal, draft(title="Speak up every day"), goal.version)

    assert earned(db, pair.mentee, Component.GOALS_SET) == 1


def test_a_suggested_goal_counts_only_when_it_was_taken(db, frozen_clock):
    pair = make_pair(db)
    goal = goals.suggest_goal(db, pair.rui(db), pair.pairing, draft())
    for title in ("One", "Two"):
        goals.add_milestone(db, pair.ana(db), goal, title, None)
    before = earned(db, pair.mentee, Component.GOALS_SET)

    goals.take_goal(db, pair.ana(db), goal, goal.version)

    assert (before, earned(db, pair.mentee, Component.GOALS_SET)) == (0, 1)


def test_a_suggestion_that_was_put_aside_cannot_be_taken_any_more(db, frozen_clock):
    pair = make_pair(db)
    goal = goals.suggest_goal(db, pair.rui(db), pair.pairing, draft())
    goals.decline_goal(db, pair.ana(db), goal, goal.version)
    db.flush()

    with pytest.raises(Conflict):
        goals.take_goal(db, pair.ana(db), goal, goal.version)


def test_progress_counts_once_a_week(db, frozen_clock):
    pair = make_pair(db)
    goal = goals.set_goal(db, pair.ana(db), draft())
    counts = []
    for days in (0, 1, 6):
        frozen_clock.tick(days=days)
        goals.tell_progress(db, pair.ana(db), goal, Told(10 + days, "A bit"), goal.version)
        db.flush()
        counts.append(earned(db, pair.mentee, Component.GOAL_PROGRESS))

    assert counts == [1, 1, 2]


def test_a_finished_action_is_progress_for_the_mentee_and_nothing_for_the_mentor(db, frozen_clock):
    pair = make_pair(db)
    goal = goals.set_goal(db, pair.ana(db), draft())
    held = goal_for(db, pair.ana(db), goal.id)
    counts = []
    for owner in (pair.mentor, pair.mentee):
        item = actions.add_to_goal(db, pair.ana(db), held, ActionDraft("Do it", owner.id, None))
        actions.finish(db, pair.ana(db), action_for(db, pair.ana(db), item.id))
        counts.append(earned(db, pair.mentee, Component.GOAL_PROGRESS))

    assert counts == [0, 1]


def test_ticking_twice_is_ticking_once(db, frozen_clock):
    pair = make_pair(db)
    goal = goals.set_goal(db, pair.ana(db), draft())
    held = goal_for(db, pair.ana(db), goal.id)
    item = actions.add_to_goal(db, pair.ana(db), held, ActionDraft("Do it", pair.mentee.id, None))
    for _ in range(2):
        actions.finish(db, pair.ana(db), action_for(db, pair.ana(db), item.id))

    assert item.state is ActionState.DONE


def test_what_was_done_can_be_opened_again_and_dropped(db, frozen_clock):
    pair = make_pair(db)
    goal = goals.set_goal(db, pair.ana(db), draft())
    held = goal_for(db, pair.ana(db), goal.id)
    item = actions.add_to_goal(db, pair.ana(db), held, ActionDraft("Do it", pair.mentee.id, None))
    in_hand = action_for(db, pair.ana(db), item.id)
    actions.finish(db, pair.ana(db), in_hand)
    actions.reopen(db, pair.ana(db), in_hand)
    reopened = (item.state, item.done_at)

    actions.drop(db, pair.rui(db), action_for(db, pair.rui(db), item.id))

    assert reopened == (ActionState.OPEN, None)
    assert item.state is ActionState.DROPPED


def test_a_double_click_makes_one_of_everything(db, frozen_clock):
    pair = make_pair(db)
    ana = pair.ana(db)
    for _ in range(2):
        goal = goals.set_goal(db, ana, draft())
        goals.suggest_goal(db, pair.rui(db), pair.pairing, draft(title="Suggested to you"))
        goals.add_milestone(db, ana, goal, "First step", None)
        held = goal_for(db, ana, goal.id)
        goals.comment(db, ana, held, ENTRIES.COMMENT, "Hello")
        actions.add_to_goal(db, ana, held, ActionDraft("Do it", pair.mentee.id, None))

    counts = [
        db.scalar(select(func.count()).select_from(table))
        for table in (Goal, Milestone, GoalEntry, ActionItem)
    ]
    assert counts == [2, 1, 1, 1]


def test_two_windows_do_not_overwrite_each_other(db, frozen_clock):
    pair = make_pair(db)
    goal = goals.set_goal(db, pair.ana(db), draft())
    opened = goal.version
    goals.change_goal(db, pair.ana(db), goal, draft(title="The other window was faster"), opened)
    db.flush()

    with pytest.raises(Stale):
        goals.change_goal(db, pair.ana(db), goal, draft(title="Mine"), opened)


def test_the_story_says_which_parts_changed_and_not_what_they_said(db, frozen_clock):
    pair = make_pair(db)
    goal = goals.set_goal(db, pair.ana(db), draft(title="My secret first wording"))

    goals.change_goal(db, pair.ana(db), goal, draft(reason="Another reason"), goal.version)

    assert db.scalars(select(GoalEntry.body)).all() == ["title reason"]


def test_an_ended_goal_was_looked_back_on_and_can_be_taken_up_again(db, frozen_clock):
    pair = make_pair(db)
    goal = goals.set_goal(db, pair.ana(db), draft())
    goals.move_goal(db, pair.ana(db), goal, GoalState.PARTLY_ACHIEVED, goal.version)
    db.flush()
    reviewed = goal.reviewed_at

    goals.move_goal(db, pair.ana(db), goal, GoalState.ACTIVE, goal.version)

    assert reviewed == frozen_clock.now
    assert (goal.state, goal.reviewed_at) == (GoalState.ACTIVE, None)


@pytest.mark.parametrize(
    ("who", "visibility", "reads"),
    [
        ("ana", Visibility.PRIVATE, True),
        ("ana", Visibility.SHARED, True),
        ("rui", Visibility.PRIVATE, False),
        ("rui", Visibility.SHARED, True),
        ("lia", Visibility.SHARED, False),
        ("teresa", Visibility.PRIVATE, False),
        ("teresa", Visibility.SHARED, False),
    ],
)
def test_a_goal_is_found_by_those_who_may_read_it(db, frozen_clock, who, visibility, reads):
    pair = make_pair(db)
    goal = goals.set_goal(db, pair.ana(db), draft(visibility))
    actor = getattr(pair, who)(db)

    if reads:
        assert goal_for(db, actor, goal.id).goal is goal
    else:
        with pytest.raises(NotFound):
            goal_for(db, actor, goal.id)


@pytest.mark.parametrize(
    ("who", "state", "program", "writes", "comments"),
    [
        ("ana", PairingState.ACTIVE, ProgramState.RUNNING, True, True),
        ("ana", PairingState.PAUSED, ProgramState.RUNNING, True, True),
        ("ana", PairingState.ACTIVE, ProgramState.CLOSED, False, False),
        ("rui", PairingState.ACTIVE, ProgramState.RUNNING, False, True),
        ("rui", PairingState.PAUSED, ProgramState.RUNNING, False, False),
        ("rui", PairingState.ACTIVE, ProgramState.CLOSED, False, False),
        ("lia", PairingState.ACTIVE, ProgramState.RUNNING, False, False),
        ("teresa", PairingState.ACTIVE, ProgramState.RUNNING, False, False),
    ],
)
def test_the_owner_writes_and_the_mentor_comments_while_it_lasts(  # noqa: PLR0913, PLR0917 -- a row of the table
    db, frozen_clock, who, state, program, writes, comments
):
    pair = make_pair(db)
    goal = goals.set_goal(db, pair.ana(db), draft())
    pair.pairing.state, pair.program.state = state, program
    db.flush()
    actor = getattr(pair, who)(db)

    found = (may_write_goal(actor, goal), may_comment(actor, goal, pair.pairing))

    assert found == (writes, comments)


def test_a_new_mentor_does_not_read_what_was_written_to_the_former_one(db, frozen_clock):
    pair = make_pair(db)
    goal = goals.set_goal(db, pair.ana(db), draft())
    goals.comment(db, pair.rui(db), goal_for(db, pair.rui(db), goal.id), ENTRIES.COMMENT, "Old")
    frozen_clock.tick(days=1)
    pair.pairing.state, pair.pairing.ended_at = PairingState.ENDED_NO_FAULT, clock.now()
    pair.pairing.end_reason = EndReason.NO_FIT
    db.flush()
    new = make_mentor(db, pair.program, name="Eva Neu")
    make_pairing(db, pair.program, mentor=new, mentee=pair.mentee)
    eva, ana = actor_of(db, new), pair.ana(db)

    read_by_eva = [line.body for line in story_of(db, eva, goal_for(db, eva, goal.id))]
    read_by_ana = [line.body for line in story_of(db, ana, goal_for(db, ana, goal.id))]

    assert (read_by_eva, read_by_ana) == ([], ["Old"])
    assert shared_goals(db, pair.mentor.id) == []


def test_what_is_to_be_done_for_a_private_goal_stays_private(db, frozen_clock):
    pair = make_pair(db)
    goal = goals.set_goal(db, pair.ana(db), draft(Visibility.PRIVATE))
    held = goal_for(db, pair.ana(db), goal.id)
    with pytest.raises(NotFound):
        actions.add_to_goal(db, pair.ana(db), held, ActionDraft("Yours", pair.mentor.id, None))
    item = actions.add_to_goal(db, pair.ana(db), held, ActionDraft("Mine", pair.mentee.id, None))

    assert open_actions(db, pair.rui(db)) == []
    with pytest.raises(NotFound):
        action_for(db, pair.rui(db), item.id)


def test_the_mentor_cannot_change_the_goal(db, frozen_clock):
    pair = make_pair(db)
    goal = goals.set_goal(db, pair.ana(db), draft())

    with pytest.raises(NotAllowed):
        goals.tell_progress(db, pair.rui(db), goal, Told(50, "For you"), goal.version)


def test_goals_are_listed_with_suggestions_first_and_endings_last(db, frozen_clock):
    pair = make_pair(db)
    over = goals.set_goal(db, pair.ana(db), draft(title="This is over"))
    goals.move_goal(db, pair.ana(db), over, GoalState.ACHIEVED, over.version)
    goals.set_goal(db, pair.ana(db), draft(title="This goes on"))
    goals.suggest_goal(db, pair.rui(db), pair.pairing, draft(title="This is suggested"))

    titles = [line.title for line in goals_of(db, pair.mentee.id)]

    assert titles == ["This is suggested", "This goes on", "This is over"]


def test_looking_back_settles_every_goal_and_counts_once(db, frozen_clock):
    pair = make_pair(db)
    done = goals.set_goal(db, pair.ana(db), draft(title="Reached it well"))
    on = goals.set_goal(db, pair.ana(db), draft(title="Going on with it"))
    pair.program.state = ProgramState.CLOSING
    db.flush()
    for _ in range(2):
        said = ClosingDraft({done.id: GoalState.ACHIEVED, on.id: None})
        closings.close(db, pair.ana(db), said, 0)

    assert (done.state, on.state) == (GoalState.ACHIEVED, GoalState.ACTIVE)
    assert None not in {done.reviewed_at, on.reviewed_at}
    assert earned(db, pair.mentee, Component.CLOSURE) == 1


def test_looking_back_waits_for_the_end_and_for_every_answer(db, frozen_clock):
    pair = make_pair(db)
    goals.set_goal(db, pair.ana(db), draft())
    with pytest.raises(NotAllowed):
        closings.close(db, pair.ana(db), ClosingDraft({}), 0)
    pair.program.state = ProgramState.CLOSING
    db.flush()

    with pytest.raises(Conflict):
        closings.close(db, pair.ana(db), ClosingDraft({}), 0)
