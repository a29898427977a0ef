"""Choosing content for a course (deep linking), and opening what was chosen."""

from collections.abc import Sequence

from flask import (
    Blueprint,
    current_app,
    g,
    make_response,
    redirect,
    render_template,
    request,
    url_for,
)
from flask.typing import ResponseReturnValue

from lti_mentoring.advantage.line_items import resource_id_of
from lti_mentoring.core import clock
from lti_mentoring.forms.contents import (
    USUAL_POINTS,
    LinkForm,
    chosen_in,
    search_in,
)
from lti_mentoring.launch import facts
from lti_mentoring.launch.login import LAUNCH_PATH
from lti_mentoring.policies.content import may_look_at_contents, may_place
from lti_mentoring.queries.columns import links_of_course
from lti_mentoring.queries.contents import Waiting, opening_of, waiting_for
from lti_mentoring.rules.contents import CONTENT_OF
from lti_mentoring.rules.deep_linking import WantedColumn
from lti_mentoring.rules.platform_profiles import profile_of
from lti_mentoring.services.deep_linking import Answering, Choice, SignedAnswer
from lti_mentoring.vocabulary import ContentKind
from lti_mentoring.web.contents import ENTRIES, endpoint_for, offers
from lti_mentoring.web.guards import guarded_by
from lti_mentoring.web.locale import gettext as _

blueprint = Blueprint("contents", __name__)

FIRST = ContentKind.PROGRAM


@blueprint.get("/content/open")
@guarded_by(lambda _actor: True)
def open_item() -> ResponseReturnValue:
    """The page that a placed link opens, for whoever opens it."""
    opening = opening_of(g.unit.connection, g.sign_in.key, g.actor)
    if opening is None:
        return redirect(url_for("home.show"), code=303)
    endpoint = endpoint_for(g.actor, opening.kind, has_started=opening.has_started)
    return redirect(url_for(endpoint), code=303)


@blueprint.get("/content")
@guarded_by(may_look_at_contents)
def index() -> ResponseReturnValue:
    """Everything that can be placed into the course, or what was looked for."""
    waiting = _waiting()
    if waiting is None:
        return _over()
    if not waiting.settings.takes_links:
        return render_template("contents/no_links.html")
    usual = [] if waiting.settings.takes_several else [FIRST]  # what is ticked is added too
    return _picker(waiting, chosen_in(request.args) or usual, search_in(request.args))


@blueprint.post("/content")
@guarded_by(may_look_at_contents)
def choose() -> ResponseReturnValue:
    """Look for something, describe what was chosen, or place it as it is."""
    waiting = _waiting()
    if waiting is None:
        return _over()
    chosen, button = chosen_in(request.form), request.form.get("go")
    named = [kind.value for kind in chosen]
    if button == "find":
        where = url_for("contents.index", q=search_in(request.form), kind=named)
        return redirect(where, code=303)
    if not chosen:
        return _picker(waiting, [], search_in(request.form), is_missing=True), 422
    if button == "details":
        return redirect(url_for("contents.details", kind=named), code=303)
    return _place(waiting, _links(waiting, chosen, is_sent=False))


@blueprint.route("/content/details", methods=["GET", "POST"])
@guarded_by(may_place)
def details() -> ResponseReturnValue:
    """How the chosen links are to look."""
    waiting = _waiting()
    if waiting is None:
        return _over()
    chosen = chosen_in(request.values)
    if not chosen:
        return redirect(url_for("contents.index"), code=303)
    links = _links(waiting, chosen, is_sent=request.method == "POST")
    if request.method == "POST" and _are_valid(links):
        return _place(waiting, links)
    page = render_template(
        "contents/details.html",
        waiting=waiting,
        links=[(CONTENT_OF[kind], ENTRIES[kind], form) for kind, form in links.items()],
        zone=g.actor.time_zone,
        back=url_for("contents.index", kind=[kind.value for kind in links]),
    )
    return page, 422 if any(form.errors for form in links.values()) else 200


@blueprint.post("/content/cancel")
@guarded_by(may_look_at_contents)
def cancel() -> ResponseReturnValue:
    """Back to the course without a link; where it takes none, with the reason."""
    waiting = _waiting()
    if waiting is None:
        return _over()
    if waiting.settings.takes_links and profile_of(waiting.product).empty_answer_erases:
        return render_template("contents/unchanged.html")  # it is told nothing
    told = {"msg": _("Nothing was added.")}
    if not waiting.settings.takes_links:
        told = {
            "errormsg": _("Mentoring can be added as a link only, and this place takes none."),
            "errorlog": "accept_types does not name ltiResourceLink",
        }
    return _send(_answering().place_nothing(g.db, g.actor, waiting, told))


