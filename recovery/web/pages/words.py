"""The screens' words in the user's language, and dates and numbers as people there write them."""

import gettext
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from functools import cached_property
from io import BytesIO
from pathlib import Path
from zoneinfo import ZoneInfo

from babel import Locale
from babel.dates import format_date, format_skeleton, format_time, format_timedelta
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po
from babel.numbers import format_decimal, format_percent

FOLDER = Path(__file__).parents[1] / "locale"
#: Languages of the screens by their own names; the first is that of the sources.
LANGUAGES = {"en": "English", "es": "Español", "pt": "Português"}
#: Which catalogue a language has, and by which country's habits it writes dates and numbers.
CATALOGUES = {"es": "es", "pt": "pt_BR"}
_HABITS = {"en": "en", "es": "es_419", "pt": "pt_BR"}


def words(text: str) -> str:
    """Marks words that are translated where they are shown, as `Words.say(text)`."""
    return text


@dataclass(frozen=True)
class Words:
    """One language; `say` translates, the rest formats."""

    language: str
    catalogue: gettext.NullTranslations

    @cached_property
    def locale(self) -> Locale:
        """How dates and numbers are written."""
        return Locale.parse(_HABITS[self.language])

    @property
    def tag(self) -> str:
        """What `<html lang>` says."""
        return CATALOGUES.get(self.language, self.language).replace("_", "-")

    def say(self, text: str, /, **values: object) -> str:
        """Translated, then filled in: `%(name)s`."""
        found = self.catalogue.gettext(text) if text else ""
        return found % values if values else found

    def say_many(self, one: str, many: str, number: int, /, **values: object) -> str:
        """The form for this number, which fills `%(number)s`."""
        found = self.catalogue.ngettext(one, many, number)
        return found % {"number": self.number(number), **values}

    def number(self, value: float) -> str:
        """With separators."""
        return str(format_decimal(value, locale=self.locale))

    def percent(self, value: float) -> str:
        """Of 1."""
        return str(format_percent(value, locale=self.locale))

    def day(self, value: date | datetime, zone: ZoneInfo | None = None) -> str:
        """`24 nov 2026`; a moment needs its zone."""
        local = value.astimezone(zone) if isinstance(value, datetime) else value
        return str(format_date(local, "medium", locale=self.locale))

    def time(self, value: datetime, zone: ZoneInfo) -> str:
        """`14:05`."""
        return str(format_time(value.astimezone(zone), "short", locale=self.locale))

    def moment(self, value: datetime, zone: ZoneInfo) -> str:
        """Day and time, to the minute."""
        return f"{self.day(value, zone)}, {self.time(value, zone)}"

    def when(self, value: datetime, zone: ZoneInfo, now: datetime) -> str:
        """As short as it stays clear: the time alone today, without the year in this one."""
        local, today = value.astimezone(zone), now.astimezone(zone)
        if local.date() == today.date():
            return self.time(value, zone)
        if local.year != today.year:
            return self.moment(value, zone)
        return f"{format_skeleton('MMMd', local, locale=self.locale)}, {self.time(value, zone)}"

    def ago(self, value: datetime, now: datetime) -> str:
        """`3 hours ago`, `in 2 days`."""
        delta: timedelta = value.astimezone(UTC) - now
        return str(format_timedelta(delta, add_direction=True, locale=self.locale))


def load_words(folder: Path = FOLDER) -> Mapping[str, Words]:
    """All languages, read from their catalogues."""
    return {language: Words(language, _catalogue(folder, language)) for language in LANGUAGES}


def language_for(accepts: str, default: str = "en") -> str:
    """The first of ours in an Accept-Language header, whose order browsers keep by preference."""
    for part in accepts.split(","):
        language = part.split(";", 1)[0].strip().lower().split("-", 1)[0]
        if language in LANGUAGES:
            return language
    return default


def _catalogue(folder: Path, language: str) -> gettext.NullTranslations:
    if language not in CATALOGUES:
        return gettext.NullTranslations()
    path = folder / CATALOGUES[language] / "LC_MESSAGES" / "recovery.po"
    with path.open("rb") as file:
        catalogue = read_po(file, locale=CATALOGUES[language])
    compiled = BytesIO()
    write_mo(compiled, catalogue)
    compiled.seek(0)
    return gettext.GNUTranslations(compiled)
