"""An answer is given once, also by two who answer at the same moment."""

from dataclasses import replace

import pytest

from lti_mentoring.core import clock
from lti_mentoring.core.errors import Conflict, NotAllowed
from lti_mentoring.models import ContentItem
from lti_mentoring.policies.actor import Actor
from lti_mentoring.queries.contents import waiting_for
from lti_mentoring.rules.deep_linking import WantedLink
from lti_mentoring.services import deep_linking
from lti_mentoring.services.deep_linking import Answering, Choice
from lti_mentoring.vocabulary import ContentKind, CourseRole
from lti_mentoring.web import identity
from tests.support.choosing import USUAL
from tests.support.factories import make_course, make_member

CHOICE = Choice(ContentKind.GOAL, WantedLink("Set a goal"))


class Asked:
    """A teacher whose platform waits, as two tabs have found it."""

    def __init__(self, db, box, **wishes):
        course = make_course(db)
        member = make_member(db, course, role=CourseRole.INSTRUCTOR)
        self.actor = Actor(course.id, member.id, member.user_id, CourseRole.INSTRUCTOR)
        opened = identity.Opened(locale="en")
        made = identity.new_sign_in(db.connection(), member.id, opened)
        settings = replace(USUAL, **wishes)
        deep_linking.ask(db.connection(), made.key, settings, clock.now())
        self.waiting = waiting_for(db.connection(), made.key, self.actor, clock.now())
        self.answering = Answering(box, "https://tool.test/lti/launch", made.key)


@pytest.fixture
def asked(db, box, frozen_clock):
    return Asked(db, box)


def test_the_second_of_two_answers_is_refused(db, asked):
    assert asked.answering.place(db, asked.actor, asked.waiting, [CHOICE]).token

    with pytest.raises(Conflict):
        asked.answering.place(db, asked.actor, asked.waiting, [CHOICE])
    with pytest.raises(Conflict):
        asked.answering.place_nothing(db, asked.actor, asked.waiting, {})
    assert db.query(ContentItem).count() == 1


def test_an_answer_that_took_too_long_is_refused(db, asked, frozen_clock):
    frozen_clock.tick(minutes=60)

    with pytest.raises(Conflict):
        asked.answering.place(db, asked.actor, asked.waiting, [CHOICE])


@pytest.mark.parametrize("choices", [[], [CHOICE, CHOICE]])
def test_as_many_links_as_the_platform_takes(db, asked, choices):
    with pytest.raises(Conflict):
        asked.answering.place(db, asked.actor, asked.waiting, choices)
    assert asked.answering.place(db, asked.actor, asked.waiting, [CHOICE]).token


def test_only_who_coordinates_places_and_only_staff_answer(db, asked):
    assistant = replace(asked.actor, role=CourseRole.TEACHING_ASSISTANT)
    learner = replace(asked.actor, role=CourseRole.LEARNER)

    with pytest.raises(NotAllowed):
        asked.answering.place(db, assistant, asked.waiting, [CHOICE])
    with pytest.raises(NotAllowed):
        asked.answering.place_nothing(db, learner, asked.waiting, {})
    assert asked.answering.place_nothing(db, assistant, asked.waiting, {}).token


def test_a_link_that_ends_before_it_starts_is_refused(db, asked):
    now = clock.now()
    backwards = replace(CHOICE, link=WantedLink("Week 1", opens_at=now, due_at=now))

    with pytest.raises(Conflict):
        asked.answering.place(db, asked.actor, asked.waiting, [backwards])
