"""Kroner as whole øre: never a float, never a bare int."""

from __future__ import annotations

import re
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation
from typing import Self

#: Largest amount the database's bigint columns and our rules deal with: 10 billion kroner.
LARGEST_OERE = 10**12

# Danish: dots part thousands, a comma parts the øre. ISO: a dot parts the øre.
_DANISH = re.compile(r"^[+-]?\d{1,3}(\.\d{3})+(,\d{1,2})?$|^[+-]?\d+(,\d{1,2})?$")
_ISO = re.compile(r"^[+-]?\d+\.\d{1,2}$")


@dataclass(frozen=True, order=True, slots=True)
class Money:
    """An amount (beløb) in øre, 100 to the krone; below zero means credit."""

    oere: int

    @classmethod
    def kroner(cls, kroner: int | str | Decimal) -> Self:
        """Make an amount from whole or decimal kroner.

        Raises:
            ValueError: the figure has parts of an øre.
        """
        oere = Decimal(kroner) * 100
        if oere != oere.to_integral_value():
            raise ValueError(f"{kroner} kr. has parts of an øre")
        return cls(int(oere))

    @classmethod
    def parse(cls, text: str) -> Self:
        """Read an amount as ledgers write it: `1.234,50`, `1234,5`, `1234.50` or `1234`.

        Raises:
            ValueError: the text is no amount, or larger than any claim can be.
        """
        compact = text.strip().removesuffix("kr.").removesuffix("kr").strip().replace(" ", "")
        compact = compact.replace("\xa0", "").replace("\N{MINUS SIGN}", "-")
        if _ISO.match(compact):
            plain = compact
        elif _DANISH.match(compact):
            plain = compact.replace(".", "").replace(",", ".")
        else:
            raise ValueError(f"{text!r} is not an amount")
        try:
            amount = cls.kroner(Decimal(plain))
        except InvalidOperation as fault:  # pragma: no cover - the patterns above allow digits only
            raise ValueError(f"{text!r} is not an amount") from fault
        if abs(amount.oere) > LARGEST_OERE:
            raise ValueError(f"{text!r} is larger than any claim")
        return amount

    def split(self, parts: int) -> list[Self]:
        """Split into instalments (rater) that add up to exactly this amount.

        The first instalments carry the odd øre, so the last is never the largest.

        Raises:
            ValueError: `parts` is less than one.
        """
        if parts < 1:
            raise ValueError(f"cannot split into {parts} parts")
        share, odd = divmod(self.oere, parts)
        return [type(self)(share + (part < odd)) for part in range(parts)]

    def __add__(self, other: Money) -> Money:
        """Add two amounts."""
        return Money(self.oere + other.oere)

    def __sub__(self, other: Money) -> Money:
        """Take one amount from another."""
        return Money(self.oere - other.oere)

    def __mul__(self, times: int) -> Money:
        """Repeat an amount a whole number of times."""
        return Money(self.oere * times)

    def __neg__(self) -> Money:
        """Turn a debit into a credit, and the reverse."""
        return Money(-self.oere)

    def __bool__(self) -> bool:
        """Tell whether there is any amount at all."""
        return self.oere != 0

    def __str__(self) -> str:
        """Write it for machines and logs: `1234.50`."""
        sign, oere = ("-", -self.oere) if self.oere < 0 else ("", self.oere)
        return f"{sign}{oere // 100}.{oere % 100:02d}"


NOTHING = Money(0)