def _are_valid(links: dict[ContentKind, LinkForm]) -> bool:
    """Whether all are; each is looked at, so that each shows what is wrong with it."""
    found = [form.validate() for form in links.values()]
    return all(found)


def _waiting() -> Waiting | None:
    return waiting_for(g.unit.connection, g.sign_in.key, g.actor, clock.now())


def _over() -> ResponseReturnValue:
    return render_template("contents/over.html"), 409


def _picker(
    waiting: Waiting, chosen: Sequence[ContentKind], text: str, *, is_missing: bool = False
) -> str:
    """The list; what is ticked stays in it, whatever is looked for."""
    wanted = text.casefold()
    everything = offers()
    kinds = [
        offer.content.kind
        for offer in everything
        if wanted in f"{offer.entry.name} {offer.entry.text}".casefold()
    ]
    shown = set(kinds)
    if waiting.settings.takes_several:
        shown |= set(chosen)
    elif kinds and not shown & set(chosen) and not is_missing:
        chosen = kinds[:1]
    return render_template(
        "contents/index.html",
        waiting=waiting,
        found=[offer for offer in everything if offer.content.kind in shown],
        matches=len(kinds),
        chosen=frozenset(chosen),
        text=text,
        is_missing=is_missing,
        links=links_of_course(g.db, g.actor),
    )


def _links(
    waiting: Waiting, chosen: Sequence[ContentKind], *, is_sent: bool
) -> dict[ContentKind, LinkForm]:
    """A form for each link: with what was typed, or with what is usual."""
    several = chosen if waiting.settings.takes_several else chosen[:1]
    bearer, is_alone = _bearer(waiting, several), len(several) == 1
    made = {}
    for kind in several:
        form = LinkForm(
            request.form if is_sent else None,
            prefix=kind.value,
            title=_title(waiting, kind, is_alone=is_alone),
            text=(is_alone and waiting.settings.text) or str(ENTRIES[kind].text),
            has_points=kind is FIRST,
            points=USUAL_POINTS,
        )
        made[kind] = form.take_out(_untaken(waiting, has_points=kind is bearer)).only_targets(
            waiting.settings.targets
        )
    return made


def _title(waiting: Waiting, kind: ContentKind, *, is_alone: bool) -> str:
    """What the platform suggests for its one link, else the program's or the kind's own name."""
    if is_alone and kind is FIRST and waiting.settings.title:
        return waiting.settings.title
    if kind is FIRST and waiting.program is not None and waiting.program.title:
        return waiting.program.title
    return str(ENTRIES[kind].name)


def _bearer(waiting: Waiting, chosen: Sequence[ContentKind]) -> ContentKind | None:
    """The one link that may bring the program's column along, as long as it has none."""
    program = waiting.program
    is_wanted = program is not None and program.posts_points and not program.has_column
    if not (is_wanted and waiting.settings.takes_columns):
        return None
    return next((kind for kind in chosen if CONTENT_OF[kind].column is not None), None)


def _untaken(waiting: Waiting, *, has_points: bool) -> list[str]:
    """The fields that do not make sense for this platform."""
    names = [] if has_points else ["has_points", "points"]
    names += [] if profile_of(waiting.product).keeps_dates else ["opens_at", "due_at"]
    return names + ([] if waiting.settings.targets else ["target"])


def _place(waiting: Waiting, links: dict[ContentKind, LinkForm]) -> ResponseReturnValue:
    choices = [
        Choice(kind, form.wanted(g.actor.time_zone, _column(waiting, kind, form)))
        for kind, form in links.items()
    ]
    return _send(_answering().place(g.db, g.actor, waiting, choices))


def _column(waiting: Waiting, kind: ContentKind, form: LinkForm) -> WantedColumn | None:
    column = CONTENT_OF[kind].column
    if column is None or waiting.program is None or "points" not in form:
        return None
    points = form.points.data or USUAL_POINTS
    return WantedColumn(column, points, resource_id_of(waiting.program.id))


def _answering() -> Answering:
    ours = current_app.extensions["mentoring"]
    return Answering(ours.box, ours.settings.url(LAUNCH_PATH), g.sign_in.key)


def _send(answer: SignedAnswer) -> ResponseReturnValue:
    """A page whose form brings the answer to the platform, and which can send it nowhere else."""
    plain = current_app.extensions["mentoring"].settings.outgoing.allow_private
    g.form_targets = facts.origins([answer.return_url], allow_plain=plain)
    page = make_response(render_template("contents/answer.html", answer=answer))
    page.headers["Referrer-Policy"] = "strict-origin"  # so that its form says where it comes from
    return page
