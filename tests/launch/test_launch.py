"""A launch, from the platform's form to the first page."""

from lti_mentoring.core import clock
from lti_mentoring.models import (
    Course,
    Membership,
    PlatformUser,
    ResourceLink,
    RosterSync,
    SignIn,
    UsedState,
)
from lti_mentoring.vocabulary import CourseRole, RosterSyncState


def test_a_first_launch_makes_person_course_link_and_membership(house):
    page = house.enter()

    assert page.status_code in {200, 303}
    assert house.only(PlatformUser).name == "Ana Souza"
    assert house.only(Course).memberships_url == "https://lms.test/courses/1/members"
    assert house.only(ResourceLink).line_item_url == "https://lms.test/courses/1/columns/7"
    assert house.only(Membership).role is CourseRole.LEARNER
    assert house.only(RosterSync).state is RosterSyncState.DUE
    assert house.only(SignIn).return_url == "https://lms.test/courses/1"
    assert house.only(UsedState).used_at == clock.now()


def test_a_second_launch_finds_everything_again(house):
    house.enter()
    house.enter()

    assert [len(house.rows(m)) for m in (PlatformUser, Course, ResourceLink, Membership)] == [1] * 4
    assert len(house.rows(SignIn)) == 2
    assert len(house.rows(RosterSync)) == 1
