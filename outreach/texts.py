"""The catalogue of all a citizen reads (tekster), one a language under `dialogues/responses`."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

import yaml
from babel.dates import format_date, format_time
from babel.numbers import format_decimal

from data.models.citizens import Channel
from data.values.money import Money
from data.values.phone import PhoneNumber
from data.values.time import copenhagen
from outreach.errors import TextError

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

FOLDER = Path(__file__).parent.parent / "dialogues" / "responses"
#: The languages the assistant speaks in full, and those it has a few courteous lines in.
LANGUAGES = ("da", "en")
LANGUAGES_OF_LINES = ("ar", "de", "fa", "lt", "pl", "ro", "so", "tr", "uk")
_PLACE = re.compile(r"\{([a-z_]+)\}")
#: A day nearer than this needs no year.
_NEAR = timedelta(days=180)


@dataclass(frozen=True, slots=True)
class _Manner:
    """How a language writes a day and an hour, in CLDR's letters; near days need no year."""

    locale: str
    day: str
    hour: str = "HH:mm"
    is_from_right: bool = False


_MANNERS = {
    "da": _Manner("da_DK", "EEEE d. MMMM y", "'kl.' HH.mm"),
    "en": _Manner("en_GB", "EEEE d MMMM y", "'at' HH:mm"),
    "ar": _Manner("ar", "EEEE d MMMM", is_from_right=True),
    "de": _Manner("de", "EEEE, d. MMMM,", "HH:mm 'Uhr'"),
    "fa": _Manner("fa", "EEEE d MMMM", "'ساعت' HH:mm", is_from_right=True),
    "lt": _Manner("lt", "MMMM d 'd.', EEEE,", "HH:mm"),
    "pl": _Manner("pl", "EEEE, d MMMM,", "HH:mm"),
    "ro": _Manner("ro", "EEEE, d MMMM,", "HH:mm"),
    "so": _Manner("so", "EEEE, d MMMM,", "HH:mm"),
    "tr": _Manner("tr", "d MMMM EEEE,", "HH:mm"),
    "uk": _Manner("uk", "EEEE, d MMMM,", "HH:mm"),
}


@dataclass(frozen=True)
class Catalogue:
    """The texts of one language; a text may have forms, chosen by number (`one`, `other`)."""

    language: str
    texts: Mapping[str, str]

    def render(self, key: str, **values: object) -> str:
        """Fill in a text; sums, dates and hours are written as people in that language do.

        Raises:
            TextError: no such text, or a place in it that nobody filled.
        """
        try:
            text = self.texts[key]
        except KeyError:
            raise TextError(f"no text {key!r} in {self.language}") from None
        filled = _PLACE.sub(lambda place: self._value(key, place[1], values), text)
        return filled.replace("kr..", "kr.").strip()  # a sum at the end of a sentence

    def plural(self, key: str, count: int, **values: object) -> str:
        """Fill in `key_one` or `key_other` by the number, which the text knows as `{count}`."""
        form = "one" if count == 1 else "other"
        return self.render(f"{key}_{form}", count=count, **values)

    def _value(self, key: str, place: str, values: Mapping[str, object]) -> str:
        if place not in values:
            raise TextError(f"text {key!r} in {self.language} asks for {{{place}}}")
        return show(values[place], self.language)


def show(value: object, language: str) -> str:
    """Write a value as people read it: `1.200,50 kr.`, `tirsdag 1. december 2026`."""
    manner = _MANNERS[language]
    match value:
        case Money():
            whole = value.oere % 100 == 0
            shape = "#,##0" if whole else "#,##0.00"
            amount = format_decimal(Decimal(value.oere) / 100, shape, locale=manner.locale)
            return f"{amount} kr."
        case datetime():
            local = copenhagen(value)
            hour = format_time(local, manner.hour, locale=manner.locale)
            return f"{format_date(local, manner.day, locale=manner.locale)} {hour}"
        case date():
            day = format_date(value, manner.day, locale=manner.locale)
            return day.removesuffix(",")  # that stands before an hour
        case PhoneNumber():
            return _number(value.national(), manner)
        case Decimal():
            return format_decimal(value, "#,##0.##", locale=manner.locale)
        case _:
            return _number(str(value), manner)


