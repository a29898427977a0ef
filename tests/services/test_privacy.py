"""What is kept about a person: handed out as one document, and erased; nobody else's text goes."""

import json
from typing import Any

import pytest
import sqlalchemy as sa
from sqlalchemy import select

from lti_mentoring.core import clock
from lti_mentoring.core.db import EnumValue
from lti_mentoring.core.errors import NotFound
from lti_mentoring.models import (
    ActionItem,
    Activity,
    Base,
    Goal,
    GoalEntry,
    Membership,
    MentorRequest,
    Pairing,
    Participant,
    PlatformUser,
    ScorePublication,
    SignIn,
    WaitingLaunch,
)
from lti_mentoring.policies.actor import Actor
from lti_mentoring.services import privacy_erasure
from lti_mentoring.services.privacy import REGISTER, Keeping
from lti_mentoring.services.privacy_erasure import erase_person
from lti_mentoring.services.privacy_export import export_person, exported_tables, find_person
from lti_mentoring.services.privacy_ways import WAYS, Person, Way, table_of, theirs
from lti_mentoring.vocabulary import (
    LIVE_PAIRING,
    EndReason,
    GoalState,
    ParticipantRole,
    PublicationState,
    RequestState,
    SignInState,
    Verb,
)
from lti_mentoring.web import identity
from tests.support.factories import make_course, make_goal, make_member
from tests.support.full_program import make_full_program

SYSTEM = Actor.system("test")
MINE, OTHERS = "zqmineqz", "zqothersqz"
PEOPLE = ("mentee", "mentor", "waiting", "applicant", "instructor", "observer")
# The LMS's id of the person, and the zone in which two read the time of a session.
STAYS = {"platform_user.subject", "mentoring_session.time_zone"}


def person_of(db, membership_id):
    return Person(db.get_one(Membership, membership_id).user_id)


def is_text(column):
    is_words = isinstance(column.type, sa.String | sa.JSON | sa.Text)
    is_key = column.primary_key or column.foreign_keys
    return is_words and not is_key and not isinstance(column.type, EnumValue)


def typed_columns():
    """Every column in which a person's words may stand, of the tables that let them go."""
    for name in WAYS:
        if REGISTER[name].keeping is not Keeping.KEPT:
            for column in table_of(name).columns:
                if is_text(column) and f"{name}.{column.name}" not in STAYS:
                    yield name, column


def mark(db, person):
    """Put one word into each text of the person, and another into everybody else's."""
    for name, column in typed_columns():
        mine = [
            theirs(person, name, way) for way in WAYS[name] if column.name not in way.not_theirs
        ]
        for word, which in ((OTHERS, sa.true()), (MINE, sa.or_(sa.false(), *mine))):
            value: Any = [word] if isinstance(column.type, sa.JSON) else word
            if column.name == "path":  # each person has one draft of a page
                value = sa.literal(word) + sa.cast(column.table.c.id, sa.String)
            db.execute(sa.update(column.table).where(which).values({column.name: value}))


def texts_with(db, word):
    """Where the word stands, as table.column with how often."""
    return {
        f"{table.name}.{column}.{row[0]}"
        for table in Base.metadata.sorted_tables
        for row in db.execute(select(*table.primary_key.columns[:1], table)).all()
        for column, value in zip(table.columns.keys(), row[1:], strict=True)
        if word in str(value)
    }


@pytest.fixture
def full(db, frozen_clock):
    full = make_full_program(db)
    mentee = participant(db, full.mentee, ParticipantRole.MENTEE)
    mentor = participant(db, full.mentor, ParticipantRole.MENTOR)
    make_goal(db, mentee, state=GoalState.PROPOSED, proposed_by_id=mentor.id)
    return full


def participant(db, membership_id, role):
    return db.scalars(select(Participant).filter_by(membership_id=membership_id, role=role)).one()


def test_every_exported_table_has_a_way_to_its_people():
    assert set(WAYS) == set(exported_tables())
    for name, ways_ in WAYS.items():
        for way in ways_:
            named = {way.column, *way.not_theirs, *way.emptied}
            assert named <= set(table_of(name).columns.keys())


def test_what_is_emptied_says_what_goes():
    for name, entry in REGISTER.items():
        if entry.keeping is Keeping.EMPTIED:
            assert any(way.emptied for way in WAYS[name]), name
        elif name in WAYS:
            assert not any(way.emptied for way in WAYS[name]), name


