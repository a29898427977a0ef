"""What each LMS does in its own way, as data: one profile a product, read by whoever talks to it.

The rows and their numbers (C1, M8, …) are those of the quirk tables in docs/lti.md. A profile
chooses how to ask and how to read an answer; it never decides what anybody may do. A product that
nobody knows has the plain profile: only what the specifications promise.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from types import MappingProxyType
from typing import Any
from urllib.parse import urlsplit

from lti_mentoring.vocabulary import Product

CANVAS_SUBMISSION = "https://canvas.instructure.com/lti/submission"


class Names(StrEnum):
    """What decides whether an LMS tells names and e-mail addresses."""

    TOOL_SETTING = "tool_setting"
    PRIVACY_LEVEL = "privacy_level"
    PLACEMENT = "placement"
    DEPLOYMENT = "deployment"
    ACTIVITY = "activity"


class OneResult(StrEnum):
    """How the result of one person is asked for."""

    QUERY = "query"  # …/results?user_id=…
    PATH = "path"  # …/results/…
    FILTER = "filter"  # only all of them can be had, or had whole


class Cause(StrEnum):
    """What an LMS means by a refusal, where its words tell more than the status."""

    OUTDATED = "outdated"
    NOT_ENROLLED = "not_enrolled"
    NOT_OPEN = "not_open"
    NOT_PLACED = "not_placed"
    TOO_LARGE = "too_large"


CAUSES: Mapping[Cause, str] = {
    Cause.NOT_ENROLLED: "the LMS does not know this person in the course any more",
    Cause.NOT_OPEN: "the course is not published in the LMS, or is over",
    Cause.NOT_PLACED: "the tool is not placed in this course of the LMS",
    Cause.TOO_LARGE: "the course is too large for the LMS to hand out its list",
}
"""What a refusal means, where the platform's own words tell; the others go by their status."""


@dataclass(frozen=True)
class Refusal:
    """Words in small letters that stand in an answer, and what they mean."""

    words: str
    cause: Cause


@dataclass(frozen=True)
class Endpoints:
    """Where an issuer that many customers share is reached; ``{client_id}`` is to be filled in."""

    environment: str
    issuer: str
    auth_url: str
    token_url: str
    jwks_url: str

    def jwks_url_for(self, client_id: str) -> str:
        """The address of the platform's keys for this registration."""
        return self.jwks_url.replace("{client_id}", client_id)


@dataclass(frozen=True)
class PlatformProfile:
    """One product's ways.

    Attributes:
        product: whose they are.
        shared: the issuers that all its customers share, the usual one first (C1, B1).
        customer_hosts: ends of the hosts of customers behind a shared issuer (LTI-132).
        former_hosts: hosts of endpoints that still answer, but should be replaced (C3, B2).
        audience: of the assertion for a token, where that is not the token's address (BR3).
        names: what decides whether names and addresses are told.
        stale_token_statuses: what it answers to a token that is too old (S4).
        throttle_words: in the body of a 403 that means "not so fast" (C23).
        calm_seconds: for so long after a throttle requests go one at a time.
        budget: requests or credits that it grants before its limits reset, where its answers do
            not say (B8, BR13).
        roster_page_most: the largest page of a roster that it gives or should give (C11, M8).
        roster_hours: how long a roster is left alone that nobody asks for, at the least (B8).
        escapes_names: whether names in rosters are written as HTML (moodle.md 5).
        lists_only_openers: whether a roster usually has only people who opened the tool (BR5).
        lists_by_link: whether asking for the people of one link can tell who may open it (LTI-96).
        columns_are_assignments: whether changing a column renames somebody's assignment (C13).
        score_extension: what is added to every score (C16, LTI-121).
        takes_comments: whether a comment may go with every score (LTI-120).
        newline: how a comment breaks lines (B7).
        takes_scorer: whether a score may name the person who decided it (LTI-111).
        takes_submission_times: whether a score may say when the work for it began and was last
            done. Only where that is known to change nothing else: some refuse members that they
            do not know (O1), or make an attempt or a lateness of a time (C16).
        shows_zero: whether every version shows a score of 0 in its gradebook (E5).
        results_limit: how many results to ask for at a time; null where that breaks (M13) or
            pages come by themselves.
        one_result: how the result of one person is asked for (B6, S6, E6).
        result_decimals: decimals to which results are exact.
        refusals: what its words mean, beside what everybody's words mean.
        keeps_dates: whether links may bring dates along; where not, nobody is asked for some.
        empty_answer_erases: whether an answer without content removes what was chosen before.
    """

    product: Product = Product.OTHER
    shared: tuple[Endpoints, ...] = ()
    customer_hosts: tuple[str, ...] = ()
    former_hosts: tuple[str, ...] = ()
    audience: str | None = None
    names: Names = Names.TOOL_SETTING
    stale_token_statuses: frozenset[int] = frozenset({401})
    throttle_words: tuple[bytes, ...] = (b"rate limit exceeded",)
    calm_seconds: int = 300
    budget: int | None = None
    roster_page_most: int = 1000
    roster_hours: int = 0
    escapes_names: bool = False
    lists_only_openers: bool = False
    lists_by_link: bool = True
    columns_are_assignments: bool = False
    score_extension: Mapping[str, Any] = field(default_factory=dict)
    takes_comments: bool = True
    newline: str = "\n"
    takes_scorer: bool = False
    takes_submission_times: bool = False
    shows_zero: bool = True
    results_limit: int | None = None
    one_result: OneResult = OneResult.QUERY
    result_decimals: int = 2
    refusals: tuple[Refusal, ...] = ()
    keeps_dates: bool = True
    empty_answer_erases: bool = False

    @property
    def issuer(self) -> str | None:
        """The issuer that customers share; null where each has its own."""
        return self.shared[0].issuer if self.shared else None

    def cause_of(self, said: str) -> Cause | None:
        """What a refusal means by its words; null if only its status tells."""
        small = said.lower()
        known = (*self.refusals, *COMMON_REFUSALS)
        return next((each.cause for each in known if each.words in small), None)

    def is_throttle(self, body: bytes) -> bool:
        """Whether a refusal with this body asks the tool to slow down."""
        small = body.lower()
        return any(words in small for words in self.throttle_words)

    def should_move(self, url: str) -> bool:
        """Whether an endpoint is at a host that the product has left."""
        return (urlsplit(url).hostname or "") in self.former_hosts


