"""What the platform says about a launch: the claims of the id_token."""

from collections.abc import Mapping
from typing import TYPE_CHECKING, TypeGuard

from lti_mentoring.sandbox.launches import Launch
from lti_mentoring.sandbox.role_names import OF_THE_INSTITUTION
from lti_mentoring.sandbox.tools import Tool
from lti_mentoring.sandbox.variables import Occasion, expand
from lti_mentoring.sandbox.vocabulary import (
    AGS_CLAIM,
    AGS_SCOPES,
    DEEP_LINKING,
    GROUPS_CLAIM,
    GROUPS_SCOPE,
    LINK_ITEM,
    LINKS_CLAIM,
    LINKS_SCOPES,
    LTI_CLAIM,
    NOTICES_SCOPE,
    NRPS_CLAIM,
    NRPS_SCOPE,
    RESOURCE_LINK,
    UNKNOWN_ROLE,
    Role,
)
from lti_mentoring.sandbox.world import Activity, Course, Person, opaque_id

if TYPE_CHECKING:
    from lti_mentoring.sandbox.state import Sandbox

NOTICES_CLAIM = LTI_CLAIM + "platformnotificationservice"
PLACEMENT_CLAIM = "https://www.instructure.com/placement"
# Members that some LMSs write into their claims and that say nothing.
REMARKS: Mapping[str, object] = {"validation_context": None, "errors": {"errors": {}}}


class Absent:
    """Its one value, ``ABSENT``, stands for a claim that is to be left out."""


ABSENT = Absent()


def launch_claims(sandbox: "Sandbox", launch: Launch, *, nonce: str) -> dict[str, object]:
    """The claims of a launch, as the accent has it and the temper of the moment allows.

    Raises:
        NotInWorld: if person, activity or enrollment does not exist.

    Source: LTI Core 1.3, section 5; LTI-NRPS 2.0 and LTI-AGS 2.0, "claim" sections.
    """
    tool = sandbox.tools.find(launch.client_id)
    it = occasion_of(sandbox, launch)
    claims = {
        **_token_claims(sandbox, tool, it.person, nonce),
        **_message_claims(tool, launch),
        **_roles(sandbox, it),
        **_place(sandbox, it, launch),
        **_surroundings(sandbox, it, launch),
        LTI_CLAIM + "custom": custom_parameters(sandbox, tool, it, launch.custom),
        **_service_claims(sandbox, tool, it, launch),
    }
    if launch.about:
        claims[LTI_CLAIM + "for_user"] = _for_user(sandbox, tool, launch)
    if launch.dialog_id:
        claims |= sandbox.dialogs.claims(launch.dialog_id)
    return _with_remarks(claims) if sandbox.accent.token.remarks else claims


def occasion_of(sandbox: "Sandbox", launch: Launch) -> Occasion:
    """Who opens what where.

    Raises:
        NotInWorld: if person, activity or enrollment does not exist.
    """
    world = sandbox.world
    return Occasion(
        world.person(launch.person_id),
        world.course(launch.course_id) if launch.course_id else None,
        world.activity(launch.link_id)[1] if launch.link_id else None,
        world.enrollment(launch.course_id, launch.person_id) if launch.course_id else None,
    )


def _token_claims(sandbox: "Sandbox", tool: Tool, person: Person, nonce: str) -> dict[str, object]:
    style = sandbox.accent.token
    issued = int(sandbox.clock()) + sandbox.temper.clock_skew_seconds
    claims: dict[str, object] = {
        "iss": sandbox.issuer,
        "sub": person.id,
        "aud": tool.client_id,
        "iat": issued,
        "exp": issued + style.lifetime,
        "nonce": nonce,
    }
    if style.azp:
        claims["azp"] = tool.client_id
    if style.not_before:
        claims["nbf"] = issued
    if style.locale:
        claims["locale"] = sandbox.locale_of(person)
    return claims | personal_facts(sandbox, tool, person)


def personal_facts(sandbox: "Sandbox", tool: Tool, person: Person) -> dict[str, str]:
    """Name and e-mail, as far as they are not withheld; launches and rosters share them."""
    facts: dict[str, str] = {}
    if tool.sends_names and not sandbox.temper.withhold_names:
        facts["name"] = person.name
        if sandbox.accent.token.given_names:
            facts["given_name"] = person.given_name
            facts["family_name"] = person.family_name
    if tool.sends_email and not sandbox.temper.withhold_email:
        facts["email"] = person.email
    return facts


