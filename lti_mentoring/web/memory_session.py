"""Flask's cookie session, replaced by one that lives for one request and sets no cookie.

flask-wtf keeps its CSRF secret there; ``web/unit_of_work`` puts the secret of the proved
sign-in in. A cookie session would be lost in an LMS frame, and with it every form.
"""

from typing import Any

from flask import Flask, Request, Response
from flask.sessions import SessionInterface, SessionMixin


class MemorySession(dict[str, Any], SessionMixin):
    """A dictionary that forgets. A function in it stands for what it returns.

    Most pages have no form, and so no use for the secret of one.
    """

    def __getitem__(self, name: str) -> Any:
        kept = super().__getitem__(name)
        return kept() if callable(kept) else kept


class MemorySessionInterface(SessionInterface):
    """Opens an empty session and saves nothing."""

    def open_session(self, app: Flask, request: Request) -> MemorySession:
        """An empty session for one request."""
        del app, request
        return MemorySession()

    def save_session(self, app: Flask, session: SessionMixin, response: Response) -> None:
        """Nothing is kept."""
