"""The catalogue of all a citizen reads (tekster), a file a language under `dialogues/responses`."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

import yaml
from babel.dates import format_date, format_time
from babel.numbers import format_decimal

from data.values.money import Money
from data.values.phone import PhoneNumber
from data.values.time import copenhagen
from outreach.errors import TextError

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

FOLDER = Path(__file__).parent.parent / "dialogues" / "responses"
LANGUAGES = ("da", "en")
_PLACE = re.compile(r"\{([a-z_]+)\}")
_WORDS = {"da": ("kr.", "kl."), "en": ("kr.", "at")}


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
            raise TextError(f"no text {key!r} in {self.language}.yml") from None
        filled = _PLACE.sub(lambda place: self._value(key, place[1], values), text)
        return filled.replace("kr..", "kr.").strip()  # a sum at the end of a sentence

    def plural(self, key: str, count: int, **values: object) -> str:
        """Fill in `key_one` or `key_other` by the number, which the text knows as `{count}`."""
        form = "one" if count == 1 else "other"
        return self.render(f"{key}_{form}", count=count, **values)

    def _value(self, key: str, place: str, values: Mapping[str, object]) -> str:
        if place not in values:
            raise TextError(f"text {key!r} in {self.language}.yml asks for {{{place}}}")
        return show(values[place], self.language)


def show(value: object, language: str) -> str:
    """Write a value as people read it: `1.200,50 kr.`, `tirsdag 1. december 2026`."""
    krone, at = _WORDS[language]
    locale = "da_DK" if language == "da" else "en_GB"
    match value:
        case Money():
            whole = value.oere % 100 == 0
            shape = "#,##0" if whole else "#,##0.00"
            return f"{format_decimal(Decimal(value.oere) / 100, shape, locale=locale)} {krone}"
        case datetime():
            local = copenhagen(value)
            hour = format_time(local, "HH.mm" if language == "da" else "HH:mm", locale=locale)
            return f"{show(local.date(), language)} {at} {hour}"
        case date():
            shape = "EEEE d. MMMM y" if language == "da" else "EEEE d MMMM y"
            return format_date(value, shape, locale=locale)
        case PhoneNumber():
            return value.national()
        case _:
            return str(value)


def day_and_month(day: date, language: str) -> str:
    """Write a day that is near: `1. december`, `1 December`; a text message has little room."""
    shape, locale = ("d. MMMM", "da_DK") if language == "da" else ("d MMMM", "en_GB")
    return format_date(day, shape, locale=locale)


@cache
def catalogue(language: str) -> Catalogue:
    """Read a language's catalogue of all a citizen reads.

    Raises:
        TextError: the file is missing or holds something else than texts.
    """
    return read(FOLDER, language)


@cache
def read(folder: Path, language: str) -> Catalogue:
    """Read a folder's file of one language once; nested keys are joined by dots.

    Raises:
        TextError: the file is missing or holds something else than texts.
    """
    path = folder / f"{language}.yml"
    try:
        given = yaml.safe_load(path.read_text(encoding="utf-8"))
    except (OSError, yaml.YAMLError) as fault:
        raise TextError(f"{path} cannot be read: {fault}") from None
    return Catalogue(language, dict(_flat(path, "", given)))


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
