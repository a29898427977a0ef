"""The product's pages for browsers: one example of each, and a sign-in to open them with."""

from flask import Flask

from lti_mentoring.web import identity
from tests.support.every_page import addresses
from tests.support.visitor import visit

OK = 200


def sign_in_for(app: Flask, membership_id: int, locale: str = "en") -> identity.NewSignIn:
    """A fresh sign-in, whose token a browser may bring in a header."""
    with app.extensions["mentoring"].database.transaction() as db:
        opened = identity.Opened(locale=locale)
        return identity.new_sign_in(db.connection(), membership_id, opened)


def one_of_each_page(app: Flask, membership_id: int, most_of_a_kind: int = 2) -> list[str]:
    """Addresses that this member can open, a few of each kind of page."""
    visitor = visit(app, membership_id)
    opened: dict[str, list[str]] = {}
    for address in addresses(app):
        response = visitor.client.get(f"/in/{visitor.key}{address}")
        is_page = response.status_code == OK and response.mimetype == "text/html"
        if is_page and b"<!doctype html>" in response.data[:200]:
            kind = "".join(char for char in address if not char.isdigit())
            opened.setdefault(kind, []).append(address)
    return [address for several in opened.values() for address in several[:most_of_a_kind]]
