"""The score: the worked example, its bounds, and the parts that explain it."""

import json
from decimal import Decimal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from lti_mentoring.rules.credits import session_credits
from lti_mentoring.rules.engagement import (
    TIME_BASED,
    Engagement,
    NextAct,
    RubricLine,
    default_rubric,
    engagement,
    from_json,
    next_best,
    prorated_target,
    rubric_lines,
    scaled,
    to_json,
)
from lti_mentoring.vocabulary import Component

C = Component
PAPER_RUBRIC = (
    RubricLine(C.ORIENTATION, 10, 4),
    RubricLine(C.AGREEMENT, 5, 1),
    RubricLine(C.NEEDS, 10, 2),
    RubricLine(C.SESSIONS, 35, 6),
    RubricLine(C.GOALS_SET, 10, 1),
    RubricLine(C.GOAL_PROGRESS, 10, 7),
    RubricLine(C.REFLECTION, 10, 5),
    RubricLine(C.FEEDBACK, 5, 3),
    RubricLine(C.CLOSURE, 5, 1),
)
PAPER_CREDITS = {
    C.ORIENTATION: Decimal(4),
    C.AGREEMENT: Decimal(1),
    C.NEEDS: Decimal(2),
    C.SESSIONS: Decimal(4),
    C.GOALS_SET: Decimal(1),
    C.GOAL_PROGRESS: Decimal(3),
    C.REFLECTION: Decimal(2),
    C.FEEDBACK: Decimal(2),
}
NINE_FOURTEENTHS = Decimal(9) / 14
WHOLE = Decimal(1)

CREDITS = st.dictionaries(
    st.sampled_from(Component), st.decimals(0, 12, places=4), max_size=len(Component)
)
SHARES = st.fractions(0, 1, max_denominator=366).map(
    lambda share: Decimal(share.numerator) / share.denominator
)
EXEMPT = st.frozensets(st.sampled_from(Component))


@st.composite
def rubrics(draw: st.DrawFn) -> tuple[RubricLine, ...]:
    cuts = sorted(draw(st.lists(st.integers(0, 100), min_size=8, max_size=8)))
    weights = [after - before for before, after in zip([0, *cuts], [*cuts, 100], strict=True)]
    targets = draw(st.lists(st.integers(1, 12), min_size=9, max_size=9))
    return tuple(map(RubricLine, Component, weights, targets))


def part_of(found: Engagement, component: Component):
    return next(part for part in found.parts if part.component is component)


def test_the_worked_example_of_the_paper():
    found = engagement(PAPER_RUBRIC, PAPER_CREDITS, NINE_FOURTEENTHS)

    assert found.score == Decimal("87.7")
    assert part_of(found, C.SESSIONS).target == 4
    assert part_of(found, C.GOAL_PROGRESS).target == 5
    assert part_of(found, C.REFLECTION).target == 3
    assert part_of(found, C.REFLECTION).points == Decimal("6.6667")
    assert part_of(found, C.GOAL_PROGRESS).share == Decimal("0.6")


def test_the_next_session_is_what_helps_most():
    earned = PAPER_CREDITS | {C.SESSIONS: Decimal(3)}
    found = engagement(PAPER_RUBRIC, earned, NINE_FOURTEENTHS)

    assert next_best(found) == NextAct(C.SESSIONS, 4, Decimal("8.8"))


def test_what_helps_is_chosen_among_what_can_be_done_now():
    found = engagement(PAPER_RUBRIC, PAPER_CREDITS, NINE_FOURTEENTHS)

    assert next_best(found) == NextAct(C.CLOSURE, 1, Decimal("5.0"))
    not_yet = next_best(found, {C.REFLECTION, C.GOAL_PROGRESS})
    assert not_yet == NextAct(C.REFLECTION, 3, Decimal("3.3"))
    assert next_best(found, {C.SESSIONS}) is None


