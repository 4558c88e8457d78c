"""How an hour, a telephone and a sum are written in a municipality's file."""

from __future__ import annotations

from datetime import time
from typing import Annotated

from pydantic import BeforeValidator

from data.values.money import Money
from data.values.phone import PhoneNumber
from data.yaml_files import Block


def _hour(text: object) -> object:
    if isinstance(text, str):
        try:
            hour = time.fromisoformat(text)
            if hour.tzinfo is None:
                return hour
        except ValueError:
            pass
    raise ValueError('must be an hour such as "09:00", in quotes')


def _phone(text: object) -> object:
    if not isinstance(text, str):
        raise ValueError(  # noqa: TRY004 - pydantic shows a ValueError to people
            'must be a number such as "+4543686868", in quotes'
        )
    return PhoneNumber.parse(text)


def kroner(given: object) -> object:
    """Read a sum in kroner, above zero, or none.

    Raises:
        ValueError: it is no sum, or not above zero.
    """
    amount = Money.parse(str(given)) if given is not None else None
    if amount is not None and amount.oere <= 0:
        raise ValueError("must be more than 0 kroner, or null")
    return amount


Hour = Annotated[time, BeforeValidator(_hour)]
Phone = Annotated[PhoneNumber, BeforeValidator(_phone)]


class Words(Block):
    """The same words in each language."""

    da: str
    en: str

    def of(self, language: str) -> str:
        """Return the words in `language` (`da` or `en`)."""
        return self.en if language == "en" else self.da
