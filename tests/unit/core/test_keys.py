import jwt
import pytest

from lti_mentoring.core import keys
from lti_mentoring.core.keys import SecretBox, Signer, Unreadable, digest, new_secret

PRIVATE = {"d", "p", "q", "dp", "dq", "qi"}


@pytest.fixture(scope="module")
def private_key():
    return keys.generate_rsa()


def test_what_was_encrypted_can_be_read_and_does_not_show():
    box = SecretBox("current")
    token = box.encrypt("señor")

    assert "señor" not in token
    assert box.decrypt(token) == "señor"


def test_after_a_change_of_secret_both_can_be_read():
    token = SecretBox("old").encrypt("text")

    assert SecretBox("new", "old").decrypt(token) == "text"
    with pytest.raises(Unreadable):
        SecretBox("new").decrypt(token)


def test_a_signature_names_its_key_and_the_public_half_checks_it(private_key):
    token = Signer("kid-1", private_key).sign({"iss": "me"})
    public = keys.public_jwk("kid-1", private_key)

    assert jwt.get_unverified_header(token)["kid"] == "kid-1"
    assert jwt.decode(token, jwt.PyJWK(public).key, algorithms=["RS256"]) == {"iss": "me"}
    assert not PRIVATE & set(public)


def test_a_private_key_is_parsed_once(private_key):
    reads = []

    def read():
        reads.append(1)
        return keys.to_pem(private_key)

    assert keys.parsed_key("only-once", read) is keys.parsed_key("only-once", read)
    assert len(reads) == 1


def test_secrets_are_long_and_new_each_time():
    assert len(new_secret()) >= 43
    assert new_secret() != new_secret()
    assert digest("a") == "ca978112ca1bbdcafac231b39a23dc4da786eff8147c4e72b9807785afee48bb"
