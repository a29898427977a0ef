"""What a learner lets an observer see."""

import pytest
from sqlalchemy import select

from lti_mentoring.core.errors import NotAllowed, NotFound
from lti_mentoring.models import Activity, Observation
from lti_mentoring.policies.actor import Actor
from lti_mentoring.queries.observing import followers, observation_for
from lti_mentoring.services import observing
from lti_mentoring.vocabulary import CourseRole, Verb
from tests.support.factories import actor_of, add, make_member, make_mentee, make_program


@pytest.fixture
def program(db, frozen_clock):
    return make_program(db)


@pytest.fixture
def learner(db, program):
    return make_mentee(db, program, name="Amara Diallo")


@pytest.fixture
def observation(db, program, learner):
    parent = make_member(db, program.course, role=CourseRole.OBSERVER, name="Margaret Hale")
    return add(db, Observation(observer_id=parent.id, learner_id=learner.membership_id))


def test_nothing_is_shared_until_the_learner_says_so(db, learner, observation):
    before = observation.is_shared

    observing.share(db, actor_of(db, learner), observation)

    assert (before, observation.is_shared) == (False, True)


def test_each_change_is_on_record_once(db, learner, observation):
    actor = actor_of(db, learner)
    observing.share(db, actor, observation)
    observing.share(db, actor, observation)
    observing.stop_sharing(db, actor, observation)
    observing.stop_sharing(db, actor, observation)

    told = select(Activity.detail).where(Activity.verb == Verb.PROGRESS_SHARED)
    assert list(db.scalars(told.order_by(Activity.id))) == ["on", "off"]


@pytest.mark.parametrize("role", [CourseRole.LEARNER, CourseRole.INSTRUCTOR, CourseRole.OBSERVER])
def test_nobody_else_decides_it(db, program, observation, role):
    other = actor_of(db, make_member(db, program.course, role=role))

    with pytest.raises(NotAllowed):
        observing.share(db, other, observation)
    with pytest.raises(NotAllowed):
        observing.stop_sharing(db, Actor.system("clock"), observation)
    assert not observation.is_shared


def test_others_do_not_even_find_it(db, program, observation):
    other = actor_of(db, make_mentee(db, program, name="Lukas Weber"))

    assert followers(db, other) == []
    with pytest.raises(NotFound):
        observation_for(db, other, observation.id)
