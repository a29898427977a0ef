"""The table that coordinators are shown says what the table of confidentiality says."""

import pytest

from lti_mentoring.policies.confidentiality import MATRIX, Access, DataKind, Reader

COLUMNS = {
    Reader.MENTEE: "The learner",
    Reader.MENTOR: "Their mentor",
    Reader.COORDINATOR: "You and other staff",
    Reader.GRADEBOOK: "Gradebook",
}
ROWS = {
    "What a learner wants help with": DataKind.INTAKE,
    "Whom a learner asks, and in which order": DataKind.REQUEST_LIST,
    "Goals, and what moved them": DataKind.SHARED_GOAL,
    "Sessions: when, how long, who came": DataKind.SESSION_FACTS,
    "Agenda, shared notes, things to do": DataKind.AGENDA_AND_SHARED_NOTES,
    "Engagement score": DataKind.ENGAGEMENT,
}
ASKED = (Reader.MENTOR, Reader.COORDINATOR)  # who know of a request, and not of the list

pytestmark = pytest.mark.usefixtures("agreement")


@pytest.fixture
def shown(staff):
    """What the coordinator's table says: cells by row and column."""
    page = staff().get("/program/privacy").page
    table = page.xpath("//table[caption='Who sees what']")[0]
    return {
        " ".join(row.xpath("th")[0].text_content().split()): {
            cell.get("data-label"): cell.text_content() for cell in row.xpath("td")
        }
        for row in table.xpath("tbody/tr")
    }


@pytest.mark.parametrize("row", ROWS)
def test_a_cell_says_no_where_the_table_gives_nothing(shown, row):
    for reader, column in COLUMNS.items():
        gives_nothing = MATRIX[ROWS[row]][reader] is Access.NONE
        if ROWS[row] is DataKind.REQUEST_LIST and reader in ASKED:
            gives_nothing = False
        assert (shown[row][column] == "No") is gives_nothing, (row, column)


def test_the_page_says_what_whoever_follows_a_learner_may_see(staff):
    text = staff().get("/program/privacy").text

    shared = {kind for kind, cells in MATRIX.items() if cells[Reader.OBSERVER] is not Access.NONE}
    assert (
        "see nothing, unless your institution and that learner allow it: then how many sessions "
        "were held and are planned, and whether the program is completed. Never the score, and "
        "never who the mentor is."
    ) in text
    assert shared == {DataKind.COMPLETION, DataKind.SESSION_FACTS}


def test_the_page_says_what_assistants_do_not_see(staff):
    text = staff().get("/program/privacy").text

    staff_only = {
        kind
        for kind, cells in MATRIX.items()
        if cells[Reader.TEACHING_ASSISTANT] is not cells[Reader.COORDINATOR]
    }
    assert "except what a learner wants help with and your notes." in text
    assert staff_only == {
        DataKind.INTAKE,
        DataKind.MATCH_REASONS,  # which need the same page
        DataKind.EXEMPTION_NOTE,
        DataKind.CLOSING_DECISION,  # which has no row on this page
    }