def _message_claims(tool: Tool, launch: Launch) -> dict[str, object]:
    claims: dict[str, object] = {
        LTI_CLAIM + "message_type": launch.message,
        LTI_CLAIM + "version": "1.3.0",
        LTI_CLAIM + "deployment_id": tool.deployment_id,
        LTI_CLAIM + "target_link_uri": launch.target_link_uri,
    }
    if launch.placement:
        claims[PLACEMENT_CLAIM] = launch.placement
    return claims


def _roles(sandbox: "Sandbox", it: Occasion) -> dict[str, object]:
    if it.enrollment is None:
        return {LTI_CLAIM + "roles": list(OF_THE_INSTITUTION)}
    names = list(sandbox.accent.token.roles[it.enrollment.role])
    claims: dict[str, object] = {
        LTI_CLAIM + "roles": [UNKNOWN_ROLE] if sandbox.temper.unknown_roles else names
    }
    if it.enrollment.role is Role.OBSERVER and sandbox.accent.token.observed:
        claims[LTI_CLAIM + "role_scope_mentor"] = list(it.enrollment.observes)
    return claims


def _place(sandbox: "Sandbox", it: Occasion, launch: Launch) -> dict[str, object]:
    if it.course is None:
        return _account() if launch.message == RESOURCE_LINK else {}
    claims: dict[str, object] = {LTI_CLAIM + "context": context_claim(sandbox, it.course)}
    if it.activity:
        claims[LTI_CLAIM + "resource_link"] = {
            "id": it.activity.id,
            "title": it.activity.title,
            "description": it.activity.description,
        }
    return claims


def context_claim(sandbox: "Sandbox", course: Course) -> dict[str, object]:
    """A course, as launches and notices name it."""
    return {
        "id": course.id,
        "label": course.label,
        "title": course.title,
        "type": [sandbox.accent.token.context_type],
    }


def _for_user(sandbox: "Sandbox", tool: Tool, launch: Launch) -> dict[str, object]:
    """Whom a review or a privacy launch is about."""
    person = sandbox.world.person(launch.about)
    if not sandbox.accent.token.reviewed_names:
        return {"user_id": person.id}
    about: dict[str, object] = {"user_id": person.id, **personal_facts(sandbox, tool, person)}
    if launch.course_id:
        role = sandbox.world.enrollment(launch.course_id, person.id).role
        about["roles"] = list(sandbox.accent.token.roles[role])
    return about


def _account() -> dict[str, object]:
    """The institution itself, where an LMS opens tools outside of courses (Canvas)."""
    account = {"id": opaque_id("account", 1, 40), "title": "Alderwood University"}
    return {
        LTI_CLAIM + "context": {**account, "type": ["Account"]},
        LTI_CLAIM + "resource_link": account,
    }


def _surroundings(sandbox: "Sandbox", it: Occasion, launch: Launch) -> dict[str, object]:
    place = f"courses/{it.course.id}/as/{it.person.id}" if it.course else "admin/tools"
    presentation: dict[str, object] = {
        "document_target": launch.target,
        "locale": sandbox.locale_of(it.person),
        "return_url": f"{sandbox.base_url}/{place}/return",
    }
    if launch.target == "iframe" and sandbox.accent.token.frame_size:
        presentation |= {"width": 880, "height": 700}
    platform = {
        "guid": opaque_id("platform", 1),
        "name": "Alderwood Sandbox LMS",
        "product_family_code": sandbox.accent.product,
        "version": sandbox.accent.version,
        "url": sandbox.base_url,
    }
    claims: dict[str, object] = {
        LTI_CLAIM + "launch_presentation": presentation,
        LTI_CLAIM + "tool_platform": {name: value for name, value in platform.items() if value},
        LTI_CLAIM + "lis": {"person_sourcedid": it.person.sourcedid, **_course_sourcedids(it)},
    }
    return claims | _username(sandbox.accent.token.username, it.person)


def _course_sourcedids(it: Occasion) -> dict[str, str]:
    """A course's numbers in the institution's books; a copy is in no book yet."""
    if it.course is None:
        return {}
    number = f"alderwood:{it.course.label}" if it.course.in_books else ""
    return {
        "course_offering_sourcedid": number,
        "course_section_sourcedid": f"{number}:1" if number else "",
    }


