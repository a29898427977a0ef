"""What the platform says about a launch: the claims of the id_token."""

from typing import TYPE_CHECKING

from lti_mentoring.sandbox.vocabulary import (
    AGS_CLAIM,
    AGS_SCOPES,
    COURSE_SECTION,
    LTI_CLAIM,
    NRPS_CLAIM,
    ROLE_URIS,
    UNKNOWN_ROLE,
    Role,
)
from lti_mentoring.sandbox.world import Activity, Course, Enrollment, Person, opaque_id

if TYPE_CHECKING:
    from lti_mentoring.sandbox.state import Sandbox

TOKEN_LIFETIME = 60  # seconds, as in Moodle


class Absent:
    """Its one value, ``ABSENT``, stands for a claim that is to be left out."""


ABSENT = Absent()


def launch_claims(
    sandbox: "Sandbox", person_id: str, link_id: str, *, nonce: str, target: str | None = None
) -> dict[str, object]:
    """The claims of a resource link launch, as the temper of the moment allows.

    Args:
        sandbox: the platform that speaks.
        person_id: who opens the activity; need not be enrolled any more.
        link_id: the activity.
        nonce: the tool's.
        target: ``iframe`` or ``window``; the activity's own setting if left out.

    Raises:
        NotInWorld: if person, activity or enrollment does not exist.

    Source: LTI Core 1.3, section 5; LTI-NRPS 2.0 and LTI-AGS 2.0, "claim" sections.
    """
    course, activity = sandbox.world.activity(link_id)
    person = sandbox.world.person(person_id)
    enrollment = sandbox.world.enrollment(course.id, person_id)
    return {
        **_token_claims(sandbox, person, nonce),
        **_message_claims(sandbox, course, activity, enrollment),
        **_surroundings(sandbox, course, person, target or activity.opens_in),
        LTI_CLAIM + "custom": custom_parameters(person, activity, enrollment),
        **_service_claims(sandbox, course, activity),
    }


def _token_claims(sandbox: "Sandbox", person: Person, nonce: str) -> dict[str, object]:
    issued = int(sandbox.clock()) + sandbox.temper.clock_skew_seconds
    claims: dict[str, object] = {
        "iss": sandbox.issuer,
        "sub": person.id,
        "aud": sandbox.client_id,
        "iat": issued,
        "exp": issued + TOKEN_LIFETIME,
        "nonce": nonce,
        "locale": person.locale,
    }
    return claims | personal_facts(sandbox, person)


def personal_facts(sandbox: "Sandbox", person: Person) -> dict[str, str]:
    """Name and e-mail, as far as they are not withheld; launches and rosters share them."""
    facts: dict[str, str] = {}
    if not sandbox.temper.withhold_names:
        facts["name"] = person.name
        facts["given_name"] = person.given_name
        facts["family_name"] = person.family_name
    if not sandbox.temper.withhold_email:
        facts["email"] = person.email
    return facts


def _message_claims(
    sandbox: "Sandbox", course: Course, activity: Activity, enrollment: Enrollment
) -> dict[str, object]:
    roles = list(ROLE_URIS[enrollment.role])
    claims: dict[str, object] = {
        LTI_CLAIM + "message_type": "LtiResourceLinkRequest",
        LTI_CLAIM + "version": "1.3.0",
        LTI_CLAIM + "deployment_id": sandbox.deployment_id,
        LTI_CLAIM + "target_link_uri": sandbox.target_of(activity),
        LTI_CLAIM + "roles": [UNKNOWN_ROLE] if sandbox.temper.unknown_roles else roles,
        LTI_CLAIM + "context": {
            "id": course.id,
            "label": course.label,
            "title": course.title,
            "type": [COURSE_SECTION],
        },
        LTI_CLAIM + "resource_link": {
            "id": activity.id,
            "title": activity.title,
            "description": activity.description,
        },
    }
    if enrollment.role is Role.OBSERVER:
        claims[LTI_CLAIM + "role_scope_mentor"] = list(enrollment.observes)
    return claims


def _surroundings(
    sandbox: "Sandbox", course: Course, person: Person, target: str
) -> dict[str, object]:
    presentation: dict[str, object] = {
        "document_target": target,
        "locale": person.locale,
        "return_url": f"{sandbox.issuer}/courses/{course.id}/as/{person.id}/return",
    }
    if target == "iframe":
        presentation |= {"width": 880, "height": 700}
    return {
        LTI_CLAIM + "launch_presentation": presentation,
        LTI_CLAIM + "tool_platform": {
            "guid": opaque_id("platform", 1),
            "name": "Alderwood Sandbox LMS",
            "product_family_code": "sandbox",
            "version": "1",
            "url": sandbox.issuer,
        },
        LTI_CLAIM + "lis": {
            "person_sourcedid": person.sourcedid,
            "course_offering_sourcedid": f"alderwood:{course.label}",
            "course_section_sourcedid": f"alderwood:{course.label}:1",
        },
    }


def custom_parameters(person: Person, activity: Activity, enrollment: Enrollment) -> dict[str, str]:
    """The link's own parameters, their variables expanded, and the person's time zone.

    A variable that this LMS does not know stays as it was written, as LTI wants it.
    """
    known = {
        "$Moodle.Person.userGroupIds": ",".join(enrollment.groups),
        "$Person.sourcedId": person.sourcedid,
    }
    expanded = {name: known.get(value, value) for name, value in activity.custom.items()}
    return {**expanded, "person_timezone": person.timezone}


def _service_claims(sandbox: "Sandbox", course: Course, activity: Activity) -> dict[str, object]:
    claims: dict[str, object] = {}
    if not sandbox.temper.withhold_nrps:
        claims[NRPS_CLAIM] = {
            "context_memberships_url": sandbox.memberships_url(course.id),
            "service_versions": ["2.0"],
        }
    if not sandbox.temper.withhold_ags:
        endpoint: dict[str, object] = {
            "scope": list(AGS_SCOPES),
            "lineitems": sandbox.line_items_url(course.id),
        }
        own = sandbox.gradebook.columns_of_link(activity.id)
        if len(own) == 1:
            endpoint["lineitem"] = sandbox.line_item_url(own[0])
        claims[AGS_CLAIM] = endpoint
    return claims
