"""What the gradebooks of the imitated LMSs refuse, and in which words; overrides and locks."""

import json
from dataclasses import replace

import pytest

from lti_mentoring.sandbox.vocabulary import (
    LINE_ITEM_SCOPE,
    LINE_ITEM_TYPE,
    LINE_ITEMS_TYPE,
    RESULTS_TYPE,
    SCORE_TYPE,
)


def only_with(*accents):
    return pytest.mark.parametrize("accent", accents, indirect=True)


@pytest.fixture
def column(sandbox, course):
    return sandbox.gradebook.column_labeled(course.id, "Mentoring")


def below(url, path):
    """The address of something under a column, before its query."""
    address, _, query = url.partition("?")
    return f"{address}{path}?{query}".removesuffix("?")


@pytest.fixture
def score(sandbox, tool, column, amara):
    """Posts a score of Amara's; ``changes`` go into it."""

    def post(at="2026-11-21T10:00:00Z", *, pretty=False, **changes):
        body = {
            "userId": amara.id,
            "scoreGiven": 80,
            "scoreMaximum": 100,
            "activityProgress": "Completed",
            "gradingProgress": "FullyGraded",
            "timestamp": at,
        } | changes
        body = {name: value for name, value in body.items() if value is not None}
        return tool.client.post(
            below(sandbox.line_item_url(column), "/scores"),
            headers={"Authorization": f"Bearer {tool.token()}"},
            content_type=SCORE_TYPE,
            data=json.dumps(body, indent=2 if pretty else None),
        )

    return post


@pytest.fixture
def results(sandbox, tool, column):
    def ask(path="", query=""):
        url = below(sandbox.line_item_url(column), f"/results{path}")
        joined = f"{url}{'&' if '?' in url else '?'}{query}" if query else url
        return tool.call("GET", joined, accept=RESULTS_TYPE)

    return ask


@pytest.fixture
def line_item(sandbox, tool, course):
    """Creates a line item."""

    def create(**members):
        return tool.call(
            "POST",
            sandbox.line_items_url(course.id),
            content_type=LINE_ITEM_TYPE,
            body={"label": "Made", "scoreMaximum": 10, **members},
        )

    return create


@only_with("moodle")
def test_moodle_refuses_in_its_status_line(score):
    assert (score().status_code, score("2026-11-21T10:00:01Z").text) == (200, "")

    refused = score("2026-11-21T10:00:01.900Z", comment="Zoë's secret")

    assert refused.status.startswith("409 a newer score has been recorded already: {")
    assert refused.text == "[]"
    assert refused.headers["Content-Type"] == SCORE_TYPE


@only_with("moodle")
def test_moodle_refuses_what_has_line_breaks_with_success(score):
    score()

    refused = score(pretty=True)

    assert (refused.status_code, refused.text) == (200, "[]")


@only_with("moodle")
def test_moodles_results_break_with_a_limit_and_hide_a_zero(score, results, sandbox, amara, column):
    score(scoreGiven=0)

    assert results(query="limit=10").status_code == 404
    (row,) = results().json
    assert "resultScore" not in row
    assert row["timestamp"].startswith("2026-11-21T10:00:00")
    assert sandbox.gradebook.grade(column.id, amara.id).score == 0


@only_with("moodle")
def test_moodles_line_item_links_are_curly(sandbox, tool, course, line_item):
    line_item()

    answer = tool.call(
        "GET", sandbox.line_items_url(course.id) + "&limit=1", accept=LINE_ITEMS_TYPE
    )

    link = answer.headers["Link"].encode("latin-1").decode()
    assert link.endswith("; rel=“next”")
    assert "type_id=1&amp;limit=1&amp;from=1" in link


@only_with("moodle")
def test_moodle_lets_a_tool_delete_the_activitys_own_column(sandbox, tool, column):
    assert tool.call("DELETE", sandbox.line_item_url(column)).status_code == 204


@only_with("moodle")
def test_moodle_makes_a_negative_score_zero(score, sandbox, column, amara):
    assert score(scoreGiven=-5).status_code == 200
    assert sandbox.gradebook.grade(column.id, amara.id).score == 0


@only_with("canvas")
def test_canvas_refuses_older_scores_and_takes_equal_ones(score):
    answer = score()
    assert answer.json["resultUrl"].endswith("/results/" + answer.json["resultUrl"].split("/")[-1])

    assert score().status_code == 200
    refused = score("2026-11-21T09:59:59Z")

    assert refused.status_code == 400
    assert "before last updated timestamp" in refused.json["errors"]["message"]


@only_with("canvas")
def test_canvas_scores_students_only_and_wants_a_maximum(score, helena):
    assert score(userId=helena.id).status_code == 422
    refused = score(scoreMaximum=None)

    assert refused.status_code == 422
    assert refused.json["errors"]["type"] == "unprocessable_entity"


@only_with("canvas")
def test_canvas_adds_a_comment_with_each_score(score, sandbox, column, amara):
    score(comment="One session")
    score("2026-11-21T10:00:05Z", comment="Two sessions")

    assert sandbox.gradebook.grade(column.id, amara.id).comment == "One session\nTwo sessions"


@only_with("canvas")
def test_canvas_keeps_the_assignments_own_column(sandbox, tool, column):
    assert tool.call("DELETE", sandbox.line_item_url(column)).status_code == 401


