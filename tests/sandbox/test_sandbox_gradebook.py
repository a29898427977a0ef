"""Line items, scores and results over AGS, with every refusal."""

import json

import pytest

from lti_mentoring.sandbox.vocabulary import (
    LINE_ITEM_READ_SCOPE,
    LINE_ITEM_SCOPE,
    LINE_ITEM_TYPE,
    LINE_ITEMS_TYPE,
    RESULT_SCOPE,
    RESULTS_TYPE,
    SCORE_SCOPE,
    SCORE_TYPE,
)

NEW = {"label": "Engagement", "scoreMaximum": 50, "resourceId": "program-1", "tag": "engagement"}


@pytest.fixture
def container(sandbox, course):
    return sandbox.line_items_url(course.id)


@pytest.fixture
def column(sandbox, course):
    return sandbox.gradebook.column_labeled(course.id, "Mentoring")


@pytest.fixture
def column_url(sandbox, column):
    return sandbox.line_item_url(column)


@pytest.fixture
def list_items(tool, container):
    def get(query="", **options):
        return tool.call("GET", container + query, **({"accept": LINE_ITEMS_TYPE} | options))

    return get


@pytest.fixture
def create(tool, container):
    def post(body=NEW, **options):
        return tool.call(
            "POST", container, body=body, **({"content_type": LINE_ITEM_TYPE} | options)
        )

    return post


@pytest.fixture
def send(tool, column_url, amara):
    """Sends a good score for Amara; changes make it a bad one, None leaves a member out."""

    def post(url=column_url, token=None, content_type=SCORE_TYPE, **changes):
        score = {
            "userId": amara.id,
            "scoreGiven": 72,
            "scoreMaximum": 100,
            "comment": "Well done",
            "activityProgress": "Completed",
            "gradingProgress": "FullyGraded",
            "timestamp": "2026-11-21T10:00:00.500Z",
        } | changes
        body = {name: value for name, value in score.items() if value is not None}
        scores = url.replace("/lineitem?", "/lineitem/scores?")
        return tool.call("POST", scores, token=token, content_type=content_type, body=body)

    return post


@pytest.fixture
def grade(sandbox, column, amara):
    return lambda: sandbox.gradebook.grade(column.id, amara.id)


def test_the_coupled_column_is_listed(list_items, column_url, link):
    response = list_items()

    assert response.content_type == LINE_ITEMS_TYPE
    assert response.json == [
        {"id": column_url, "label": "Mentoring", "scoreMaximum": 100.0, "resourceLinkId": link.id}
    ]


def test_a_column_of_its_own_needs_no_link(create, tool):
    made = create()

    assert (made.status_code, made.content_type) == (201, LINE_ITEM_TYPE)
    shown = tool.call("GET", made.json["id"], accept=LINE_ITEM_TYPE)
    assert shown.json == made.json == NEW | {"id": made.json["id"]}


def test_a_column_may_be_tied_to_a_link(create, link):
    assert create(NEW | {"resourceLinkId": link.id}).json["resourceLinkId"] == link.id


def test_asking_twice_makes_two_columns(create, list_items):
    create()
    create()

    assert len(list_items().json) == 3


@pytest.mark.parametrize(
    ("query", "labels"),
    [
        ("&tag=engagement", ["Engagement"]),
        ("&resource_id=program-1", ["Engagement"]),
        ("&resource_link_id={link}", ["Mentoring"]),
        ("&resource_link_id={link}&tag=engagement", []),
        ("&tag=other", []),
    ],
)
def test_line_items_can_be_filtered(create, list_items, link, query, labels):
    create()

    found = list_items(query.format(link=link.id)).json

    assert [item["label"] for item in found] == labels


def test_line_items_come_in_pages_if_asked(create, list_items, tool):
    create()

    first = list_items("&limit=1")
    following = first.headers["Link"].split(">")[0].removeprefix("<")
    second = tool.call("GET", following, accept=LINE_ITEMS_TYPE)

    assert [first.json[0]["label"], second.json[0]["label"]] == ["Mentoring", "Engagement"]
    assert "Link" not in second.headers


def test_a_put_replaces_everything(create, tool):
    url = create().json["id"]

    changed = tool.call(
        "PUT", url, content_type=LINE_ITEM_TYPE, body={"label": "Renamed", "scoreMaximum": 10}
    )

    assert changed.json == {"id": url, "label": "Renamed", "scoreMaximum": 10.0}


