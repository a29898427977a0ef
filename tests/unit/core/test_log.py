import json
import logging

import pytest

from lti_mentoring.core.log import JsonLines, TextLines, redact


@pytest.mark.parametrize(
    ("said", "written"),
    [
        ("Authorization: Bearer abc.def-1", "Authorization: Bearer …"),
        ("token eyJhbGciOi.eyJpc3Mi.c2ln rest", "token … rest"),
        ("GET https://lms.test/a?state=secret x", "GET https://lms.test/a?… x"),
        ("at https://me:pass@lms.test/a", "at https://lms.test/a"),
        ("nothing to hide", "nothing to hide"),
    ],
)
def test_secrets_are_taken_out(said, written):
    assert redact(said) == written


def record(**facts):
    made = logging.LogRecord("tool", logging.INFO, "f.py", 1, "asked %s", ("lms",), None)
    made.__dict__.update(facts)
    return made


def test_a_line_for_people_has_its_facts_beside_it():
    line = TextLines().format(record(status=200, url="https://lms.test/?code=1"))

    assert line.endswith("tool: asked lms status=200 url=https://lms.test/?…")


def test_a_line_for_machines_is_json():
    line = json.loads(JsonLines().format(record(status=200, note="Bearer x")))

    assert (line["message"], line["status"], line["note"]) == ("asked lms", 200, "Bearer …")
