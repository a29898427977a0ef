"""The picker: what staff choose, how its link looks, and what the platform is told."""

import pytest

from lti_mentoring.models import Activity, ContentItem, Platform
from lti_mentoring.rules.contents import CONTENT_OF
from lti_mentoring.services.timers import run_due
from lti_mentoring.vocabulary import (
    AGS_CLAIM,
    DL_CLAIM,
    ContentKind,
    CourseRole,
    LineItemKind,
    Product,
    Verb,
)
from lti_mentoring.web.contents import ENTRIES
from tests.architecture.source import PRODUCT
from tests.support.choosing import RETURN_URL, Told, choosing, rows
from tests.support.counting import statements_of
from tests.support.factories import make_course, make_member, make_resource_link

ADD, DETAILS = "Add to my course", "Change title and details first"
CANCEL = "Go back without adding"


def test_one_click_adds_the_whole_program(app, picker, program):
    told = Told(app, picker().submit(ADD).page)

    (row,) = rows(app, ContentItem)
    (item,) = told.items
    assert item == {
        "type": "ltiResourceLink",
        "url": f"https://tool.test/lti/launch?content={row.key}",
        "title": program.title,
        "text": str(ENTRIES[ContentKind.PROGRAM].text),
        "custom": {"content": row.key},
        "lineItem": {
            "label": program.title,
            "scoreMaximum": 100,
            "resourceId": f"lti-mentoring:{program.id}",
            "tag": LineItemKind.ENGAGEMENT.value,
            "submissionReview": {
                "reviewableStatus": ["InProgress", "Submitted", "Completed"],
                "url": "https://tool.test/lti/launch",
            },
        },
    }
    assert (row.kind, row.course_id, row.program_id) == (
        ContentKind.PROGRAM,
        program.course_id,
        program.id,
    )
    assert [a.detail for a in rows(app, Activity) if a.verb is Verb.CONTENT_PLACED] == ["program"]


def test_the_answer_is_signed_for_the_platform_and_holds_five_minutes(app, picker, frozen_clock):
    told = Told(app, picker().submit(ADD).page)

    now = int(frozen_clock.now.timestamp())
    assert (told.claims["iat"], told.claims["exp"]) == (now, now + 300)
    assert told.claims["aud"] == "https://lms.test"
    assert told.claims["iss"].startswith("client-")
    assert len(told.claims["nonce"]) == 32
    assert told.lti("message_type") == "LtiDeepLinkingResponse"
    assert told.lti("version") == "1.3.0"
    assert told.lti("deployment_id")
    assert told.header["alg"] == "RS256"
    assert AGS_CLAIM not in told.claims


@pytest.mark.parametrize(
    "data", ["", "csrf:a b+/=\u00e9\u2028\U0001f600\ud83d", " x\n", None, {"a": [1]}, 0]
)
def test_data_comes_back_as_it_was_sent(app, picker, data):
    told = Told(app, picker(has_data=True, data=data).submit(ADD).page)

    assert told.claims[DL_CLAIM + "data"] == data


def test_data_that_was_not_sent_does_not_come_back(app, picker):
    assert DL_CLAIM + "data" not in Told(app, picker().submit(ADD).page).claims


def test_the_answer_goes_to_the_platforms_host_and_to_no_other(picker):
    sent = picker().submit(ADD)

    policy = sent.response.headers["Content-Security-Policy"]
    assert "form-action https://lms.test;" in policy
    assert "script-src 'self';" in policy
    assert sent.response.headers["Referrer-Policy"] == "strict-origin"  # else Origin is null
    assert sent.page.forms[0].get("action") == RETURN_URL
    assert sent.page.xpath("//form//button")


def test_a_return_url_with_markup_in_it_stays_an_address(picker):
    evil = 'https://lms.test/x?"><script>alert(1)</script><a href="'
    sent = picker(return_url=evil).submit(ADD)

    assert "<script>alert" not in sent.response.get_data(as_text=True)
    assert sent.page.forms[0].get("action") == evil


