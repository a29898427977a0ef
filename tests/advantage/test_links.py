import pytest

from lti_mentoring.advantage.links import below, differences_page, next_page, with_query
from lti_mentoring.core.errors import PlatformRefused

HERE = "https://lms.test/roster?limit=2"


@pytest.mark.parametrize(
    "header",
    [
        '<https://lms.test/roster?page=2>; rel="next"',
        "<https://lms.test/roster?page=2>; rel=next",
        "<https://lms.test/roster?page=2>;rel='next'",
        "<https://lms.test/roster?page=2>; rel=“next”",
        "<https://lms.test/roster?page=2>; rel=â\x80\x9cnextâ\x80\x9d",  # the same as HTTP reads it
        '<https://lms.test/roster?page=2>; REL="Next last"; title="a, b"',
        '<https://lms.test/x>; rel="differences", <https://lms.test/roster?page=2>; rel="next"',
        '<https://lms.test/roster?page=2>; type="x"; rel="next", <https://lms.test/l>; rel="last"',
        '</roster?page=2>; rel="next"',
        '<?page=2>; rel="next"',
    ],
)
def test_the_next_page_is_found_however_it_is_written(header):
    assert next_page(header, HERE, HERE) == "https://lms.test/roster?page=2"


@pytest.mark.parametrize("header", ["", "<https://lms.test/a>", '<https://lms.test/a>; rel="prev"'])
def test_without_a_next_link_it_is_the_last_page(header):
    assert next_page(header, HERE, HERE) is None


def test_an_address_that_was_escaped_for_a_page_is_unescaped_and_keeps_its_case():
    """M12, BR9; LTI-92."""
    header = '<https://lms.test/Roster?From=2&amp;Limit=2>; rel="next"'

    assert next_page(header, HERE, HERE) == "https://lms.test/Roster?From=2&Limit=2"


@pytest.mark.parametrize(
    "target", ["https://evil.test/roster", "http://lms.test/roster", "https://lms.test:444/roster"]
)
def test_a_next_page_on_another_host_is_refused_since_it_would_get_the_token(target):
    with pytest.raises(PlatformRefused):
        next_page(f'<{target}>; rel="next"', HERE, HERE)


@pytest.mark.parametrize(
    "header",
    [
        '<https://lms.test/changes?since=4>; rel="differences"',
        "<https://lms.test/changes?since=4>; rel=differences",
        "</changes?since=4>; rel=“differences”",
        '<https://lms.test/roster?page=2>; rel="next",<https://lms.test/changes?since=4>;'
        ' rel="differences"',
    ],
)
def test_where_changes_are_told_is_found_however_it_is_written(header):
    """LTI-97."""
    assert differences_page(header, HERE, HERE) == "https://lms.test/changes?since=4"


@pytest.mark.parametrize(
    "header",
    [
        "",
        '<https://lms.test/roster?page=2>; rel="next"',
        '<https://evil.test/changes>; rel="differences"',
        '<http://lms.test/changes>; rel="differences"',
        '<https://lms.test/changes>; rel="indifferences"',
    ],
)
def test_changes_that_are_told_nowhere_or_elsewhere_are_not_asked_for(header):
    assert differences_page(header, HERE, HERE) is None


def test_parameters_are_merged_into_the_query_that_is_there():
    url = with_query("https://bb.test/members?placement_id=_5_1&limit=9", limit=200)

    assert url == "https://bb.test/members?placement_id=_5_1&limit=200"


def test_scores_go_before_the_query():
    """M11; LTI-110."""
    url = below("https://moodle.test/2/lineitems/9/lineitem?type_id=3", "scores")

    assert url == "https://moodle.test/2/lineitems/9/lineitem/scores?type_id=3"
