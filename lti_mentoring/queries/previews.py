"""Leaving out test users and student previews: they are in no list and no count (LTI-59)."""

from typing import Any

from sqlalchemy import ColumnElement, exists

from lti_mentoring.models import Membership, Pairing, Participant


def is_person(participant_id: Any) -> ColumnElement[bool]:
    """Whether the participant with this number is somebody, and not the LMS's test user."""
    preview = exists().where(
        Participant.id == participant_id,
        Membership.id == Participant.membership_id,
        Membership.is_test_user,
    )
    return ~preview.correlate_except(Participant, Membership)


def are_people() -> ColumnElement[bool]:
    """Whether both people of a pairing are."""
    preview = exists().where(
        Participant.id.in_((Pairing.mentor_id, Pairing.mentee_id)),
        Membership.id == Participant.membership_id,
        Membership.is_test_user,
    )
    return ~preview.correlate_except(Participant, Membership)
