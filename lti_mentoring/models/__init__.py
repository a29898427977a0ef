"""Typed tables with their constraints; no behavior beyond derived properties.

Importing this package makes the metadata complete.
"""

from lti_mentoring.core.db import Base
from lti_mentoring.models.activity import Activity
from lti_mentoring.models.administration import AdministratorVisit
from lti_mentoring.models.agreement import Agreement, AgreementSignature
from lti_mentoring.models.closing import Closing
from lti_mentoring.models.course import Course, ResourceLink, RosterSync
from lti_mentoring.models.course_link import CourseLink, CourseLinksReading
from lti_mentoring.models.deep_linking import ContentItem, DeepLinkingRequest
from lti_mentoring.models.draft import Draft
from lti_mentoring.models.goal import ActionItem, Goal, GoalEntry, Milestone
from lti_mentoring.models.grading import (
    EngagementEvent,
    EngagementRubric,
    EngagementScore,
    Exemption,
    LineItem,
    ScorePublication,
)
from lti_mentoring.models.link_roster import LinkExclusion, LinkRoster
from lti_mentoring.models.mentor import Intake, MentorProfile, TopicOffer, TopicWant
from lti_mentoring.models.mentor_request import MentorRequest
from lti_mentoring.models.mentoring_session import (
    AgendaItem,
    AttendanceReport,
    MentoringSession,
    Note,
)
from lti_mentoring.models.pace import PlatformPace
from lti_mentoring.models.pairing import FitCheck, Pairing
from lti_mentoring.models.participant import AvailabilityWindow, Participant
from lti_mentoring.models.people import Membership, Observation, PlatformUser
from lti_mentoring.models.platform import (
    Deployment,
    Platform,
    Registration,
    RegistrationInvite,
)
from lti_mentoring.models.program import Program, ProgramBreak, Topic
from lti_mentoring.models.roster_differences import RosterDifferences
from lti_mentoring.models.security import (
    AccessToken,
    PlatformKeySet,
    RefusedLaunch,
    SignIn,
    ToolKey,
    UsedState,
    WaitingLaunch,
)

__all__ = [
    "AccessToken",
    "ActionItem",
    "Activity",
    "AdministratorVisit",
    "AgendaItem",
    "Agreement",
    "AgreementSignature",
    "AttendanceReport",
    "AvailabilityWindow",
    "Base",
    "Closing",
    "ContentItem",
    "Course",
    "CourseLink",
    "CourseLinksReading",
    "DeepLinkingRequest",
    "Deployment",
    "Draft",
    "EngagementEvent",
    "EngagementRubric",
    "EngagementScore",
    "Exemption",
    "FitCheck",
    "Goal",
    "GoalEntry",
    "Intake",
    "LineItem",
    "LinkExclusion",
    "LinkRoster",
    "Membership",
    "MentorProfile",
    "MentorRequest",
    "MentoringSession",
    "Milestone",
    "Note",
    "Observation",
    "Pairing",
    "Participant",
    "Platform",
    "PlatformKeySet",
    "PlatformPace",
    "PlatformUser",
    "Program",
    "ProgramBreak",
    "RefusedLaunch",
    "Registration",
    "RegistrationInvite",
    "ResourceLink",
    "RosterDifferences",
    "RosterSync",
    "ScorePublication",
    "SignIn",
    "ToolKey",
    "Topic",
    "TopicOffer",
    "TopicWant",
    "UsedState",
    "WaitingLaunch",
]
