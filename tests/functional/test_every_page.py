"""What holds for every page that anybody can open."""

from collections import Counter

import lxml.html
import pytest

from tests.support.every_page import open_every_page
from tests.support.full_program import make_full_program
from tests.support.visitor import visit


@pytest.mark.slow
@pytest.mark.parametrize(
    "role", ["instructor", "assistant", "mentee", "mentor", "new_learner", "observer"]
)
def test_every_page_has_one_heading_one_main_act_and_no_id_twice(app, database, frozen_clock, role):
    with database.transaction() as db:
        full = make_full_program(db)

    faults = {}
    for address, html in open_every_page(app, visit(app, getattr(full, role))):
        if "<!doctype html>" in html:
            page = lxml.html.fromstring(html)
            if found := faults_of(page):
                faults[address] = found

    assert not faults


def faults_of(page) -> list[str]:
    ids = Counter(page.xpath("//@id"))
    found = [f"the id {name} {count} times" for name, count in ids.items() if count > 1]
    headings = len(page.xpath("//h1"))
    if headings != 1:
        found.append(f"{headings} headings of the first order")
    primary = page.xpath("//*[contains(concat(' ', @class, ' '), ' btn-primary ')]")
    if len(primary) > 1:
        found.append(f"{len(primary)} main acts: {[p.text_content().strip() for p in primary]}")
    if page.xpath("//@style|//style|//script[not(@src)]|//@onclick"):
        found.append("inline style or script")
    labels = set(page.xpath("//label/@for"))
    if missing := labels - set(ids):
        found.append(f"labels of nothing: {sorted(missing)}")
    return found