def test_a_tools_own_column_can_be_deleted(create, tool, list_items):
    url = create().json["id"]

    assert tool.call("DELETE", url).status_code == 204
    assert tool.call("GET", url, accept=LINE_ITEM_TYPE).status_code == 404
    assert len(list_items().json) == 1


def test_the_activitys_own_column_cannot_be_deleted(tool, column_url):
    assert tool.call("DELETE", column_url).status_code == 403


@pytest.mark.parametrize(
    "wrong",
    [
        {"label": None},
        {"label": ""},
        {"label": 3},
        {"scoreMaximum": None},
        {"scoreMaximum": 0},
        {"scoreMaximum": "50"},
        {"scoreMaximum": True},
        {"resourceLinkId": "of-another-course"},
        {"tag": 5},
    ],
)
def test_a_wrong_line_item_is_refused(create, wrong):
    assert create(NEW | wrong).status_code == 400


def test_a_line_item_of_another_course_is_not_found(sandbox, tool, world, column):
    large = world.course_titled("Introduction to engineering")
    url = sandbox.line_item_url(column).replace(column.course_id, large.id)

    assert tool.call("GET", url, accept=LINE_ITEM_TYPE).status_code == 404


def test_an_unknown_course_has_no_line_items(tool):
    response = tool.call("GET", "/ags/nothing/lineitems?type_id=1", accept=LINE_ITEMS_TYPE)

    assert response.status_code == 404


def test_an_address_without_its_query_is_not_found(tool, column_url, container):
    for url, accept in ((column_url, LINE_ITEM_TYPE), (container, LINE_ITEMS_TYPE)):
        assert tool.call("GET", url.partition("?")[0], accept=accept).status_code == 404


def test_scores_behind_the_query_are_refused(tool, column_url):
    response = tool.call("POST", f"{column_url}/scores", content_type=SCORE_TYPE, body={})

    assert response.status_code == 405
    assert response.json["status"] == 405


def test_a_score_reaches_the_gradebook(send, grade):
    response = send()

    assert (response.status_code, response.data) == (200, b"")
    assert (grade().score, grade().maximum, grade().comment) == (72.0, 100.0, "Well done")


def test_a_score_is_scaled_to_the_column(send, grade):
    send(scoreGiven=1, scoreMaximum=3)

    assert grade().score == 33.33333


def test_a_score_above_the_maximum_is_cut_off(send, grade):
    send(scoreGiven=130)

    assert grade().score == 100.0


def test_zero_is_a_score(send, grade):
    send(scoreGiven=0)

    assert grade().score == 0.0


@pytest.mark.parametrize(
    ("timestamp", "status"),
    [
        ("2026-11-21T09:59:59Z", 409),
        ("2026-11-21T10:00:00.500Z", 409),
        ("2026-11-21T10:00:00.999Z", 409),
        ("2026-11-21T11:00:00+01:00", 409),
        ("2026-11-21T10:00:01Z", 200),
    ],
)
def test_a_timestamp_must_be_newer_in_whole_seconds(send, grade, timestamp, status):
    send()

    assert send(scoreGiven=80, timestamp=timestamp).status_code == status
    assert grade().score == (80 if status == 200 else 72)


@pytest.mark.parametrize(
    "changes",
    [{"scoreGiven": None, "scoreMaximum": None}, {"gradingProgress": "Pending"}],
)
def test_progress_alone_clears_the_grade(send, grade, changes):
    send()

    assert send(timestamp="2026-11-21T10:00:05Z", **changes).status_code == 200
    assert (grade().score, grade().comment) == (None, "")


@pytest.mark.parametrize(
    "wrong",
    [
        {"scoreMaximum": None},
        {"scoreMaximum": 0},
        {"scoreGiven": -1},
        {"scoreGiven": "72"},
        {"userId": None},
        {"userId": "nobody"},
        {"userId": 12},
        {"timestamp": None},
        {"timestamp": "yesterday"},
        {"timestamp": "2026-11-21T10:00:00"},
        {"activityProgress": None},
        {"activityProgress": "Done"},
        {"gradingProgress": "Maybe"},
        {"comment": 5},
    ],
)
def test_a_wrong_score_is_refused(send, grade, wrong):
    assert send(**wrong).status_code == 400
    assert grade() is None


