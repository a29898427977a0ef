"""pylti1p3's part of a launch, wrapped: nothing else in the product imports the library.

The library checks state, nonce, registration, deployment and message as a second opinion,
after the signature and our own rules. It is given our key, our registration and our attempt,
so it fetches, stores and remembers nothing; what it raises (bare exceptions included) becomes
a ``LaunchRefused`` that names the step.
"""

import base64
import hmac
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, NoReturn

import jwt
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPublicKey
from pylti1p3.cookie import CookieService
from pylti1p3.deployment import Deployment
from pylti1p3.exception import LtiException
from pylti1p3.message_launch import MessageLaunch
from pylti1p3.registration import Registration
from pylti1p3.request import Request
from pylti1p3.session import SessionService
from pylti1p3.tool_config.abstract import ToolConfAbstract

from lti_mentoring.core.errors import LaunchRefused
from lti_mentoring.core.keys import fingerprint
from lti_mentoring.launch.claims import LaunchClaims
from lti_mentoring.launch.token import Token
from lti_mentoring.launch.validator import Expected, validate
from lti_mentoring.rules.deep_linking import LINK
from lti_mentoring.vocabulary import DL_CLAIM

_RS256 = jwt.algorithms.RSAAlgorithm(jwt.algorithms.RSAAlgorithm.SHA256)


@dataclass(frozen=True, slots=True)
class LaunchForm:
    """What the platform let the browser post to us."""

    token: Token
    state: str


def receive(
    form: LaunchForm,
    key: RSAPublicKey,
    expected: Expected,
    *,
    now: datetime,
    leeway: timedelta,
    max_age: timedelta,
) -> LaunchClaims:
    """The launch in ``token``: signature first, then our rules, then the library's.

    Args:
        form: its token taken apart by us, and the attempt of its state found.
        key: the platform's, by the id in the token's header.
        expected: what the attempt and the registration say.
        now: this moment.
        leeway: how much the platform's clock may differ.
        max_age: after its issue a token is refused.

    Raises:
        LaunchRefused: with the code of what is wrong; ``library`` names a step that only
            pylti1p3 disliked.
    """
    message = LibraryMessage(form, key, expected)
    _step("signature", message.validate_jwt_signature)
    token = form.token
    claims = validate(
        token.header, token.claims, expected=expected, now=now, leeway=leeway, max_age=max_age
    )
    for check in (
        message.validate_state,
        message.validate_nonce,
        message.validate_registration,
        message.validate_deployment,
        message.validate_message,
    ):
        _step("library", check)
    return claims


def _step(code: str, check: Callable[[], object]) -> None:
    try:
        check()
    # The library raises bare exceptions, and whatever a misshapen claim makes Python raise.
    except Exception as error:
        name = getattr(check, "__name__", "check")
        reason = f"pylti1p3 refused at {name}: {type(error).__name__}"
        raise LaunchRefused(code, reason) from error


class _NoNetwork:
    """Stands where the library would put a connection of its own."""

    def __getattr__(self, name: str) -> NoReturn:
        raise RuntimeError("pylti1p3 must not use the network")


class _Form(Request):
    """What the library wants to know of the request: nothing that we would not know better."""

    def is_secure(self) -> bool:
        return True

    def get_param(self, key: str) -> str:
        raise LookupError(key)


class _OneRegistration(ToolConfAbstract[_Form]):
    """The registration of this launch's attempt, and no other."""

    def __init__(self, expected: Expected) -> None:
        self._expected = expected

    def check_iss_has_one_client(self, *_iss: str) -> bool:
        """The library would look into a dictionary that all its configurations share."""
        return False

    def check_iss_has_many_clients(self, *_iss: str) -> bool:
        return True

    def find_registration_by_issuer(self, iss: str, *_args: Any, **_kwargs: Any) -> Registration:
        """The library's older way to ask; its claims were checked against the same two values."""
        if iss != self._expected.issuer:
            raise LookupError("another registration")
        return Registration().set_issuer(iss).set_client_id(self._expected.client_id)

    def find_registration_by_params(
        self, iss: str, client_id: str, *_args: Any, **_kwargs: Any
    ) -> Registration:
        if client_id != self._expected.client_id:
            raise LookupError("another registration")
        return self.find_registration_by_issuer(iss)

    def find_deployment(self, iss: str, deployment_id: str) -> Deployment:
        """Whether it is approved, the provisioning finds out with its one query."""
        self.find_registration_by_issuer(iss)
        return Deployment().set_deployment_id(deployment_id)

    def find_deployment_by_params(
        self, iss: str, deployment_id: str, client_id: str, *_args: Any, **_kwargs: Any
    ) -> Deployment:
        self.find_registration_by_params(iss, client_id)
        return self.find_deployment(iss, deployment_id)


class _Attempt(SessionService):
    """The library's session, as far as there is one: the nonce of this launch's attempt."""

    def __init__(self, expected: Expected) -> None:
        self._expected = expected

    def check_nonce(self, nonce: str) -> bool:
        return hmac.compare_digest(fingerprint(nonce), self._expected.nonce)

    def check_state_is_valid(self, *_state_and_hash: str) -> bool:
        """Never "seen before, so let it in again", which is how the library lets replays in."""
        return False


class _State(CookieService):
    """The state of the attempt that was found. Which browser it is, is checked elsewhere."""

    def __init__(self, state: str) -> None:
        self._state = state

    def get_cookie(self, name: str) -> str | None:
        return self._state if name == self._state else None

    def set_cookie(self, name: str, value: str | int, exp: int | None = 3600) -> None:
        raise RuntimeError(f"pylti1p3 must not set cookies: {name}, {value}, {exp}")


class LibraryMessage(MessageLaunch[_Form, _OneRegistration, _Attempt, _State]):
    """pylti1p3's launch, fed from our side."""

    def __init__(self, form: LaunchForm, key: RSAPublicKey, expected: Expected) -> None:
        self._sent = {"id_token": form.token.compact, "state": form.state}
        self._key = key
        self._client_id = expected.client_id
        super().__init__(
            _Form(),
            _OneRegistration(expected),
            _Attempt(expected),
            _State(form.state),
            requests_session=_NoNetwork(),  # type: ignore[arg-type]
        )
        self.set_auto_validation(enable=False)
        self.set_jwt({"header": form.token.header, "body": form.token.claims})  # type: ignore[typeddict-item]

    def _get_request_param(self, key: str) -> str:
        return self._sent[key]

    def _get_id_token_hash(self) -> str:
        return ""  # it is only remembered for replays, which we do not let in

    def validate_jwt_signature(self) -> "LibraryMessage":
        """The library's step, without taking the token apart a second and a third time.

        Same function of PyJWT on the same bytes; ``jwt.decode`` around it costs twice as much
        again, since it looks at every letter of the token in Python. Times and audience, which
        it would check by its own clock, are the validator's.
        """
        signed, _, signature = self._sent["id_token"].rpartition(".")
        raw = base64.urlsafe_b64decode(signature + "=" * (-len(signature) % 4))
        if not _RS256.verify(signed.encode(), self._key, raw):
            raise LtiException("the signature is not that of the key")
        return self

    def validate_message(self) -> "LibraryMessage":
        """The library's step, but for platforms that take no links where content is chosen.

        It refuses those; from us they get an answer that says so (LTI-79).
        """
        wishes = self._get_jwt_body().get(DL_CLAIM + "deep_linking_settings")
        if not isinstance(wishes, dict) or LINK in wishes.get("accept_types", ()):
            super().validate_message()
        return self

    def get_client_id(self) -> str:
        """Which audience is meant is settled: the library would take the first of a list."""
        return self._client_id
