"""The Assignment and Grade Services: scores and results of a column."""

from collections.abc import Callable, Mapping

from flask import Blueprint, Response, g, request
from flask.typing import ResponseReturnValue

from lti_mentoring.sandbox.gradebook import Grade, GradebookRefusal, LineItem
from lti_mentoring.sandbox.line_items import column_of, require_whole_address
from lti_mentoring.sandbox.paging import link_pages, page_of
from lti_mentoring.sandbox.service import (
    ServiceRefused,
    answer,
    require_accept,
    sent_object,
    service,
)
from lti_mentoring.sandbox.service_habits import Grading, Refusal
from lti_mentoring.sandbox.state import Sandbox
from lti_mentoring.sandbox.vocabulary import (
    RESULT_SCOPE,
    RESULTS_TYPE,
    SCORE_SCOPE,
    SCORE_TYPE,
    Role,
)

blueprint = Blueprint(
    "scores", __name__, url_prefix="/ags/<course_id>/lineitems/<item_id>/lineitem"
)
blueprint.before_request(require_whole_address)


@blueprint.post("/scores")
@service(SCORE_SCOPE)
def take_score(sandbox: Sandbox, course_id: str, item_id: str) -> ResponseReturnValue:
    """Enter one person's score."""
    style = sandbox.accent.grading
    item = column_of(sandbox, course_id, item_id)
    score = sent_object(SCORE_TYPE)
    if sandbox.temper.refuse_scores:
        raise ServiceRefused(400, sandbox.temper.refuse_scores)
    try:
        grade = sandbox.gradebook.take_score(item, score)
    except GradebookRefusal as refusal:
        g.call_note = refusal.reason
        return REFUSALS[style.refusal](refusal)
    g.call_note = "cleared" if grade.score is None else f"{grade.score:g} of {grade.maximum:g}"
    contents: dict[str, object] = {
        "result": {"resultUrl": _result_url(sandbox, item, str(score["userId"]))},
        "echo": score,
    }
    if style.score_answer:
        return answer(contents[style.score_answer], SCORE_TYPE, style.score_status)
    return Response(status=style.score_status)


@blueprint.get("/results")
@service(RESULT_SCOPE)
def list_results(sandbox: Sandbox, course_id: str, item_id: str) -> ResponseReturnValue:
    """What stands in the column now, for everybody or for one ``user_id``."""
    require_accept(RESULTS_TYPE)
    style = sandbox.accent.grading
    item = column_of(sandbox, course_id, item_id)
    if "limit" in request.args and style.result_limit_status >= FIRST_ERROR:
        return Response(BROKEN, style.result_limit_status, content_type="text/html")
    wanted = request.args.get("user_id") if style.result_filter else None
    rows = [
        _result(sandbox, item, person_id, grade)
        for person_id, grade in _graded(sandbox, item)
        if wanted in (None, person_id)
    ]
    if wanted and not style.filtered_comment:
        rows = [{name: row[name] for name in row if name != "comment"} for row in rows]
    page = page_of(rows, style.result_paging)
    g.call_note = f"{len(page.rows)} results"
    content = answer(page.rows, style.result_media_type or RESULTS_TYPE)
    return link_pages(content, page, style.result_paging)


@blueprint.get("/results/<person_id>")
@service(RESULT_SCOPE)
def one_result(
    sandbox: Sandbox, course_id: str, item_id: str, person_id: str
) -> ResponseReturnValue:
    """One person's result, where an LMS has an address for it."""
    style = sandbox.accent.grading
    item = column_of(sandbox, course_id, item_id)
    grade = sandbox.gradebook.grade(item.id, person_id)
    if not style.one_result or (grade is None and style.one_result == "object"):
        raise ServiceRefused(404, "no such result")
    if style.one_result == "object":
        return answer(_result(sandbox, item, person_id, grade), RESULTS_TYPE)
    found = [_result(sandbox, item, person_id, grade)] if grade else []
    return answer(found, RESULTS_TYPE)


FIRST_ERROR = 400
BROKEN = "<!doctype html><title>Error</title><p>Call to a member function out() on null</p>"


def _graded(sandbox: Sandbox, item: LineItem) -> list[tuple[str, Grade | None]]:
    """Who has a result: those with a grade, or every learner."""
    if not sandbox.accent.grading.results_of_everybody:
        return [*sandbox.gradebook.grades(item.id)]
    return [
        (person.id, sandbox.gradebook.grade(item.id, person.id))
        for person, enrollment in sandbox.world.members(item.course_id)
        if enrollment.role is Role.LEARNER
    ]


def _result_url(sandbox: Sandbox, item: LineItem, person_id: str) -> str:
    address, _, query = sandbox.line_item_url(item).partition("?")
    return f"{address}/results/{person_id}?{query}" if query else f"{address}/results/{person_id}"


def _result(
    sandbox: Sandbox, item: LineItem, person_id: str, grade: Grade | None
) -> dict[str, object]:
    style: Grading = sandbox.accent.grading
    result: dict[str, object] = {
        "id": _result_url(sandbox, item, person_id),
        "scoreOf": sandbox.line_item_url(item),
        "userId": person_id,
        "resultMaximum": item.maximum,
    }
    if grade is None:
        return result
    if grade.score is not None and (grade.score or style.zero_in_results):
        result["resultScore"] = grade.score
    if grade.comment:
        result["comment"] = grade.comment
    if style.result_times:
        result["timestamp"] = grade.timestamp.isoformat()
    return result


def _as_object(refusal: GradebookRefusal) -> Response:
    raise ServiceRefused(refusal.status, refusal.reason) from refusal


def _as_reason(refusal: GradebookRefusal) -> Response:
    """Moodle's: the words and the whole request are in the status line.

    Which takes no line breaks, so that a body with any is answered by 200 and ``[]``.
    """
    sent = request.get_data(as_text=True)
    status = "200 OK" if "\n" in sent else f"{refusal.status} {refusal.reason}: {sent}"
    return Response("[]", status.encode().decode("latin-1"), content_type=SCORE_TYPE)


def _as_errors(refusal: GradebookRefusal) -> Response:
    kind = "unprocessable_entity" if refusal.status == UNPROCESSABLE else "bad_request"
    body = {"errors": {"type": kind, "message": refusal.reason}}
    return answer(body, "application/json", refusal.status)


def _as_fields(refusal: GradebookRefusal) -> Response:
    body = {refusal.member or "non_field_errors": [refusal.reason]}
    return answer(body, "application/json", refusal.status)


def _as_text(refusal: GradebookRefusal) -> Response:
    return Response(refusal.reason, refusal.status, content_type="text/plain; charset=utf-8")


UNPROCESSABLE = 422
REFUSALS: Mapping[Refusal, Callable[[GradebookRefusal], Response]] = {
    Refusal.OBJECT: _as_object,
    Refusal.REASON: _as_reason,
    Refusal.ERRORS: _as_errors,
    Refusal.FIELDS: _as_fields,
    Refusal.TEXT: _as_text,
}
