"""Telephone numbers in E.164 that hide themselves in logs."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache
from typing import Self

import phonenumbers

_HOME = "DK"
#: Letters are refused: as on a keypad, an O for a zero would lead to somebody else.
_WRITTEN = re.compile(r"\+?[\d\s().-]{3,32}", re.ASCII)


@dataclass(frozen=True, slots=True)
class PhoneNumber:
    """A telephone number (telefonnummer) in E.164; `str` and `repr` hide it, `e164` shows it."""

    e164: str

    @classmethod
    def parse(cls, text: str) -> Self:
        """Read a number as people and ledgers write it; without a country it is Danish.

        Raises:
            ValueError: no such number can exist. The message hides the digits.
        """
        written = text.strip()
        if written.startswith("00"):
            written = f"+{written[2:]}"
        if not _WRITTEN.fullmatch(written.replace("(+", "+(")):
            raise ValueError("not a telephone number")
        try:
            number = phonenumbers.parse(written, _HOME)
        except phonenumbers.NumberParseException as fault:
            raise ValueError("not a telephone number") from fault
        if not phonenumbers.is_possible_number(number):
            raise ValueError("not a possible telephone number")
        return cls(phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164))

    @property
    def hidden(self) -> str:
        """The number with all but the country code and the last two digits hidden."""
        return f"{self.e164[:3]}…{self.e164[-2:]}"

    def national(self) -> str:
        """Write it as Danes read it: `43 68 68 68`."""
        return _as_danes_read_it(self.e164)

    def __str__(self) -> str:
        """Hide it, so that a log line cannot leak it."""
        return self.hidden

    def __repr__(self) -> str:
        """Hide it here too."""
        return f"PhoneNumber({self.hidden})"


@lru_cache(maxsize=1024)  # the municipality's own number is written in every message
def _as_danes_read_it(e164: str) -> str:
    number = phonenumbers.parse(e164, _HOME)
    shape = phonenumbers.PhoneNumberFormat
    home = number.country_code == phonenumbers.country_code_for_region(_HOME)
    return phonenumbers.format_number(number, shape.NATIONAL if home else shape.INTERNATIONAL)