def test_among_equals_the_earlier_component_is_named():
    lines = (RubricLine(C.CLOSURE, 50, 1), RubricLine(C.NEEDS, 50, 1))

    assert next_best(engagement(lines, {}, WHOLE)) == NextAct(C.NEEDS, 1, Decimal("50.0"))


def test_what_is_exempt_or_done_is_never_the_next_act():
    found = engagement(default_rubric(6), {C.AGREEMENT: WHOLE}, WHOLE, {C.SESSIONS})

    act = next_best(found)
    assert act is not None
    assert act.component not in {C.SESSIONS, C.AGREEMENT}
    assert next_best(engagement(default_rubric(6), {}, WHOLE, set(Component))) is None


def test_extra_sessions_do_not_make_up_for_missing_goals():
    lines = (RubricLine(C.SESSIONS, 60, 6), RubricLine(C.GOALS_SET, 40, 1))

    found = engagement(lines, {C.SESSIONS: Decimal(9)}, WHOLE)

    assert found.score == Decimal("60.0")
    assert part_of(found, C.SESSIONS).shown == 9


def test_exempt_components_drop_out_and_the_others_fill_their_place():
    lines = (RubricLine(C.SESSIONS, 60, 6), RubricLine(C.GOALS_SET, 40, 2))

    found = engagement(lines, {C.GOALS_SET: WHOLE}, WHOLE, {C.SESSIONS})

    assert found.score == Decimal("50.0")
    assert part_of(found, C.GOALS_SET).max_points == 100
    assert part_of(found, C.SESSIONS).is_exempt
    assert part_of(found, C.SESSIONS).max_points == 0


def test_what_shrinks_to_nothing_is_exempt():
    lines = (RubricLine(C.FEEDBACK, 20, 1), RubricLine(C.NEEDS, 80, 1))

    found = engagement(lines, {C.NEEDS: WHOLE}, Decimal("0.4"))

    assert found.score == 100
    assert part_of(found, C.FEEDBACK).is_exempt


def test_who_is_exempt_from_everything_is_excused():
    found = engagement(default_rubric(6), {C.NEEDS: WHOLE}, WHOLE, set(Component))

    assert found.score is None
    assert all(part.is_exempt and part.points == 0 for part in found.parts)


def test_corrections_never_push_below_zero():
    found = engagement(default_rubric(6), {C.NEEDS: Decimal(-1)}, WHOLE)

    assert found.score == 0
    assert part_of(found, C.NEEDS).shown == 0


def test_an_exact_half_of_a_tenth_goes_up():
    lines = (RubricLine(C.SESSIONS, 1, 20), RubricLine(C.NEEDS, 99, 1))

    assert engagement(lines, {C.SESSIONS: WHOLE}, WHOLE).score == Decimal("0.1")


@pytest.mark.parametrize("weight", [39, 41])
def test_weights_that_do_not_add_up_to_a_hundred_are_refused(weight):
    lines = (RubricLine(C.SESSIONS, 60, 6), RubricLine(C.GOALS_SET, weight, 1))

    with pytest.raises(ValueError, match="add up to 100"):
        engagement(lines, {}, WHOLE)


@pytest.mark.parametrize(
    ("weight", "target", "reason"),
    [(5, 0, "needs a target"), (-1, 1, "negative"), (0, -1, "negative")],
)
def test_an_impossible_line_is_refused(weight, target, reason):
    with pytest.raises(ValueError, match=reason):
        RubricLine(C.NEEDS, weight, target)


@pytest.mark.parametrize("sessions", [1, 2, 6, 60])
def test_the_default_rubric_names_every_component_and_adds_up(sessions):
    lines = default_rubric(sessions)

    assert tuple(line.component for line in lines) == tuple(Component)
    assert engagement(lines, {}, WHOLE).score == 0


