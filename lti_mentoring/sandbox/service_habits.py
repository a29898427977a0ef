"""How each LMS's roster and gradebook services behave, faults included; accents point here.

Sources: Moodle's wire captures; Canvas' controllers for names and roles, line items and
scores; Sakai's LTI13Servlet; Open edX' serializers; Blackboard's and Brightspace's documents.
"""

from dataclasses import dataclass, field
from enum import StrEnum

from lti_mentoring.sandbox import role_names
from lti_mentoring.sandbox.role_names import RoleNames


@dataclass(frozen=True)
class Paging:
    """How a list comes in pages. ``size`` is what comes unasked, and caps what is asked for."""

    size: int = 0
    start: str = "from"  # the parameter
    none: bool = False  # everything comes at once, whatever is asked for
    forgets: frozenset[str] = frozenset()  # parameters that next links drop
    wrong_path: tuple[str, str] = ("", "")  # what next links write in place of what
    curly: bool = False  # typographic quotes, and ampersands as in HTML
    every_relation: bool = False  # links to this, the first and the last page too


@dataclass(frozen=True)
class Roster:
    """The names and roles service."""

    roles: RoleNames = field(default_factory=lambda: role_names.PLAIN)
    query: str = ""  # part of the address
    versions: tuple[str, ...] = ("2.0",)
    media_type: str = ""  # of answers; empty: the right one
    paging: Paging = Paging()
    short_roles: bool = True  # the role parameter may be a short name
    filters: bool = True  # role and rlid are heeded
    escaped_names: bool = False  # as in HTML
    needs_activity: bool = False  # a course in which nothing opens the tool tells it nothing
    lists_suspended: bool = True
    lists_launched_only: bool = False
    empty_page: bool = False  # no body at all for a page without members
    most: int = 0  # more members are refused
    context: tuple[str, ...] = ("id", "label", "title")
    groups: tuple[str, ...] = ("group_id", "group_name")  # members of group_enrollments
    message_custom: bool = True
    username: str = ""  # the member that carries one
    preview_user: bool = False


class Refusal(StrEnum):
    """The form in which a score is refused."""

    OBJECT = "object"  # status, reason and request
    REASON = "reason"  # [], and the words in the HTTP status line
    ERRORS = "errors"
    FIELDS = "fields"  # reasons by the members they concern
    TEXT = "text"


@dataclass(frozen=True)
class Grading:
    """The line item, score and result services."""

    members: frozenset[str] = frozenset()  # that a score may have; empty: any

    paging: Paging = Paging()
    created_status: int = 201
    coupled_delete_status: int = 403  # 204: even those can be deleted
    link_filter: str = "resource_link_id"
    whole_maximum: bool = False
    needs_tie: bool = False  # line items must have a resourceId or a resourceLinkId
    nulls: bool = False  # members without a value are written
    score_status: int = 200
    score_answer: str = ""  # nothing; "result": where it is; "echo": what was sent
    refusal: Refusal = Refusal.OBJECT
    whole_seconds: bool = True
    older: tuple[int, str] = (409, "a newer score has been recorded already")
    equal: tuple[int, str] = (409, "a newer score has been recorded already")
    stranger: tuple[int, str] = (400, "userId is not in this course")
    no_learner: tuple[int, str] = (400, "userId cannot be graded: not a learner in this course")
    no_maximum_status: int = 400
    cuts_negative: bool = False  # to 0, where others refuse
    appends_comments: bool = False
    publishes_zero: bool = True
    result_media_type: str = ""
    result_paging: Paging = Paging()
    result_limit_status: int = 200  # of results that are asked for with a limit
    results_of_everybody: bool = False
    result_filter: bool = True  # user_id is heeded
    one_result: str = ""  # at the address with the user's id: "list" or "object"
    filtered_comment: bool = True
    zero_in_results: bool = True
    result_times: bool = False


SCORE_MEMBERS = frozenset(
    {
        "activityProgress",
        "comment",
        "gradingProgress",
        "scoreGiven",
        "scoreMaximum",
        "scoringUserId",
        "submission",
        "timestamp",
        "userId",
    }
)
PLAIN_GRADING = Grading(members=SCORE_MEMBERS)