@pytest.mark.parametrize(
    ("kind", "title", "is_programs"),
    [("program", None, True), ("program", "Week 1", False), ("goal", None, False)],
)
def test_a_title_is_the_programs_own_unless_somebody_types_another(
    app, picker, kind, title, is_programs
):
    """Only such a title goes out of date with a new name (LTI-147)."""
    page = picker().submit("Change title and details first", kind=kind)
    typed = {} if title is None else {f"{kind}__title": title}

    page.submit("Add to my course", **typed)

    assert [row.is_programs for row in rows(app, ContentItem)] == [is_programs]


def test_several_at_once_where_the_platform_takes_several(app, picker):
    page = picker(takes_several=True)
    told = Told(app, page.submit(ADD, kind=["program", "goal", "my_engagement"]).page)

    keys = {item["custom"]["content"] for item in told.items}
    assert [item["title"] for item in told.items][1:] == ["Set a goal", "My engagement"]
    assert {row.key for row in rows(app, ContentItem)} == keys
    assert len(keys) == 3
    assert ["lineItem" in item for item in told.items] == [True, False, False]


def test_one_where_it_takes_one_whatever_the_browser_sends(app, picker):
    told = Told(app, picker().submit(ADD, kind=["goal", "session"]).page)

    assert [item["title"] for item in told.items] == ["Set a goal"]


def test_nothing_chosen_is_said_and_kept_open(app, picker):
    page = picker(takes_several=True).submit(ADD, kind=["x"])

    assert (page.status, "Choose what you would like to add." in page.text) == (422, True)
    assert Told(app, page.submit(ADD, kind="goal").page).items


def test_the_platforms_own_title_is_taken_for_its_link(app, picker):
    told = Told(app, picker(title="Mentoring, week 1", text="Begin here").submit(ADD).page)

    assert (told.items[0]["title"], told.items[0]["text"]) == ("Mentoring, week 1", "Begin here")


def test_cancelling_adds_nothing_and_says_so(app, picker):
    told = Told(app, picker().submit(CANCEL).page)

    assert told.items == []
    assert told.claims[DL_CLAIM + "msg"] == "Nothing was added."
    assert DL_CLAIM + "errormsg" not in told.claims
    assert rows(app, ContentItem) == []


def test_where_an_empty_answer_erases_cancelling_says_nothing(app, picker, db):
    """Open edX forgets what was chosen before; people can go on choosing, or close the page."""
    db.query(Platform).update({"product": Product.OPENEDX})
    db.commit()

    page = picker().submit(CANCEL)

    assert "Nothing was changed" in page.text
    assert not page.page.xpath("//input[@name='JWT']")
    assert Told(app, page.click("Choose something after all").submit(ADD).page).items != []


def test_a_place_for_files_gets_an_empty_answer_with_the_reason(app, picker):
    page = picker(takes_links=False, has_data=True, data="7")
    assert "This place takes no links" in page.text

    told = Told(app, page.submit("Back to the course").page)

    assert told.items == []
    assert "takes none" in told.claims[DL_CLAIM + "errormsg"]
    assert told.claims[DL_CLAIM + "errorlog"]
    assert told.claims[DL_CLAIM + "data"] == "7"


@pytest.mark.parametrize("fields", [{"kind": "program", "go": "add"}, {"kind": "goal"}])
def test_a_place_for_files_takes_no_link_from_a_forged_form_either(app, picker, fields):
    page = picker(takes_links=False)

    assert page.post("/content", **fields).status == 409
    assert rows(app, ContentItem) == []


@pytest.mark.parametrize("path", ["/content", "/content/details", "/content/cancel"])
def test_another_sites_form_places_nothing(app, picker, path):
    page = picker()

    assert page.post(path, kind="program", go="add", csrf_token="x").status == 400
    assert rows(app, ContentItem) == []


def test_an_answer_is_given_once(app, picker):
    page = picker()
    fields = {"csrf_token": page.csrf_token(), "kind": "program", "go": "add"}
    assert page.post("/content", **fields).status == 200

    again = page.post("/content", **fields)

    assert (again.status, "has its answer" in again.text) == (409, True)
    assert page.get("/content").status == 409
    assert len(rows(app, ContentItem)) == 1


