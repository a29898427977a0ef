"""pylti1p3 as its examples use it, without anything of ours: what it alone lets in."""

import time
from typing import Any

from pylti1p3.cookie import CookieService
from pylti1p3.launch_data_storage.base import LaunchDataStorage
from pylti1p3.message_launch import MessageLaunch
from pylti1p3.request import Request
from pylti1p3.session import SessionService
from pylti1p3.tool_config.dict import ToolConfDict

from lti_mentoring.core.keys import public_jwk
from tests.launch.lms import KID


class Form(Request):
    session = None

    def is_secure(self):
        return True

    def get_param(self, key):
        raise NotImplementedError


class Memory(LaunchDataStorage):
    def __init__(self):
        self.values = {}

    def can_set_keys_expiration(self):
        return False

    def get_value(self, key):
        return self.values.get(key)

    def set_value(self, key, value, exp=None):  # noqa: ARG002 -- the library says exp=
        self.values[key] = value

    def check_value(self, key):
        return key in self.values


class Session(SessionService):
    def __init__(self, memory):
        self.data_storage = memory


class Cookies(CookieService):
    """Gives back what a browser would: the library's state cookie is named like its value."""

    def get_cookie(self, name):
        return name

    def set_cookie(self, name, value, exp=3600):
        raise NotImplementedError


class BareLaunch(MessageLaunch):
    def __init__(self, form, *rest):
        super().__init__(Form(), *rest)
        self.form = form

    def _get_request_param(self, key):
        return self.form[key]


class BareLibrary:
    """A tool that trusts the library alone, with one registration and any number of logins."""

    def __init__(self, lms):
        settings: Any = {
            "default": True,
            "client_id": lms.client_id,
            "auth_login_url": f"{lms.issuer}/auth",
            "auth_token_url": f"{lms.issuer}/token",
            "key_set_url": lms.jwks_url,
            "key_set": {"keys": [public_jwk(KID, lms.key)]},
            "deployment_ids": [lms.deployment_id],
        }
        self.lms = lms
        self.conf = ToolConfDict({lms.issuer: [settings]})
        self.memory = Memory()

    def login(self, nonce):
        """What its login remembers."""
        Session(self.memory).save_nonce(nonce)

    def launch(self, claims, state="state-1", **header):
        """The validated claims; raises whatever the library raises."""
        form = {"state": state, "id_token": self.lms.sign(claims, **header)}
        launch = BareLaunch(form, self.conf, Session(self.memory), Cookies())
        return launch.validate().get_launch_data()


def now() -> int:
    """The library reads the real clock."""
    return int(time.time())