@pytest.mark.parametrize(
    ("accent", "stranger", "instructor"),
    [("plain", 400, 400), ("blackboard", 400, 400), ("brightspace", 403, 422)],
    indirect=["accent"],
)
def test_who_cannot_be_graded_is_told_apart(score, helena, stranger, instructor):
    assert score(userId="nobody").status_code == stranger
    assert score(userId=helena.id).status_code == instructor


@only_with("blackboard")
def test_blackboards_filter_loses_the_comment(score, results, amara):
    score(comment="One session")

    assert results().json[0]["comment"] == "One session"
    assert "comment" not in results(query=f"user_id={amara.id}").json[0]


@only_with("sakai")
def test_sakai_has_results_of_everybody_and_one_at_its_address(score, results, amara):
    score()

    everybody = results(query=f"user_id={amara.id}").json
    assert len(everybody) == 8
    assert sum("resultScore" in each for each in everybody) == 1
    assert results(f"/{amara.id}").json["resultScore"] == 80
    assert results("/nobody").status_code == 404


@only_with("sakai")
def test_sakai_creates_with_200_and_filters_by_another_name(line_item, sandbox, tool, course, link):
    assert line_item().status_code == 200
    url = f"{sandbox.line_items_url(course.id)}?"

    asked = tool.call("GET", f"{url}resource_link_id={link.id}", accept=LINE_ITEMS_TYPE)
    assert len(asked.json) == 2
    asked = tool.call("GET", f"{url}lti_link_id={link.id}", accept=LINE_ITEMS_TYPE)
    assert len(asked.json) == 1


@only_with("openedx")
def test_openedx_names_the_member_that_is_wrong(score):
    assert score().status_code == 201
    equal, older = score(), score("2026-11-21T09:00:00Z")

    assert equal.status_code == older.status_code == 400
    assert equal.json == {"timestamp": ["Score already exists for the provided timestamp"]}
    assert "later point in time" in older.json["timestamp"][0]


@only_with("openedx")
def test_openedx_keeps_a_zero_to_itself(score, client, course, results, amara):
    assert score(scoreGiven=0).status_code == 201

    assert "data-score" not in client.get(f"/courses/{course.id}/gradebook").text
    assert results(f"/{amara.id}").json[0]["resultScore"] == 0


@only_with("openedx")
def test_openedx_wants_whole_points_and_a_tie(line_item, results, score, sandbox):
    seeded = sandbox.tools.seeded
    sandbox.tools.put(replace(seeded, scopes=seeded.scopes | {LINE_ITEM_SCOPE}))
    assert line_item(scoreMaximum=9.5, resourceId="r").status_code == 400
    assert line_item().status_code == 400

    made = line_item(resourceId="r")
    assert made.status_code == 201
    assert made.json["startDateTime"] is None
    score()
    assert results(query="user_id=nobody").json


@pytest.fixture
def cell(course, column, amara):
    return f"/courses/{course.id}/gradebook/{column.id}/grade/{amara.id}"


def test_a_typed_grade_wins_silently_until_it_is_cleared(
    client, score, cell, sandbox, column, amara
):
    score()
    client.post(cell, data={"score": "55"})

    assert score("2026-11-21T11:00:00Z", scoreGiven=90).status_code == 200
    assert sandbox.gradebook.grade(column.id, amara.id).score == 55
    page = client.get(cell).text
    assert "This grade was typed by hand. The tool has sent 90." in page

    client.post(cell, data={"clear": "1"})
    assert sandbox.gradebook.grade(column.id, amara.id).score == 90
    assert "Clear the override" not in client.get(cell).text


@pytest.mark.parametrize("typed", ["", "-1", "101", "many"])
def test_only_a_number_within_the_columns_points_can_be_typed(client, cell, typed):
    assert client.post(cell, data={"score": typed}).status_code == 400


def test_a_locked_column_takes_no_scores(client, course, column, score):
    client.post(f"/courses/{course.id}/gradebook/{column.id}/lock")
    assert score().status_code == 500
    assert "locked" in client.get(f"/courses/{course.id}/gradebook").text

    client.post(f"/courses/{course.id}/gradebook/{column.id}/lock")
    assert score().status_code == 200


def test_in_maintenance_nothing_answers_but_the_switches(client, sandbox, score, course):
    sandbox.temper.maintenance = True

    assert client.get("/").status_code == 503
    assert client.get("/oidc/jwks.json").status_code == 503
    assert client.get(f"/nrps/{course.id}/memberships").json["status"] == 503
    assert client.get("/temper").status_code == 200
    client.post("/temper/reset")
    assert client.get("/").status_code == 200


@pytest.mark.parametrize(
    ("accent", "status"), [("plain", 429), ("canvas", 403)], indirect=["accent"]
)
def test_more_calls_a_minute_than_allowed_are_throttled(sandbox, results, clock, status):
    sandbox.temper.calls_a_minute = 2

    assert [results().status_code for _ in range(3)] == [200, 200, status]
    throttled = results()
    assert throttled.headers["Retry-After"] == "2"
    assert status != 403 or "Rate Limit Exceeded" in throttled.text

    clock.tick(60)
    assert results().status_code == 200
