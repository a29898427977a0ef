"""Goals as people see and write them."""

from datetime import date, timedelta

import pytest
from sqlalchemy import select

from lti_mentoring.core import clock
from lti_mentoring.models import ActionItem, Goal, Membership, Milestone
from lti_mentoring.queries.goals import goal_for
from lti_mentoring.services import actions, goals
from lti_mentoring.vocabulary import (
    ActionState,
    GoalEntryKind,
    GoalState,
    PairingState,
    ProgramState,
    Visibility,
)
from tests.support.factories import add, make_goal, make_member, make_mentee, make_program
from tests.support.pairs import QueryCount, make_pair
from tests.support.visitor import visit


@pytest.fixture
def pair(database, frozen_clock):
    with database.sessions() as db:
        made = make_pair(db)
        db.commit()
        yield made


def as_ana(app, pair):
    return visit(app, pair.mentee.membership_id)


def as_rui(app, pair):
    return visit(app, pair.mentor.membership_id)


def new_goal(app, pair, title="Speak up in seminars", **facts):
    visitor = as_ana(app, pair).get("/goals/new")
    return visitor.submit("Save this goal", title=title, **facts)


def row(database, table):
    with database.sessions() as db:
        return db.scalars(select(table)).one()


def test_the_first_goal_begins_with_what_was_said_when_getting_started(app, database, pair):
    with database.transaction() as db:
        member = make_member(db, db.merge(pair.course), name="Noah Kim")
        make_mentee(db, db.merge(pair.program), member=member, goal_text="Pass with a good feeling")

    visitor = visit(app, member.id).get("/goals/new")

    assert visitor.page.get_element_by_id("title").value == "Pass with a good feeling"


def test_a_learner_without_a_mentor_writes_down_a_goal(app, database, pair):
    visitor = visit(app, pair.other.membership_id).get("/goals")
    assert "also before you have a mentor" in visitor.text

    visitor.click("Write down a goal").submit("Save this goal", title="Pass the exam")

    assert visitor.status == 200
    assert "Pass the exam" in visitor.text
    assert "You, and your mentor once you have one" in visitor.text


def test_a_goal_needs_nothing_but_its_sentence(app, pair):
    visitor = new_goal(app, pair, title="   ")
    refused = (visitor.status, "Please write something here." in visitor.text)

    visitor.submit("Save this goal", title="Speak up")

    assert refused == (422, True)
    assert "Advice only" in visitor.text


def test_every_box_says_who_can_read_it(app, pair):
    text = as_ana(app, pair).get("/goals/new").text

    assert text.count("You and Rui") >= 4
    assert text.count("Only you") >= 4


def test_steps_are_added_ticked_opened_and_taken_away(app, database, pair):
    visitor = new_goal(app, pair)
    visitor.submit("Add the step", title="Write a question")
    visitor.submit("Done: Write a question")
    done = row(database, Milestone).done_at
    visitor.submit("Open again: Write a question")
    reopened = row(database, Milestone).done_at

    visitor.submit("Take away: Write a question")

    assert done is not None
    assert reopened is None
    assert "Write a question" not in visitor.text


def test_progress_moves_the_bar_and_stands_in_the_story(app, database, pair):
    visitor = new_goal(app, pair)

    visitor.submit("Tell how far it is", body="Asked my first question", progress="40")

    assert "Asked my first question" in visitor.text
    assert visitor.page.xpath("//progress/@value")[0] == "40"


def test_impossible_progress_is_refused_and_the_words_stay(app, pair):
    visitor = new_goal(app, pair)

    visitor.submit("Tell how far it is", body="Asked my first question", progress="140")

    assert visitor.status == 422
    assert "Asked my first question" in visitor.text


def test_the_mentor_reads_comments_and_suggests(app, database, pair):
    new_goal(app, pair)
    goal = row(database, Goal)
    rui = as_rui(app, pair).get("/goals").click("Speak up in seminars")
    rui.submit("Say it to Ana", body="Sit in the second row", kind="suggestion")

    ana = as_ana(app, pair).get(f"/goals/{goal.id}")

    assert "Suggestion" in ana.text
    assert "Sit in the second row" in ana.text


def test_a_suggested_goal_becomes_one_when_it_is_taken(app, database, pair):
    rui = as_rui(app, pair).get("/goals").click("Suggest a goal to Ana")
    rui.submit("Suggest it", title="Find two people to study with")
    ana = as_ana(app, pair).get("/goals")
    assert "Rui suggests a goal" in ana.text

    ana.click("Look at it").submit("Make it my goal")

    assert row(database, Goal).state is GoalState.ACTIVE
    assert "This is your goal now" in ana.text


