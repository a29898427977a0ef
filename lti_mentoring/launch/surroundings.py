"""Which hosts belong to the platform of a launch, and what follows from that."""

from lti_mentoring.core.errors import LaunchRefused
from lti_mentoring.launch import facts
from lti_mentoring.launch.claims import LaunchClaims
from lti_mentoring.launch.registrations import RegistrationFacts


def frame_origins(
    registration: RegistrationFacts, claims: LaunchClaims, *, allow_plain: bool
) -> list[str]:
    """Who may show our pages in a frame (LTI-155).

    The hosts of customers are not their platform's issuer (Canvas): they are learned from
    the addresses that the platform signed.
    """
    known = _known(registration, claims)
    return facts.origins([*known, claims.return_url], allow_plain=allow_plain)


def return_url(
    registration: RegistrationFacts, claims: LaunchClaims, *, allow_plain: bool
) -> str | None:
    """The way back into the platform, if it leads to a host we know as the platform's (LTI-73)."""
    back = facts.origin(claims.return_url, allow_plain=allow_plain)
    known = facts.origins(_known(registration, claims), allow_plain=allow_plain)
    return claims.return_url if back in known else None


def check_answer_address(
    registration: RegistrationFacts, claims: LaunchClaims, *, allow_plain: bool
) -> None:
    """The answer of somebody who chooses content goes to the platform and nowhere else (LTI-78).

    Raises:
        LaunchRefused: ``return-url`` if its host is none that we know as the platform's.
    """
    if claims.choosing is None:
        return
    goes_to = facts.origin(claims.choosing.return_url, allow_plain=allow_plain)
    if goes_to not in facts.origins(_known(registration, claims), allow_plain=allow_plain):
        raise LaunchRefused("return-url", "deep_link_return_url leads to a host that is not known")


def _known(registration: RegistrationFacts, claims: LaunchClaims) -> tuple[str | None, ...]:
    return (
        registration.auth_url,
        registration.issuer,
        registration.token_url,
        claims.memberships_url,
        claims.line_items_url,
        claims.line_item_url,
        claims.platform_url,
    )
