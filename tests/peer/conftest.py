"""Open edX beside the tool: one platform for the run, a tool and a course for each test."""

import pytest

from tests.support.campus import open_tool
from tests.support.openedx import OpenEdxCourse, Person, run_openedx
from tests.support.openedx_learner import Learner, start_program

PEOPLE = {"helena": "instructor", "amara": "student"}


def pytest_collection_modifyitems(items):
    """As in a browser's tests, a server's thread may still hold a connection at the end."""
    for item in items:
        if item.get_closest_marker("peer"):
            quiet = "ignore::pytest.PytestUnraisableExceptionWarning"
            item.add_marker(pytest.mark.filterwarnings(quiet))
            item.add_marker(pytest.mark.filterwarnings("ignore::ResourceWarning"))


@pytest.fixture(scope="session")
def openedx():
    """Where the platform is."""
    with run_openedx() as url:
        yield url


@pytest.fixture
def tool(settings, database):
    """The tool on a socket: it reads rosters in small pages, and sends scores without waiting."""
    changed = {
        "roster": settings.roster.model_copy(update={"page_size": 10}),
        "scores": settings.scores.model_copy(update={"quiet_seconds": 0}),
    }
    with open_tool(settings.model_copy(update=changed), database) as tool:
        yield tool
        tool.extensions["mentoring"].worker.close()


@pytest.fixture
def make_course(tool, openedx):
    """Makes a course with these people; its gradebook lets the tool make columns."""

    def make(people=PEOPLE, gradebook="programmatic"):
        return OpenEdxCourse(tool, openedx, people, gradebook)

    return make


@pytest.fixture
def course(make_course):
    return make_course()


@pytest.fixture
def person():
    """Somebody of a course in a browser of their own."""
    opened = []

    def sit_down(course, name):
        opened.append(Person(course, name))
        return opened[-1]

    yield sit_down
    for each in opened:
        each.session.close()


@pytest.fixture
def learner(person):
    """Lets the people of a course arrive, and Amara take part in its new program."""

    def join(course, **program_facts):
        person(course, "helena").launch()
        person(course, "amara").launch()
        start_program(course, **program_facts)
        return Learner(course)

    return join
