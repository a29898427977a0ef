"""What a score may say of itself: who decided it, since when, until when (AGS 3.4.6, 3.4.10)."""

import pytest

from lti_mentoring.sandbox.vocabulary import SCORE_TYPE

STARTED, SUBMITTED = "2026-11-01T08:00:00.000Z", "2026-11-20T19:30:00.000Z"
TIMES = {"startedAt": STARTED, "submittedAt": SUBMITTED}
TEACHER = "Helena Brandt"


@pytest.fixture
def column(sandbox, course):
    return sandbox.gradebook.column_labeled(course.id, "Mentoring")


@pytest.fixture
def teacher(world):
    return world.person_named(TEACHER).id


@pytest.fixture
def send(tool, sandbox, column, amara):
    """Sends a score of Amara's that says more of itself."""

    def post(**more):
        score = {
            "userId": amara.id,
            "scoreGiven": 72,
            "scoreMaximum": 100,
            "activityProgress": "Completed",
            "gradingProgress": "FullyGraded",
            "timestamp": "2026-11-21T10:00:00.500Z",
        }
        address, _, query = sandbox.line_item_url(column).partition("?")
        url = f"{address}/scores?{query}".removesuffix("?")
        return tool.call("POST", url, content_type=SCORE_TYPE, body=score | more)

    return post


@pytest.mark.parametrize("accent", ["plain", "moodle", "canvas"], indirect=True)
def test_who_decided_a_score_and_when_is_kept_with_it(send, sandbox, column, amara, teacher):
    assert send(scoringUserId=teacher, submission=TIMES).status_code < 300

    origin = sandbox.gradebook.grade(column.id, amara.id).origin
    assert origin.scored_by == teacher
    assert origin.started_at.isoformat() == "2026-11-01T08:00:00+00:00"
    assert origin.submitted_at.isoformat() == "2026-11-20T19:30:00+00:00"


def test_the_page_of_a_grade_says_it_in_words(send, client, course, column, amara, teacher):
    send(scoringUserId=teacher, submission=TIMES)

    page = client.get(f"/courses/{course.id}/gradebook/{column.id}/grade/{amara.id}").text

    assert f"{TEACHER} has decided this score." in page
    assert "Work began on 2026-11-01 08:00, the last of it was done on 2026-11-20 19:30." in page


def test_a_score_that_says_nothing_of_itself_is_as_good(send, client, course, column, amara):
    assert send().status_code == 200
    assert "The tool says" not in (
        client.get(f"/courses/{course.id}/gradebook/{column.id}/grade/{amara.id}").text
    )


@pytest.mark.parametrize(
    "wrong",
    [
        {"scoringUserId": None},
        {"scoringUserId": ""},
        {"scoringUserId": 7},
        {"scoringUserId": "nobody"},
        {"submission": None},
        {"submission": STARTED},
        {"submission": {"startedAt": None}},
        {"submission": {"startedAt": "yesterday"}},
        {"submission": {"startedAt": 1_790_000_000}},
        {"submission": {"startedAt": "2026-11-01T08:00:00.000"}},
        {"submission": {"submittedAt": "2026-11-01T08:00:00Z"}},
        {"submission": {"startedAt": SUBMITTED, "submittedAt": STARTED}},
    ],
)
def test_what_is_written_wrong_is_refused(send, sandbox, column, amara, wrong):
    assert send(**wrong).status_code == 400
    assert sandbox.gradebook.grade(column.id, amara.id) is None


def test_a_learner_decides_nobodys_score(send, world):
    assert send(scoringUserId=world.person_named("Lukas Weber").id).status_code == 400


@pytest.mark.parametrize(
    ("accent", "status"), [("plain", 400), ("moodle", 200)], indirect=["accent"]
)
def test_some_refuse_members_that_no_specification_knows(send, status):
    assert send(**{"https://lms.test/extension": {}}).status_code == status
