"""A browser that keeps nothing, and a platform that keeps something for us (LTI-150…152)."""

import pytest

from tests.support.browser import Person, open_browser
from tests.support.campus import open_campus

pytestmark = pytest.mark.browser

NOTHING = "Your browser keeps nothing for this page"


@pytest.fixture
def keeps_nothing(playwright, tmp_path):
    """A browser without third-party cookies and without storage in frames."""
    with open_browser(playwright, tmp_path / "profile", "blocked") as browser:
        yield browser


@pytest.mark.parametrize("accent", ["canvas", "brightspace", "sakai", "plain"])
def test_the_platforms_storage_proves_who_began_the_launch(
    settings, database, keeps_nothing, accent
):
    """Canvas names a frame beside ours, Brightspace has words of its own, plain has nothing."""
    with open_campus(settings, database, strips_cookies=True, accent=accent) as campus:
        helena = Person(keeps_nothing, campus, "Helena Brandt").open_activity()

        helena.expects("mentoring program" if accent != "plain" else NOTHING)


def test_only_the_origin_where_people_are_authenticated_is_spoken_with(
    settings, database, keeps_nothing
):
    """A page of another site in the place of the platform's frame learns and proves nothing."""
    with open_campus(settings, database, strips_cookies=True, accent="canvas") as campus:

        def somewhere_else(route):
            answer = route.fetch()
            page = answer.text().replace(
                f'data-storage-origin="{campus.lms_url}"',
                'data-storage-origin="https://elsewhere.test"',
            )
            assert "elsewhere.test" in page
            route.fulfill(response=answer, body=page)

        keeps_nothing.route("**/lti/launch", somewhere_else)

        helena = Person(keeps_nothing, campus, "Helena Brandt").open_activity()

        helena.expects(NOTHING)
