"""Rubbish in every address and every form: refused in words, never with a fault."""

import random
import re

import pytest

from tests.support.full_program import make_full_program
from tests.support.visitor import visit

RUBBISH = (
    *("", "0", "-1", "1", "2", "3", "9" * 20, "a" * 5000, "\x00", "<script>", "%%", "٣", "é\u202e"),
    *("2026-13-45", "2026-03-03", "16:00", "25:99", "null", "[]", "{}", "held", "active", "nan"),
)
FIELDS = (
    *("topics", "goal_text", "title", "measure", "due_on", "day", "time", "length_minutes", "note"),
    *("version", "capacity", "week", "time_zone", "languages", "modes", "cadence", "person", "q"),
    *("body", "answer", "minutes", "starts_on", "ends_on", "state", "reason", "component", "text"),
    *("owner_id", "next", "progress", "kind", "headline", "choice-1", "mentor", "page", "topic"),
    *("agreement", "sessions", "needs", "_path", "address", "signed_name", "suggested", "act"),
)
IDS = ("1", "2", "3", "4", "5", "0", "9" * 20)
WORDS = ("running", "draft", "closed", "active", "held", "nonsense")
MOST_FIELDS = 14


@pytest.mark.slow
@pytest.mark.parametrize("role", ["instructor", "mentee", "mentor", "new_learner", "observer"])
def test_no_address_and_no_form_breaks_on_rubbish(app, database, frozen_clock, role):
    with database.transaction() as db:
        full = make_full_program(db)
    visitor = visit(app, getattr(full, role))
    token = visitor.get("/mentors").page.xpath("string(//input[@name='csrf_token']/@value)")
    token = token or visitor.get("/goals/new").page.xpath("string(//input/@value)")
    draw = random.Random(role)  # noqa: S311 -- the same rubbish in every run

    broken = [
        f"{method} {path} {fields}"
        for rule in app.url_map.iter_rules()
        if rule.rule.startswith("/in/")
        for method in sorted({"GET", "POST"} & set(rule.methods or ()))
        for path, fields in [(address_of(rule.rule, visitor.key, draw), fields_from(draw))]
        if sent(visitor, method, path, {**fields, "csrf_token": token}) >= 500
    ]

    assert not broken


def address_of(rule: str, key: str, draw: random.Random) -> str:
    path = rule.replace("<sign_in_key>", key)
    path = re.sub(r"<int:[^>]+>", lambda _: draw.choice(IDS), path)
    return re.sub(r"<[^>]+>", lambda _: draw.choice(WORDS), path)


def fields_from(draw: random.Random) -> dict[str, str]:
    return {name: draw.choice(RUBBISH) for name in draw.sample(FIELDS, MOST_FIELDS)}


def sent(visitor, method: str, path: str, fields: dict[str, str]) -> int:
    given = {"query_string": fields} if method == "GET" else {"data": fields}
    return visitor.client.open(path, method=method, **given).status_code
