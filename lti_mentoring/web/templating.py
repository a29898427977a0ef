"""What templates may call: times, numbers, permissions, the sprite, stamped static files."""

import hashlib
from functools import cache
from pathlib import Path
from typing import Any

from flask import Flask, g, url_for
from jinja2 import StrictUndefined
from markupsafe import Markup, escape

from lti_mentoring.policies import pairing as pairing_policy
from lti_mentoring.policies import program as program_policy
from lti_mentoring.web import identity, locale, navigation, notices

HERE = Path(__file__).resolve().parent.parent


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
        static=static_address,
        icon=icon,
        can=can,
        may=program_policy,
        may_pairing=pairing_policy,
        language=locale.language_tag,
        direction=locale.direction,
        navigation=navigation.entries,
        notices_to_show=notices.to_show,
        token_field=identity.TOKEN_FIELD,
    )
    app.context_processor(_people)


def _people() -> dict[str, Any]:
    return {"actor": g.get("actor"), "sign_in": g.get("sign_in"), "proof": g.get("proof")}


def can(policy: Any, *things: Any) -> bool:
    """Whether the reader may do what ``policy`` is about; the same function guards the act."""
    return bool(g.actor is not None and policy(g.actor, *things))


@cache
def _stamp(path: str) -> str:
    return hashlib.sha256((HERE / "static" / path).read_bytes()).hexdigest()[:10]


def static_address(path: str) -> str:
    """The address of a static file, stamped with its content, so that it can be kept for ever."""
    return url_for("static", filename=path, v=_stamp(path))


def icon(name: str) -> Markup:
    """A symbol of the sprite, for the eye only: the word beside it carries the meaning."""
    address = escape(static_address("icons.svg"))
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
    return Markup("").join(
        Markup("<p>{}</p>").format(Markup("<br>").join(block.split("\n"))) for block in blocks
    )