def _username(claim: str, person: Person) -> dict[str, object]:
    username = person.email.partition("@")[0]
    if claim == "ext":
        return {LTI_CLAIM + "ext": {"user_username": username, "lms": "moodle-2"}}
    return {claim: username} if claim else {}


def custom_parameters(
    sandbox: "Sandbox", tool: Tool, it: Occasion, more: Mapping[str, object] | None = None
) -> dict[str, object]:
    """The tool's parameters, over them the link's, over them ``more``; variables are filled in."""
    own = it.activity.custom if it.activity else {}
    return expand({**tool.custom, **own, **(more or {})}, it, sandbox.accent)


def _service_claims(
    sandbox: "Sandbox", tool: Tool, it: Occasion, launch: Launch
) -> dict[str, object]:
    if it.course is None:
        return {}
    claims: dict[str, object] = {}
    in_dialog = launch.message == DEEP_LINKING and not sandbox.accent.token.roster_in_dialog
    if NRPS_SCOPE in tool.scopes and not sandbox.temper.withhold_nrps and not in_dialog:
        claims[NRPS_CLAIM] = {
            "context_memberships_url": sandbox.memberships_url(it.course.id),
            "service_versions": list(sandbox.accent.roster.versions),
        }
    if GROUPS_SCOPE in tool.scopes:
        claims[GROUPS_CLAIM] = _groups(sandbox, it.course)
    if granted := [scope for scope in LINKS_SCOPES if scope in tool.scopes]:
        claims[LINKS_CLAIM] = _links(sandbox, it, granted)
    if NOTICES_SCOPE in tool.scopes:
        claims[NOTICES_CLAIM] = {
            "platform_notification_service_url": sandbox.notices_url(tool),
            "service_versions": ["1.0"],
            "scope": [NOTICES_SCOPE],
            "notice_types_supported": list(sandbox.accent.notices),
        }
    scopes = [scope for scope in AGS_SCOPES if scope in tool.scopes]
    if scopes and not sandbox.temper.withhold_ags:
        claims[AGS_CLAIM] = {
            "scope": scopes,
            "lineitems": sandbox.line_items_url(it.course.id, tool),
            **_line_item(sandbox, it.activity, launch),
        }
    return claims


def _groups(sandbox: "Sandbox", course: Course) -> dict[str, object]:
    claim: dict[str, object] = {
        "context_groups_url": sandbox.groups_url(course.id),
        "scope": [GROUPS_SCOPE],
        "service_versions": ["1.0"],
    }
    if sandbox.accent.group_sets:
        claim["context_group_sets_url"] = sandbox.group_sets_url(course.id)
    return claim


def _links(sandbox: "Sandbox", it: Occasion, granted: list[str]) -> dict[str, object]:
    """Where the tool's links are listed and, in a launch of one, where that is."""
    claim: dict[str, object] = {
        "version": ["1.0"],
        "scopes": granted,
        "types": [LINK_ITEM],
    }
    if it.course:
        claim["contentitems"] = sandbox.links_url(it.course.id)
        if it.activity:
            claim["contentitem"] = f"{sandbox.links_url(it.course.id)}/{it.activity.id}"
    return claim


def _line_item(sandbox: "Sandbox", activity: Activity | None, launch: Launch) -> dict[str, object]:
    """The one column that the launch is about, if there is just one."""
    if launch.item_id:
        item = sandbox.gradebook.column(launch.course_id, launch.item_id)
        return {"lineitem": sandbox.line_item_url(item)}
    own = sandbox.gradebook.columns_of_link(activity.id) if activity else []
    if activity is None or activity.lost_column or len(own) != 1:
        return {}
    return {"lineitem": sandbox.line_item_url(own[0])}


def _with_remarks(claims: dict[str, object]) -> dict[str, object]:
    """Canvas writes what its validators found into its claims, which is nothing."""
    remarked = {
        name: {**value, **REMARKS}
        for name, value in claims.items()
        if _is_plain(value) and name != LTI_CLAIM + "custom"
    }
    return {**claims, **remarked, "errors": {"errors": {}}}


def _is_plain(value: object) -> TypeGuard[dict[str, object]]:
    return isinstance(value, dict)
