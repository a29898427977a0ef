"""What goes into an answer, and what is left out however much it was wanted."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta, timezone

import pytest

from lti_mentoring.rules.deep_linking import (
    DeepLinkingSettings,
    WantedColumn,
    WantedLink,
    check_dates,
    link_item,
)
from lti_mentoring.vocabulary import LineItemKind

SETTINGS = DeepLinkingSettings("https://lms.test/x", targets=("iframe",), has_data=True, data="d")
NOON = datetime(2026, 12, 1, 12, tzinfo=UTC)
COLUMN = WantedColumn(LineItemKind.ENGAGEMENT, 20, "lti-mentoring:7")
WANTED = WantedLink("Week 1", "Begin", COLUMN, NOON, NOON + timedelta(days=7), "iframe")
LAUNCH = "https://tool.test/lti/launch"


def test_everything_that_was_wanted_is_in_it():
    item = link_item(WANTED, SETTINGS, LAUNCH, "key")

    assert item["lineItem"]["scoreMaximum"] == 20
    assert item["iframe"] == {"width": 880, "height": 700}
    assert item["url"] == f"{LAUNCH}?content=key"
    assert item["custom"] == {"content": "key"}


def test_no_column_where_the_platform_takes_none():
    assert "lineItem" not in link_item(
        WANTED, replace(SETTINGS, takes_columns=False), LAUNCH, "key"
    )


def test_no_target_that_the_platform_does_not_have():
    item = link_item(replace(WANTED, target="window"), SETTINGS, LAUNCH, "key")

    assert not {"window", "iframe"} & set(item)


def test_moments_are_told_with_their_zone():
    there = timezone(timedelta(hours=-5))
    late = datetime(2026, 12, 8, 23, 59, tzinfo=there)

    item = link_item(replace(WANTED, due_at=late), SETTINGS, LAUNCH, "key")

    assert item["submission"] == {"endDateTime": "2026-12-09T04:59:00+00:00"}


@pytest.mark.parametrize(
    ("opens_at", "due_at", "fits"),
    [
        (None, None, True),
        (NOON, None, True),
        (None, NOON, True),
        (NOON, NOON + timedelta(minutes=1), True),
        (NOON, NOON, False),
        (NOON, NOON - timedelta(days=1), False),
    ],
)
def test_the_end_comes_after_the_start(opens_at, due_at, fits):
    assert check_dates(opens_at, due_at) is fits


def test_settings_come_back_as_they_were_kept():
    assert DeepLinkingSettings.from_json(SETTINGS.as_json()) == SETTINGS


def test_settings_of_another_version_are_read_as_far_as_they_are_known():
    kept = {"return_url": "https://lms.test/x", "takes_sound": True}

    assert DeepLinkingSettings.from_json(kept) == DeepLinkingSettings("https://lms.test/x")
