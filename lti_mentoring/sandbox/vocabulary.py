"""The LTI names the sandbox speaks: claims, scopes, media types and role URIs."""

from collections.abc import Mapping
from enum import StrEnum

SEEDED_CLIENT_ID = "sandbox-client"  # of the tool that every sandbox knows from the start

LTI_CLAIM = "https://purl.imsglobal.org/spec/lti/claim/"
NRPS_CLAIM = "https://purl.imsglobal.org/spec/lti-nrps/claim/namesroleservice"
AGS_CLAIM = "https://purl.imsglobal.org/spec/lti-ags/claim/endpoint"
DEEP_LINKING_CLAIM = "https://purl.imsglobal.org/spec/lti-dl/claim/"
GROUPS_CLAIM = "https://purl.imsglobal.org/spec/lti-gs/claim/groupsservice"
LINKS_CLAIM = "https://purl.imsglobal.org/spec/lti/claim/linkcontentservice"
TOOL_CONFIGURATION = "https://purl.imsglobal.org/spec/lti-tool-configuration"
PLATFORM_CONFIGURATION = "https://purl.imsglobal.org/spec/lti-platform-configuration"

RESOURCE_LINK = "LtiResourceLinkRequest"
DEEP_LINKING = "LtiDeepLinkingRequest"
DEEP_LINKING_RESPONSE = "LtiDeepLinkingResponse"
SUBMISSION_REVIEW = "LtiSubmissionReviewRequest"
DATA_PRIVACY = "DataPrivacyLaunchRequest"
LINK_ITEM = "ltiResourceLink"

HELLO_WORLD = "LtiHelloWorldNotice"
CONTEXT_COPY = "LtiContextCopyNotice"

NRPS_SCOPE = "https://purl.imsglobal.org/spec/lti-nrps/scope/contextmembership.readonly"
LINE_ITEM_SCOPE = "https://purl.imsglobal.org/spec/lti-ags/scope/lineitem"
LINE_ITEM_READ_SCOPE = "https://purl.imsglobal.org/spec/lti-ags/scope/lineitem.readonly"
RESULT_SCOPE = "https://purl.imsglobal.org/spec/lti-ags/scope/result.readonly"
SCORE_SCOPE = "https://purl.imsglobal.org/spec/lti-ags/scope/score"
GROUPS_SCOPE = "https://purl.imsglobal.org/spec/lti-gs/scope/contextgroup.readonly"
NOTICES_SCOPE = "https://purl.imsglobal.org/spec/lti/scope/noticehandlers"
LINKS_READ_SCOPE = "https://purl.imsglobal.org/spec/lti/scope/contentitem.read"
LINKS_UPDATE_SCOPE = "https://purl.imsglobal.org/spec/lti/scope/contentitem.update"

AGS_SCOPES = (LINE_ITEM_SCOPE, LINE_ITEM_READ_SCOPE, RESULT_SCOPE, SCORE_SCOPE)
SCOPES = (NRPS_SCOPE, *AGS_SCOPES)
LINKS_SCOPES = (LINKS_READ_SCOPE, LINKS_UPDATE_SCOPE)

MEMBERS_TYPE = "application/vnd.ims.lti-nrps.v2.membershipcontainer+json"
LINE_ITEM_TYPE = "application/vnd.ims.lis.v2.lineitem+json"
LINE_ITEMS_TYPE = "application/vnd.ims.lis.v2.lineitemcontainer+json"
RESULTS_TYPE = "application/vnd.ims.lis.v2.resultcontainer+json"
SCORE_TYPE = "application/vnd.ims.lis.v1.score+json"

GROUPS_TYPE = "application/vnd.ims.lti-gs.v1.contextgroupcontainer+json"
GROUP_SETS_TYPE = "application/vnd.ims.lti-gs.v1.contextgroupsetcontainer+json"

ASSERTION_TYPE = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer"

CONTEXT_ROLE = "http://purl.imsglobal.org/vocab/lis/v2/membership#"
INSTITUTION_ROLE = "http://purl.imsglobal.org/vocab/lis/v2/institution/person#"
SYSTEM_ROLE = "http://purl.imsglobal.org/vocab/lis/v2/system/person#"
TEACHING_ASSISTANT = (
    "http://purl.imsglobal.org/vocab/lis/v2/membership/Instructor#TeachingAssistant"
)
COURSE_SECTION = "http://purl.imsglobal.org/vocab/lis/v2/course#CourseSection"
COURSE_OFFERING = "http://purl.imsglobal.org/vocab/lis/v2/course#CourseOffering"
TEST_USER = "http://purl.imsglobal.org/vocab/lti/system/person#TestUser"
UNKNOWN_ROLE = "https://campus.example/vocab/roles#Gardener"


class Role(StrEnum):
    """What a person is in one course."""

    INSTRUCTOR = "instructor"
    TA = "ta"
    LEARNER = "learner"
    OBSERVER = "observer"
    ADMIN = "admin"
    PREVIEW = "preview"  # an instructor who looks at the course as a student would

    @property
    def label(self) -> str:
        """The role as the pages call it."""
        return ROLE_LABELS[self]


ROLE_LABELS: Mapping[Role, str] = {
    Role.INSTRUCTOR: "Instructor",
    Role.TA: "Teaching assistant",
    Role.LEARNER: "Learner",
    Role.OBSERVER: "Observer",
    Role.ADMIN: "Administrator",
    Role.PREVIEW: "Student preview",
}

# Institution roles come along on purpose: a tool must not take them for course roles.
ROLE_URIS: Mapping[Role, tuple[str, ...]] = {
    Role.INSTRUCTOR: (INSTITUTION_ROLE + "Faculty", CONTEXT_ROLE + "Instructor"),
    Role.TA: (INSTITUTION_ROLE + "Student", CONTEXT_ROLE + "Instructor", TEACHING_ASSISTANT),
    Role.LEARNER: (INSTITUTION_ROLE + "Student", CONTEXT_ROLE + "Learner"),
    Role.OBSERVER: (INSTITUTION_ROLE + "Observer", CONTEXT_ROLE + "Mentor"),
    Role.ADMIN: (INSTITUTION_ROLE + "Administrator", CONTEXT_ROLE + "Administrator"),
    Role.PREVIEW: (CONTEXT_ROLE + "Learner", TEST_USER),
}


def mixed_roles(role: Role) -> list[str]:
    """The role's URIs with the plain context roles cut to their short names.

    Moodle and Sakai send such lists from the roster service; the short form is allowed for
    context roles only (LTI Core 1.3, appendix A.2.3).
    """
    return [uri.removeprefix(CONTEXT_ROLE) for uri in ROLE_URIS[role]]
