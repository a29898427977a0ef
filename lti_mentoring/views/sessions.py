"""Sessions: the list, a proposed time and its answer, the room, and what happened."""

from typing import Any

from flask import Blueprint, g, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from lti_mentoring.core import clock
from lti_mentoring.forms.goals import ActionForm
from lti_mentoring.forms.sessions import (
    AttendanceForm,
    BlockForm,
    NotesForm,
    PlaceForm,
    PrivateNoteForm,
    TimeForm,
    block_words,
)
from lti_mentoring.models import MentoringSession, Note
from lti_mentoring.policies.actor import require
from lti_mentoring.policies.mentoring_session import (
    may_cancel,
    may_report,
    may_write_in_room,
    may_write_note,
)
from lti_mentoring.policies.pairing import may_work
from lti_mentoring.policies.program import takes_part
from lti_mentoring.queries import sessions as queries
from lti_mentoring.queries.actions import actions_for_session
from lti_mentoring.queries.sessions import Company, Room, note_for, room_for
from lti_mentoring.rules.attendance import is_late_cancel
from lti_mentoring.rules.order import Way
from lti_mentoring.services import actions as action_services
from lti_mentoring.services import attendances, session_rooms
from lti_mentoring.services import sessions as services
from lti_mentoring.vocabulary import MeetingMode, SessionState
from lti_mentoring.web.drafts import open_form
from lti_mentoring.web.guards import guarded_by
from lti_mentoring.web.locale import gettext as _
from lti_mentoring.web.locale import zone
from lti_mentoring.web.notices import say
from lti_mentoring.web.page_forms import beside, typed_version

blueprint = Blueprint("sessions", __name__)

OPEN_QUESTION = (SessionState.SCHEDULED, SessionState.TO_CONFIRM, SessionState.DISPUTED)
"""States in which somebody may still say whether they met."""


@blueprint.get("/sessions")
@guarded_by(takes_part)
def index() -> ResponseReturnValue:
    """My sessions: what waits for me first."""
    lists = queries.session_lists(g.db, g.actor, clock.now())
    choices = queries.pair_choices(g.db, g.actor)
    return render_template("sessions/index.html", lists=lists, choices=choices)


@blueprint.route("/sessions/propose/<int:pairing_id>", methods=["GET", "POST"])
@guarded_by(takes_part)
def propose(pairing_id: int) -> ResponseReturnValue:
    """Suggest a time to the other one of the pair."""
    company = queries.company_for(g.db, g.actor, pairing_id)
    require(may_work(g.actor, company.pairing), "propose a time to this person")
    form = open_form(TimeForm, **_beginning(company))
    if not form.validate_on_submit() or not _is_free(company, form, None):
        return _time_page(company, form, None)
    session = services.propose(g.db, g.actor, company.pairing, form.draft())
    say(_("%(name)s has been asked about this time.", name=company.partner.short_name))
    return redirect(url_for("sessions.room", session_id=session.id), code=303)


@blueprint.route("/sessions/<int:session_id>/time", methods=["GET", "POST"])
@guarded_by(takes_part)
def time(session_id: int) -> ResponseReturnValue:
    """Suggest another time instead of the one that stands there."""
    room = room_for(g.db, g.actor, session_id)
    company, session = room.company, room.session
    if request.method == "GET" and not _is_coming(room):
        return _nothing_to_do(session_id)
    require(may_work(g.actor, company.pairing), "propose a time to this person")
    form = open_form(TimeForm, **_as_before(session))
    if not form.validate_on_submit() or not _is_free(company, form, session):
        return _time_page(company, form, session)
    draft, version = form.draft(), typed_version()
    if session.state is SessionState.PROPOSED:
        services.counter(g.db, g.actor, session, draft, version)
    else:
        session = services.reschedule(g.db, g.actor, session, draft, version)
    say(_("%(name)s has been asked about this time.", name=company.partner.short_name))
    return redirect(url_for("sessions.room", session_id=session.id), code=303)


