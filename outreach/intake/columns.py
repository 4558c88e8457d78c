"""Turns the text of one cell into a value, or says what is wrong with it."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable
from datetime import date
from functools import lru_cache
from typing import Final

from data.models.citizens import Language
from data.values import pay_lines
from data.values.ids import DebtorKind, DebtorNumber
from data.values.money import Money
from data.values.phone import PhoneNumber

FIRST_DAY: Final = date(1990, 1, 1)
LAST_DAY: Final = date(2100, 12, 31)

LONGEST_REF = 60
LONGEST_NAME = 200
LONGEST_UNIT = 120
LONGEST_EMAIL = 254
LONGEST_PAYMENT_ID = 19
CREDITOR_DIGITS = 8

_DANISH_DAY = re.compile(r"^([0-9]{1,2})[-./]([0-9]{1,2})[-./]([0-9]{4})$")
_ISO_DAY = re.compile(r"^([0-9]{4})-([0-9]{2})-([0-9]{2})(?:[T ]00:00(?::00)?)?$")
_EIGHT_DIGITS = re.compile(r"^[1-9][0-9]{7}$")
_DIGITS = re.compile(r"^[0-9]+$")
_EMAIL = re.compile(r"^[^@\s,;<>\"]+@[^@\s,;<>\".]+(?:\.[^@\s,;<>\".]+)+$")
_BETWEEN_DEBTORS = re.compile(r"[\s,|/]+")
#: What a spreadsheet would reckon with; a plain number with a sign is no formula.
_FORMULA = re.compile(r"^(?:[=@]|[+-](?![0-9]+$))")
_GAPS = re.compile(r"\s+")
#: Characters that turn the direction of writing, and so can show a text other than it is.
_TURNING = frozenset("\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069")

_YES = frozenset({"ja", "j", "yes", "y", "true", "sand", "1", "x"})
_NO = frozenset({"nej", "n", "no", "false", "falsk", "0"})
_LANGUAGES: Final = {
    **dict.fromkeys(("da", "dk", "dan", "dansk", "danish"), Language.DANISH),
    **dict.fromkeys(("en", "eng", "engelsk", "english", "gb", "uk"), Language.ENGLISH),
}
_KINDS: Final = {
    **dict.fromkeys(("person", "borger"), DebtorKind.PERSON),
    **dict.fromkeys(("business", "virksomhed"), DebtorKind.BUSINESS),
}


class CellError(ValueError):
    """A cell does not hold what its column is for; `code` is in the table of reasons."""

    def __init__(self, code: str, **facts: object) -> None:
        super().__init__(code)
        self.code = code
        self.facts = facts


def text(limit: int) -> Callable[[str], str]:
    """Make a reader of plain text of at most `limit` characters; line ends become spaces."""

    def read(cell: str) -> str:
        plain = unicodedata.normalize("NFC", _GAPS.sub(" ", cell))
        if not plain.isprintable():
            _refuse_hidden(plain)
        if len(plain) > limit:
            raise CellError("too_long", limit=limit)
        return plain

    return read


def reference(limit: int) -> Callable[[str], str]:
    """Make a reader of a number or name that goes on into files: it is no formula of theirs."""
    plain = text(limit)

    def read(cell: str) -> str:
        found = plain(cell)
        if _FORMULA.match(found):
            raise CellError("formula")
        return found

    return read


def _refuse_hidden(plain: str) -> None:
    for letter in plain:
        if letter in _TURNING or unicodedata.category(letter) == "Cc":
            raise CellError("control_character")


@lru_cache(maxsize=4096)
def day(cell: str) -> date:
    """Read a day (dato), Danish or ISO, from 1990 to 2100."""
    if found := _DANISH_DAY.match(cell):
        given, month, year = found.groups()
    elif found := _ISO_DAY.match(cell):
        year, month, given = found.groups()
    else:
        raise CellError("not_a_date")
    try:
        read = date(int(year), int(month), int(given))
    except ValueError:
        raise CellError("not_a_date") from None
    if not FIRST_DAY <= read <= LAST_DAY:
        raise CellError("date_out_of_range", first=FIRST_DAY, last=LAST_DAY)
    return read


def day_until(today: date) -> Callable[[str], date]:
    """Make a reader of days that refuses those after `today`."""

    def read(cell: str) -> date:
        given = day(cell)
        if given > today:
            raise CellError("future_date", today=today)
        return given

    return read


def amount(cell: str) -> Money:
    """Read a sum (beløb); it may be below zero."""
    try:
        return Money.parse(cell)
    except ValueError:
        raise CellError("not_an_amount") from None


def principal(cell: str) -> Money:
    """Read the sum a claim is on (hovedstol), above zero."""
    owed = amount(cell)
    if owed.oere <= 0:
        raise CellError("principal_not_positive")
    return owed


def payment(cell: str) -> Money:
    """Read what was paid (indbetalt beløb): below zero for a reversal, never zero."""
    paid = amount(cell)
    if not paid:
        raise CellError("payment_zero")
    return paid


def debtor(cell: str) -> DebtorNumber:
    """Read a CPR or CVR number."""
    try:
        return DebtorNumber.parse(cell)
    except ValueError as fault:
        raise CellError("not_a_debtor_number", detail=fault) from None


def debtors(cell: str) -> tuple[DebtorNumber, ...]:
    """Read CPR or CVR numbers with a blank, a comma or a bar between them; each counts once."""
    parts = [part for part in _BETWEEN_DEBTORS.split(cell) if part]
    read = {number.digits: number for number in map(debtor, parts)}
    return tuple(read.values())


def debtor_kind(cell: str) -> DebtorKind:
    """Read who owes: person or business, in English or Danish."""
    kind = _KINDS.get(cell.casefold())
    if kind is None:
        raise CellError("not_a_debtor_kind")
    return kind


def language(cell: str) -> Language:
    """Read a language the assistant writes."""
    known = _LANGUAGES.get(cell.casefold())
    if known is None:
        raise CellError("unknown_language")
    return known


def phone(cell: str) -> PhoneNumber:
    """Read a telephone number.

    Nearly all are eight Danish digits, which need no numbering plan of the world (50 µs each).
    """
    if _EIGHT_DIGITS.match(cell):
        return PhoneNumber(f"+45{cell}")
    try:
        return PhoneNumber.parse(cell)
    except ValueError:
        raise CellError("not_a_phone") from None


def email(cell: str) -> str:
    """Read an e-mail address, in small letters."""
    if len(cell) > LONGEST_EMAIL or not _EMAIL.match(cell) or not cell.isprintable():
        raise CellError("not_an_email")
    return cell.lower()


def yes(cell: str) -> bool:
    """Read ja or nej; empty is no."""
    folded = cell.casefold()
    if folded not in _YES and folded not in _NO:
        raise CellError("not_yes_or_no")
    return folded in _YES


def payment_id(cell: str) -> str:
    """Read the payment id (betalings-id, OCR-linje) of a giro slip, digits only."""
    digits = cell.replace(" ", "")
    if not _DIGITS.match(digits) or len(digits) > LONGEST_PAYMENT_ID:
        raise CellError("not_a_payment_id", limit=LONGEST_PAYMENT_ID)
    return digits


def check_digit_holds(digits: str) -> bool:
    """Tell whether a payment id's check digit fits; only card type 71's length has one we know."""
    return len(digits) != pay_lines.CARD_71_DIGITS or pay_lines.check_digit_holds(digits)


def creditor_no(cell: str) -> str:
    """Read a creditor number (FI-kreditornummer)."""
    digits = cell.replace(" ", "")
    if not _DIGITS.match(digits) or len(digits) != CREDITOR_DIGITS:
        raise CellError("not_a_creditor_no")
    return digits


def whole(least: int, most: int) -> Callable[[str], int]:
    """Make a reader of whole numbers from `least` to `most`."""

    def read(cell: str) -> int:
        longest = len(str(most))
        if not _DIGITS.match(cell) or len(cell) > longest or not least <= int(cell) <= most:
            raise CellError("not_a_number", least=least, most=most)
        return int(cell)

    return read