COMMON_REFUSALS = (
    Refusal("already exists for the provided timestamp", Cause.OUTDATED),
    Refusal("before last updated timestamp", Cause.OUTDATED),
    Refusal("can only be updated to a later point in time", Cause.OUTDATED),
)
"""A score of this second or a later one is there: dependencies.md 11, C16, E5."""


def _canvas(environment: str, label: str) -> Endpoints:
    sso = f"https://sso.{label}canvaslms.com"
    return Endpoints(
        environment=environment,
        issuer=f"https://canvas.{label}instructure.com",
        auth_url=f"{sso}/api/lti/authorize_redirect",
        token_url=f"{sso}/login/oauth2/token",
        jwks_url=f"{sso}/api/lti/security/jwks",
    )


CANVAS = PlatformProfile(
    product=Product.CANVAS,
    shared=(_canvas("production", ""), _canvas("beta", "beta."), _canvas("test", "test.")),
    customer_hosts=(".instructure.com",),
    former_hosts=(
        "canvas.instructure.com",
        "canvas.beta.instructure.com",
        "canvas.test.instructure.com",
    ),
    names=Names.PRIVACY_LEVEL,
    roster_page_most=50,
    columns_are_assignments=True,
    score_extension={CANVAS_SUBMISSION: {"new_submission": False}},
    takes_comments=False,  # each would be one more in the learner's list (C16)
    results_limit=100,
    refusals=(
        Refusal("unpublished", Cause.NOT_OPEN),
        Refusal("not published", Cause.NOT_OPEN),
        Refusal("concluded", Cause.NOT_OPEN),
    ),
)

MOODLE = PlatformProfile(
    product=Product.MOODLE,
    roster_page_most=200,
    escapes_names=True,
    takes_scorer=True,
    takes_submission_times=True,
    result_decimals=4,  # of five, of which ours use four
    keeps_dates=False,  # it ignores them
)

BLACKBOARD = PlatformProfile(
    product=Product.BLACKBOARD,
    shared=(
        Endpoints(
            "production",
            "https://blackboard.com",
            "https://developer.anthology.com/api/v1/gateway/oidcauth",
            "https://developer.anthology.com/api/v1/gateway/oauth2/jwttoken",
            "https://developer.anthology.com/api/v1/management/applications/{client_id}/jwks.json",
        ),
    ),
    former_hosts=("developer.blackboard.com",),
    names=Names.PLACEMENT,
    budget=10_000,  # calls of all tools of a site in 24 hours
    roster_hours=24,
    newline="<br/>",
    results_limit=1000,
    one_result=OneResult.FILTER,
    refusals=(Refusal("user could not be found:", Cause.NOT_ENROLLED),),
)

BRIGHTSPACE = PlatformProfile(
    product=Product.BRIGHTSPACE,
    audience="https://api.brightspace.com/auth/token",
    names=Names.DEPLOYMENT,
    calm_seconds=60,  # its credits come back every minute
    budget=50_000,
    lists_only_openers=True,
    lists_by_link=False,  # whoever is missing may only not have opened it yet
    refusals=(
        Refusal("not enrolled in the org unit", Cause.NOT_ENROLLED),
        Refusal("user in requested score does not exist", Cause.NOT_ENROLLED),
    ),
)

SAKAI = PlatformProfile(
    product=Product.SAKAI,
    lists_by_link=False,  # the parameter is ignored (S3)
    stale_token_statuses=frozenset({401, 403}),
    takes_scorer=True,
    takes_submission_times=True,
    one_result=OneResult.FILTER,
    refusals=(Refusal("no placements for tool", Cause.NOT_PLACED),),
)

OPENEDX = PlatformProfile(
    product=Product.OPENEDX,
    names=Names.ACTIVITY,
    takes_scorer=True,
    takes_submission_times=True,
    lists_by_link=False,  # the parameter is ignored
    shows_zero=False,
    one_result=OneResult.PATH,
    refusals=(Refusal("above_response_limit", Cause.TOO_LARGE),),
    empty_answer_erases=True,
)

PROFILES: Mapping[Product, PlatformProfile] = MappingProxyType(
    {
        profile.product: profile
        for profile in (
            PlatformProfile(),
            MOODLE,
            CANVAS,
            BLACKBOARD,
            BRIGHTSPACE,
            SAKAI,
            OPENEDX,
        )
    }
)
"""Every product's ways; ``OTHER`` has the plain profile."""


def profile_of(product: Product) -> PlatformProfile:
    """The product's ways."""
    return PROFILES[product]