def test_a_suggestion_can_be_put_aside(app, database, pair):
    as_rui(app, pair).get("/goals").click("Suggest a goal").submit("Suggest it", title="Study more")

    as_ana(app, pair).get("/goals").click("Look at it").submit("Put it aside")

    assert row(database, Goal).state is GoalState.DROPPED


def test_things_to_do_are_given_to_either_and_ticked_where_one_stands(app, database, pair):
    visitor = new_goal(app, pair)
    visitor.submit("Put it on the list", text="Send the list", owner_id=str(pair.mentor.id))
    assert "Rui" in visitor.text

    as_rui(app, pair).get("/goals").click("Speak up").submit("Done: Send the list")

    assert row(database, ActionItem).state is ActionState.DONE


def test_after_ticking_one_is_back_where_one_was_and_nowhere_else(app, database, pair):
    visitor = new_goal(app, pair)
    visitor.submit("Put it on the list", text="Read chapter one")
    item = row(database, ActionItem)
    address = f"/in/{visitor.key}/actions/{item.id}/done"
    token = visitor.csrf_token()
    wanted = {
        f"/in/{visitor.key}/goals": f"/in/{visitor.key}/goals",
        "https://evil.example/in/x/": f"/in/{visitor.key}/",
        f"/in/{visitor.key}/../../evil": f"/in/{visitor.key}/",
        "//evil.example": f"/in/{visitor.key}/",
        "": f"/in/{visitor.key}/",
    }

    found = {
        back: visitor.client.post(address, data={"csrf_token": token, "next": back}).location
        for back in wanted
    }

    assert found == wanted


def test_a_text_that_met_a_newer_version_is_kept(app, database, pair):
    first = new_goal(app, pair)
    goal = row(database, Goal)
    first.get(f"/goals/{goal.id}/edit")
    second = as_ana(app, pair).get(f"/goals/{goal.id}/edit")
    second.submit("Save this goal", title="The faster window")

    first.submit("Save this goal", title="The slower window")
    assert first.status == 409
    first.click("Open it again with my text")

    assert "has not been sent yet" in first.text
    assert first.page.get_element_by_id("title").value == "The slower window"
    first.submit("Save this goal")
    assert row(database, Goal).title == "The slower window"


def test_a_double_click_on_progress_is_a_conflict_and_not_two(app, database, pair):
    visitor = new_goal(app, pair)
    goal = row(database, Goal)
    sent = {"body": "Once", "progress": "20", "version": str(goal.version)}
    visitor.post(f"/goals/{goal.id}/progress", **sent)

    visitor.post(f"/goals/{goal.id}/progress", **sent)

    assert visitor.status == 409
    assert visitor.get(f"/goals/{goal.id}").text.count("20 %") == 1


def test_goals_end_and_are_taken_up_again(app, database, pair):
    visitor = new_goal(app, pair)
    visitor.submit("Achieved")
    over = row(database, Goal)

    visitor.submit("Take it up again")

    assert (over.state, over.progress, over.reviewed_at) == (GoalState.ACHIEVED, 100, clock.now())
    assert row(database, Goal).state is GoalState.ACTIVE


@pytest.mark.parametrize("path", ["", "/edit", "/progress", "/comments"])
@pytest.mark.parametrize("who", ["other", "teacher", "mentor"])
def test_a_private_goal_does_not_exist_for_others(app, database, pair, who, path):
    new_goal(app, pair, visibility="private")
    goal = row(database, Goal)
    person = getattr(pair, who)
    member_id = person.id if isinstance(person, Membership) else person.membership_id

    visitor = visit(app, member_id).get(f"/goals/{goal.id}{path}")

    assert visitor.status in {403, 404}
    assert "Speak up" not in visitor.text


def test_goals_of_another_course_do_not_exist(app, database, pair):
    with database.transaction() as db:
        elsewhere = make_program(db)
        stranger = make_mentee(db, elsewhere)
        goal = make_goal(db, stranger)

    visitor = as_ana(app, pair).get(f"/goals/{goal.id}")

    assert visitor.status == 404


def test_the_look_back_opens_at_the_end_and_counts(app, database, pair):
    new_goal(app, pair)
    too_early = as_ana(app, pair).get("/closing").status
    with database.transaction() as db:
        db.merge(pair.program).state = ProgramState.CLOSING
    goal = row(database, Goal)

    visitor = as_ana(app, pair).get("/closing")
    visitor.submit("I have looked back")
    unanswered = visitor.status
    visitor.submit("I have looked back", **{f"goal__{goal.id}": "partly_achieved"})

    assert (too_early, unanswered) == (403, 422)
    assert row(database, Goal).state is GoalState.PARTLY_ACHIEVED
    assert "Looked back at the end" in visitor.text