def test_somebody_has_typed_into_each_of_these_tables(db, full):
    marked = set()
    for who in PEOPLE:
        person = person_of(db, getattr(full, who))
        mark(db, person)
        marked |= {place.rpartition(".")[0] for place in texts_with(db, MINE)}

    missing = {f"{name}.{column.name}" for name, column in typed_columns()} - marked
    assert missing == {"exemption.private_note"}, "nothing proves what becomes of these"


@pytest.mark.parametrize("who", PEOPLE)
def test_after_erasure_no_text_of_the_person_stands_anywhere(db, full, who):
    person = person_of(db, getattr(full, who))
    mark(db, person)
    assert texts_with(db, MINE)

    erase_person(db, SYSTEM, person)

    assert texts_with(db, MINE) == set()


@pytest.mark.parametrize("who", PEOPLE)
def test_texts_of_others_stay_unless_they_hung_on_what_went(db, full, who):
    person = person_of(db, getattr(full, who))
    mark(db, person)
    goals = db.scalars(select(Goal.id).where(theirs(person, "goal", Way("owner_id")))).all()
    hanging = select(GoalEntry.id).where(GoalEntry.goal_id.in_(goals))
    comments = {f"goal_entry.body.{number}" for number in db.scalars(hanging)}
    suggested = {
        f"goal.{part}.{n}" for n in goals for part in ("title", "measure", "means", "reason")
    }
    before = texts_with(db, OTHERS)

    erase_person(db, SYSTEM, person)

    lost = before - texts_with(db, OTHERS)
    about_them = {each for each in lost if each.startswith("exemption.private_note")}
    assert lost <= comments | suggested | about_them
    assert before - lost, "nothing was there to be lost"


@pytest.mark.parametrize("who", PEOPLE)
def test_the_export_has_every_text_of_the_person_and_none_of_anybody_else(db, full, who):
    person = person_of(db, getattr(full, who))
    mark(db, person)

    document = json.dumps(export_person(db, SYSTEM, person), default=str)

    assert OTHERS not in document
    told = {f"{part['table']}" for part in json.loads(document)["kept"] if MINE in str(part)}
    assert told == {place.partition(".")[0] for place in texts_with(db, MINE)} & set(WAYS)


def test_the_export_has_what_its_reader_needs_to_understand_it(db, full):
    document = export_person(db, SYSTEM, person_of(db, full.mentee))

    assert document["format"] == 1
    assert document["person"]["name"] == "Amara Diallo"
    assert [each["title"] for each in document["courses"]] == ["First-year seminar"]
    goals = next(part for part in document["kept"] if part["table"] == "goal")
    assert (goals["holds"], goals["when_erased"]) == ("goal", "deleted")
    assert {"Sleep before exams", "Read one paper a month"} <= {
        g.get("title") for g in goals["rows"]
    }


def test_what_a_mentor_is_told_of_a_request_is_not_whose_choice_they_were(db, full):
    document = export_person(db, SYSTEM, person_of(db, full.mentor))

    requests = next(part for part in document["kept"] if part["table"] == "mentor_request")
    assert requests["rows"]
    assert all(not {"note", "rank"} & set(row) for row in requests["rows"])


def test_erasing_ends_what_lives_and_tells_the_other_side_the_usual_way(db, full):
    identity.new_sign_in(db.connection(), full.mentor, identity.Opened())
    person = person_of(db, full.mentor)

    erase_person(db, SYSTEM, person)

    pairing = db.get_one(Pairing, full.pairing)
    assert pairing.state not in LIVE_PAIRING
    assert pairing.end_reason is EndReason.LEFT_COURSE
    waited = db.scalars(
        select(MentorRequest.state).where(MentorRequest.mentee_id != pairing.mentee_id)
    )
    assert set(waited) == {RequestState.RELEASED}
    assert set(db.scalars(select(SignIn.state))) == {SignInState.ENDED}
    assert participant(db, full.mentee, ParticipantRole.MENTEE).fit_priority == 1


