"""Danish payment lines (FI-kort, kortart 71): +71<123456789012347 +81234567<."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Self

from stdnum import luhn

#: Payment ids of card type 71 are this long, the check digit counted.
CARD_71_DIGITS = 15
#: What stands before the check digit.
_BASE_DIGITS = CARD_71_DIGITS - 1
_CREDITOR = re.compile(r"^8\d{7}$")
_LINE = re.compile(r"\+?71\s*<\s*(?P<id>\d{15})\s*\+\s*(?P<creditor>8\d{7})\s*<?")


def check_digit(base: str) -> str:
    """Return the check digit of 14 digits: modulus 10, weights 1 and 2 from the left.

    Raises:
        ValueError: these are not 14 digits.

    Source: Betalingsservice/FI "indbetalingskort", the published pairs 1 → 18 and 2 → 26.
    """
    if len(base) != _BASE_DIGITS or not (base.isascii() and base.isdigit()):
        raise ValueError(f"{base!r}: a payment id is made from {_BASE_DIGITS} digits")
    return str(luhn.calc_check_digit(base))


def check_digit_holds(payment_id: str) -> bool:
    """Tell whether the last of 15 digits is the check digit of those before it."""
    is_digits = payment_id.isascii() and payment_id.isdigit()
    return (
        is_digits
        and len(payment_id) == CARD_71_DIGITS
        and check_digit(payment_id[:-1]) == payment_id[-1]
    )


#: An instalment's number in a payment id of a series; all noughts stand for the whole agreement.
INSTALMENT_DIGITS = 4


def in_series(series: str, serial: int, instalment: int = 0) -> str:
    """Return a payment id of our own: series, serial, instalment (none: all of it), check digit.

    Raises:
        ValueError: the series has no room for such a serial, or for such an instalment.
    """
    room = _BASE_DIGITS - len(series) - INSTALMENT_DIGITS
    base = f"{series}{serial:0{room}}{instalment:0{INSTALMENT_DIGITS}}"
    if not 0 < serial < 10**room or not 0 <= instalment < 10**INSTALMENT_DIGITS:
        raise ValueError(f"series {series} has no room for {serial}, instalment {instalment}")
    return base + check_digit(base)


@dataclass(frozen=True, slots=True)
class PayLine:
    """What a citizen types in the bank to pay one thing (betalingslinje, kortart 71)."""

    payment_id: str
    creditor_no: str

    def __post_init__(self) -> None:
        if not check_digit_holds(self.payment_id):
            raise ValueError(f"{self.payment_id!r} is no payment id of card type 71")
        if not _CREDITOR.match(self.creditor_no):
            raise ValueError(f"{self.creditor_no!r} is no creditor number: 8 digits, 8 first")

    @classmethod
    def of(cls, payment_id: str | None, creditor_no: str | None) -> Self | None:
        """Return the line of what a bill says, or none: it has no such line, or a wrong one.

        Ledgers leave out leading zeros; a digit that does not fit is never shown to anybody.
        """
        if not payment_id or not creditor_no or not _CREDITOR.match(creditor_no):
            return None
        padded = payment_id.zfill(CARD_71_DIGITS)
        return cls(padded, creditor_no) if check_digit_holds(padded) else None

    @classmethod
    def read(cls, text: str) -> Self | None:
        """Find the first line in a text, or none."""
        found = _LINE.search(text)
        return cls.of(found["id"], found["creditor"]) if found else None

    def __str__(self) -> str:
        """Write it as bills do."""
        return f"+71<{self.payment_id} +{self.creditor_no}<"