def test_the_list_asks_as_often_for_fifty_goals_as_for_five(app, database, pair):
    counts = []
    for number in (5, 45):
        with database.transaction() as db:
            for _ in range(number):
                make_goal(db, db.merge(pair.mentee), due_on=date(2026, 6, 1))
        visitor = as_ana(app, pair)
        visitor.get("/goals")
        with QueryCount(database.engine) as asked:
            visitor.get("/goals")
        counts.append(asked.count)

    assert counts[0] == counts[1] <= 5


def test_dates_long_over_are_a_slip_of_the_hand(app, pair):
    visitor = new_goal(app, pair, due_on="1926-03-01")

    assert visitor.status == 422
    assert "This day is long over." in visitor.text


def test_steps_come_earlier_and_later_without_a_script(app, database, pair):
    with database.transaction() as db:
        goal = make_goal(db, db.merge(pair.mentee))
        for position, title in enumerate(("Read", "Ask", "Answer")):
            add(db, Milestone(goal_id=goal.id, title=title, position=position))
    ana = as_ana(app, pair).get(f"/goals/{goal.id}")

    ana.submit("Move up: Answer")
    ana.submit("Move down: Read")

    assert ana.page.xpath("//section[@id='steps']//li//b/text()") == ["Answer", "Read", "Ask"]
    assert not ana.page.xpath("//button[@aria-label='Move up: Answer']")
    assert not ana.page.xpath("//button[@aria-label='Move down: Ask']")


def test_only_the_owner_orders_the_steps_and_only_from_a_fresh_page(app, database, pair):
    with database.transaction() as db:
        goal = make_goal(db, db.merge(pair.mentee))
        steps = [
            add(db, Milestone(goal_id=goal.id, title=title, position=position))
            for position, title in enumerate(("Read", "Ask"))
        ]
    address = f"/goals/{goal.id}/milestones/{steps[0].id}/down"
    ana = as_ana(app, pair).get(f"/goals/{goal.id}")
    rui = as_rui(app, pair).get(f"/goals/{goal.id}")
    stale = ana.post(address, version="7").status
    strange = rui.post(address, version="1").status

    moved = ana.get(f"/goals/{goal.id}").post(address, version="1").status

    assert (stale, strange, moved) == (409, 403, 200)
    assert not rui.get(f"/goals/{goal.id}").page.xpath("//button[contains(@aria-label, 'Move')]")


SECRET = "zq-secret-qz"


def test_no_words_of_goals_reach_staff_or_strangers(app, database, pair):
    with database.transaction() as db:
        ana, rui = pair.ana(db), pair.rui(db)
        for visibility in Visibility:
            words = dict.fromkeys(("title", "measure", "means", "reason"), f"{SECRET} {visibility}")
            day = clock.now().date() + timedelta(days=30)
            draft = goals.GoalDraft(**words, due_on=day, review_on=day, visibility=visibility)
            goal = goals.set_goal(db, ana, draft)
            held = goal_for(db, ana, goal.id)
            goals.add_milestone(db, ana, goal, f"{SECRET} {visibility} step", None)
            goals.tell_progress(db, ana, goal, goals.Told(10, f"{SECRET} {visibility}"), 1)
            db.flush()
            goals.comment(db, ana, held, GoalEntryKind.COMMENT, f"{SECRET} {visibility} said")
            todo = actions.ActionDraft(f"{SECRET} {visibility} todo", pair.mentee.id, None)
            actions.add_to_goal(db, ana, held, todo)
        assert rui.mentor_id
    private = f"{SECRET} private"
    shared_goal = 2 if next(iter(Visibility)) is Visibility.PRIVATE else 1
    pages = ["/", "/goals", f"/goals/{shared_goal}", f"/goals/{3 - shared_goal}", "/sessions"]
    staff_pages = [*pages, "/today", "/pairs", "/engagement", f"/pairs/{pair.pairing.id}"]

    seen = {
        "rui": [p for p in pages if private in as_rui(app, pair).get(p).text],
        "lia": [p for p in pages if SECRET in visit(app, pair.other.membership_id).get(p).text],
        "teresa": [p for p in staff_pages if SECRET in visit(app, pair.teacher.id).get(p).text],
    }

    assert seen == {"rui": [], "lia": [], "teresa": []}
    assert SECRET in as_rui(app, pair).get(f"/goals/{shared_goal}").text


@pytest.mark.parametrize("state", [PairingState.PAUSED, PairingState.PROPOSED])
def test_suggestions_wait_until_the_two_work_together(app, database, pair, state):
    with database.transaction() as db:
        db.merge(pair.pairing).state = state

    visitor = as_rui(app, pair).get(f"/goals/suggest/{pair.pairing.id}")

    assert visitor.status == 403
