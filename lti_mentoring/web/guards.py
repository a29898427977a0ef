"""A guard on every page: who may open it at all."""

from collections.abc import Callable
from typing import Any

from flask import Flask

from lti_mentoring.policies.actor import Actor
from lti_mentoring.queries.sign_ins import Alongside

Guard = Callable[[Actor], bool]
View = Callable[..., Any]


def anyone(_actor: Actor) -> bool:
    """Public: no sign-in is needed, and none is looked for."""
    return True


def guarded_by(guard: Guard) -> Callable[[View], View]:
    """Open the view to those for whom ``guard`` says yes; everybody else gets a 403 page."""

    def mark(view: View) -> View:
        view.guard = guard  # type: ignore[attr-defined]
        return view

    return mark


def found_with_sign_in(wanted: Alongside[Any]) -> Callable[[View], View]:
    """Find ``wanted`` with the sign-in, in the same query; the view reads it as ``g.standing``."""

    def mark(view: View) -> View:
        view.alongside = wanted  # type: ignore[attr-defined]
        return view

    return mark


def guard_of(app: Flask, endpoint: str | None) -> Guard | None:
    """The guard of an endpoint; none for addresses that do not exist."""
    return getattr(app.view_functions.get(endpoint or ""), "guard", None)


def check_guards(app: Flask) -> None:
    """Refuse an application in which a page was forgotten.

    Raises:
        RuntimeError: naming the endpoints without a guard.
    """
    vars(app.view_functions["static"])["guard"] = anyone
    bare = sorted(e for e, view in app.view_functions.items() if not hasattr(view, "guard"))
    if bare:
        raise RuntimeError(f"views without a guard: {', '.join(bare)}")
