"""Storage at the platform: a frame of the LMS that keeps a secret where browsers do not (LTI-150).

The secret that binds a launch to its browser is handed to it by messages at the login, and asked
back at the launch. What is compared, the server compares: a script only carries it (lti.md 4.2).
"""

from typing import NamedTuple, Self
from urllib.parse import urlsplit

KEY_LENGTH = 40


class Storage(NamedTuple):
    """What the scripts of the two pages need to know.

    ``target`` is the name of the platform's frame, ``_parent`` or empty; ``origin`` is that of
    the platform's authorization address, the only one that is spoken to and listened to.
    """

    key: str
    target: str
    origin: str

    @classmethod
    def of(cls, state: str, auth_url: str, target: str) -> Self:
        """The storage of one launch; the end of its state is its signature, and so its own."""
        parts = urlsplit(auth_url)
        return cls(f"lti-{state[-KEY_LENGTH:]}", target, f"{parts.scheme}://{parts.netloc}")
