"""Short sentences that are shown once, on the next page: "Saved", "Daniel has been asked"."""

from flask import current_app, g
from sqlalchemy import update

from lti_mentoring.models import SignIn


def say(sentence: str) -> None:
    """Show ``sentence`` on the next page of this sign-in; a screen reader announces it."""
    sentences = [*g.get("said", g.sign_in.notices), sentence]
    g.said = sentences
    g.db.execute(update(SignIn).where(SignIn.key == g.sign_in.key).values(notices=sentences))


def to_show() -> list[str]:
    """What waits to be shown; the base template calls this."""
    if g.get("sign_in") is None:
        return []
    g.notices_shown = bool(g.sign_in.notices)
    return list(g.sign_in.notices)


def clear_shown() -> None:
    """Forget what this page has shown, in a transaction of its own."""
    if g.get("notices_shown"):
        with current_app.extensions["mentoring"].database.transaction() as db:
            db.execute(update(SignIn).where(SignIn.key == g.sign_in.key).values(notices=[]))
