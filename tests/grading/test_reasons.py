"""Every reason for which a score does not arrive has a code, for pages to put into words."""

import ast
import inspect

import pytest
import requests

from lti_mentoring.advantage import client, line_items, links, pace, results, scores, tokens
from lti_mentoring.core import http
from lti_mentoring.grading import column_errands, looks, publisher
from lti_mentoring.grading import line_items as columns
from lti_mentoring.grading.reasons import Reason, reason_of

TROUBLES = {"PlatformRefused", "PlatformUnavailable", "Refused", "Gone", "TryLater"}
MODULES = (
    client,
    column_errands,
    columns,
    http,
    line_items,
    links,
    looks,
    pace,
    publisher,
    results,
    scores,
    tokens,
)


def words_in(module):
    """What the module's troubles say: words in place, and constants of its own."""
    for node in ast.walk(ast.parse(inspect.getsource(module))):
        if not isinstance(node, ast.Call) or not isinstance(node.func, ast.Name):
            continue
        if node.func.id not in TROUBLES:
            continue
        given = node.args[0]
        if isinstance(given, ast.Constant):
            yield given.value
        elif isinstance(given, ast.Name) and given.id.isupper():
            yield getattr(module, given.id)


def all_words():
    found = {words for module in MODULES for words in words_in(module)}
    found |= {*client.WORDS.values(), *tokens.WORDS.values(), columns.NO_GRADEBOOK}
    found |= {client._words(status) for status in (300, 400, 401, 403, 404, 418, 422)}
    errors = (TimeoutError(), OSError(), requests.ConnectionError(), requests.Timeout())
    return sorted(found | {http._why(error) for error in (*errors, requests.exceptions.SSLError())})


@pytest.mark.parametrize("words", all_words())
def test_whatever_is_noted_has_a_code(words):
    assert reason_of(words) is not None


def test_the_words_of_every_module_are_found():
    assert len(all_words()) > len(Reason)


@pytest.mark.parametrize("words", [None, "", "User is not gradable"])
def test_what_is_none_of_our_words_has_none(words):
    assert reason_of(words) is None
