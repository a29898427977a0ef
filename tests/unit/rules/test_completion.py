"""Completion: gates, one by one."""

from decimal import Decimal

import pytest

from lti_mentoring.rules.completion import DEFAULT_GATES, Completion, completion
from lti_mentoring.rules.engagement import RubricLine, default_rubric
from lti_mentoring.vocabulary import Component

C = Component
LINES = default_rubric(6)
ALL = {line.component: Decimal(line.target) for line in LINES}
WHOLE = Decimal(1)


def test_who_passes_every_gate_is_complete():
    assert completion(DEFAULT_GATES, LINES, ALL, WHOLE, goals_reviewed=1) == Completion(True, ())


@pytest.mark.parametrize(
    ("earned", "reviewed", "missing"),
    [
        ({C.AGREEMENT: Decimal(0)}, 1, (C.AGREEMENT,)),
        ({C.CLOSURE: Decimal(0), C.AGREEMENT: Decimal(0)}, 1, (C.AGREEMENT, C.CLOSURE)),
        ({C.SESSIONS: Decimal("4.9999")}, 1, (C.SESSIONS,)),
        ({C.SESSIONS: Decimal(5)}, 1, ()),  # three quarters of 6, rounded up
        ({C.GOALS_SET: Decimal(0)}, 1, ()),  # a goal that was looked back on is what it asks for
        ({}, 0, (C.GOALS_SET,)),
        ({C.REFLECTION: Decimal(0)}, 1, ()),  # no gate
    ],
)
def test_what_is_missing_is_named(earned, reviewed, missing):
    found = completion(DEFAULT_GATES, LINES, ALL | earned, WHOLE, goals_reviewed=reviewed)

    assert found == Completion(not missing, missing)


def test_nobody_has_looked_back_on_a_goal_unless_it_is_said():
    assert completion({C.GOALS_SET}, LINES, ALL, WHOLE).missing == (C.GOALS_SET,)


def test_a_gate_asks_for_what_is_left_after_proration():
    found = completion({C.SESSIONS}, LINES, {C.SESSIONS: Decimal(3)}, Decimal(9) / 14)

    assert found == Completion(True, ())  # three quarters of 4


def test_what_has_no_weight_is_no_gate():
    lines = (RubricLine(C.CLOSURE, 0, 1), *LINES[:-1])

    found = completion(DEFAULT_GATES, lines, ALL | {C.CLOSURE: Decimal(0)}, WHOLE, (), 1)

    assert found == Completion(True, ())
    assert completion({C.CLOSURE}, lines, ALL, WHOLE) == Completion(False, ())


def test_a_gate_that_waiting_lets_off_was_passed_by_what_was_shown():
    gates, held = {C.SESSIONS}, {C.SESSIONS: Decimal(2)}

    assert completion(gates, LINES, held, Decimal("0.01"), {C.SESSIONS}).is_complete
    assert not completion(gates, LINES, {}, Decimal("0.01"), {C.SESSIONS}).is_complete


def test_exempt_gates_do_not_apply():
    found = completion(DEFAULT_GATES, LINES, {C.AGREEMENT: WHOLE}, WHOLE, {C.SESSIONS})

    assert found.missing == (C.GOALS_SET, C.CLOSURE)


@pytest.mark.parametrize(
    ("gates", "exempt"), [(set(), set()), (DEFAULT_GATES, set(Component)), ({C.ORIENTATION}, set())]
)
def test_where_no_gate_asks_for_anything_nothing_is_complete(gates, exempt):
    assert completion(gates, LINES, {}, WHOLE, exempt) == Completion(False, ())
