"""Links of placed content: the key in the address and in the parameters, and what it leads to."""

import pytest

from lti_mentoring.models import ContentItem, Course, Membership, ResourceLink, SignIn
from lti_mentoring.vocabulary import CLAIM
from tests.launch.lms import INSTRUCTOR, TARGET, TOOL, Lms
from tests.support.choosing import make_content_item

KEY = "AbCdEfGhIjKlMnOpQrStUvWx"
OTHER_KEY = "ZbCdEfGhIjKlMnOpQrStUvW-"


@pytest.fixture
def placed(house):
    """A goal that the teacher of course-1 has placed there."""
    house.enter(sub="teacher", roles=[INSTRUCTOR])
    return place(house, KEY)


def place(house, key, context="course-1"):
    """An item of that course, which somebody has opened before."""
    with house.database.transaction() as db:
        course = db.query(Course).filter_by(context_id=context).one()
        member = db.query(Membership).first()
        item = make_content_item(db, course, member.id)
        item.key = key
        return item.id


def launched(house, *, url=None, custom=None, lms=None, **changes):
    """Where a launch leads whose link names keys in its address and its parameters."""
    target = TARGET if url is None else f"{TARGET}?content={url}"
    lms = lms or house.lms
    begun = house.login(lms=lms, target_link_uri=target)
    told = {CLAIM + "target_link_uri": target, "resource_link": {"id": "link-7"}, **changes}
    if custom is not None:
        told["custom"] = custom
    answer = begun.post(lms.sign(lms.claims(begun.nonce, **told)))
    assert answer.status_code == 303, answer.text
    return answer.location.split("/", 3)[3]


def link(house):
    return next(row for row in house.rows(ResourceLink) if row.lti_id == "link-7")


@pytest.mark.parametrize(
    ("url", "custom"),
    [
        (KEY, {"content": KEY}),
        (KEY, None),
        (KEY, {}),
        (None, {"content": KEY}),
        (None, {"content": KEY, "other": 7, "zone": None}),
    ],
)
def test_either_key_leads_to_the_content_and_is_kept_with_the_link(house, placed, url, custom):
    assert launched(house, url=url, custom=custom) == "content/open"
    assert link(house).content_item_id == placed
    assert {row.content_item_id for row in house.rows(SignIn)} == {None, placed}


@pytest.mark.parametrize(
    ("url", "custom"),
    [
        (KEY, {"content": OTHER_KEY}),
        (OTHER_KEY, {"content": KEY}),
        (KEY, {"content": ""}),
        (KEY, {"content": 7}),
        (KEY, {"content": [KEY]}),
        (f"{KEY}&content={OTHER_KEY}", None),
        (OTHER_KEY, {"content": OTHER_KEY}),
        ("short", None),
        (None, {"content": "$Content.key"}),
        (None, {"content": KEY + "\x00"}),
        (None, {"content": "' OR 1=1 --  aaaaaaaa"}),
        (None, None),
    ],
)
def test_keys_that_differ_or_are_unknown_lead_to_the_whole_program(house, placed, url, custom):
    assert launched(house, url=url, custom=custom) == ""
    assert link(house).content_item_id is None


def test_a_key_of_another_course_marks_the_link_as_a_copy(house, placed):
    copied = {"context": {"id": "course-2", "title": "Statistics, again"}}

    assert launched(house, url=KEY, custom={"content": KEY}, **copied) == "content/open"

    second = next(row for row in house.rows(Course) if row.context_id == "course-2")
    assert (link(house).course_id, link(house).content_item_id) == (second.id, placed)
    item = house.only(ContentItem)
    assert item.course_id != second.id


def test_a_key_of_another_registration_says_nothing(house, placed, platform_key):
    other = Lms(platform_key, client_id="client-2").register(house.database)

    assert launched(house, url=KEY, custom={"content": KEY}, lms=other) == ""
    assert link(house).content_item_id is None


def test_a_link_may_be_given_other_content(house, placed):
    launched(house, url=KEY)
    newer = place(house, OTHER_KEY)

    launched(house, url=OTHER_KEY)

    assert link(house).content_item_id == newer