def test_what_only_waits_to_be_shown_or_finished_goes_as_well(db, full):
    person = person_of(db, full.mentee)
    user = db.get_one(PlatformUser, person.user_id)
    made = identity.new_sign_in(db.connection(), full.mentee, identity.Opened())
    over = db.get_one(SignIn, made.key)
    over.state, over.notices = SignInState.ENDED, [f"{MINE} was told."]
    for subject, name in ((user.subject, MINE), ("somebody-else", OTHERS)):
        launch = WaitingLaunch(
            code_hash=f"code of {subject}",
            browser_hash="hash",
            registration_id=user.registration_id,
            claims={"subject": subject, "name": name},
            waits_since=clock.now(),
        )
        db.add(launch)
    db.flush()
    assert len(texts_with(db, MINE)) == 2

    erase_person(db, SYSTEM, person)

    assert texts_with(db, MINE) == set()
    assert len(texts_with(db, OTHERS)) == 1


def test_erasing_a_learner_stops_their_scores_and_keeps_the_numbers(db, full):
    cell = db.scalars(select(ScorePublication)).one()
    assert cell.state is PublicationState.PENDING
    score = cell.score_given

    erase_person(db, SYSTEM, person_of(db, full.mentee))

    cell = db.scalars(select(ScorePublication)).one()
    assert (cell.state, cell.score_given) == (PublicationState.STOPPED, score)


def test_what_the_other_has_to_do_stays_without_the_goal(db, full):
    mentor = participant(db, full.mentor, ParticipantRole.MENTOR)

    erase_person(db, SYSTEM, person_of(db, full.mentee))

    left = db.scalars(select(ActionItem)).all()
    assert [(item.owner_id, item.goal_id) for item in left] == [(mentor.id, None)]


def test_erasing_twice_changes_nothing_the_second_time(db, full):
    person = person_of(db, full.mentee)
    assert erase_person(db, SYSTEM, person) > 20
    before = rows(db)

    assert erase_person(db, SYSTEM, person) == 0

    assert rows(db) == before


def test_killed_half_way_nothing_has_happened(database, frozen_clock, monkeypatch):
    with database.transaction() as db:
        full = make_full_program(db)
    with database.reading() as db:
        before, person = rows(db), person_of(db, full.mentor)
    monkeypatch.setattr(privacy_erasure, "_empty", None)

    with pytest.raises(TypeError), database.transaction() as db:
        erase_person(db, SYSTEM, person)

    with database.reading() as db:
        assert rows(db) == before


def test_the_record_says_that_it_happened_and_nothing_more(db, full):
    person = person_of(db, full.mentee)

    export_person(db, SYSTEM, person)
    erase_person(db, SYSTEM, person)

    verbs = (Verb.PERSON_EXPORTED, Verb.PERSON_ERASED)
    found = db.scalars(select(Activity).where(Activity.verb.in_(verbs)).order_by(Activity.id)).all()
    assert [(a.verb, a.noun, a.noun_id, a.detail) for a in found] == [
        (verb, "platform_user", person.user_id, "") for verb in verbs
    ]


def test_all_courses_of_the_person_are_erased(db, full):
    user = db.get_one(PlatformUser, person_of(db, full.mentee).user_id)
    here = db.get_one(Membership, full.mentee)
    elsewhere = make_member(db, make_course(db, here.course.deployment))
    elsewhere.user_id, elsewhere.groups = user.id, "17"
    db.flush()

    erase_person(db, SYSTEM, Person(user.id))

    assert db.get_one(Membership, elsewhere.id).groups == ""


def test_nobody_is_found_by_the_id_of_another_registration(db, full):
    user = db.get_one(PlatformUser, person_of(db, full.mentee).user_id)
    other = make_course(db).deployment.registration_id

    assert find_person(db, user.registration_id, user.subject) == Person(user.id)
    with pytest.raises(NotFound):
        find_person(db, other, user.subject)


def rows(db):
    return {
        table.name: sorted(map(str, db.execute(select(table)).all()))
        for table in Base.metadata.sorted_tables
    }


def test_a_suggestion_is_of_whoever_wrote_it_until_it_is_taken(db, full):
    mentor, mentee = person_of(db, full.mentor), person_of(db, full.mentee)
    suggested = db.scalars(select(Goal).where(Goal.proposed_by_id.is_not(None))).one()
    suggested.title = "Join a reading group"

    assert has_words(db, mentor, suggested.title)
    assert not has_words(db, mentee, suggested.title)
    suggested.state = GoalState.ACTIVE
    assert has_words(db, mentee, suggested.title)
    assert not has_words(db, mentor, suggested.title)

    erase_person(db, SYSTEM, mentor)
    assert db.get(Goal, suggested.id) is not None


def has_words(db, person, words):
    db.flush()
    return words in json.dumps(export_person(db, SYSTEM, person), default=str)
