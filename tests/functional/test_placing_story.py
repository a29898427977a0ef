"""The whole way with the sandbox: choose, place, open as a learner, and the column is ours.

The LMS's side of choosing is played here: what it asks for is signed with its keys, and what it
is told becomes an activity as the specification has it.
"""

import jwt
import pytest

from lti_mentoring.grading.line_items import plan_columns
from lti_mentoring.models import Course, LineItem, Program
from lti_mentoring.sandbox.claims import ABSENT
from lti_mentoring.sandbox.world import Activity
from lti_mentoring.vocabulary import CLAIM, DL_CLAIM, LineItemKind, ProgramState
from tests.support.campus import LMS, TOOL, make_campus
from tests.support.enrolled import Enrolled
from tests.support.factories import make_program, make_rubric

RETURN_URL = f"{LMS}/choose/7?state=a%2Bb"
SETTINGS = {
    "deep_link_return_url": RETURN_URL,
    "accept_types": ["ltiResourceLink"],
    "accept_presentation_document_targets": ["iframe", "window"],
    "accept_multiple": False,
    "data": "opaque=1&x",
}
ASKS = {
    CLAIM + "message_type": "LtiDeepLinkingRequest",
    CLAIM + "resource_link": ABSENT,
    DL_CLAIM + "deep_linking_settings": SETTINGS,
}


@pytest.fixture
def campus(settings, database, frozen_clock):
    return make_campus(settings, database)


def told_to_the_lms(campus, browser):
    """The answer as the LMS reads it, its signature checked by the tool's published keys."""
    (form,) = browser.page.forms
    assert form.action == RETURN_URL
    published = campus.tool.test_client().get("/lti/jwks.json", base_url=TOOL).json
    token = form.fields["JWT"]
    key = jwt.PyJWKSet.from_dict(published)[jwt.get_unverified_header(token)["kid"]].key
    return jwt.decode(
        token,
        key,
        algorithms=["RS256"],
        audience=campus.sandbox.issuer,
        issuer=campus.sandbox.client_id,
        options={"verify_exp": False, "verify_iat": False},
    )


def place(campus, item, course):
    """The LMS makes an activity of a content item, with its column."""
    activity = Activity(
        id=f"placed-{len(course.activities)}",
        title=item["title"],
        description=item.get("text", ""),
        target=item["url"],
        custom=dict(item["custom"]),
    )
    course.activities.append(activity)
    column = item.get("lineItem")
    if column:
        known = {k: column[k] for k in ("label", "scoreMaximum", "resourceId", "tag")}
        campus.sandbox.gradebook.create(course.id, {**known, "resourceLinkId": activity.id})
    return activity


def start_program(campus, state=ProgramState.RUNNING):
    with campus.database.transaction() as db:
        program = make_program(db, db.query(Course).one(), state=state)
        make_rubric(db, program)


def choose(campus, kind):
    """Helena chooses content; what the LMS is told."""
    helena = Enrolled(campus, "Helena Brandt")
    helena.launch(helena.course.activities[0], **ASKS)
    assert helena.path == "/content"
    helena.press("Add to my course", kind=kind)
    return told_to_the_lms(campus, helena)


def test_a_goal_is_placed_and_a_new_learner_comes_to_it_by_getting_started(campus):
    helena = Enrolled(campus, "Helena Brandt")
    helena.launch(helena.course.activities[0])
    start_program(campus)

    told = choose(campus, "goal")
    assert told[DL_CLAIM + "data"] == SETTINGS["data"]
    activity = place(campus, told[DL_CLAIM + "content_items"][0], helena.course)

    assert helena.launch(activity).path == "/engagement"
    amara = Enrolled(campus, "Amara Diallo").launch(activity)
    assert amara.path == "/get-started/topics"
    topic = amara.page.xpath("//input[@name='topics']/@value")[0]
    amara.press("Go on", topics=topic)
    amara.press("Go on", modes="video", languages="en", cadence="weekly")
    amara.press("Show me mentors", week="1-960", time_zone="UTC")
    assert amara.path == "/goals"
    assert Enrolled(campus, "Amara Diallo").launch(activity).path == "/goals"


@pytest.mark.parametrize("opened_first", [True, False])
def test_the_column_of_a_placed_program_is_the_one_that_scores_go_to(campus, opened_first):
    helena = Enrolled(campus, "Helena Brandt")
    helena.launch(helena.course.activities[0])
    for column in campus.sandbox.gradebook.columns(helena.course.id):
        campus.sandbox.gradebook.remove(column)
    helena.launch(helena.course.activities[0])
    start_program(campus, ProgramState.DRAFT)

    told = choose(campus, "program")
    item = told[DL_CLAIM + "content_items"][0]
    activity = place(campus, item, helena.course)
    if opened_first:
        helena.launch(activity)
    with campus.database.transaction() as db:
        program = db.query(Program).one()
        program.state, program_id = ProgramState.RECRUITING, program.id
        plan_columns(db, program)
    campus.work()

    with campus.database.reading() as db:
        rows = db.query(LineItem).filter_by(program_id=program_id).all()
    ours = [row for row in rows if row.kind is LineItemKind.ENGAGEMENT]
    (placed,) = campus.sandbox.gradebook.columns_of_link(activity.id)
    assert [row.url for row in ours] == [campus.sandbox.line_item_url(placed)]
    assert item["lineItem"]["scoreMaximum"] == placed.maximum == ours[0].score_maximum


def test_somebody_who_only_looks_leaves_the_course_as_it_was(campus):
    helena = Enrolled(campus, "Helena Brandt")
    helena.launch(helena.course.activities[0], **ASKS)

    helena.press("Go back without adding")

    told = told_to_the_lms(campus, helena)
    assert told[DL_CLAIM + "content_items"] == []
    assert told[DL_CLAIM + "data"] == SETTINGS["data"]
