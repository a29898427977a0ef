"""The main job, end to end, in a real browser: from an empty course to a score in its gradebook."""

import re

import pytest
from playwright.sync_api import expect

from tests.support.browser import COURSE, Cookies, Person, open_browser
from tests.support.campus import Campus, open_campus

pytestmark = pytest.mark.browser


@pytest.mark.timeout(600)
@pytest.mark.parametrize("way", ["blocked", "lost", "no scripts"])
def test_from_an_empty_course_to_a_score_in_the_gradebook(
    settings, database, playwright, tmp_path, frozen_clock, way
):
    """A program opens, a learner asks for a mentor, they meet, a goal moves, a score arrives."""
    cookies: Cookies = "allowed" if way == "lost" else "blocked"
    has_scripts = way != "no scripts"
    with (
        open_campus(settings, database, strips_cookies=way == "lost") as campus,
        open_browser(
            playwright, tmp_path / "profile", cookies, java_script_enabled=has_scripts
        ) as browser,
    ):
        helena, amara, daniel = (
            Person(browser, campus, name, has_scripts=has_scripts)
            for name in ("Helena Brandt", "Amara Diallo", "Daniel Okafor")
        )

        open_a_program(helena, campus)
        become_a_mentor(daniel)
        get_started(amara)
        ask_for(amara, "Daniel")
        daniel.open_activity().clicks("Requests").clicks("Accept Amara…").expects(
            "Amara is your mentee"
        )
        sign(daniel)
        sign(amara)
        set_a_goal(amara)
        meet(amara, daniel, frozen_clock)
        tell_progress(amara)
        frozen_clock.tick(minutes=10)
        campus.work()

        score = score_in_gradebook(helena, campus)
        assert 0 < score < 100
        assert score == pytest.approx(engagement_of(amara), abs=0.05)


def open_a_program(helena: Person, campus: Campus) -> None:
    helena.open_activity().ticks("First-year buddies").clicks("Go on with this")
    campus.work()  # the roster is read in the background
    for page in (
        "What is it for?",
        "When, and how often?",
        "What can mentors help with?",
        "How do people find each other?",
        "What counts for the grade?",
        "Who sees what?",
    ):
        helena.expects(page).clicks("Save and go on")
    helena.clicks("Open for applications").expects("The program is open")
    helena.clicks("Start the program").clicks("Start the program")
    helena.clicks("People").clicks("Ask somebody to mentor").expects("12 people")
    helena.ticks("Daniel Okafor").clicks("Invite those I ticked").expects("Daniel Okafor")


def become_a_mentor(daniel: Person) -> None:
    daniel.open_activity().clicks("See what it means").clicks("Yes, make my card")
    daniel.types("One line about you", "Third year, found my way in the end")
    daniel.ticks("Speaking up in seminars").ticks("Studying at university")
    daniel.ticks("Video").ticks("Tuesday 16:00").ticks("Tuesday 17:00")
    daniel.clicks("Save my card").expects("Learners can find you")


def get_started(amara: Person) -> None:
    amara.open_activity().expects("Amara").clicks("Start")
    amara.ticks("Speaking up in seminars")
    amara.types("What do you want to be able to do at the end?", "Ask a question every week")
    amara.clicks("Go on").ticks("Video").clicks("Go on")
    amara.ticks("Tuesday 16:00").ticks("Tuesday 17:00").clicks("Show me mentors")


def ask_for(amara: Person, name: str) -> None:
    amara.expects("Daniel Okafor").clicks(f"Ask {name}")
    amara.types("Your note", "I would like to speak up more.").clicks(f"Ask {name}")
    amara.expects("Daniel")


def sign(person: Person) -> None:
    person.open_activity().clicks("Read and sign").types("Your full name", person.name)
    person.clicks("Sign").expects("igned.")


def set_a_goal(amara: Person) -> None:
    amara.clicks("Goals").clicks("Write down a goal")
    amara.types("My goal, as a sentence", "Ask one question in every seminar")
    amara.types("How I will know", "I count them")
    amara.types("What makes it doable", "I prepare one the evening before")
    amara.types("Why it matters to me", "I want to be heard")
    amara.types("Reach it by", "2026-05-01").clicks("Save this goal")
    amara.expects("Your goal is written down")


def meet(amara: Person, daniel: Person, clock) -> None:
    amara.clicks("Sessions").clicks("Propose a time…")
    amara.types("Day", "2026-03-03").types("Time", "16:00").clicks("Ask Daniel")
    amara.expects("Daniel has been asked about this time")
    daniel.open_activity().clicks("Sessions").expects("17:00").clicks("This suits me…").expects(
        "Agreed."
    )
    clock.tick(days=1, hours=12)
    amara.campus.work()  # what the clock brings about
    for person in (amara, daniel):
        person.open_activity().clicks("Sessions").clicks("Say what happened…")
        person.ticks("We met").types("How long, in minutes", "45").clicks("That is how it was")
        person.expects("Thank you.")


def tell_progress(amara: Person) -> None:
    amara.clicks("Goals").expects("My goals").clicks("Update: Ask one question…")
    amara.types("How far, in percent", "30").types("What happened", "I asked one on Tuesday.")
    amara.clicks("Tell how far it is").expects("Every small step counts")


def score_in_gradebook(helena: Person, campus: Campus) -> float:
    world = campus.sandbox.world
    course, amara = world.course_titled(COURSE), world.person_named("Amara Diallo")
    helena.page.goto(f"{campus.lms_url}/courses/{course.id}/gradebook")
    cell = helena.page.locator(f'td[data-user="{amara.id}"][data-score]').first
    expect(cell).to_be_visible()
    assert "Sessions 1/" in cell.inner_text()
    return float(cell.get_attribute("data-score") or "nan")


def engagement_of(amara: Person) -> float:
    amara.open_activity().clicks("My engagement").expects("of 100")
    said = amara.tool.locator(".ring").first.get_attribute("aria-label") or ""
    return float(re.findall(r"[\d.]+", said)[0])
