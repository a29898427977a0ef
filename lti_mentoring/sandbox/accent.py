"""What an accent is: one LMS's way of doing things, as data.

The seven are in ``accents.py``. Nothing else in the sandbox asks which LMS it imitates; it
asks the accent what to do.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum

from lti_mentoring.sandbox import role_names
from lti_mentoring.sandbox.role_names import RoleNames
from lti_mentoring.sandbox.service_habits import Grading, Paging, Roster, Tokens
from lti_mentoring.sandbox.vocabulary import (
    COURSE_SECTION,
    DATA_PRIVACY,
    LINK_ITEM,
    SCOPES,
)


class Valueless(StrEnum):
    """What becomes of a known variable that has no value here."""

    EMPTY = "empty"
    NULL = "null"
    LITERAL = "literal"


@dataclass(frozen=True)
class Login:
    """How a launch begins. ``hint`` is filled with the link's and the launch's id."""

    method: str = "post"
    deployment_parameter: str = "lti_deployment_id"
    hint: str = '{"activity": "{link}", "launch": "{launch}"}'
    extras: Mapping[str, str] = field(default_factory=dict)
    unsafe_status: int = 400  # of the page for a question that no address may be answered
    storage_target: str = ""  # the frame that keeps things for tools; "_parent": the page
    storage_prefix: str = ""  # before the subjects of its messages


@dataclass(frozen=True)
class Token:
    """What an id_token looks like."""

    lifetime: int = 60  # seconds
    azp: bool = False
    not_before: bool = False
    context_type: str = COURSE_SECTION
    roles: RoleNames = field(default_factory=lambda: role_names.PLAIN)
    reviewed_names: bool = True  # name and roles of whose work is reviewed
    observed: bool = True  # role_scope_mentor
    locale: bool = True  # as a claim of its own, beside launch_presentation
    underscores: bool = True  # in locales: pt_br; otherwise pt-BR
    username: str = ""  # the claim that carries one
    given_names: bool = True
    frame_size: bool = True
    remarks: bool = False  # members that mean nothing in many claims
    roster_in_dialog: bool = True


@dataclass(frozen=True)
class Custom:
    """What becomes of custom parameters."""

    variables: frozenset[str] = frozenset()
    valueless: Valueless = Valueless.EMPTY
    twice: bool = False  # again in lower case, if a name has anything but that
    adds_time_zone: bool = False
    server_zone: str = ""  # people there have the zone "99"


@dataclass(frozen=True)
class Registration:
    """What a tool meets that registers itself."""

    offered: bool = True
    sends_token: bool = True
    token_opens_configuration: bool = False
    refusal: str = "json"  # or "text", "errors"
    refusal_status: int = 400
    members: frozenset[str] = frozenset()  # the only ones taken; empty: any
    configuration_members: frozenset[str] = frozenset()
    message_members: frozenset[str] = frozenset()
    messages: Mapping[str, tuple[str, ...]] = field(default_factory=dict)  # placements by type
    kept_messages: frozenset[str] = frozenset()  # empty: all that are supported
    needs_placements: bool = False
    custom_is_text: bool = False
    privacy_member: str = ""  # what decides about names and e-mail, in place of ``claims``
    domain_is_host: bool = False
    overstates_scope: bool = False
    cuts_custom_at_equals: bool = False
    client_id: str = "{letters}"
    deployment_id: str = "{number}"
    answers_deployment: bool = True
    activation: str = ""  # the button an administrator presses; empty: active at once
    shown_at_once: bool = True  # in courses


@dataclass(frozen=True)
class Dialog:
    """How content is selected."""

    accept_types: tuple[str, ...] = (LINK_ITEM,)
    targets: tuple[str, ...] = ("iframe", "window")
    placements: Mapping[str, bool] = field(default_factory=lambda: {"": True})  # several items?
    accept_lineitem: bool | None = True
    sends_data: bool = True
    asks_before_saving: bool = False
    keeps_label: bool = True  # of line items; otherwise the title is taken
    keeps_target: bool = True  # window or iframe


@dataclass(frozen=True)
class Copies:
    """What remembers what when courses are copied."""

    imports_remember: bool = True
    duplicates_lose_column: bool = False  # the launch of a duplicate names none


@dataclass(frozen=True)
class Accent:
    """One LMS's way of doing things."""

    name: str
    label: str
    product: str
    version: str = "1"
    configured_product: str = ""  # in the configuration, if it is another there
    issuer: str = ""  # shared by all customers; empty: the sandbox's own address
    token_audience: str = ""  # of assertions; empty: the token URL
    token_media_type: str = "application/json"
    scopes: tuple[str, ...] = SCOPES
    service_query: bool = False  # line item addresses have one
    roster: Roster = field(default_factory=Roster)
    grading: Grading = field(default_factory=Grading)
    tokens: Tokens = field(default_factory=Tokens)
    login: Login = field(default_factory=Login)
    token: Token = field(default_factory=Token)
    custom: Custom = field(default_factory=Custom)
    registration: Registration = field(default_factory=Registration)
    dialog: Dialog = field(default_factory=Dialog)
    copies: Copies = field(default_factory=Copies)
    group_sets: bool = False
    group_paging: Paging = field(default_factory=Paging)
    notices: tuple[str, ...] = ()  # types that the LMS sends on its own
    reviews: bool = True  # cells of the gradebook open the tool
    answers_messages: bool = True  # of framed tools: what there is, how tall they are
    opens_for_account: bool = False  # for administrators, outside of courses

    @property
    def opens_privacy(self) -> bool:
        """Whether administrators can ask a tool about a person's data."""
        return DATA_PRIVACY in self.registration.messages
