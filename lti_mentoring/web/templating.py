"""What templates may call: times, numbers, permissions, the sprite, stamped static files."""

from collections.abc import MutableMapping
from functools import lru_cache
from typing import Any

from babel.support import NullTranslations
from flask import Flask, g
from flask.templating import Environment as BaseEnvironment
from jinja2 import StrictUndefined, pass_eval_context
from jinja2.nodes import EvalContext
from markupsafe import Markup, escape

from lti_mentoring.policies import pairing as pairing_policy
from lti_mentoring.policies import program as program_policy
from lti_mentoring.web import addresses, identity, locale, navigation, notices


class Environment(BaseEnvironment):
    """Flask's, with globals that are settled before the first template is loaded.

    Jinja chains them, so that later ones would be seen; each look into that chain is slow, and
    every inclusion and import copies it.
    """

    def make_globals(self, d: MutableMapping[str, Any] | None) -> MutableMapping[str, Any]:
        """A plain dictionary for one template."""
        return {**self.globals, **(d or {})}


def install(app: Flask) -> None:
    """Give templates their words. Everything undefined is an error."""
    app.jinja_env.undefined = StrictUndefined
    app.jinja_env.trim_blocks = app.jinja_env.lstrip_blocks = True
    app.jinja_env.add_extension("jinja2.ext.do")
    app.jinja_env.filters.update(
        moment=locale.local_moment,
        clock_time=locale.local_time,
        day=locale.local_day,
        near=locale.near_day,
        zone=locale.zone_label,
        duration=locale.duration,
        number=locale.number,
        weekday=locale.weekday_name,
        initials=initials,
        paragraphs=paragraphs,
    )
    app.jinja_env.globals.update(
        static=addresses.static_address,
        url_for=addresses.page_address,
        icon=icon,
        can=can,
        may=program_policy,
        may_pairing=pairing_policy,
        language=locale.language_tag,
        direction=locale.direction,
        navigation=navigation.entries,
        notices_to_show=notices.to_show,
        token_field=identity.TOKEN_FIELD,
        _=_gettext,
        gettext=_gettext,
        ngettext=_ngettext,
    )
    app.context_processor(_people)


def _people() -> dict[str, Any]:
    here = g._get_current_object()
    return {name: here.get(name) for name in ("actor", "sign_in", "proof")}


def can(policy: Any, *things: Any) -> bool:
    """Whether the reader may do what ``policy`` is about; the same function guards the act."""
    return bool(g.actor is not None and policy(g.actor, *things))


@pass_eval_context
def _gettext(context: EvalContext, sentence: str, /, **values: Any) -> str:
    """Jinja's own does the same, but looks for the language again at each sentence of a page."""
    found = _sentence(locale.translations(), sentence, escapes=context.autoescape)
    return found % values if "%" in found else found


@pass_eval_context
def _ngettext(context: EvalContext, one: str, many: str, number: int, /, **values: Any) -> str:
    """The same for a sentence that depends on ``number``, which it may name as ``num``."""
    found = locale.translations().ungettext(one, many, number)
    return _own(found, escapes=context.autoescape) % {"num": number, **values}


@lru_cache(maxsize=4096)
def _sentence(translations: NullTranslations, sentence: str, *, escapes: bool) -> str:
    return _own(translations.ugettext(sentence), escapes=escapes)


def _own(sentence: str, *, escapes: bool) -> str:
    """A sentence of ours needs no escaping; the values that are put into it do."""
    return Markup(sentence) if escapes else sentence  # noqa: S704 -- our own words


def icon(name: str) -> Markup:
    """A symbol of the sprite, for the eye only: the word beside it carries the meaning."""
    return _icon(addresses.static_address("icons.svg"), name)


@lru_cache(maxsize=256)
def _icon(sprite: str, name: str) -> Markup:
    address = escape(sprite)
    return Markup(  # noqa: S704 -- both parts are ours and escaped
        f'<svg class="icon" aria-hidden="true"><use href="{address}#{escape(name)}"></use></svg>'
    )


def initials(name: str) -> str:
    """One or two letters for the circle beside a name."""
    words = [word for word in name.split() if word[:1].isalnum()]
    return (words[0][0] + (words[-1][0] if len(words) > 1 else "")).upper() if words else "?"


def paragraphs(text: str) -> Markup:
    """Typed text with its line breaks, everything else escaped."""
    blocks = [block for block in text.replace("\r\n", "\n").split("\n\n") if block.strip()]
    shown = (f"<p>{escape(block)}</p>".replace("\n", "<br>") for block in blocks)
    return Markup("".join(shown))  # noqa: S704 -- each block is escaped
