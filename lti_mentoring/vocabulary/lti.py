"""What LTI calls things: URIs of the 1EdTech documents, and the states of what speaks it."""

from enum import StrEnum

CLAIM = "https://purl.imsglobal.org/spec/lti/claim/"  # LTI Core 1.3, section 5
AGS_CLAIM = "https://purl.imsglobal.org/spec/lti-ags/claim/endpoint"  # LTI-AGS 2.0, 3.1
NRPS_CLAIM = "https://purl.imsglobal.org/spec/lti-nrps/claim/namesroleservice"  # LTI-NRPS 2.0, 3.6
GROUPS_CLAIM = "https://purl.imsglobal.org/spec/lti-gs/claim/groupsservice"  # Course Groups 1.0
LINKS_CLAIM = CLAIM + "linkcontentservice"  # Link and Content Service 1.0
MEMBERSHIP_ROLE = "http://purl.imsglobal.org/vocab/lis/v2/membership"  # LTI Core 1.3, A.2.3
DL_CLAIM = "https://purl.imsglobal.org/spec/lti-dl/claim/"  # Deep Linking 2.0, section 4
TEST_USER_ROLE = "http://purl.imsglobal.org/vocab/lti/system/person#TestUser"  # LTI Core 1.3, A.2.1


class MessageType(StrEnum):
    """Messages that the tool takes and sends (LTI Core 1.3, 3.6; Deep Linking 2.0, 4)."""

    RESOURCE_LINK = "LtiResourceLinkRequest"
    DEEP_LINKING = "LtiDeepLinkingRequest"
    SUBMISSION_REVIEW = "LtiSubmissionReviewRequest"
    DATA_PRIVACY = "DataPrivacyLaunchRequest"
    DEEP_LINKING_RESPONSE = "LtiDeepLinkingResponse"


class Scope(StrEnum):
    """OAuth scopes that the tool asks for (LTI-AGS 2.0, 3.1; LTI-NRPS 2.0, 2.2)."""

    LINE_ITEM = "https://purl.imsglobal.org/spec/lti-ags/scope/lineitem"
    LINE_ITEM_READ = "https://purl.imsglobal.org/spec/lti-ags/scope/lineitem.readonly"
    RESULT_READ = "https://purl.imsglobal.org/spec/lti-ags/scope/result.readonly"
    SCORE = "https://purl.imsglobal.org/spec/lti-ags/scope/score"
    GROUPS_READ = "https://purl.imsglobal.org/spec/lti-gs/scope/contextgroup.readonly"
    NOTICES = "https://purl.imsglobal.org/spec/lti/scope/noticehandlers"
    LINKS_READ = "https://purl.imsglobal.org/spec/lti/scope/contentitem.read"
    LINKS_UPDATE = "https://purl.imsglobal.org/spec/lti/scope/contentitem.update"
    ROSTER_READ = "https://purl.imsglobal.org/spec/lti-nrps/scope/contextmembership.readonly"


class NoticeType(StrEnum):
    """Notices of platforms that the tool takes (Platform Notification Service 1.0)."""

    HELLO_WORLD = "LtiHelloWorldNotice"
    CONTEXT_COPY = "LtiContextCopyNotice"


class MediaType(StrEnum):
    """Media types of the services; platforms compare them letter by letter."""

    MEMBERSHIPS = "application/vnd.ims.lti-nrps.v2.membershipcontainer+json"
    LINE_ITEM = "application/vnd.ims.lis.v2.lineitem+json"
    LINE_ITEMS = "application/vnd.ims.lis.v2.lineitemcontainer+json"
    SCORE = "application/vnd.ims.lis.v1.score+json"
    GROUPS = "application/vnd.ims.lti-gs.v1.contextgroupcontainer+json"
    RESULTS = "application/vnd.ims.lis.v2.resultcontainer+json"


class PrivacyLevel(StrEnum):
    """Which personal facts an administrator lets the LMS send, chosen at registration."""

    NAMES = "names"
    NAMES_AND_OBSERVERS = "names_and_observers"
    ANONYMOUS = "anonymous"


class Product(StrEnum):
    """The LMS a platform runs, as the administrator said; chooses quirks, never rights."""

    MOODLE = "moodle"
    CANVAS = "canvas"
    BLACKBOARD = "blackboard"
    BRIGHTSPACE = "brightspace"
    SAKAI = "sakai"
    OPENEDX = "openedx"
    OTHER = "other"


class RegistrationState(StrEnum):
    """Whether launches of a registration (issuer and client id) are let in."""

    PENDING = "pending"
    APPROVED = "approved"
    PAUSED = "paused"
    DISABLED = "disabled"


class DeploymentState(StrEnum):
    """Whether launches of one deployment are let in."""

    PENDING = "pending"
    APPROVED = "approved"
    PAUSED = "paused"
    DISABLED = "disabled"


class KeyState(StrEnum):
    """Life of one of the tool's signing keys."""

    PUBLISHED = "published"
    SIGNING = "signing"
    RETIRED = "retired"


class CourseRole(StrEnum):
    """What a person is in one course, by the course roles that the LMS sent.

    ``OBSERVER`` is the LTI role *Mentor*: it is no mentor of ours and grants nothing.
    """

    INSTRUCTOR = "instructor"
    TEACHING_ASSISTANT = "teaching_assistant"
    LEARNER = "learner"
    OBSERVER = "observer"
    NONE = "none"


class MembershipState(StrEnum):
    """Whether a person belongs to a course now."""

    ACTIVE = "active"
    INACTIVE = "inactive"
    GONE = "gone"


class RosterSyncState(StrEnum):
    """One reading of a course's roster. ``HELD`` waits for a person: too many would leave."""

    DUE = "due"
    RUNNING = "running"
    DONE = "done"
    FAILED = "failed"
    HELD = "held"


class GradebookAccess(StrEnum):
    """What the tool may do in a course's gradebook (LTI-104).

    ``SCORES`` is writing into the one column that the LMS made with the activity.
    """

    FULL = "full"
    SCORES = "scores"
    NONE = "none"


class LineItemKind(StrEnum):
    """Which of a program's two possible gradebook columns this is."""

    ENGAGEMENT = "engagement"
    COMPLETION = "completion"


class PublicationState(StrEnum):
    """Delivery of the newest wanted value of one gradebook cell.

    ``BLOCKED`` is a permanent refusal that waits for a person; ``OVERRIDDEN`` is a cell that
    shows another grade than was sent, and waits for a person as well; ``STOPPED`` is a cell that
    nobody wants to write any more (the person left or is not graded).
    """

    PENDING = "pending"
    SENDING = "sending"
    SENT = "sent"
    BLOCKED = "blocked"
    OVERRIDDEN = "overridden"
    STOPPED = "stopped"


class ActivityProgress(StrEnum):
    """LTI-AGS 2.0, 3.4.7: how far the person is."""

    INITIALIZED = "Initialized"
    STARTED = "Started"
    IN_PROGRESS = "InProgress"
    SUBMITTED = "Submitted"
    COMPLETED = "Completed"


class SignInState(StrEnum):
    """A launch's login. ``EXPIRED`` rows are kept for a day, to keep unsent texts."""

    ACTIVE = "active"
    EXPIRED = "expired"
    ENDED = "ended"
