"""Fields that several forms share: weighted topics, a painted week, chips for languages."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple

from babel import Locale
from babel.core import UnknownLocaleError
from flask_babel import get_locale
from flask_babel import lazy_gettext as _
from wtforms import Field, SelectMultipleField
from wtforms.fields.choices import SelectChoice
from wtforms.widgets import CheckboxInput, ListWidget

from lti_mentoring.services.availability import CELL_MINUTES, FIRST_HOUR, LAST_HOUR, Cell
from lti_mentoring.vocabulary import Cadence, MeetingMode

LANGUAGES = (
    "en", "de", "fr", "es", "pt", "it", "nl", "pl", "ru", "uk", "tr", "ar", "fa", "hi", "zh", "ja",
)  # fmt: skip
"""Offered to everybody; a person's own language is added where it is missing."""

WEEK_DAYS = 7
USUAL_WEIGHT = 2
WEIGHTS = (1, 2, 3)

MODE_NAMES: Mapping[str, Any] = {
    MeetingMode.VIDEO.value: _("Video"),
    MeetingMode.IN_PERSON.value: _("In person"),
    MeetingMode.CHAT.value: _("Chat"),
}
CADENCE_NAMES: Mapping[str, Any] = {
    Cadence.WEEKLY.value: _("Every week"),
    Cadence.FORTNIGHTLY.value: _("Every two weeks"),
    Cadence.MONTHLY.value: _("Once a month"),
}
MODES = [SelectChoice(value, name) for value, name in MODE_NAMES.items()]
CADENCES = [SelectChoice(value, name) for value, name in CADENCE_NAMES.items()]


def language_name(code: str) -> str:
    """The name of a language in the language of the page; the code where it is unknown."""
    try:
        name = Locale.parse(code).get_language_name(get_locale() or "en")
    except (UnknownLocaleError, ValueError):
        return code
    return name[:1].upper() + name[1:] if name else code


def language_choices(*known: str | None) -> list[SelectChoice]:
    """Languages to choose from, by name; ``known`` codes are among them."""
    own = {code.replace("_", "-").split("-")[0] for code in known if code}
    names = [SelectChoice(code, language_name(code)) for code in {*LANGUAGES, *own}]
    return sorted(names, key=lambda choice: str(choice.label))


class ChipsField(SelectMultipleField):
    """Some of a few choices, shown as chips."""

    widget = ListWidget(prefix_label=False)
    option_widget = CheckboxInput()


@dataclass(frozen=True)
class TopicOption:
    """A topic to choose, with how much it matters."""

    topic_id: int
    name: str
    is_chosen: bool
    weight: int


class TopicsField(Field):
    """Topics, each chosen one with a weight of 1 to 3; ``data`` maps topic ids to weights.

    The boxes are named like the field, the weights ``<name>-<topic id>``. The view sets
    ``topics`` to pairs of id and name before the form is validated.
    """

    topics: Sequence[tuple[int, str]] = ()

    def process(self, formdata: Any, *values: Any, **options: Any) -> None:
        """Remember what was sent: the weights have names of their own."""
        self.sent = formdata
        super().process(formdata, *values, **options)

    def process_data(self, value: Any) -> None:
        """Start from what is stored."""
        self.data: dict[int, int] = dict(value or {})

    def process_formdata(self, valuelist: list[str]) -> None:
        """Take what was chosen, each with its weight."""
        chosen = [int(value) for value in valuelist if value.isdecimal()]
        self.data = {topic_id: self._weight(self.sent, topic_id) for topic_id in chosen}

    def _weight(self, formdata: Any, topic_id: int) -> int:
        typed = formdata.get(f"{self.name}-{topic_id}", "")
        return int(typed) if typed in {"1", "2", "3"} else USUAL_WEIGHT

    def options(self) -> Iterator[TopicOption]:
        """Every topic, in the program's order."""
        for topic_id, name in self.topics:
            weight = self.data.get(topic_id)
            yield TopicOption(topic_id, name, weight is not None, weight or USUAL_WEIGHT)


class WeekCell(NamedTuple):
    """An hour of a week in a form."""

    value: str
    weekday: int
    is_chosen: bool


class WeekField(Field):
    """Free hours of a week; ``data`` is a set of (weekday, minute of the day)."""

    def process_data(self, value: Any) -> None:
        """Start from what is stored."""
        self.data: frozenset[Cell] = frozenset(value or ())

    def process_formdata(self, valuelist: list[str]) -> None:
        """Take what was painted."""
        typed = (_cell(value) for value in valuelist)
        self.data = frozenset(cell for cell in typed if cell is not None)

    def rows(self) -> Iterator[tuple[int, list[WeekCell]]]:
        """Each hour of the day, with its seven days."""
        for hour in range(FIRST_HOUR, LAST_HOUR):
            minute = hour * 60
            yield (
                hour,
                [
                    WeekCell(f"{day}-{minute}", day, (day, minute) in self.data)
                    for day in range(WEEK_DAYS)
                ],
            )


def _cell(value: str) -> Cell | None:
    day, _dash, minute = value.partition("-")
    if not (day.isdecimal() and minute.isdecimal()):
        return None
    cell = (int(day), int(minute))
    fits = cell[0] < WEEK_DAYS and FIRST_HOUR * 60 <= cell[1] < LAST_HOUR * 60
    return cell if fits and cell[1] % CELL_MINUTES == 0 else None
