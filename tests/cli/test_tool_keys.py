import jwt
import pytest
from sqlalchemy import delete, select

from lti_mentoring.core.errors import NotFound
from lti_mentoring.models import ToolKey
from lti_mentoring.services import tool_keys
from lti_mentoring.vocabulary import KeyState

PRIVATE = {"d", "p", "q", "dp", "dq", "qi"}


def published(db):
    return [key["kid"] for key in tool_keys.public_key_set(db)["keys"]]


def test_there_is_one_signing_key_however_often_it_is_asked_for(db, box):
    first = tool_keys.ensure_signing_key(db, box)

    assert tool_keys.ensure_signing_key(db, box).kid == first.kid


def test_without_a_key_nothing_can_be_signed(db, box):
    db.execute(delete(ToolKey))

    with pytest.raises(NotFound):
        tool_keys.signer(db, box)


def test_what_the_signer_signs_the_published_key_checks(db, box):
    token = tool_keys.signer(db, box).sign({"iss": "tool"})
    (key,) = tool_keys.public_key_set(db)["keys"]

    assert jwt.decode(token, jwt.PyJWK(key).key, algorithms=["RS256"]) == {"iss": "tool"}
    assert not PRIVATE & set(key)


def test_the_private_key_is_stored_encrypted(db):
    assert "PRIVATE KEY" not in db.scalars(select(ToolKey.private_pem_encrypted)).one()


def test_a_new_key_is_published_before_it_signs_and_the_old_one_stays_a_while(
    db, box, frozen_clock
):
    old = tool_keys.ensure_signing_key(db, box).kid
    frozen_clock.tick(days=400)
    new = tool_keys.rotate(db, box).kid
    assert tool_keys.signer(db, box).kid == old
    frozen_clock.tick(days=1)
    tool_keys.rotate(db, box)

    assert tool_keys.signer(db, box).kid == new
    assert published(db) == [new, old]
    frozen_clock.tick(days=30)
    assert published(db) == [new]


def test_keys_are_listed_the_newest_first(db, box, frozen_clock):
    frozen_clock.tick(days=400)
    tool_keys.rotate(db, box)

    assert [key.state for key in tool_keys.list_keys(db)] == [KeyState.PUBLISHED, KeyState.SIGNING]
