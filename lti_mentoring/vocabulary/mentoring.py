"""What the field of mentoring calls things, and the states they go through."""

from enum import StrEnum


class ProgramState(StrEnum):
    """Life of a mentoring program."""

    DRAFT = "draft"
    RECRUITING = "recruiting"
    RUNNING = "running"
    PAUSED = "paused"
    CLOSING = "closing"
    CLOSED = "closed"
    CANCELLED = "cancelled"


class Preset(StrEnum):
    """Starting points of the setup wizard."""

    PEER_TUTORING = "peer_tutoring"
    FIRST_YEAR_BUDDIES = "first_year_buddies"
    CAREER_MENTORS = "career_mentors"
    ROLE_TRANSITION = "role_transition"


class MentorSource(StrEnum):
    """How mentors are found."""

    NOMINATION = "nomination"
    APPLICATION = "application"
    BOTH = "both"


class PairingMethod(StrEnum):
    """How pairs are made."""

    LEARNER_ASKS = "learner_asks"
    COORDINATOR = "coordinator"
    BOTH = "both"


class PairingGroups(StrEnum):
    """Whether the groups of two people say that they may be a pair."""

    ANY = "any"
    SAME = "same"
    DIFFERENT = "different"


class ParticipantRole(StrEnum):
    """What a person does in a program. One person may hold both, in two rows."""

    MENTEE = "mentee"
    MENTOR = "mentor"


class ParticipantState(StrEnum):
    """Whether a person takes part in a program now."""

    ACTIVE = "active"
    LEFT = "left"


class IntakeState(StrEnum):
    """How far a learner's three short steps are."""

    STARTED = "started"
    SUBMITTED = "submitted"


class MentorState(StrEnum):
    """A mentor's way from the invitation or application to leaving the pool."""

    INVITED = "invited"
    STARTED = "started"
    SUBMITTED = "submitted"
    ACTIVE = "active"
    PAUSED = "paused"
    DECLINED = "declined"
    REJECTED = "rejected"
    WITHDRAWN = "withdrawn"
    RETIRED = "retired"


class MeetingMode(StrEnum):
    """How two people like to meet."""

    VIDEO = "video"
    IN_PERSON = "in_person"
    CHAT = "chat"


class Cadence(StrEnum):
    """How often two people mean to meet."""

    WEEKLY = "weekly"
    FORTNIGHTLY = "fortnightly"
    MONTHLY = "monthly"


class RequestState(StrEnum):
    """A learner's request to one mentor; ``DRAFTED`` waits for its turn in the ranking."""

    DRAFTED = "drafted"
    SENT = "sent"
    ACCEPTED = "accepted"
    DECLINED = "declined"
    EXPIRED = "expired"
    WITHDRAWN = "withdrawn"
    RELEASED = "released"
    SUPERSEDED = "superseded"


class DeclineReason(StrEnum):
    """Why a mentor said no; the learner reads kind words, never the code."""

    FULL = "full"
    NO_TIME = "no_time"
    OTHER_FITS_BETTER = "other_fits_better"
    NOT_MY_TOPIC = "not_my_topic"


class PairingState(StrEnum):
    """Life of a pairing. ``PROPOSED`` waits for both signatures under the agreement."""

    PROPOSED = "proposed"
    TRIAL = "trial"
    ACTIVE = "active"
    PAUSED = "paused"
    INTERRUPTED = "interrupted"
    SUSPENDED = "suspended"
    CLOSING = "closing"
    CLOSED = "closed"
    ENDED_NO_FAULT = "ended_no_fault"
    DECLINED = "declined"
    EXPIRED = "expired"


LIVE_PAIRING = (
    PairingState.PROPOSED,
    PairingState.TRIAL,
    PairingState.ACTIVE,
    PairingState.PAUSED,
    PairingState.INTERRUPTED,
    PairingState.SUSPENDED,
    PairingState.CLOSING,
)
"""The states in which a pairing takes a mentor's seat and is a mentee's one pairing."""


class PairingOrigin(StrEnum):
    """Who brought a pair together."""

    REQUEST = "request"
    COORDINATOR = "coordinator"


class EndReason(StrEnum):
    """Why a pairing ended. Codes only: nobody has to explain a new-mentor wish."""

    NO_FIT = "no_fit"
    NO_TIME = "no_time"
    GOALS_REACHED = "goals_reached"
    PROGRAM_END = "program_end"
    LEFT_COURSE = "left_course"
    COORDINATOR = "coordinator"


class AgainReason(StrEnum):
    """Why a coordinator brings two people together who have parted. A code, never a story."""

    BOTH_WISH = "both_wish"
    CAUSE_GONE = "cause_gone"
    NOBODY_ELSE = "nobody_else"


class FitAnswer(StrEnum):
    """The private answer in the trial: is this a good fit?"""

    GOOD = "good"
    UNSURE = "unsure"
    NOT_A_FIT = "not_a_fit"


