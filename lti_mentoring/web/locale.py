"""Language and time zone of a request, and how moments and numbers are written in them."""

from datetime import date, datetime, timedelta
from decimal import Decimal
from functools import cache, cached_property, lru_cache
from typing import Any, Literal
from zoneinfo import ZoneInfo

from babel import Locale, UnknownLocaleError, negotiate_locale
from babel import dates as babel_dates
from babel.support import NullTranslations
from flask import Flask, current_app, g, request
from flask_babel import Babel, Domain, format_decimal, ngettext
from werkzeug.datastructures import LanguageAccept
from werkzeug.http import parse_accept_header

from lti_mentoring.core import clock

LANGUAGES = ("en", "de")
RIGHT_TO_LEFT = frozenset({"ar", "fa", "he", "ur"})
NEAR_DAYS = 7


def install(app: Flask, default_locale: str) -> None:
    """Choose the language per request: the LMS's, else the browser's, else the default."""
    app.config["BABEL_DEFAULT_LOCALE"] = default_locale
    app.config["BABEL_TRANSLATION_DIRECTORIES"] = app.config.get(
        "BABEL_TRANSLATION_DIRECTORIES", "translations"
    )
    app.config.setdefault("LANGUAGES", LANGUAGES)
    _Babel(app, locale_selector=current, timezone_selector=_zone_name)


class _Sentences(Domain):  # type: ignore[misc]
    """Looks the language's sentences up once a request, and not again for each of them."""

    def get_translations(self) -> NullTranslations:
        return translations()

    def of(self, language: Locale) -> NullTranslations:
        """The sentences in ``language``, which is that of the request."""
        found: NullTranslations | None = self.cache.get(language)
        if found is None:
            found = self.cache[language] = super().get_translations()
        return found


class _Babel(Babel):  # type: ignore[misc]
    @cached_property
    def domain_instance(self) -> _Sentences:
        return _Sentences(domain=self.domain)


def current() -> Locale:
    """The language of this request's person, found out once."""
    here: Any = g._get_current_object()
    found: Locale | None = here.get("language")
    if found is None:
        found = here.language = _locale() or _parsed(current_app.config["BABEL_DEFAULT_LOCALE"])
    return found


def _locale() -> Locale | None:
    wanted = g.actor.locale if g.get("actor") is not None else g.get("launch_locale")
    languages = tuple(current_app.config["LANGUAGES"])
    found = _negotiated(wanted, languages) if wanted else None
    return found or _best_match(request.headers.get("Accept-Language", ""), languages)


@cache
def _parsed(language: str) -> Locale:
    return Locale.parse(language)


@lru_cache(maxsize=256)
def _negotiated(wanted: str, languages: tuple[str, ...]) -> Locale | None:
    found = negotiate_locale([wanted.replace("-", "_")], languages)
    return Locale.parse(found) if found else None


@lru_cache(maxsize=256)
def _best_match(accepted: str, languages: tuple[str, ...]) -> Locale | None:
    found = parse_accept_header(accepted, LanguageAccept).best_match(languages)
    return Locale.parse(found) if found else None


def _zone_name() -> str:
    return zone().key


def zone() -> ZoneInfo:
    """The zone in which this request's person reads times."""
    actor = g.get("actor")
    return ZoneInfo(actor.time_zone if actor is not None else "UTC")


def translations() -> NullTranslations:
    """The sentences in this request's language."""
    here: Any = g._get_current_object()
    found: NullTranslations | None = here.get("translations")
    if found is None:
        sentences = current_app.extensions["babel"].instance.domain_instance
        found = here.translations = sentences.of(current())
    return found


def gettext(sentence: str, /, **values: object) -> str:
    """The sentence in the reader's language. Flask-Babel's own asks for the language each time."""
    found = translations().ugettext(sentence)
    return found % values if values else found


def direction() -> str:
    """``rtl`` for languages that are written from right to left, else ``ltr``."""
    return "rtl" if current().language in RIGHT_TO_LEFT else "ltr"


def language_tag() -> str:
    """The language of the page, as HTML wants it."""
    return _tag(current())


@lru_cache(maxsize=256)
def _tag(language: Locale) -> str:
    return str(language).replace("_", "-")


def _formats() -> Locale:
    """How dates are written: as in the person's own country, where the LMS names one.

    Plain English gets the day before the month and 24 hours, which everybody can read.
    """
    language = current()
    wanted = g.actor.locale if g.get("actor") is not None else None
    if wanted and "_" in wanted.replace("-", "_"):
        try:
            own = Locale.parse(wanted.replace("-", "_"))
        except (ValueError, UnknownLocaleError):
            return language
        return own if own.language == language.language else language
    return Locale("en", "GB") if str(language) == "en" else language


def local_moment(moment: datetime, in_zone: str | None = None) -> str:
    """Such as "Thu, 26 Nov, 16:00", in the reader's zone or the one that is named."""
    there = moment.astimezone(ZoneInfo(in_zone) if in_zone else zone())
    return f"{local_day(there.date())}, {local_time(moment, in_zone)}"


def local_time(moment: datetime, in_zone: str | None = None) -> str:
    """Such as "16:00" (or "4:00 PM", as the language has it)."""
    there = ZoneInfo(in_zone) if in_zone else zone()
    return babel_dates.format_time(moment, "short", tzinfo=there, locale=_formats())


def local_day(day: date | datetime) -> str:
    """Such as "Thu, 26 Nov"; with the year when it is not the current one."""
    if isinstance(day, datetime):
        day = day.astimezone(zone()).date()
    skeleton = "MMMEd" if day.year == clock.now().astimezone(zone()).year else "yMMMEd"
    return babel_dates.format_skeleton(skeleton, day, locale=_formats())


def near_day(day: date | datetime) -> str:
    """Relative for the near ("today", "in 2 days", "yesterday"), else the day."""
    if isinstance(day, datetime):
        day = day.astimezone(zone()).date()
    days = (day - clock.now().astimezone(zone()).date()).days
    if days == 0:
        return gettext("today")
    if days == 1:
        return gettext("tomorrow")
    if days == -1:
        return gettext("yesterday")
    if abs(days) > NEAR_DAYS:
        return local_day(day)
    return babel_dates.format_timedelta(
        timedelta(days=days), granularity="day", threshold=8, add_direction=True, locale=_formats()
    )


def zone_label(name: str) -> str:
    """A zone for people: "Lisbon time"."""
    return gettext("%(city)s time", city=name.rsplit("/", 1)[-1].replace("_", " "))


def duration(minutes: int) -> str:
    """Such as "45 minutes" or "2 h 30"."""
    hours, rest = divmod(minutes, 60)
    if not hours:
        return ngettext("%(num)s minute", "%(num)s minutes", rest)
    return (
        gettext("%(hours)s h %(rest)02d", hours=hours, rest=rest)
        if rest
        else gettext("%(hours)s h", hours=hours)
    )


def number(value: Decimal | float) -> str:
    """A number as the language writes it, at most one decimal place."""
    return format_decimal(value, format="#,##0.#")


def weekday_name(weekday: int, width: Literal["wide", "abbreviated"] = "wide") -> str:
    """The name of a weekday, Monday being 0."""
    return str(babel_dates.get_day_names(width, locale=_formats())[weekday])
