"""Sign-ins: how they are proved, how they end, and what they keep."""

from datetime import UTC, datetime, timedelta

import pytest
from flask import g
from sqlalchemy import select
from sqlalchemy.exc import OperationalError

from lti_mentoring.models import Draft, Membership, SignIn
from lti_mentoring.policies.actor import Actor
from lti_mentoring.vocabulary import CourseRole, MembershipState, SignInState
from lti_mentoring.web import identity
from lti_mentoring.web.locale import local_moment
from tests.support.factories import make_course, make_member, make_program
from tests.support.visitor import visit

PAGE = "/get-started/topics"


@pytest.fixture
def learner(database, frozen_clock):
    """A learner of a course with a running program."""
    with database.transaction() as db:
        course = make_course(db)
        make_program(db, course)
        return make_member(db, course, name="Ana Souza").id


def bearer(visitor):
    cookie = next(iter(visitor.client._cookies.values()))
    return {"Authorization": f"Bearer {cookie.value}"}


def without_cookies(app, learner):
    visitor = visit(app, learner)
    headers = bearer(visitor)
    (visitor.client._cookies or {}).clear()
    return visitor, headers


def test_a_page_needs_a_proof(app, learner):
    visitor, _headers = without_cookies(app, learner)

    assert visitor.get(PAGE).status == 401
    assert "Please open this again from your course" in visitor.text


def test_the_cookie_of_another_sign_in_proves_nothing(app, learner, database):
    mine, other = visit(app, learner), visit(app, learner)

    mine.key = other.key

    assert mine.get(PAGE).status == 401


def test_a_token_in_a_header_opens_pages_and_a_wrong_one_does_not(app, learner):
    visitor, headers = without_cookies(app, learner)
    address = f"/in/{visitor.key}{PAGE}"

    assert visitor.client.get(address, headers=headers).status_code == 200
    wrong = {"Authorization": headers["Authorization"][:-2] + "xx"}
    assert visitor.client.get(address, headers=wrong).status_code == 401


def ticket_for(visitor, headers, path):
    answer = visitor.client.post(
        f"/in/{visitor.key}/ticket",
        data={"address": f"/in/{visitor.key}{path}"},
        headers=headers,
    )
    return answer.json["address"]


def test_a_ticket_opens_its_page_without_any_other_proof(app, learner):
    visitor, headers = without_cookies(app, learner)

    address = ticket_for(visitor, headers, PAGE)

    assert visitor.client.get(address).status_code == 200


def test_a_ticket_opens_no_other_page(app, learner):
    visitor, headers = without_cookies(app, learner)

    address = ticket_for(visitor, headers, PAGE).replace(PAGE, "/mentors")

    assert visitor.client.get(address).status_code == 401


def test_a_ticket_ends_after_five_minutes(app, learner, frozen_clock):
    visitor, headers = without_cookies(app, learner)
    address = ticket_for(visitor, headers, PAGE)

    frozen_clock.tick(minutes=5, seconds=1)

    assert visitor.client.get(address).status_code == 401


def test_a_ticket_never_allows_to_change_anything(app, learner):
    visitor, headers = without_cookies(app, learner)
    address = ticket_for(visitor, headers, "/drafts")

    assert visitor.client.post(address, data={"note": "x"}).status_code == 401


def test_a_ticket_of_another_sign_in_is_refused(app, learner):
    visitor, headers = without_cookies(app, learner)
    other, _ = without_cookies(app, learner)

    address = ticket_for(visitor, headers, PAGE).replace(visitor.key, other.key)

    assert visitor.client.get(address).status_code == 401


@pytest.mark.parametrize("address", ["https://evil.test/", "/lti/login", "//evil.test/in/"])
def test_tickets_are_made_for_our_own_pages_only(app, learner, address):
    visitor, headers = without_cookies(app, learner)

    answer = visitor.client.post(
        f"/in/{visitor.key}/ticket", data={"address": address}, headers=headers
    )

    assert answer.status_code == 400


def test_a_cookie_alone_gets_no_ticket(app, learner):
    visitor = visit(app, learner)

    answer = visitor.client.post(
        f"/in/{visitor.key}/ticket", data={"address": f"/in/{visitor.key}{PAGE}"}
    )

    assert answer.status_code == 400


def test_a_form_without_its_csrf_token_changes_nothing(app, learner, database):
    visitor = visit(app, learner)

    answer = visitor.client.post(f"/in/{visitor.key}/drafts", data={"note": "x"})

    assert answer.status_code == 400
    with database.reading() as db:
        assert db.scalar(select(Draft)) is None


def test_a_csrf_token_of_another_sign_in_is_refused(app, learner):
    mine, other = visit(app, learner).get(PAGE), visit(app, learner).get(PAGE)

    answer = mine.client.post(
        f"/in/{mine.key}/drafts", data={"csrf_token": other.csrf_token(), "note": "x"}
    )

    assert answer.status_code == 400


def test_a_form_of_another_site_is_refused_even_with_a_token(app, learner):
    visitor = visit(app, learner).get(PAGE)

    answer = visitor.client.post(
        f"/in/{visitor.key}/drafts",
        data={"csrf_token": visitor.csrf_token(), "note": "x"},
        headers={"Sec-Fetch-Site": "cross-site"},
    )

    assert answer.status_code == 400


def test_an_hour_without_a_click_ends_a_sign_in(app, learner, frozen_clock):
    visitor = visit(app, learner)

    frozen_clock.tick(minutes=60)

    assert visitor.get(PAGE).status == 401


