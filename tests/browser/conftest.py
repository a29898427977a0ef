"""Real browsers against real sockets; in each process one at a time."""

import pytest
from playwright.sync_api import sync_playwright

from tests.support.browser import open_browser
from tests.support.campus import open_campus


@pytest.fixture(scope="session")
def playwright():
    """Playwright's driver, once a run."""
    with sync_playwright() as driver:
        yield driver


@pytest.fixture
def campus(settings, database):
    """Tool and LMS on two sites of this machine."""
    with open_campus(settings, database) as campus:
        yield campus


@pytest.fixture(params=["allowed", "blocked"])
def browser(request, playwright, tmp_path):
    """A browser with third-party cookies, and one that blocks them."""
    with open_browser(playwright, tmp_path / "profile", request.param) as context:
        yield context


def pytest_collection_modifyitems(items):
    """A closed browser leaves connections behind, which the servers' threads drop uncleanly."""
    for item in items:
        if item.get_closest_marker("browser"):
            quiet = "ignore::pytest.PytestUnraisableExceptionWarning"
            item.add_marker(pytest.mark.filterwarnings(quiet))
            item.add_marker(pytest.mark.filterwarnings("ignore::ResourceWarning"))