def test_an_answer_can_be_given_for_an_hour(app, db, picker, frozen_clock):
    page = picker()
    frozen_clock.tick(minutes=59)
    assert page.get("/content").status == 200
    frozen_clock.tick(minutes=1)

    assert page.submit(ADD).status == 409
    assert page.get("/content").status == 409
    assert rows(app, ContentItem) == []
    frozen_clock.tick(minutes=1)
    assert run_due(db) == 1


@pytest.mark.parametrize("role", [CourseRole.LEARNER, CourseRole.OBSERVER, CourseRole.NONE])
def test_only_staff_open_the_picker(picker, role):
    assert picker(role).status == 403


def test_an_assistant_looks_and_goes_back(app, picker):
    page = picker(CourseRole.TEACHING_ASSISTANT)

    assert ADD not in page.text
    token = {"csrf_token": page.csrf_token()}
    assert page.post("/content", kind="program", go="add", **token).status == 403
    assert page.get("/content/details?kind=program").status == 403
    page = page.get("/content")
    assert Told(app, page.submit(CANCEL).page).items == []


def test_a_sign_in_that_nobody_asked_has_nothing_to_answer(staff):
    assert staff().get("/content").status == 409


def test_search_finds_by_name_and_by_what_it_says(picker):
    found = picker().submit("Find", q="GOAL")

    kinds = found.page.xpath("//input[@name='kind']/@value")
    assert "goal" in kinds
    assert "mentor_card" not in kinds
    assert found.page.xpath("//input[@name='kind'][@checked]/@value") == [kinds[0]]


def test_what_is_ticked_stays_while_one_looks_for_more(picker):
    found = picker(takes_several=True).submit("Find", q="session", kind=["goal"])

    ticked = found.page.xpath("//input[@name='kind'][@checked]/@value")
    assert ticked == ["goal"]
    assert "session" in found.page.xpath("//input[@name='kind']/@value")


def test_a_search_without_a_find_says_what_to_do(picker):
    found = picker().submit("Find", q="zebra")

    assert "Nothing is called that." in found.text
    assert found.click("Show everything").page.xpath("//input[@name='kind']")


def test_each_kind_says_what_people_see(picker):
    page = picker()

    for entry in ENTRIES.values():
        for sight in (entry.learner.sight, entry.mentor.sight, entry.staff.sight):
            assert str(sight) in page.text


def test_without_a_program_there_is_a_link_but_no_column(app, db):
    course = make_course(db)
    member = make_member(db, course, role=CourseRole.INSTRUCTOR)
    db.commit()
    page = choosing(app, member.id).get("/content")
    assert "not set up yet" in page.text

    told = Told(app, page.submit(ADD).page)

    assert told.items[0]["title"] == "Mentoring program"
    assert "lineItem" not in told.items[0]
    assert rows(app, ContentItem)[0].program_id is None


def test_the_picker_says_from_which_links_the_program_was_opened(db, program, picker):
    assert "have opened the program from" not in picker().text

    make_resource_link(db, program.course, title="Mentoring, week 1")
    make_resource_link(db, program.course, title="Mentoring, week 2")
    make_resource_link(db, make_course(db), title="Somewhere else")

    text = picker().text
    assert "opened the program from: Mentoring, week 1, Mentoring, week 2." in text
    assert "Somewhere else" not in text


@pytest.mark.parametrize("path", ["/content", "/content/details?kind=program&kind=goal"])
def test_the_picker_needs_few_statements(app, picker, path):
    page = picker(takes_several=True)

    with statements_of(app.extensions["mentoring"].database) as seen:
        assert page.get(path).status == 200

    assert len(seen) <= 5, seen


def test_every_kind_stands_in_both_tables():
    sprite = (PRODUCT / "static" / "icons.svg").read_text(encoding="utf-8")

    assert set(CONTENT_OF) == set(ENTRIES) == set(ContentKind)
    assert all(f'id="{content.icon}"' in sprite for content in CONTENT_OF.values())


def test_every_page_of_a_kind_exists(app):
    endpoints = {
        page.endpoint
        for entry in ENTRIES.values()
        for page in (entry.learner, entry.mentor, entry.staff)
    }

    assert endpoints <= set(app.view_functions)
