"""The documents say what is there: codes, commands, values to copy, links that lead somewhere."""

import re
from pathlib import Path

import click
import pytest

from lti_mentoring.cli import main
from lti_mentoring.launch.refusals import KINDS
from lti_mentoring.rules.tool_configuration import SCOPES, SCOPES_WHERE_OFFERED, VARIABLES
from lti_mentoring.vocabulary import Product
from tests.architecture.source import NOT_OURS, PRODUCT, ROOT

INSTALL = ROOT / "docs" / "install"
README = (INSTALL / "README.md").read_text(encoding="utf-8")
LAUNCHES, REGISTRATIONS = "## Codes of refused launches", "## Codes of refused registrations"
LINK = re.compile(r"(?<!!)\[[^\]]*\]\(([^)\s]+)\)")
PAGES = sorted(
    path for path in ROOT.rglob("*.md") if not NOT_OURS & set(path.relative_to(ROOT).parts)
)


def codes_in(title: str) -> set[str]:
    """The codes of the table below ``title`` that have a meaning and a cure."""
    table = README.partition(title)[2].partition("\n## ")[0]
    return set(re.findall(r"^\| `([a-z-]+)` \| [^|]+ \| [^|]+ \|$", table, re.MULTILINE))


def anchors(page: Path) -> set[str]:
    """What a link may name in a page, as GitHub makes it of titles."""
    titles = re.findall(r"^#+ (.+)$", page.read_text(encoding="utf-8"), re.MULTILINE)
    kept = (re.sub(r"[^\w\s-]", "", title.lower()) for title in titles)
    return {title.strip().replace(" ", "-") for title in kept}


def commands_in(page: Path) -> list[list[str]]:
    """The commands of ours in a page's code, word by word, without the program's name."""
    text = page.read_text(encoding="utf-8").replace("\\\n", " ")
    blocks = "\n".join(text.split("```")[1::2])
    shown = re.findall(r"^lti-mentoring .*", blocks, re.MULTILINE)
    shown += re.findall(r"`lti-mentoring [^`]+`", text)
    groups = "|".join(name for name, each in main.commands.items() if isinstance(each, click.Group))
    short = re.findall(rf"`(?:{groups}) [a-z][^`]*`", text)
    return [line.strip("`").removeprefix("lti-mentoring ").split() for line in shown + short]


def unknown_in(words: list[str]) -> list[str]:
    """Commands and options of these words that do not exist."""
    found: click.Command = main
    while words and isinstance(found, click.Group):
        if words[0] not in found.commands:
            return words[:1]
        found, words = found.commands[words[0]], words[1:]
    known = {option for each in found.params for option in each.opts} | {"--help"}
    return [word for word in words if word.startswith("--") and word not in known]


def test_every_code_of_a_refused_launch_has_its_cure():
    assert codes_in(LAUNCHES) == set(KINDS)


def test_every_code_of_a_refused_registration_has_its_cure():
    page = (PRODUCT / "templates" / "registration" / "refused.html").read_text(encoding="utf-8")

    assert codes_in(REGISTRATIONS) == set(re.findall(r'^  "([a-z-]+)": \(', page, re.MULTILINE))


def test_every_product_has_its_page():
    products = {product.value for product in Product} - {Product.OTHER.value}

    assert {path.stem for path in INSTALL.glob("*.md")} == products | {"README"}


def test_all_that_is_asked_for_stands_there():
    scopes = {scope.value.rpartition("/")[2] for scope in (*SCOPES, *SCOPES_WHERE_OFFERED)}

    assert [scope for scope in scopes if f"| `{scope}` |" not in README] == []
    assert [n for n, v in VARIABLES.items() if f"`{n}=${v}`" not in README] == []


@pytest.mark.parametrize("page", PAGES, ids=lambda path: path.relative_to(ROOT).as_posix())
def test_links_lead_somewhere(page):
    links = [link for link in LINK.findall(page.read_text(encoding="utf-8")) if ":" not in link]
    split = [link.partition("#") for link in links]

    assert [path for path, _, _ in split if not (page.parent / path).exists()] == []
    named = [(page.parent / path if path else page, name) for path, _, name in split if name]
    assert [name for target, name in named if name not in anchors(target)] == []


@pytest.mark.parametrize("page", PAGES, ids=lambda path: path.relative_to(ROOT).as_posix())
def test_commands_and_their_options_exist(page):
    assert [words for words in commands_in(page) if unknown_in(words)] == []


def test_commands_are_found_in_pages():
    assert ["platforms", "approve", "--deployment"] in commands_in(INSTALL / "README.md")
    assert unknown_in(["platforms", "invent"]) == ["invent"]
    assert unknown_in(["platforms", "check", "1", "--loud"]) == ["--loud"]