def test_the_default_rubric_asks_most_of_all_for_sessions_and_progress():
    asked = {line.component: (line.weight, line.target) for line in default_rubric(6)}

    assert asked == {
        C.ORIENTATION: (0, 0),
        C.AGREEMENT: (5, 1),
        C.NEEDS: (10, 1),
        C.SESSIONS: (40, 6),
        C.GOALS_SET: (10, 1),
        C.GOAL_PROGRESS: (15, 6),
        C.REFLECTION: (10, 5),
        C.FEEDBACK: (5, 1),
        C.CLOSURE: (5, 1),
    }


def test_a_program_without_sessions_has_no_default_rubric():
    with pytest.raises(ValueError, match="at least one session"):
        default_rubric(0)


def test_a_stored_rubric_comes_back_as_lines():
    lines = default_rubric(6)
    weights = {line.component.value: line.weight for line in lines if line.weight}
    targets = {line.component.value: line.target for line in lines if line.target}

    assert rubric_lines(weights, targets) == lines


@pytest.mark.parametrize(
    ("component", "target", "f", "expected"),
    [
        (C.SESSIONS, 6, NINE_FOURTEENTHS, 4),
        (C.GOAL_PROGRESS, 7, NINE_FOURTEENTHS, 5),  # 4.5, which as a decimal is a little less
        (C.REFLECTION, 5, NINE_FOURTEENTHS, 3),
        (C.SESSIONS, 7, Decimal(5) / 14, 3),
        (C.SESSIONS, 6, Decimal(0), 0),
        (C.FEEDBACK, 1, Decimal("0.4999"), 0),
        (C.CLOSURE, 1, Decimal(0), 1),
    ],
)
def test_time_based_targets_shrink_with_the_time_and_halves_go_up(component, target, f, expected):
    assert prorated_target(component, target, f) == expected


@pytest.mark.parametrize(
    ("score", "maximum", "expected"),
    [
        ("87.7", "100", "87.7"),
        ("87.7", "10", "8.77"),
        ("33.3", "7.7777", "2.5899"),
        ("0", "5", "0"),
    ],
)
def test_a_score_is_scaled_to_the_columns_maximum(score, maximum, expected):
    assert scaled(Decimal(score), Decimal(maximum)) == Decimal(expected)


@given(st.sampled_from(Component), st.integers(0, 60), SHARES)
def test_a_target_never_grows_and_moves_less_than_one_unit_by_rounding(component, target, f):
    found = prorated_target(component, target, f)

    assert 0 <= found <= target
    if component in TIME_BASED:
        assert abs(found - f * target) <= Decimal("0.5") + Decimal("1e-9")


@given(rubrics(), CREDITS, SHARES, EXEMPT)
def test_the_score_is_from_0_to_100_and_the_parts_explain_it(lines, earned, f, exempt):
    found = engagement(lines, earned, f, exempt)

    assert all(0 <= part.points <= part.max_points for part in found.parts)
    assert all(0 <= part.share <= 1 for part in found.parts)
    counted = [part for part in found.parts if not part.is_exempt]
    if found.score is None:
        assert not counted
        return
    assert 0 <= found.score <= 100
    assert found.score == found.score.quantize(Decimal("0.1"))
    explained = sum((part.points for part in counted), start=Decimal(0))
    assert abs(explained - found.score) <= Decimal("0.051")
    most = sum((part.max_points for part in counted), start=Decimal(0))
    assert abs(most - 100) <= Decimal("0.001")


@given(rubrics(), CREDITS, SHARES, EXEMPT, EXEMPT, st.sampled_from(Component))
def test_more_evidence_never_lowers_the_score(lines, earned, f, exempt, let_off, component):
    before = engagement(lines, earned, f, exempt, let_off).score
    more = earned | {component: earned.get(component, Decimal(0)) + 1}
    after = engagement(lines, more, f, exempt, let_off).score

    assert before is None or (after is not None and after >= before)


@given(rubrics(), SHARES, EXEMPT)
def test_who_does_everything_that_is_expected_has_full_marks(lines, f, exempt):
    everything = {line.component: Decimal(line.target) for line in lines}

    assert engagement(lines, everything, f, exempt).score in {None, 100}


