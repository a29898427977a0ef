"""The first page of a sign-in, which follows from what its launch was for."""

from flask import url_for
from sqlalchemy import Connection

from lti_mentoring.core import clock
from lti_mentoring.launch.claims import LaunchClaims
from lti_mentoring.launch.provision import Provisioned
from lti_mentoring.queries.records import member_of_subject
from lti_mentoring.services import deep_linking
from lti_mentoring.web import identity


def landing_of(
    connection: Connection, sign_in_key: str, claims: LaunchClaims, there: Provisioned
) -> str:
    """The address of the first page; what it will need to know is written down.

    Args:
        connection: in whose transaction the sign-in was made.
        sign_in_key: of the sign-in.
        claims: of its launch.
        there: where the launch has led.
    """
    if claims.choosing is not None:
        deep_linking.ask(connection, sign_in_key, claims.choosing, clock.now())
        return url_for("contents.index", sign_in_key=sign_in_key)
    if claims.reviews is not None:
        member = member_of_subject(connection, there.course_id, claims.reviews)
        return url_for("records.show", sign_in_key=sign_in_key, membership_id=member or 0)
    if there.content_item_id is not None:
        identity.keep_content(connection, sign_in_key, there.content_item_id)
        return url_for("contents.open_item", sign_in_key=sign_in_key)
    return identity.landing_path(sign_in_key)
