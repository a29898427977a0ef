"""Every sentence goes through the catalogs, and the languages that ship are complete."""

import re
import subprocess
import sys
from datetime import timedelta
from pathlib import Path

import lxml.html
import pytest
from babel import Locale
from babel.dates import format_timedelta, get_day_names, get_month_names
from babel.messages.catalog import Catalog
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po

from lti_mentoring.app import create_app
from lti_mentoring.models import Base
from lti_mentoring.web.locale import LANGUAGES
from tests.support.every_page import open_every_page
from tests.support.full_program import make_full_program
from tests.support.visitor import visit

ROOT = Path(__file__).resolve().parents[2]
TRANSLATIONS = ROOT / "lti_mentoring" / "translations"
KEYWORDS = ("_l", "lazy_gettext", "lazy_ngettext:1,2")
PSEUDO = "eo"  # Esperanto stands for a language in which every sentence is marked
MARK = re.compile(r"⟦[^⟦⟧]*⟧")
WORD = re.compile(r"[^\W\d_]{3,}")


@pytest.fixture(scope="module")
def sentences(tmp_path_factory):
    """What the code says now, as pybabel finds it."""
    template = tmp_path_factory.mktemp("sentences") / "messages.pot"
    command = [sys.executable, "-m", "babel.messages.frontend", "-q", "extract"]
    options = ["--mapping=pyproject.toml", "--no-location", f"--output={template}"]
    keywords = [f"--keyword={keyword}" for keyword in KEYWORDS]
    subprocess.run([*command, *options, *keywords, "."], cwd=ROOT, check=True)  # noqa: S603 -- our own interpreter and arguments
    with template.open("rb") as file:
        return read_po(file)


def catalog(language: str) -> Catalog:
    with (TRANSLATIONS / language / "LC_MESSAGES" / "messages.po").open("rb") as file:
        return read_po(file, locale=language)


@pytest.mark.parametrize("language", [each for each in LANGUAGES if each != "en"])
def test_a_language_that_ships_has_every_sentence(sentences, language):
    translated = catalog(language)

    missing = [
        message.id
        for message in sentences
        if message.id
        and (
            (found := translated.get(message.id)) is None
            or found.fuzzy
            or not all([found.string] if isinstance(found.string, str) else found.string or [""])
        )
    ]

    assert not missing, f"{len(missing)} sentences are missing: {missing[:20]}"


@pytest.mark.parametrize("language", [each for each in LANGUAGES if each != "en"])
def test_translations_keep_the_places_for_names_and_numbers(language):
    wrong = [
        message.id
        for message in catalog(language)
        if message.id and message.python_format and not places_agree(message)
    ]

    assert not wrong, wrong


def places_agree(message) -> bool:
    def places(text):
        return set(re.findall(r"%\(\w+\)", text))

    if isinstance(message.id, str):
        return places(message.id) == places(message.string)
    both = places(message.id[0]) | places(message.id[1])
    return all(places(text) <= both for text in message.string)


@pytest.mark.parametrize("language", [each for each in LANGUAGES if each != "en"])
def test_the_compiled_catalog_is_the_written_one(language, tmp_path):
    compiled = tmp_path / "messages.mo"
    with compiled.open("wb") as file:
        write_mo(file, catalog(language))

    shipped = TRANSLATIONS / language / "LC_MESSAGES" / "messages.mo"

    assert compiled.read_bytes() == shipped.read_bytes(), "type: python3 dev.py translate"


@pytest.fixture
def pseudo_app(settings, database, sentences, tmp_path):
    """The product in a language that puts every sentence into brackets."""
    marked = Catalog(locale=PSEUDO)
    for message in sentences:
        if isinstance(message.id, str) and message.id:
            marked.add(message.id, f"⟦{message.id}⟧", flags=message.flags)
        elif message.id:
            marked.add(message.id, tuple(f"⟦{text}⟧" for text in message.id), flags=message.flags)
    folder = tmp_path / PSEUDO / "LC_MESSAGES"
    folder.mkdir(parents=True)
    with (folder / "messages.mo").open("wb") as file:
        write_mo(file, marked)
    return create_app(
        settings,
        database=database,
        BABEL_TRANSLATION_DIRECTORIES=str(tmp_path),
        BABEL_DEFAULT_LOCALE=PSEUDO,
        LANGUAGES=(PSEUDO,),
    )


def known_words(database) -> set[str]:
    """Words of people, of the calendar, and of Babel; they are not the product's own."""
    known = {"UTC", "https", *words_of_babel()}
    with database.reading() as db:
        for table in Base.metadata.sorted_tables:
            for row in db.execute(table.select()):
                known.update(WORD.findall(" ".join(str(value) for value in row)))
    return known


def words_of_babel() -> set[str]:
    said = [
        format_timedelta(timedelta(days=days), add_direction=True, locale=PSEUDO)
        for days in (-3, -1, 1, 3)
    ]
    said += [
        name
        for names in (get_day_names, get_month_names)
        for width in ("wide", "abbreviated")
        for context in ("format", "stand-alone")
        for name in names(width, context, locale=PSEUDO).values()
    ]
    languages = Locale(PSEUDO).languages.values()
    said += [*languages, *(language.capitalize() for language in languages)]
    return set(WORD.findall(" ".join(said)))


def bare_words(html: str, known: set[str]) -> list[str]:
    """What a page says outside of brackets and is not known."""
    page = lxml.html.fromstring(html)
    for quiet in page.xpath("//script|//style|//option|//textarea|//code"):
        quiet.drop_tree()
    texts = [*page.xpath("//body//text()"), *page.xpath("//title/text()")]
    texts += page.xpath("//@aria-label") + page.xpath("//@placeholder") + page.xpath("//@alt")
    joined = " ".join(texts)
    while MARK.search(joined):
        joined = MARK.sub(" ", joined)
    return sorted(set(WORD.findall(joined)) - known)


@pytest.mark.slow
@pytest.mark.parametrize("role", ["instructor", "mentee", "mentor", "new_learner", "observer"])
def test_no_page_says_anything_that_cannot_be_translated(pseudo_app, database, frozen_clock, role):
    with database.transaction() as db:
        full = make_full_program(db)
    known = known_words(database)
    visitor = visit(pseudo_app, getattr(full, role), locale=PSEUDO)

    bare = {
        address: words
        for address, html in open_every_page(pseudo_app, visitor)
        if (words := bare_words(html, known))
    }

    assert not bare
