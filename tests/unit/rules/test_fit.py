"""Fit of a wish and an offer: what counts how much, and what is unknown."""

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lti_mentoring.rules.fit import WEIGHTS, Offer, Wish, band_of, fit
from lti_mentoring.vocabulary import Cadence, MeetingMode

WISH = Wish(
    topics={1: 3, 2: 1, 3: 2},
    languages=frozenset({"pt", "en"}),
    modes=frozenset({MeetingMode.VIDEO, MeetingMode.CHAT}),
    cadence=Cadence.WEEKLY,
)
OFFER = Offer(
    topics={1: 3, 3: 2, 9: 3},
    languages=frozenset({"en"}),
    modes=frozenset({MeetingMode.VIDEO}),
    cadence=Cadence.FORTNIGHTLY,
)
SIDES = {
    "topics": st.dictionaries(st.integers(1, 5), st.integers(1, 3), max_size=5),
    "languages": st.frozensets(st.sampled_from(["pt", "en", "ar"])),
    "modes": st.frozensets(st.sampled_from(MeetingMode)),
    "cadence": st.none() | st.sampled_from(Cadence),
}


def test_the_score_is_the_weighted_mean_of_four_signals():
    found = fit(WISH, OFFER, 60)

    topics = (Decimal(3) + 2 * Decimal("0.8")) / 6
    expected = 60 * topics + 25 * Decimal("0.5") + 10 + 5 * Decimal("0.5")
    assert found.score == (expected / 100).quantize(Decimal("0.0001"))
    assert found.band == "strong"


def test_the_facts_that_explain_it_are_ready_to_be_told():
    found = fit(WISH, OFFER, 150)

    assert found.topics_covered == (1, 3)
    assert found.topics_wanted == 3
    assert found.shared_languages == ("en",)
    assert found.shared_minutes == 150
    assert found.shared_modes == (MeetingMode.VIDEO,)
    assert (found.signals_known, found.signals_total) == (4, 4)


def test_unknown_signals_drop_out_and_the_rest_is_scaled_up():
    found = fit(Wish(topics={1: 2}), Offer(topics={1: 2}), None)

    assert found.score == Decimal("0.8")
    assert (found.signals_known, found.signals_total) == (1, 4)
    assert found.shared_minutes is None


def test_no_common_language_counts_against_a_pair_but_an_unsaid_one_does_not():
    wish = Wish(topics={1: 1}, languages=frozenset({"pt"}))

    said = fit(wish, Offer(topics={1: 3}, languages=frozenset({"en"})), None)
    unsaid = fit(wish, Offer(topics={1: 3}), None)

    assert said.score == Decimal("0.8571")
    assert unsaid.score == 1


def test_with_nothing_known_there_is_no_score_to_speak_of():
    found = fit(Wish(), Offer(), None)

    assert (found.score, found.signals_known) == (Decimal(0), 0)
    assert found.band == "weak"


@pytest.mark.parametrize(
    ("ours", "theirs", "expected"),
    [
        (Cadence.WEEKLY, Cadence.WEEKLY, "1"),
        (Cadence.WEEKLY, Cadence.FORTNIGHTLY, "0.5"),
        (Cadence.MONTHLY, Cadence.FORTNIGHTLY, "0.5"),
        (Cadence.MONTHLY, Cadence.WEEKLY, "0"),
    ],
)
def test_rhythms_that_differ_by_a_step_fit_half(ours, theirs, expected):
    assert fit(Wish(cadence=ours), Offer(cadence=theirs), None).score == Decimal(expected)


@pytest.mark.parametrize(
    ("score", "band"),
    [
        ("1", "strong"),
        ("0.70", "strong"),
        ("0.6999", "good"),
        ("0.50", "good"),
        ("0.4999", "possible"),
        ("0.35", "possible"),
        ("0.3499", "weak"),
        ("0", "weak"),
    ],
)
def test_people_read_a_band(score, band):
    assert band_of(Decimal(score)) == band


@given(st.builds(Wish, **SIDES), st.builds(Offer, **SIDES), st.none() | st.integers(0, 900))
def test_the_score_stays_between_0_and_1(wish, offer, minutes):
    found = fit(wish, offer, minutes)

    assert 0 <= found.score <= 1
    assert 0 <= found.signals_known <= found.signals_total == len(WEIGHTS)
    assert len(found.topics_covered) <= found.topics_wanted


@given(st.builds(Wish, **SIDES), st.builds(Offer, **SIDES), st.integers(0, 200))
def test_more_shared_time_never_fits_worse(wish, offer, minutes):
    assert fit(wish, offer, minutes + 1).score >= fit(wish, offer, minutes).score