def test_a_launch_that_lost_its_keys_keeps_what_is_known_of_the_link(house, placed):
    launched(house, url=KEY)

    assert launched(house) == ""
    assert link(house).content_item_id == placed


def test_observers_have_their_own_page_whatever_the_link_is_of(house, placed):
    assert launched(house, url=KEY, roles=["Mentor"]) == ""


def sent_by_launch(house, statements, **named):
    """The kinds of statements of a launch by a link that was opened before."""
    launched(house, **named)
    with statements(house.database) as seen:
        launched(house, **named)
    return sorted(text.split()[0] for text in seen)


@pytest.mark.parametrize(
    ("named", "told", "leads_to"),
    [
        (TARGET, f"{TARGET}?content={KEY}", "content/open"),  # Open edX, whatever was chosen
        (f"{TARGET}?content={KEY}", TARGET, None),
        (f"{TARGET}?content=another", f"{TARGET}?content={KEY}", None),
        (TARGET, f"{TARGET}/?content={KEY}", None),
        (TARGET, f"https://evil.test/?content={KEY}", None),
    ],
)
def test_a_message_may_add_the_key_to_the_address_of_the_login(
    house, placed, named, told, leads_to
):
    begun = house.login(target_link_uri=named)
    claims = house.lms.claims(begun.nonce, **{CLAIM + "target_link_uri": told})

    answer = begun.post(house.lms.sign(claims))

    assert (answer.status_code, "code target," in answer.text) == (
        (303, False) if leads_to else (400, True)
    )
    assert (answer.location or "").endswith(leads_to or "")


def test_a_launch_of_content_costs_one_statement_more_than_a_plain_one(house, placed, statements):
    plain = sent_by_launch(house, statements)
    of_content = sent_by_launch(house, statements, url=KEY, custom={"content": KEY})

    assert sorted([*plain, "UPDATE"]) == of_content


def test_the_page_of_the_content_opens(house, placed):
    client = house.browser()
    begun = house.login(client, target_link_uri=f"{TARGET}?content={KEY}")
    told = {CLAIM + "target_link_uri": f"{TARGET}?content={KEY}"}
    answer = begun.post(house.lms.sign(house.lms.claims(begun.nonce, **told)))

    page = client.get(answer.location, base_url=TOOL, follow_redirects=True)

    assert page.status_code == 200


def known_course(house, context):
    return next((row for row in house.rows(Course) if row.context_id == context), None)


@pytest.mark.parametrize(
    ("custom", "origin"),
    [
        ({"context_id_history": "course-1"}, "course-1"),
        ({"v_Context_id_history": "lost, course-1,course-0"}, "course-1"),
        ({"canvas_context_id_history": "course%2D1"}, "course-1"),
        ({"context_id_history": "course-0,course-1"}, "course-0"),
        ({"context_id_history": "$Context.id.history"}, None),
        ({"context_id_history": ""}, None),
        ({"context_id_history": None}, None),
        ({"context_id_history": ["course-1"]}, None),
        ({"context_id_history": ",,%00,\x00"}, None),
        ({"context_id_history": "course-2"}, None),
        ({"context_id": "course-1"}, None),
    ],
)
def test_a_new_course_remembers_what_it_was_copied_from(house, custom, origin):
    for context in ("course-0", "course-1"):
        house.enter(context={"id": context})

    house.enter(context={"id": "course-2"}, custom=custom)

    found = known_course(house, origin)
    copied = known_course(house, "course-2")
    assert copied.copied_from_id == (found.id if found else None)


def test_the_history_of_another_deployment_is_not_ours(house):
    house.enter(context={"id": "course-1"})
    with house.database.transaction() as db:
        house.lms.add_deployment(db, "deployment-2")

    told = {"custom": {"context_id_history": "course-1"}, "deployment_id": "deployment-2"}
    house.enter(context={"id": "course-2"}, **told)

    assert known_course(house, "course-2").copied_from_id is None


def test_a_course_that_is_known_costs_nothing_for_its_history(house, statements):
    plain = sent_by_launch(house, statements)
    with_history = sent_by_launch(house, statements, custom={"context_id_history": "course-0"})

    assert plain == with_history