@pytest.mark.parametrize(
    "name", ["Helena Brandt", "Tomás Ferreira", "Margaret Hale", "Ingrid Solberg", "Clara Vogt"]
)
def test_only_learners_of_the_course_are_graded(send, world, name):
    assert send(userId=world.person_named(name).id).status_code == 400


@pytest.mark.parametrize("content_type", ["application/json", LINE_ITEM_TYPE, None])
def test_a_score_of_another_content_type_is_refused(send, content_type):
    assert send(content_type=content_type).status_code == 400


def test_a_charset_does_no_harm(send):
    assert send(content_type=f"{SCORE_TYPE}; charset=utf-8").status_code == 200


@pytest.mark.parametrize("data", ["not json", "[]", '"text"', "{"])
def test_what_is_no_json_object_is_refused(client, tool, column_url, data):
    response = client.post(
        column_url.replace("/lineitem?", "/lineitem/scores?"),
        data=data,
        content_type=SCORE_TYPE,
        headers={"Authorization": f"Bearer {tool.token()}"},
    )

    assert response.status_code == 400


def test_every_service_wants_its_scope(tool, send, create, list_items, column_url):
    score, read = tool.token(SCORE_SCOPE), tool.token(LINE_ITEM_READ_SCOPE)
    results = column_url.replace("/lineitem?", "/lineitem/results?")

    assert send(token=read).status_code == 401
    assert create(token=read).status_code == 401
    assert list_items(token=score).status_code == 401
    assert tool.call("DELETE", column_url, token=read).status_code == 401
    assert tool.call("PUT", column_url, token=read, body=NEW).status_code == 401
    assert tool.call("GET", column_url, token=score).status_code == 401
    assert tool.call("GET", results, token=read, accept=RESULTS_TYPE).status_code == 401


def test_every_service_is_content_with_its_scope(tool, send, create, list_items):
    manage = tool.token(LINE_ITEM_SCOPE)

    assert send(token=tool.token(SCORE_SCOPE)).status_code == 200
    assert create(token=manage).status_code == 201
    assert list_items(token=manage).status_code == 200
    assert list_items(token=tool.token(LINE_ITEM_READ_SCOPE)).status_code == 200


def test_another_media_type_is_refused(tool, create, list_items, column_url):
    assert create(content_type="application/json").status_code == 400
    assert list_items(accept="application/json").status_code == 400
    assert tool.call("GET", column_url, accept=LINE_ITEMS_TYPE).status_code == 400


@pytest.fixture
def results(tool, column_url):
    def get(query="", token=None):
        url = column_url.replace("/lineitem?", "/lineitem/results?") + query
        return tool.call("GET", url, token=token, accept=RESULTS_TYPE)

    return get


def test_results_show_what_stands_in_the_column(send, results, column_url, amara, tool):
    send()

    response = results(token=tool.token(RESULT_SCOPE))

    assert response.content_type == RESULTS_TYPE
    assert response.json == [
        {
            "id": column_url.replace("/lineitem?", f"/lineitem/results/{amara.id}?"),
            "scoreOf": column_url,
            "userId": amara.id,
            "resultScore": 72.0,
            "resultMaximum": 100.0,
            "comment": "Well done",
        }
    ]


def test_results_can_be_asked_for_one_person(send, results, world):
    lukas = world.person_named("Lukas Weber")
    send()
    send(userId=lukas.id)

    assert [r["userId"] for r in results(f"&user_id={lukas.id}").json] == [lukas.id]
    assert len(results("&limit=1").json) == 1


def test_a_cleared_result_has_no_score(send, results):
    send(gradingProgress="NotReady")

    (result,) = results().json
    assert "resultScore" not in result


def test_what_an_instructor_typed_in_stays(send, results, sandbox, column, amara, clock):
    sandbox.gradebook.override(column, amara.id, 90, clock())

    assert send(timestamp="2027-01-01T00:00:00Z").status_code == 200
    assert results().json[0]["resultScore"] == 90


def test_deleting_a_column_deletes_its_grades(create, send, sandbox, tool, amara):
    url = create().json["id"]
    send(url=url)
    tool.call("DELETE", url)

    assert json.loads(json.dumps(list(sandbox.gradebook.grades(url.split("/")[-2])))) == []