@blueprint.post("/sessions/<int:session_id>/confirm")
@guarded_by(takes_part)
def confirm(session_id: int) -> ResponseReturnValue:
    """The time holds."""
    room = room_for(g.db, g.actor, session_id)
    services.confirm(g.db, g.actor, room.session, typed_version())
    say(_("Agreed. The agenda is ready; add what you want to talk about."))
    return redirect(url_for("sessions.room", session_id=session_id), code=303)


@blueprint.post("/sessions/<int:session_id>/decline")
@guarded_by(takes_part)
def decline(session_id: int) -> ResponseReturnValue:
    """The time does not hold, and I suggest no other."""
    room = room_for(g.db, g.actor, session_id)
    services.decline(g.db, g.actor, room.session, typed_version())
    say(_("%(name)s will see that this time does not work.", name=room.partner.short_name))
    return redirect(url_for("sessions.index"), code=303)


@blueprint.route("/sessions/<int:session_id>/cancel", methods=["GET", "POST"])
@guarded_by(takes_part)
def cancel(session_id: int) -> ResponseReturnValue:
    """Ask once more, in words, then cancel."""
    room = room_for(g.db, g.actor, session_id)
    if request.method == "GET" and not _is_coming(room):
        return _nothing_to_do(session_id)
    if request.method == "GET":
        is_late = is_late_cancel(room.session.starts_at, clock.now())
        return render_template("sessions/cancel.html", room=room, is_late=is_late)
    services.cancel(g.db, g.actor, room.session, typed_version())
    say(_("Cancelled. %(name)s sees it in the list.", name=room.partner.short_name))
    return redirect(url_for("sessions.index"), code=303)


@blueprint.get("/sessions/<int:session_id>")
@guarded_by(takes_part)
def room(session_id: int) -> ResponseReturnValue:
    """The room: agenda, notes, what to do."""
    return _room(room_for(g.db, g.actor, session_id))


@blueprint.route("/sessions/<int:session_id>/place", methods=["GET", "POST"])
@guarded_by(takes_part)
def place(session_id: int) -> ResponseReturnValue:
    """How and where."""
    room = room_for(g.db, g.actor, session_id)
    require(may_write_in_room(g.actor, room.session), "change this session")
    form = open_form(PlaceForm, obj=room.session)
    if not form.validate_on_submit():
        page = render_template("sessions/place.html", room=room, form=form)
        return page, 422 if form.errors else 200
    services.change_place(g.db, g.actor, room.session, form.place_draft(), typed_version())
    say(_("Saved. Both of you see it."))
    return redirect(url_for("sessions.room", session_id=session_id), code=303)


@blueprint.route("/sessions/<int:session_id>/notes", methods=["GET", "POST"])
@guarded_by(takes_part)
def notes(session_id: int) -> ResponseReturnValue:
    """The notes of both, beside what I had typed if the two met."""
    room = room_for(g.db, g.actor, session_id)
    session = room.session
    form = open_form(NotesForm, body=session.shared_notes, version=session.version)
    if not form.validate_on_submit():
        page = render_template("sessions/notes.html", room=room, form=form)
        return page, 422 if form.errors else 200
    session_rooms.save_shared_notes(g.db, g.actor, session, form.words(), typed_version())
    say(_("Notes saved. %(name)s can read them.", name=room.partner.short_name))
    return redirect(url_for("sessions.room", session_id=session_id, _anchor="notes"), code=303)


@blueprint.route("/sessions/<int:session_id>/note", methods=["GET", "POST"])
@guarded_by(takes_part)
def note(session_id: int) -> ResponseReturnValue:
    """My private note."""
    room = room_for(g.db, g.actor, session_id)
    form = open_form(PrivateNoteForm, **_note_values(queries.private_note(g.db, room)))
    if not form.validate_on_submit():
        return _room(room, note=form)
    session_rooms.save_private_note(g.db, g.actor, room.session, form.words(), typed_version())
    is_shown = note_for(g.db, room).is_shown_to_staff
    say(
        _("Saved. Teaching staff can read it.")
        if is_shown
        else _("Your note is saved, for you alone.")
    )
    return redirect(url_for("sessions.room", session_id=session_id, _anchor="my-note"), code=303)