def _number(text: str, manner: _Manner) -> str:
    """Write a telephone number as one word where people read from the right.

    Its pairs of figures would else be shown in the wrong order (Unicode annex 9, N1).
    """
    if manner.is_from_right and text.replace(" ", "").isdigit():
        return text.replace(" ", "")
    return text


def day_and_month(day: date, language: str) -> str:
    """Write a day that is near: `1. december`, `1 December`; a text message has little room."""
    shape, locale = ("d. MMMM", "da_DK") if language == "da" else ("d MMMM", "en_GB")
    return format_date(day, shape, locale=locale)


def day_of_year(day: date, language: str) -> str:
    """Write a day without its name: `1. december 2027`, `1 December 2027`."""
    shape, locale = ("d. MMMM y", "da_DK") if language == "da" else ("d MMMM y", "en_GB")
    return format_date(day, shape, locale=locale)


def spoken_day(day: date, today: date, language: str) -> str:
    """Write a day as people say it: `tirsdag 8. december`; one that is far with its year."""
    if abs(day - today) > _NEAR:
        return show(day, language)
    shape, locale = ("EEEE d. MMMM", "da_DK") if language == "da" else ("EEEE d MMMM", "en_GB")
    return format_date(day, shape, locale=locale)


@cache
def catalogue(language: str) -> Catalogue:
    """Read a language's catalogue of all a citizen reads.

    Raises:
        TextError: the file is missing or holds something else than texts.
    """
    return read(FOLDER, language)


#: Ends the name of a text as a channel says it, where that is not how it is said by SMS.
_ENDINGS = {Channel.VOICE: "_spoken", Channel.TELEGRAM: "_telegram"}


def catalogue_on(channel: Channel, language: str) -> Catalogue:
    """Return a language's catalogue as it is written on a channel, or said on the telephone."""
    ending = _ENDINGS.get(channel)
    return catalogue(language) if ending is None else _with_own(ending, language)


@cache
def _with_own(ending: str, language: str) -> Catalogue:
    """Return a language's catalogue in which `key_spoken` has taken the place of `key`."""
    texts = catalogue(language).texts
    own = {key.removesuffix(ending): text for key, text in texts.items() if key.endswith(ending)}
    return Catalogue(language, {**texts, **own})


@cache
def read(folder: Path, language: str) -> Catalogue:
    """Read one language's texts once, of a file or of a folder; nested keys are joined by dots.

    Raises:
        TextError: nothing is there, it holds something else than texts, or a key stands twice.
    """
    texts: dict[str, str] = {}
    for path in sorted((folder / language).glob("*.yml")) or [folder / f"{language}.yml"]:
        for key, text in _flat(path, "", _load(path)):
            if key in texts:
                raise TextError(f"{path}: {key} stands in another file of {language} too")
            texts[key] = text
    return Catalogue(language, texts)


def _load(path: Path) -> object:
    try:
        return yaml.safe_load(path.read_text(encoding="utf-8"))
    except (OSError, yaml.YAMLError) as fault:
        raise TextError(f"{path} cannot be read: {fault}") from None


def _flat(path: Path, prefix: str, given: object) -> Iterator[tuple[str, str]]:
    if isinstance(given, str):
        yield prefix, given
    elif isinstance(given, dict):
        for key, value in given.items():
            yield from _flat(path, f"{prefix}.{key}" if prefix else str(key), value)
    else:
        raise TextError(f"{path}: {prefix or 'the file'} must hold texts")


def gsm7_segments(text: str) -> tuple[int, bool]:
    """Count the parts an SMS is sent in; also tell whether it fits GSM-7 (æøå do).

    Source: 3GPP TS 23.038; 160 or 153 letters a part in GSM-7, 70 or 67 in UCS-2.
    """
    letters = set(text)
    plain = letters <= _GSM7 | _GSM7_DOUBLE
    length = (
        len(text) + sum(text.count(letter) for letter in letters & _GSM7_DOUBLE)
        if plain
        else len(text.encode("utf-16-le")) // 2
    )
    single, part = (160, 153) if plain else (70, 67)
    return (1 if length <= single else -(-length // part)), plain


_GSM7 = frozenset(
    "@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞÆæßÉ !\"#¤%&'()*+,-./0123456789:;<=>?"
    "¡ABCDEFGHIJKLMNOPQRSTUVWXYZÄÖÑÜ§¿abcdefghijklmnopqrstuvwxyzäöñüà"
)
_GSM7_DOUBLE = frozenset("^{}\\[~]|€")
