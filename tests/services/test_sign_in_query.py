"""Rows of the query that every page begins with are read by position."""

from lti_mentoring.queries import sign_ins
from lti_mentoring.queries.homes import STANDING, Standing


def test_the_columns_of_a_sign_in_stand_in_the_order_of_its_fields():
    assert sign_ins._SIGN_IN.selected_columns.keys() == list(sign_ins.FoundSignIn._fields)


def test_what_the_home_finds_along_stands_in_the_order_of_its_fields():
    renamed = {
        "intake.state": "intake_state",
        "mentor_profile.state": "mentor_state",
        "engagement_score.participant_id": "scored_id",
    }
    names = [renamed.get(f"{c.table}.{c.name}", c.name) for c in STANDING.columns[:-2]]

    assert [*names, "has_closed", "waiting_requests"] == list(Standing._fields)
