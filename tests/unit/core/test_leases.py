import pytest

from lti_mentoring.core.leases import wait_seconds


@pytest.mark.parametrize(
    ("attempts", "middle"), [(0, 30), (1, 30), (2, 60), (5, 480), (10, 15_360), (40, 21_600)]
)
def test_patience_doubles_up_to_six_hours(attempts, middle):
    assert wait_seconds(attempts) == pytest.approx(middle, rel=0.13)


def test_not_everybody_comes_back_at_once():
    assert len({wait_seconds(3) for _ in range(20)}) > 1


@pytest.mark.parametrize(
    ("asked", "least", "most"), [(3600, 3600, 3600), (1, 26, 34), (1e9, 86_400, 86_400)]
)
def test_what_was_asked_for_is_granted_up_to_a_day(asked, least, most):
    assert least <= wait_seconds(1, asked) <= most
