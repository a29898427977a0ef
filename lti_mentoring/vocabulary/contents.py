"""What of the product can be placed into a course, as a link of its own."""

from enum import StrEnum


class ContentKind(StrEnum):
    """The page that a placed link opens.

    What each is and where it leads stands in two tables: ``rules/contents.py`` and
    ``web/contents.py``.
    """

    PROGRAM = "program"
    GET_STARTED = "get_started"
    MENTORS = "mentors"
    MENTOR_CARD = "mentor_card"
    GOAL = "goal"
    SESSION = "session"
    MY_ENGAGEMENT = "my_engagement"
    LOOK_BACK = "look_back"


class Audience(StrEnum):
    """Whom a placed link is for in the first place; everybody else lands on what fits them."""

    EVERYBODY = "everybody"
    LEARNERS = "learners"
    MENTORS = "mentors"
