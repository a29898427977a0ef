"""All addresses of the product that can be opened, with every id there is."""

from collections.abc import Iterator

from flask import Flask

from tests.support.visitor import Visitor

MOST_IDS = 12
FIXED = {"step": ("1", "2", "3"), "preset": ("peer_tutoring",)}


def addresses(app: Flask) -> Iterator[str]:
    """Every GET address within a sign-in; numbers stand for all ids that a small world has."""
    for rule in app.url_map.iter_rules():
        if not rule.rule.startswith("/in/") or "GET" not in (rule.methods or ()):
            continue
        names = [name for name in rule.arguments if name != "sign_in_key"]
        yield from _filled(rule.rule.removeprefix("/in/<sign_in_key>"), sorted(names))


def _filled(pattern: str, names: list[str]) -> Iterator[str]:
    if not names:
        yield pattern
        return
    name, *rest = names
    for value in FIXED.get(name) or [str(number) for number in range(1, MOST_IDS + 1)]:
        filled = pattern
        for shape in (f"<int:{name}>", f"<{name}>", f"<string:{name}>"):
            filled = filled.replace(shape, value)
        yield from _filled(filled, rest)


def open_every_page(app: Flask, visitor: Visitor) -> Iterator[tuple[str, str]]:
    """Each address with the HTML of its page, for those that the visitor may open."""
    for address in addresses(app):
        visitor.get(address)
        assert visitor.status < 500, f"{address} answers {visitor.status}"
        if visitor.status == 200 and visitor.response is not None:
            yield address, visitor.response.get_data(as_text=True)
