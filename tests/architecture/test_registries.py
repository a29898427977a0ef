"""Registries of the running product, each held against what has to be registered there."""

import inspect
import re
import tomllib
from collections.abc import Iterator
from enum import StrEnum

import jinja2
import pytest
from jinja2 import nodes
from pydantic import BaseModel

from lti_mentoring import vocabulary
from lti_mentoring.core import errors
from lti_mentoring.models import Base
from lti_mentoring.rules import transitions
from lti_mentoring.services import privacy
from lti_mentoring.settings import Settings
from lti_mentoring.web import error_pages
from tests.architecture.source import ROOT, listing

# Endpoints that Flask makes itself; files that everybody may read.
UNGUARDED = {"static"}

UNITS = ("seconds", "minutes", "hours", "days", "bytes", "percent", "characters")
FEWEST_WORDS = 6  # of a comment that is meant to give a unit, a default and a reason

STATES = [
    enum
    for name, enum in sorted(vars(vocabulary).items())
    if name.endswith("State") and inspect.isclass(enum) and issubclass(enum, StrEnum)
]


def test_every_route_has_a_guard(app):
    open_ones = sorted(
        f"{rule.rule} ({rule.endpoint})"
        for rule in app.url_map.iter_rules()
        if rule.endpoint not in UNGUARDED
        and not hasattr(app.view_functions[rule.endpoint], "guard")
    )

    assert not open_ones, listing(open_ones, "Say who may: @guarded_by(…), public ones too:")


def test_every_error_has_a_status():
    ours = [error for error in vars(errors).values() if inspect.isclass(error)]
    unknown = [
        error.__name__
        for error in ours
        if issubclass(error, errors.MentoringError)
        and error is not errors.MentoringError
        and not any(base in error_pages.STATUS for base in error.__mro__)
    ]

    assert not unknown, listing(unknown, "Give these a row in web/error_pages.py:")


def names_of(section: type[BaseModel], prefix: str = "") -> Iterator[str]:
    """Names of all settings, with a dot between section and name."""
    for name, field in section.model_fields.items():
        kind = field.annotation
        if inspect.isclass(kind) and issubclass(kind, BaseModel):
            yield from names_of(kind, f"{prefix}{name}.")
        else:
            yield prefix + name


def flattened(table: dict[str, object], prefix: str = "") -> Iterator[str]:
    for name, value in table.items():
        if isinstance(value, dict):
            yield from flattened(value, f"{prefix}{name}.")
        else:
            yield prefix + name


def comments_in(text: str) -> dict[str, str]:
    """Each setting of a TOML file with the comment right above it."""
    found, comment, section = {}, "", ""
    for line in text.splitlines():
        if line.startswith("#"):
            comment += line.lstrip("# ") + " "
            continue
        if header := re.fullmatch(r"\[(.+)\]", line.strip()):
            section = f"{header[1]}."
        elif setting := re.match(r"(\w+)\s*=", line):
            found[section + setting[1]] = comment
        comment = ""
    return found


def defaults_file() -> str:
    return (ROOT / "config" / "default.toml").read_text(encoding="utf-8")


def test_every_setting_stands_in_the_defaults_and_nothing_else_does():
    written = set(flattened(tomllib.loads(defaults_file())))

    assert written == set(names_of(Settings))


def test_every_default_is_explained():
    unexplained = [
        name
        for name, comment in comments_in(defaults_file()).items()
        if "default" not in comment.lower() or len(comment.split()) < FEWEST_WORDS
    ]

    assert not unexplained, listing(unexplained, "Say the unit, the default and why it is that:")


def test_every_number_names_its_unit():
    unitless = [
        name
        for name, comment in comments_in(defaults_file()).items()
        for unit in UNITS
        if name.endswith(f"_{unit}") and unit not in comment.lower()
    ]

    assert not unitless, listing(unitless, "The comment has to start with the unit:")


def test_every_table_is_in_the_privacy_register():
    assert set(privacy.REGISTER) == set(Base.metadata.tables)


@pytest.mark.parametrize("enum", STATES, ids=lambda enum: enum.__name__)
def test_every_state_has_its_row_of_transitions(enum):
    table = transitions.TABLES[enum]

    assert set(table) == set(enum)
    assert set().union(*table.values()) <= set(enum)


@pytest.mark.parametrize("enum", STATES, ids=lambda enum: enum.__name__)
def test_from_every_state_an_end_can_be_reached(enum):
    table = transitions.TABLES[enum]
    finishing = set(transitions.END_STATES[enum])
    for _ in table:
        finishing |= {state for state, after in table.items() if after & finishing}

    assert set(enum) - finishing == set(), "there is no way out of these"


def test_no_table_of_transitions_is_for_something_else():
    assert set(transitions.TABLES) <= set(STATES)


def test_every_template_compiles(app):
    broken = []
    for name in app.jinja_env.list_templates():
        try:
            app.jinja_env.get_template(name)
        except jinja2.TemplateSyntaxError as error:
            broken.append(f"{name}:{error.lineno}: {error.message}")

    assert not broken, listing(broken, "These templates cannot be read:")


def test_every_page_has_a_title(app):
    trees = {
        name: parsed(app, name)
        for name in app.jinja_env.list_templates(extensions=["html"])
        if not is_fragment(name)
    }
    layouts = {
        node.template.value
        for tree in trees.values()
        for node in tree.find_all(nodes.Extends)
        if isinstance(node.template, nodes.Const)
    }
    untitled = [
        name
        for name, tree in trees.items()
        if "title" not in {block.name for block in tree.find_all(nodes.Block)}
        and not (name in layouts and tree.find(nodes.Extends))
    ]

    assert not untitled, listing(untitled, "Add {% block title %} to these pages:")


def is_fragment(name: str) -> bool:
    """Whether it is a part of pages, or a mail, and no page of its own."""
    folder, _, file = name.rpartition("/")
    return file.startswith("_") or folder.split("/")[0] in {"macros", "mail"}


def parsed(app, name: str) -> nodes.Template:
    source, _, _ = app.jinja_env.loader.get_source(app.jinja_env, name)
    return app.jinja_env.parse(source)