class GoalState(StrEnum):
    """Life of a goal; ``PROPOSED`` is a mentor's suggestion that the owner has not taken yet."""

    DRAFT = "draft"
    PROPOSED = "proposed"
    ACTIVE = "active"
    ON_HOLD = "on_hold"
    ACHIEVED = "achieved"
    PARTLY_ACHIEVED = "partly_achieved"
    DROPPED = "dropped"


class Visibility(StrEnum):
    """Who may read a text."""

    PRIVATE = "private"
    SHARED = "shared"


class GoalEntryKind(StrEnum):
    """What a line in a goal's story is."""

    UPDATE = "update"
    COMMENT = "comment"
    SUGGESTION = "suggestion"
    CHANGE = "change"


class ActionState(StrEnum):
    """Life of an action item."""

    OPEN = "open"
    DONE = "done"
    DROPPED = "dropped"


class SessionState(StrEnum):
    """Life of a mentoring session."""

    PROPOSED = "proposed"
    SCHEDULED = "scheduled"
    DECLINED = "declined"
    LAPSED = "lapsed"
    CANCELLED_IN_TIME = "cancelled_in_time"
    CANCELLED_LATE = "cancelled_late"
    TO_CONFIRM = "to_confirm"
    HELD = "held"
    MISSED_BY_MENTEE = "missed_by_mentee"
    MISSED_BY_MENTOR = "missed_by_mentor"
    MISSED_BY_BOTH = "missed_by_both"
    DISPUTED = "disputed"


class ClosingDecision(StrEnum):
    """How a learner wants to go on when the program ends (mentoring.md, M-163)."""

    INDEPENDENT = "independent"
    CONTINUE_INFORMALLY = "continue_informally"
    NEW_MENTOR = "new_mentor"


class AttendanceAnswer(StrEnum):
    """What one side says about a session whose time has passed."""

    HELD = "held"
    MENTEE_MISSED = "mentee_missed"
    MENTOR_MISSED = "mentor_missed"
    BOTH_MISSED = "both_missed"


class Component(StrEnum):
    """What engagement is made of (decision record on the engagement score)."""

    ORIENTATION = "orientation"
    AGREEMENT = "agreement"
    NEEDS = "needs"
    SESSIONS = "sessions"
    GOALS_SET = "goals_set"
    GOAL_PROGRESS = "goal_progress"
    REFLECTION = "reflection"
    FEEDBACK = "feedback"
    CLOSURE = "closure"


class ExemptionReason(StrEnum):
    """Why something does not count for a learner; a category, never a diagnosis."""

    PAUSE = "pause"
    ALTERNATIVE_WORK = "alternative_work"
    ACCESSIBILITY = "accessibility"
    OTHER = "other"


class Verb(StrEnum):
    """What happened, in the append-only record of activity."""

    REGISTRATION_ADDED = "registration_added"
    DEPLOYMENT_SEEN = "deployment_seen"
    REGISTRATION_MOVED = "registration_moved"
    REGISTRATION_CHANGED = "registration_changed"
    ROLE_OVERRIDDEN = "role_overridden"
    DEPLOYMENT_MOVED = "deployment_moved"
    INVITE_MADE = "invite_made"
    ROSTER_APPLIED = "roster_applied"
    ROSTER_HELD = "roster_held"
    PROGRAM_CREATED = "program_created"
    PROGRAM_CHANGED = "program_changed"
    PROGRAM_MOVED = "program_moved"
    AGREEMENT_PUBLISHED = "agreement_published"
    MENTOR_NOMINATED = "mentor_nominated"
    MENTOR_APPLIED = "mentor_applied"
    MENTOR_APPROVED = "mentor_approved"
    MENTOR_REJECTED = "mentor_rejected"
    MENTOR_MOVED = "mentor_moved"
    INTAKE_SUBMITTED = "intake_submitted"
    MENTOR_ASKED = "mentor_asked"
    REQUEST_ANSWERED = "request_answered"
    REQUEST_MOVED = "request_moved"
    PAIRED = "paired"
    PAIRING_MOVED = "pairing_moved"
    AGREEMENT_SIGNED = "agreement_signed"
    FIT_ANSWERED = "fit_answered"
    GOAL_SET = "goal_set"
    GOAL_CHANGED = "goal_changed"
    ACTION_CHANGED = "action_changed"
    LOOKED_BACK = "looked_back"
    SESSION_PROPOSED = "session_proposed"
    SESSION_MOVED = "session_moved"
    SESSION_REPORTED = "session_reported"
    RUBRIC_CHANGED = "rubric_changed"
    EXEMPTION_CHANGED = "exemption_changed"
    SCORE_RETRIED = "score_retried"
    SCORE_RESUMED = "score_resumed"
    COLUMN_REMOVED = "column_removed"
    PROGRESS_SHARED = "progress_shared"
    SHOWN_TO_STAFF = "shown_to_staff"
    CONTENT_PLACED = "content_placed"
    LINKS_RENAMED = "links_renamed"
    LINK_REDIRECTED = "link_redirected"
    PERSON_EXPORTED = "person_exported"
    PERSON_ERASED = "person_erased"
