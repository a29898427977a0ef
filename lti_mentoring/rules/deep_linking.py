"""What a platform asks for when somebody chooses content, and the answer it gets.

Built here rather than by pylti1p3, whose items lack text, dates, window and iframe, and whose
answer says ``data: null`` where none was sent (LTI-80, LTI-86).
"""

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, fields
from datetime import UTC, datetime, timedelta
from typing import Any

from lti_mentoring.vocabulary import CLAIM, DL_CLAIM, LineItemKind, MessageType

LINK = "ltiResourceLink"
IFRAME, WINDOW = "iframe", "window"
ANSWER_LIFE = timedelta(minutes=5)  # at most (LTI-85)
VERSION = "1.3.0"
FRAME_SIZE = {"width": 880, "height": 700}  # for which the pages are made
NEW_WINDOW = {"targetName": "_blank"}
REVIEWABLE = ("InProgress", "Submitted", "Completed")  # Submission Review 1.0, 4.2


@dataclass(frozen=True, slots=True)
class DeepLinkingSettings:
    """The platform's wishes (Deep Linking 2.0, 4.4.1), as far as an answer of ours can differ.

    ``targets`` are those of iframe and window that it takes. ``data`` is what it wants back,
    whatever that is, if ``has_data``. Its media types are about files, of which we have none.
    """

    return_url: str
    takes_links: bool = True
    takes_several: bool = False
    takes_columns: bool = True
    targets: tuple[str, ...] = ()
    saves_at_once: bool = False
    title: str = ""
    text: str = ""
    has_data: bool = False
    data: Any = None

    def as_json(self) -> dict[str, Any]:
        """For the time until somebody has chosen."""
        return asdict(self)

    @classmethod
    def from_json(cls, stored: Mapping[str, Any]) -> "DeepLinkingSettings":
        """What ``as_json`` made, of this or an older version of the program."""
        known = {field.name for field in fields(cls)}
        values = {name: value for name, value in stored.items() if name in known}
        return cls(**{**values, "targets": tuple(stored.get("targets", ()))})


@dataclass(frozen=True, slots=True)
class WantedColumn:
    """The gradebook column that a link brings along."""

    kind: LineItemKind
    score_maximum: int
    resource_id: str


@dataclass(frozen=True, slots=True)
class WantedLink:
    """A link as somebody has chosen it. ``target`` is empty where the platform decides."""

    title: str
    text: str = ""
    column: WantedColumn | None = None
    opens_at: datetime | None = None
    due_at: datetime | None = None
    target: str = ""


@dataclass(frozen=True, slots=True)
class Addressee:
    """Whom an answer is for, and in whose name: the facts of registration and deployment."""

    issuer: str
    client_id: str
    deployment_lti_id: str


def check_dates(opens_at: datetime | None, due_at: datetime | None) -> bool:
    """Whether a link that opens then can be due then: the end comes after the start (LTI-82)."""
    return opens_at is None or due_at is None or opens_at < due_at


def link_item(
    wanted: WantedLink, settings: DeepLinkingSettings, launch_url: str, key: str
) -> dict[str, Any]:
    """The content item of a link: its key stands in the address and in ``custom`` (LTI-84).

    What the platform does not take is left out, whatever was wanted.
    """
    item: dict[str, Any] = {
        "type": LINK,
        "url": f"{launch_url}?content={key}",
        "title": wanted.title,
        "custom": {"content": key},
    }
    if wanted.text:
        item["text"] = wanted.text
    if wanted.column is not None and settings.takes_columns:
        item["lineItem"] = _line_item(wanted.title, wanted.column, launch_url)
    if wanted.opens_at is not None:
        item["available"] = {"startDateTime": _moment(wanted.opens_at)}
    if wanted.due_at is not None:
        item["submission"] = {"endDateTime": _moment(wanted.due_at)}
    if wanted.target in settings.targets:
        item[wanted.target] = dict(FRAME_SIZE if wanted.target == IFRAME else NEW_WINDOW)
    return item


def answer(
    addressee: Addressee,
    settings: DeepLinkingSettings,
    items: Sequence[Mapping[str, Any]],
    *,
    now: datetime,
    nonce: str,
    told: Mapping[str, str],
) -> dict[str, Any]:
    """The claims of an answer, to be signed (LTI-85).

    Args:
        addressee: the platform.
        settings: what it asked for.
        items: of ``link_item``; none says that nothing was chosen.
        now: this moment.
        nonce: a new one.
        told: ``msg``, ``errormsg``, ``log`` or ``errorlog`` for the platform to show or keep.
    """
    claims: dict[str, Any] = {
        "iss": addressee.client_id,
        "aud": addressee.issuer,
        "iat": int(now.timestamp()),
        "exp": int((now + ANSWER_LIFE).timestamp()),
        "nonce": nonce,
        CLAIM + "deployment_id": addressee.deployment_lti_id,
        CLAIM + "message_type": MessageType.DEEP_LINKING_RESPONSE.value,
        CLAIM + "version": VERSION,
        DL_CLAIM + "content_items": list(items),
        **{DL_CLAIM + name: words for name, words in told.items()},
    }
    if settings.has_data:
        claims[DL_CLAIM + "data"] = settings.data
    return claims


def _line_item(title: str, column: WantedColumn, launch_url: str) -> dict[str, Any]:
    return {
        "label": title,
        "scoreMaximum": column.score_maximum,
        "resourceId": column.resource_id,
        "tag": column.kind.value,
        "submissionReview": {"reviewableStatus": list(REVIEWABLE), "url": launch_url},
    }


def _moment(moment: datetime) -> str:
    return moment.astimezone(UTC).isoformat(timespec="seconds")