def test_clicks_keep_a_sign_in_alive_until_the_working_day_is_over(app, learner, frozen_clock):
    visitor = visit(app, learner)
    for _ in range(9):
        frozen_clock.tick(minutes=50)
        assert visitor.get(PAGE).status == 200

    frozen_clock.tick(minutes=50)

    assert visitor.get(PAGE).status == 401


def test_an_ended_sign_in_opens_nothing(app, learner, database):
    visitor = visit(app, learner)
    with database.transaction() as db:
        db.get_one(SignIn, visitor.key).state = SignInState.ENDED

    assert visitor.get(PAGE).status == 401


def test_a_text_typed_into_an_expired_sign_in_comes_back_after_the_next_launch(
    app, learner, frozen_clock
):
    visitor = visit(app, learner).get(PAGE)
    frozen_clock.tick(hours=2)

    visitor.post(PAGE, goal_text="A thought that took an hour")

    assert visitor.status == 401
    assert "What you typed is safe" in visitor.text
    back = visit(app, learner).get(PAGE)
    assert "A thought that took an hour" in back.response.get_data(as_text=True)


def test_nobody_else_gets_the_kept_text(app, learner, frozen_clock, database):
    visitor = visit(app, learner).get(PAGE)
    with database.transaction() as db:
        stranger = make_member(db, db.get_one(Membership, learner).course, name="Eve Stone").id
    frozen_clock.tick(hours=2)

    visitor.post(PAGE, goal_text="A thought that took an hour")

    page = visit(app, stranger).get(PAGE)
    assert "A thought that took" not in page.response.get_data(as_text=True)


def test_a_stranger_cannot_put_words_into_an_expired_sign_in(app, learner, frozen_clock, database):
    visitor = visit(app, learner).get(PAGE)
    frozen_clock.tick(hours=2)

    visitor.client.post(f"/in/{visitor.key}{PAGE}", data={"goal_text": "planted"})

    with database.reading() as db:
        assert db.scalar(select(Draft)) is None


def test_who_leaves_the_course_loses_access_with_the_next_click(app, learner, database):
    visitor = visit(app, learner).get(PAGE)
    with database.transaction() as db:
        db.get_one(Membership, learner).state = MembershipState.GONE

    assert visitor.get(PAGE).status == 403


def test_who_is_demoted_loses_the_staff_pages_with_the_next_click(app, learner, database):
    with database.transaction() as db:
        db.get_one(Membership, learner).role = CourseRole.INSTRUCTOR
    visitor = visit(app, learner)
    assert visitor.get("/today").status == 200
    with database.transaction() as db:
        db.get_one(Membership, learner).role = CourseRole.LEARNER

    assert visitor.get("/today").status == 403


def test_a_new_cookie_takes_the_place_of_the_oldest_of_many(app, settings):
    many = "; ".join(f"__Host-in-old{number}=x" for number in range(10))
    with app.test_request_context("/", headers={"Cookie": many}) as context:
        response = app.make_response("")

        new = identity.NewSignIn("new", "token")
        identity.set_cookie(context.request, response, new, settings)

    sent = response.headers.getlist("Set-Cookie")
    assert sum("Max-Age=0" in cookie for cookie in sent) == 3
    assert any(
        cookie.startswith("__Host-in-new=token")
        and "Partitioned" in cookie
        and "SameSite=None" in cookie
        and "Secure" in cookie
        and "HttpOnly" in cookie
        for cookie in sent
    )


def test_pages_may_be_framed_by_their_own_platform_only(app, learner):
    visitor = visit(app, learner).get(PAGE)

    policy = visitor.response.headers["Content-Security-Policy"]

    assert "frame-ancestors http://127.0.0.1:8001" in policy
    assert "unsafe" not in policy
    assert "X-Frame-Options" not in visitor.response.headers
    assert visitor.response.headers["Cache-Control"] == "no-store"
    assert visitor.response.headers["Referrer-Policy"] == "no-referrer"


class DatabaseError(Exception):
    """What a driver raises, with the code of its database."""

    sqlstate = sqlite_errorname = None


@pytest.mark.parametrize(
    ("codes", "status"),
    [
        ({"sqlstate": "40P01"}, 409),
        ({"sqlite_errorname": "SQLITE_BUSY"}, 409),
        ({"sqlstate": "57P01"}, 500),
        ({}, 500),
    ],
)
def test_whoever_loses_a_deadlock_may_try_again(app, codes, status):
    error = DatabaseError()
    vars(error).update(codes)

    with app.test_request_context("/"):
        app.preprocess_request()
        answer = app.make_response(app.handle_user_exception(OperationalError("", {}, error)))

    assert answer.status_code == status


def test_seen_is_written_at_most_once_a_minute(app, learner, database, frozen_clock):
    visitor = visit(app, learner)
    frozen_clock.tick(seconds=59)
    visitor.get(PAGE)
    with database.reading() as db:
        early = db.get_one(SignIn, visitor.key).seen_at

    frozen_clock.tick(seconds=1)
    visitor.get(PAGE)

    with database.reading() as db:
        assert db.get_one(SignIn, visitor.key).seen_at == early + timedelta(seconds=60)


@pytest.mark.parametrize(
    ("locale", "expected"),
    [("en", "Tue 3 Mar, 16:00"), ("en_US", "Tue, Mar 3, 4:00"), ("de", "Di., 3. März, 16:00")],
)
def test_moments_are_written_as_in_the_persons_own_country(app, frozen_clock, locale, expected):
    with app.test_request_context():
        g.actor = Actor(course_id=1, locale=locale)

        said = local_moment(datetime(2026, 3, 3, 16, 0, tzinfo=UTC))

    assert said.startswith(expected)
