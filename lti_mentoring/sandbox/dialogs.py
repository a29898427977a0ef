"""Selections of content that are under way: what was asked, and what came back.

Source: LTI Deep Linking 2.0; LTI-76 to LTI-89.
"""

import json
import secrets
from collections import OrderedDict
from collections.abc import Mapping
from dataclasses import dataclass, replace
from threading import RLock

from lti_mentoring.sandbox.accent import Accent
from lti_mentoring.sandbox.content_items import ContentItem
from lti_mentoring.sandbox.vocabulary import DEEP_LINKING_CLAIM

KEPT = 200
OVER = "This selection has ended. Begin it again in the course."
# A tool that decodes, trims or escapes what it should only echo is found out by these.
TRYING_SIGNS = " ü & <b> \"'+%2B\\ "


class DialogOver(LookupError):
    """The selection has ended, or never began."""


@dataclass(frozen=True)
class Dialog:
    """Somebody selects content of a tool for a course.

    ``items`` wait to be saved, where the LMS asks before it saves.
    """

    id: str
    course_id: str
    person_id: str
    client_id: str
    placement: str
    several: bool
    data: str
    return_url: str
    items: tuple[ContentItem, ...] = ()
    answered: bool = False


class Dialogs:
    """The latest selections, by their ids."""

    def __init__(self, accent: Accent, lock: RLock) -> None:
        self._accent = accent
        self._lock = lock
        self._dialogs: OrderedDict[str, Dialog] = OrderedDict()
        self._nonces: OrderedDict[str, None] = OrderedDict()

    def begin(
        self, course_url: str, course_id: str, person_id: str, *, client_id: str, placement: str
    ) -> Dialog:
        """A new selection; ``course_url`` is where its answer goes, by an address of its own."""
        style = self._accent.dialog
        chosen = placement if placement in style.placements else next(iter(style.placements))
        dialog_id = secrets.token_hex(8)
        data = json.dumps({"dialog": dialog_id, "signs": TRYING_SIGNS}, ensure_ascii=False)
        dialog = Dialog(
            id=dialog_id,
            course_id=course_id,
            person_id=person_id,
            client_id=client_id,
            placement=chosen,
            several=style.placements[chosen],
            data=data if style.sends_data else "",
            return_url=f"{course_url}/deep_linking_response?dialog={dialog_id}&x=1",
        )
        self.put(dialog)
        return dialog

    def put(self, dialog: Dialog) -> None:
        """Keep the selection as it is now."""
        with self._lock:
            self._dialogs[dialog.id] = dialog
            while len(self._dialogs) > KEPT:
                self._dialogs.popitem(last=False)

    def find(self, dialog_id: str) -> Dialog:
        """The selection of that id.

        Raises:
            DialogOver: if there is none.
        """
        try:
            return self._dialogs[dialog_id]
        except KeyError:
            raise DialogOver(OVER) from None

    def waiting(self, dialog_id: str) -> Dialog:
        """The selection of that id, whose items wait to be saved.

        Raises:
            DialogOver: if there is none, or nothing waits.
        """
        dialog = self.find(dialog_id)
        if not dialog.items:
            raise DialogOver(OVER)
        return dialog

    def answer(self, dialog: Dialog, items: tuple[ContentItem, ...]) -> Dialog:
        """The tool has answered; a second answer is not taken."""
        answered = replace(dialog, items=items, answered=True)
        self.put(answered)
        return answered

    def end(self, dialog: Dialog) -> None:
        """Nothing is left to be saved."""
        self.put(replace(dialog, items=(), answered=True))

    def is_new(self, nonce: str) -> bool:
        """Whether no answer has had this nonce; it has been seen from now on."""
        with self._lock:
            if nonce in self._nonces:
                return False
            self._nonces[nonce] = None
            while len(self._nonces) > KEPT:
                self._nonces.popitem(last=False)
            return True

    def claims(self, dialog_id: str) -> Mapping[str, object]:
        """What the tool is told about the selection.

        Source: LTI Deep Linking 2.0, section 4.4.1.
        """
        dialog, style = self.find(dialog_id), self._accent.dialog
        settings: dict[str, object] = {
            "deep_link_return_url": dialog.return_url,
            "accept_types": list(style.accept_types),
            "accept_presentation_document_targets": list(style.targets),
            "accept_media_types": "application/vnd.ims.lti.v1.ltilink",
            "accept_multiple": dialog.several,
            "auto_create": False,
            "title": "",
            "text": "",
        }
        if style.accept_lineitem is not None:
            settings["accept_lineitem"] = style.accept_lineitem
        if dialog.data:
            settings["data"] = dialog.data
        return {DEEP_LINKING_CLAIM + "deep_linking_settings": settings}
