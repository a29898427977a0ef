"""Facts of a full program, each changed alone: for tests of who sees that it is another one."""

from datetime import timedelta
from decimal import Decimal

from sqlalchemy import select

from lti_mentoring.core import clock
from lti_mentoring.models import (
    Activity,
    AttendanceReport,
    AvailabilityWindow,
    Closing,
    EngagementScore,
    FitCheck,
    Membership,
    MentoringSession,
    MentorRequest,
    Pairing,
    Participant,
)
from lti_mentoring.policies.confidentiality import DataKind
from lti_mentoring.rules.groups import Group, write
from lti_mentoring.vocabulary import (
    AttendanceAnswer,
    ClosingDecision,
    DeclineReason,
    FitAnswer,
    RequestState,
    SessionState,
    Verb,
)
from tests.support.factories import add


def add_requests_and_activity(db, full):
    """A request that was declined with a suggestion, a list of two, and a line of activity."""
    pairing = db.get_one(Pairing, full.pairing)
    before = clock.now() - timedelta(weeks=5)
    add(
        db,
        MentorRequest(
            mentee_id=pairing.mentee_id,
            mentor_id=pairing.mentor_id,
            state=RequestState.DECLINED,
            decline_reason=DeclineReason.FULL,
            suggested_mentor_id=participant_of(db, full.other_mentor).id,
            created_at=before,
            sent_at=before,
            answered_at=before + timedelta(days=1),
        ),
    )
    add(
        db,
        MentorRequest(
            mentee_id=participant_of(db, full.waiting).id,
            mentor_id=participant_of(db, full.other_mentor).id,
            state=RequestState.DRAFTED,
            rank=2,
            created_at=clock.now(),
        ),
    )
    add(
        db,
        Activity(
            course_id=db.get_one(Membership, full.mentee).course_id,
            membership_id=full.mentee,
            verb=Verb.ACTION_CHANGED,
            noun="action",
            noun_id=1,
            detail="open",
            at=clock.now() - timedelta(days=1),
        ),
    )


def participant_of(db, membership_id):
    """What a member is in the program; the first, if it is two things."""
    found = select(Participant).where(Participant.membership_id == membership_id)
    return db.scalars(found.order_by(Participant.id)).first()


def other_session_facts(db, full):
    """A session was not held after all, and the next one is a day later."""
    held = select(MentoringSession).where(MentoringSession.state == SessionState.HELD)
    db.scalars(held).one().state = SessionState.MISSED_BY_MENTEE
    db.get_one(MentoringSession, full.session).starts_at += timedelta(days=1)


def other_attendance_answer_of(side):
    """One of the two says something else about a session on which they differ anyway."""

    def change(db, full):
        mine = AttendanceReport.reporter_id == getattr(db.get_one(Pairing, full.pairing), side)
        db.scalars(select(AttendanceReport).where(mine)).one().answer = AttendanceAnswer.BOTH_MISSED

    return change


def other_answer_of(side):
    """One of the two does not find it a good fit."""

    def change(db, full):
        pairing = db.get_one(Pairing, full.pairing)
        answers = select(FitCheck).where(FitCheck.participant_id == getattr(pairing, side))
        db.scalars(answers).one().answer = FitAnswer.NOT_A_FIT

    return change


def other_engagement(db, full):
    """The mentee's number is another."""
    mentee = db.get_one(Pairing, full.pairing).mentee_id
    db.get_one(EngagementScore, mentee).score = Decimal("77.7")


def other_completion(db, full):
    """The mentee has completed the program."""
    mentee = db.get_one(Pairing, full.pairing).mentee_id
    db.get_one(EngagementScore, mentee).is_complete = True


def other_decision(db, full):
    """The mentee decides otherwise at the end."""
    mentee = db.get_one(Pairing, full.pairing).mentee_id
    db.get_one(Closing, mentee).decision = ClosingDecision.INDEPENDENT


def other_order_of_requests(db, full):
    """The learner who still asks would rather have the other mentor."""
    mine = MentorRequest.mentee_id == participant_of(db, full.waiting).id
    first, second = db.scalars(select(MentorRequest).where(mine).order_by(MentorRequest.rank))
    first.rank, second.rank = second.rank, first.rank


def _declined(db):
    declined = MentorRequest.state == RequestState.DECLINED
    return db.scalars(select(MentorRequest).where(declined)).one()


def other_decline_reason(db, _full):
    """The mentor said no for another reason."""
    _declined(db).decline_reason = DeclineReason.NOT_MY_TOPIC


def other_suggestion(db, full):
    """Somebody else was suggested."""
    _declined(db).suggested_mentor_id = participant_of(db, full.applicant).id


def other_match_reasons(db, full):
    """The two share less time, since the mentee has less."""
    mentee = db.get_one(Pairing, full.pairing).mentee_id
    hours = select(AvailabilityWindow).where(AvailabilityWindow.participant_id == mentee)
    db.scalars(hours).one().end_minute -= 60


def other_groups(db, full):
    """The mentee is in another group."""
    db.get_one(Membership, full.mentee).groups = write([Group("17", "Tutorial Z"), Group("18")])


def other_activity(db, full):
    """The mentee did it at another time, and it was something else."""
    line = db.scalars(select(Activity).where(Activity.membership_id == full.mentee)).one()
    line.at, line.detail, line.noun_id = clock.now(), "done", 2


FACTS = {
    DataKind.REQUEST_LIST: other_order_of_requests,
    DataKind.DECLINE_REASON: other_decline_reason,
    DataKind.SUGGESTED_MENTOR: other_suggestion,
    DataKind.MATCH_REASONS: other_match_reasons,
    DataKind.SESSION_FACTS: other_session_facts,
    DataKind.ATTENDANCE_ANSWER_OF_MENTEE: other_attendance_answer_of("mentee_id"),
    DataKind.ATTENDANCE_ANSWER_OF_MENTOR: other_attendance_answer_of("mentor_id"),
    DataKind.FIT_ANSWER_OF_MENTEE: other_answer_of("mentee_id"),
    DataKind.FIT_ANSWER_OF_MENTOR: other_answer_of("mentor_id"),
    DataKind.COMPLETION: other_completion,
    DataKind.ENGAGEMENT: other_engagement,
    DataKind.CLOSING_DECISION: other_decision,
    DataKind.GROUPS: other_groups,
    DataKind.ACTIVITY: other_activity,
}
"""Kinds of data that are facts instead of words, and how each becomes another one."""
