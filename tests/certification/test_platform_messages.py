"""Messages of real platforms: each is let in or refused as it should be, with its role and zone."""

import pytest

from lti_mentoring.models import Course, Membership, PlatformUser, ResourceLink
from lti_mentoring.vocabulary import CLAIM, CourseRole
from tests.launch.lms import FIXTURES, Lms, fixture, fixture_claims

INSTRUCTOR, LEARNER = CourseRole.INSTRUCTOR, CourseRole.LEARNER
ASSISTANT, OBSERVER = CourseRole.TEACHING_ASSISTANT, CourseRole.OBSERVER
BERLIN, NEW_YORK = "Europe/Berlin", "America/New_York"

# file, role, time zone, language
LET_IN = [
    ("lti/id_token_1edtech_reference_learner_with_mentor", LEARNER, None, "en_US"),
    ("lti/id_token_blackboard_instructor", INSTRUCTOR, None, "en_US"),
    ("lti/id_token_blackboard_learner", LEARNER, None, "en_US"),
    ("lti/id_token_canvas_learner_anonymous_privacy", LEARNER, None, "en"),
    ("lti/id_token_canvas_learner_public", LEARNER, None, "en"),
    ("lti/id_token_canvas_observer_mentor", OBSERVER, None, "en"),
    ("lti/id_token_canvas_student_view", LEARNER, None, "en"),
    ("lti/id_token_canvas_student_who_teaches_elsewhere", LEARNER, None, "en"),
    ("lti/id_token_canvas_ta", ASSISTANT, None, "en"),
    ("lti/id_token_d2l_learner", LEARNER, None, "en_CA"),
    ("lti/id_token_moodle_grade_sync_only", LEARNER, None, "en"),
    ("lti/id_token_moodle_instructor", INSTRUCTOR, None, "en"),
    ("lti/id_token_moodle_learner", LEARNER, None, "en"),
    ("lti/id_token_moodle_minimal_privacy_no_services", LEARNER, None, "en"),
    ("lti/id_token_moodle_site_admin", INSTRUCTOR, None, "en"),
    ("lti/id_token_openedx_community_ta", ASSISTANT, None, None),
    ("lti/id_token_openedx_instructor", INSTRUCTOR, None, None),
    ("lti/id_token_openedx_learner", LEARNER, None, None),
    ("lti/id_token_sakai_admin", INSTRUCTOR, None, "en_US"),
    ("lti/id_token_sakai_learner", LEARNER, None, "en_US"),
    ("moodle/launch-600-course-teacher", INSTRUCTOR, NEW_YORK, "en"),
    ("moodle/launch-duplicated-activity", LEARNER, BERLIN, "de"),
    ("moodle/launch-imported-course", LEARNER, BERLIN, "de"),
    ("moodle/launch-manager", INSTRUCTOR, "Europe/London", "en"),
    ("moodle/launch-new-window", LEARNER, BERLIN, "de"),
    ("moodle/launch-no-lineitem", LEARNER, BERLIN, "de"),
    ("moodle/launch-no-url", LEARNER, BERLIN, "de"),
    ("moodle/launch-nonediting-teacher", INSTRUCTOR, "Asia/Tokyo", "en"),
    ("moodle/launch-one-lineitem", LEARNER, BERLIN, "de"),
    ("moodle/launch-replace-window", LEARNER, BERLIN, "de"),
    ("moodle/launch-restored-course", LEARNER, BERLIN, "de"),
    ("moodle/launch-restored-course-lineitem", LEARNER, BERLIN, "de"),
    ("moodle/launch-second-import", LEARNER, BERLIN, "de"),
    ("moodle/launch-siteadmin", INSTRUCTOR, None, "en"),
    ("moodle/launch-student-and-teacher-roles", INSTRUCTOR, None, "en"),
    ("moodle/launch-student-ar", LEARNER, "America/Los_Angeles", "ar"),
    ("moodle/launch-student-de", LEARNER, BERLIN, "de"),
    ("moodle/launch-student-en", LEARNER, BERLIN, "en"),
    ("moodle/launch-student-pt_br", LEARNER, "Asia/Kolkata", "pt_BR"),
    ("moodle/launch-teacher", INSTRUCTOR, NEW_YORK, "en"),
    ("moodle/launch-teacher-switched-to-student", LEARNER, NEW_YORK, "en"),
    ("moodle/launch-two-lineitems", LEARNER, BERLIN, "de"),
]
REFUSED = [
    ("lti/id_token_canvas_account_navigation", "no-course", 403),
    ("lti/id_token_canvas_no_user", "no-user", 403),
]
# file, where the first page is
OTHER_MESSAGES = [
    ("lti/id_token_blackboard_deep_linking", "/content"),
    ("lti/id_token_canvas_deep_linking", "/content"),
    ("lti/id_token_moodle_deep_linking", "/content"),
    ("moodle/deep-linking-request", "/content"),
    ("moodle/submission-review-request", "/records/0"),
]
REWRITTEN = ("aud", "azp", "iat", "exp", "nbf", "nonce", CLAIM + "target_link_uri")