@blueprint.route("/sessions/<int:session_id>/agenda", methods=["GET", "POST"])
@guarded_by(takes_part)
def agenda(session_id: int) -> ResponseReturnValue:
    """Add a block to the agenda."""
    room = room_for(g.db, g.actor, session_id)
    form = open_form(BlockForm)
    if not form.validate_on_submit():
        return _room(room, block=form)
    session_rooms.add_block(g.db, g.actor, room.session, form.draft())
    return redirect(url_for("sessions.room", session_id=session_id, _anchor="agenda"), code=303)


@blueprint.route("/sessions/<int:session_id>/agenda/<int:block_id>", methods=["GET", "POST"])
@guarded_by(takes_part)
def block(session_id: int, block_id: int) -> ResponseReturnValue:
    """Change a block of the agenda."""
    room = room_for(g.db, g.actor, session_id)
    item = queries.block_of(g.db, room.session, block_id)
    code = item.text if item.added_by_id is None else None
    words = block_words(code, item.text)
    form = open_form(BlockForm, text=words, minutes=item.minutes, version=item.version)
    if not form.validate_on_submit():
        page = render_template("sessions/block.html", room=room, form=form, item=item)
        return page, 422 if form.errors else 200
    session_rooms.change_block(g.db, g.actor, room.session, item, form.draft(code), typed_version())
    return redirect(url_for("sessions.room", session_id=session_id, _anchor="agenda"), code=303)


@blueprint.post("/sessions/<int:session_id>/agenda/<int:block_id>/<any(up, down):way>")
@guarded_by(takes_part)
def move_block(session_id: int, block_id: int, way: str) -> ResponseReturnValue:
    """Let a block of the agenda come earlier or later."""
    room = room_for(g.db, g.actor, session_id)
    item = queries.block_of(g.db, room.session, block_id)
    session_rooms.move_block(g.db, g.actor, room.session, item, Way(way), typed_version())
    anchor = f"block-{block_id}"
    return redirect(url_for("sessions.room", session_id=session_id, _anchor=anchor), code=303)


@blueprint.post("/sessions/<int:session_id>/agenda/<int:block_id>/remove")
@guarded_by(takes_part)
def remove_block(session_id: int, block_id: int) -> ResponseReturnValue:
    """Take a block off the agenda."""
    room = room_for(g.db, g.actor, session_id)
    item = queries.block_of(g.db, room.session, block_id)
    session_rooms.remove_block(g.db, g.actor, room.session, item)
    return redirect(url_for("sessions.room", session_id=session_id, _anchor="agenda"), code=303)


@blueprint.route("/sessions/<int:session_id>/actions", methods=["GET", "POST"])
@guarded_by(takes_part)
def actions(session_id: int) -> ResponseReturnValue:
    """Agree on something to do."""
    room = room_for(g.db, g.actor, session_id)
    form = open_form(ActionForm).offer(_doers(room))
    if not form.validate_on_submit():
        return _room(room, action=form)
    action_services.add_to_session(g.db, g.actor, room.session, form.draft())
    return redirect(url_for("sessions.room", session_id=session_id, _anchor="to-do"), code=303)


@blueprint.route("/sessions/<int:session_id>/attendance", methods=["GET", "POST"])
@guarded_by(takes_part)
def attendance(session_id: int) -> ResponseReturnValue:
    """Say whether it took place."""
    room = room_for(g.db, g.actor, session_id)
    if request.method == "GET" and room.session.state not in OPEN_QUESTION:
        return _nothing_to_do(session_id)
    mine, theirs = queries.answers_of(g.db, room)
    form = open_form(
        AttendanceForm,
        answer=mine.answer if mine else None,
        minutes=(mine.minutes if mine else 0) or room.session.length_minutes,
    )
    if not form.validate_on_submit():
        page = render_template("sessions/attendance.html", room=room, form=form, theirs=theirs)
        return page, 422 if form.errors else 200
    attendances.report(g.db, g.actor, room.session, form.draft())
    say(_("Thank you. This is settled when both of you say the same."))
    return redirect(url_for("sessions.room", session_id=session_id), code=303)