@given(rubrics(), CREDITS, SHARES, EXEMPT)
def test_what_does_not_count_can_be_anything(lines, earned, f, exempt):
    without = {name: credit for name, credit in earned.items() if name not in exempt}

    assert engagement(lines, earned, f, exempt).score == engagement(lines, without, f, exempt).score


@settings(max_examples=60)
@given(rubrics(), CREDITS, SHARES, EXEMPT, EXEMPT)
def test_the_next_act_adds_what_it_promises_and_nothing_adds_more(
    lines, earned, f, exempt, let_off
):
    before = engagement(lines, earned, f, exempt, let_off)
    act = next_best(before)
    if before.score is None or act is None:
        return
    gains = {}
    for part in before.parts:
        if part.is_exempt:
            continue
        more = earned | {part.component: part.shown + 1}
        score = engagement(lines, more, f, exempt, let_off).score
        assert score is not None
        gains[part.component] = score - before.score

    assert abs(gains[act.component] - act.points) <= Decimal("0.1")
    assert max(gains.values()) - gains[act.component] <= Decimal("0.1")


@given(
    rubrics(),
    CREDITS,
    st.integers(0, 12),
    st.integers(1, 200),
    st.data(),
    st.tuples(EXEMPT, EXEMPT),
)
def test_one_more_day_without_a_mentor_never_lowers_the_score(
    lines, earned, mentor_missed, days, data, let_off
):
    lost = data.draw(st.integers(0, days - 1))
    scores = []
    for lost_now, let_off_now in ((lost, let_off[0]), (lost + 1, let_off[0] | let_off[1])):
        f = Decimal(days - lost_now) / days
        asked = next(line.target for line in lines if line.component is C.SESSIONS)
        target = max(1, prorated_target(C.SESSIONS, asked, f))
        sessions = session_credits(earned.get(C.SESSIONS, 0), mentor_missed, target)
        shown = earned | {C.SESSIONS: sessions}
        scores.append(engagement(lines, shown, f, let_off=let_off_now).score)
    before, after = scores

    assert not before or (after is not None and after >= before)


def test_what_was_earned_does_not_vanish_when_it_is_let_off():
    lines = (RubricLine(C.SESSIONS, 60, 6), RubricLine(C.GOALS_SET, 40, 1))
    earned = {C.SESSIONS: Decimal(4)}

    waiting = engagement(lines, earned, WHOLE, let_off={C.SESSIONS})

    assert waiting.score == engagement(lines, earned, WHOLE).score == 40
    assert not part_of(waiting, C.SESSIONS).is_exempt
    assert part_of(waiting, C.SESSIONS).is_let_off


def test_what_is_let_off_drops_out_where_it_would_cost_points():
    lines = (RubricLine(C.SESSIONS, 60, 6), RubricLine(C.GOALS_SET, 40, 1))
    earned = {C.SESSIONS: Decimal(1), C.GOALS_SET: WHOLE}

    waiting = engagement(lines, earned, WHOLE, let_off={C.SESSIONS})

    assert waiting.score == 100
    assert part_of(waiting, C.SESSIONS).is_exempt


def test_one_unit_is_enough_where_the_target_has_shrunk_to_nothing():
    lines = (RubricLine(C.FEEDBACK, 20, 1), RubricLine(C.NEEDS, 80, 1))

    found = engagement(lines, {C.FEEDBACK: WHOLE}, Decimal("0.4"))

    assert found.score == 20
    assert part_of(found, C.FEEDBACK).target == 1


@given(rubrics(), CREDITS, SHARES, EXEMPT)
def test_the_explanation_survives_being_stored(lines, earned, f, exempt):
    found = engagement(lines, earned, f, exempt)

    assert from_json(json.loads(json.dumps(to_json(found)))) == found.parts