@dataclass(frozen=True)
class Tokens:
    """What services answer to tokens and to too many calls."""

    bad_status: int = 401
    no_scope_status: int = 401
    throttle_status: int = 429
    throttle_reason: str = "too many requests"
    retry_header: str = "Retry-After"
    quota: int = 0  # a day, told with each answer


MOODLE_ROSTER = Roster(
    roles=role_names.MOODLE_ROSTER,
    versions=("1.0", "2.0"),
    paging=Paging(forgets=frozenset({"role"})),
    escaped_names=True,
    lists_suspended=False,
    groups=(),
    message_custom=False,
    username="ext_user_username",
    needs_activity=True,
)
MOODLE_GRADING = Grading(
    paging=Paging(curly=True),
    coupled_delete_status=204,
    refusal=Refusal.REASON,
    cuts_negative=True,
    result_limit_status=404,
    zero_in_results=False,
    result_times=True,
)

CANVAS_ROSTER = Roster(
    roles=role_names.CANVAS_ROSTER,
    paging=Paging(size=50, every_relation=True),
    short_roles=False,
    lists_suspended=False,
    groups=(),
)
NOT_A_STUDENT = "User not found in course or is not a student"
CANVAS_GRADING = Grading(
    paging=Paging(size=50, every_relation=True),
    coupled_delete_status=401,
    score_answer="result",
    refusal=Refusal.ERRORS,
    whole_seconds=False,
    older=(400, "Provided timestamp before last updated timestamp"),
    equal=(0, ""),
    stranger=(422, NOT_A_STUDENT),
    no_learner=(422, NOT_A_STUDENT),
    no_maximum_status=422,
    appends_comments=True,
)
CANVAS_TOKENS = Tokens(throttle_status=403, throttle_reason="403 Forbidden (Rate Limit Exceeded)")

BLACKBOARD_ROSTER = Roster(
    roles=role_names.BLACKBOARD, query="placement_id=_553_1", groups=(), preview_user=True
)
BLACKBOARD_GRADING = Grading(
    refusal=Refusal.TEXT,
    stranger=(400, "User could not be found:"),
    filtered_comment=False,
)
BLACKBOARD_TOKENS = Tokens(quota=10_000, retry_header="X-Rate-Limit-Reset")

BRIGHTSPACE_ROSTER = Roster(
    roles=role_names.BRIGHTSPACE_ROSTER, lists_launched_only=True, groups=()
)
BRIGHTSPACE_GRADING = Grading(
    refusal=Refusal.TEXT,
    stranger=(403, "User in requested score is not enrolled in the org unit"),
    no_learner=(422, "User in requested score has a role that cannot be graded"),
)

SAKAI_ROSTER = Roster(
    roles=role_names.SAKAI_ROSTER,
    media_type="application/json; charset=utf-8",
    paging=Paging(start="start"),
    filters=False,
    lists_suspended=False,
    empty_page=True,
    context=("id", "title"),
    groups=("group_id",),
)
SAKAI_GRADING = Grading(
    created_status=200,
    coupled_delete_status=400,
    link_filter="lti_link_id",
    result_media_type="application/json; charset=utf-8",
    results_of_everybody=True,
    result_filter=False,
    one_result="object",
)
SAKAI_GROUPS = Paging(start="start", wrong_path=("/groups/", "/groupsservice/"))
SAKAI_TOKENS = Tokens(bad_status=403, no_scope_status=400)

LATER = "Score timestamp can only be updated to a later point in time"
OPENEDX_ROSTER = Roster(
    roles=role_names.OPENEDX_ROSTER, filters=False, most=500, context=("id",), groups=()
)
OPENEDX_GRADING = Grading(
    paging=Paging(none=True),
    whole_maximum=True,
    needs_tie=True,
    nulls=True,
    score_status=201,
    score_answer="echo",
    refusal=Refusal.FIELDS,
    whole_seconds=False,
    older=(400, LATER),
    equal=(400, "Score already exists for the provided timestamp"),
    publishes_zero=False,
    result_paging=Paging(none=True),
    result_filter=False,
    one_result="list",
)