def _is_coming(room: Room) -> bool:
    """Whether its time can still be changed; else an old tab asks for a page without a purpose."""
    is_open = room.session.state in {SessionState.PROPOSED, SessionState.SCHEDULED}
    return is_open and room.ends_at > clock.now()


def _nothing_to_do(session_id: int) -> ResponseReturnValue:
    """The room, which says how it stands."""
    return redirect(url_for("sessions.room", session_id=session_id), code=303)


def _beginning(company: Company) -> dict[str, Any]:
    """What a proposal starts from: the program's length, the pair's last mode and link."""
    last = queries.last_session(g.db, company.pairing.id)
    return {
        "length_minutes": company.program.session_length_minutes,
        "mode": last.mode if last else MeetingMode.VIDEO,
        "join_url": last.join_url if last else "",
        "place": last.place if last else "",
    }


def _as_before(session: MentoringSession) -> dict[str, Any]:
    local = session.starts_at.astimezone(zone())
    return {
        "day": local.date(),
        "time": local.time(),
        "length_minutes": session.length_minutes,
        "mode": session.mode,
        "join_url": session.join_url,
        "place": session.place,
        "version": session.version,
    }


def _is_free(company: Company, form: TimeForm, session: MentoringSession | None) -> bool:
    """Whether the pair has nothing else then; says so beside the field if it has."""
    draft = form.draft()
    except_id = session.id if session else None
    pair_id = company.pairing.id
    if not services.overlapping(g.db, pair_id, draft.starts_at, draft.length_minutes, except_id):
        return True
    form.time.errors = [_("You two have something planned or proposed at that time already.")]
    return False


def _time_page(
    company: Company, form: TimeForm, session: MentoringSession | None
) -> ResponseReturnValue:
    length = company.program.session_length_minutes
    page = render_template(
        "sessions/time.html",
        company=company,
        form=form,
        session=session,
        times=queries.common_times(g.db, company.pairing, clock.now(), length),
        length=length,
        zone_name=g.actor.time_zone,
        reader_zone=zone(),
        most_rounds=services.MOST_ROUNDS,
    )
    return page, 422 if form.errors else 200


def _room(room: Room, **sent: Any) -> ResponseReturnValue:
    """The room with its forms; ``sent`` is the one that was opened alone, or could not be taken."""
    session = room.session
    shared = {"body": session.shared_notes, "version": session.version}
    kept = queries.private_note(g.db, room)
    note = _note_values(kept)
    action = beside(ActionForm, url_for("sessions.actions", session_id=session.id))
    forms = {
        "notes": beside(NotesForm, url_for("sessions.notes", session_id=session.id), **shared),
        "note": beside(PrivateNoteForm, url_for("sessions.note", session_id=session.id), **note),
        "block": beside(BlockForm, url_for("sessions.agenda", session_id=session.id)),
        "action": action.offer(_doers(room)),
    }
    mine, theirs = queries.answers_of(g.db, room)
    page = render_template(
        "sessions/room.html",
        room=room,
        session=session,
        agenda=queries.agenda_of(g.db, session),
        words=block_words,
        actions=actions_for_session(g.db, session),
        kept=kept,
        mine=mine,
        theirs=theirs,
        now=clock.now(),
        may_write=may_write_in_room(g.actor, session),
        may_write_note=may_write_note(g.actor, session),
        may_report=may_report(g.actor, session),
        may_cancel=may_cancel(g.actor, session),
        may_work=may_work(g.actor, session.pairing),
        most_rounds=services.MOST_ROUNDS,
        forms={**forms, **sent},
    )
    return page, 422 if any(form.errors for form in sent.values()) else 200


def _doers(room: Room) -> list[tuple[int, str]]:
    return [(room.me, _("Me")), (room.partner.participant_id, room.partner.short_name)]


def _note_values(note: Note | None) -> dict[str, Any]:
    return {"body": note.body if note else "", "version": note.version if note else 0}