def send(house, key, name):
    """Sign the message anew, for this run's key, clock and nonce, and launch with it."""
    claims = fixture_claims(f"{name}.json")
    client_id = claims["aud"] if isinstance(claims["aud"], str) else claims["aud"][0]
    lms = Lms(key, claims["iss"], client_id, claims[CLAIM + "deployment_id"])
    lms.register(house.database)
    begun = house.login(lms=lms)
    fresh = lms.claims(begun.nonce, azp=client_id, nbf=int(claims.get("nbf", 0)) and None)
    fresh["nbf"] = fresh["iat"]
    claims |= {part: fresh[part] for part in REWRITTEN if part in claims}
    return begun.post(lms.sign(claims))


@pytest.mark.parametrize(("name", "role", "zone", "language"), LET_IN, ids=str)
def test_a_platforms_launch_is_let_in(house, platform_key, name, role, zone, language):
    answer = send(house, platform_key, name)

    assert answer.status_code == 303, answer.text
    member, user = house.only(Membership), house.only(PlatformUser)
    assert (member.role, user.time_zone, user.locale) == (role, zone, language)
    assert member.is_test_user is ("student_view" in name)


@pytest.mark.parametrize(("name", "landing"), OTHER_MESSAGES)
def test_a_platforms_other_message_leads_to_its_page(house, platform_key, name, landing):
    answer = send(house, platform_key, name)

    assert answer.status_code == 303, answer.text
    assert answer.location.endswith(landing)
    assert house.only(Membership).role is INSTRUCTOR


@pytest.mark.parametrize(("name", "code", "status"), REFUSED)
def test_a_platforms_message_is_refused(house, platform_key, name, code, status):
    answer = send(house, platform_key, name)

    assert (answer.status_code, f"code {code}," in answer.text) == (status, True)
    assert house.rows(PlatformUser) == []


def test_no_message_is_forgotten():
    patterns = ("lti/id_token_*.json", "moodle/launch-*.json", "moodle/*-request.json")
    there = {
        str(path.relative_to(FIXTURES).with_suffix(""))
        for pattern in patterns
        for path in FIXTURES.glob(pattern)
    }
    listed = {case[0] for case in (*LET_IN, *REFUSED, *OTHER_MESSAGES)}

    assert {name for name in there if "registration" not in name} == listed


def test_two_columns_on_a_link_are_no_column_of_its_own(house, platform_key):
    send(house, platform_key, "moodle/launch-two-lineitems")

    assert house.only(ResourceLink).line_item_url is None
    assert house.only(Course).line_items_url.endswith("lineitems?type_id=1")


def test_a_column_without_the_list_of_columns_is_kept(house, platform_key):
    send(house, platform_key, "lti/id_token_sakai_learner")

    grading = fixture_claims("lti/id_token_sakai_learner.json")
    told = grading["https://purl.imsglobal.org/spec/lti-ags/claim/endpoint"]
    assert house.only(ResourceLink).line_item_url == told["lineitem"]


def test_scopes_that_were_not_granted_are_not_kept(house, platform_key):
    send(house, platform_key, "lti/id_token_moodle_grade_sync_only")

    scopes = house.only(Course).ags_scopes.split()
    assert scopes
    assert not any(scope.endswith("scope/lineitem") for scope in scopes)


def test_names_of_all_alphabets_are_kept(house, platform_key):
    send(house, platform_key, "moodle/launch-student-en")

    assert house.only(PlatformUser).name == "Łukasz Żółć-Nowak"
    assert (
        house.only(Course).title
        == fixture("moodle/launch-student-en.json")["id_token_claims"][CLAIM + "context"]["title"]
    )
