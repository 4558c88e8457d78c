"""What a caseworker should think twice about before it is sent (forsigtighed): pure.

Source: GDPR articles 5 and 32, databeskyttelsesloven § 11. An SMS and a Telegram message can be
read by others, and below identity level 2 we do not know who reads it.
"""

from __future__ import annotations

import re
from enum import StrEnum
from typing import TYPE_CHECKING, Final

from data.models.citizens import Channel
from outreach.rules import sensitive

if TYPE_CHECKING:
    from collections.abc import Iterable

#: Where others may read along.
UNSAFE: Final = frozenset({Channel.SMS, Channel.TELEGRAM})
#: The identity level at which a citizen's own facts may be said.
PROVEN: Final = 2
#: Ten digits as people write a CPR number: `010180-1234`, `0101801234`, `010180 1234`.
_LIKE_CPR: Final = re.compile(r"(?<!\d)\d{6}[- ]?\d{4}(?!\d)")
_AMOUNT: Final = re.compile(
    r"\d[\d.]*(?:,\d{1,2})?\s?(?:kr\b|kroner\b|dkk\b|,-)|(?:\bkr\.?|\bdkk)\s?\d", re.IGNORECASE
)
#: A Danish account (four digits and up to ten), or an IBAN.
_ACCOUNT: Final = re.compile(
    r"(?<!\d)\d{4}[ -]\d{6,10}(?!\d)|\bDK\d{2}(?: ?\d{4}){3} ?\d{2}\b"
    r"|\b(?:konto|account)\w*[ .:]+(?:nr|nummer|number|no)?[ .:]*\d{4,}",
    re.IGNORECASE,
)
_LINK: Final = re.compile(
    r"https?://|\bwww\.|\b[\w-]+\.(?:dk|com|net|org|eu|io|me|info)\b(?:/\S*)?", re.IGNORECASE
)
_MAIL: Final = re.compile(r"\S+@\S+")


class Care(StrEnum):
    """Something in a text that should not go out unseen."""

    CPR = "cpr"
    HEALTH = "health"
    AMOUNT = "amount"
    CLAIM_TYPE = "claim_type"
    ACCOUNT = "account"
    LINK = "link"


def found(
    text: str, *, channel: Channel, level: int, claim_types: Iterable[str], names: Iterable[str]
) -> list[Care]:
    """List what a caseworker should be asked about before a text leaves, in a fixed order.

    Args:
        text: what they wrote.
        channel: where it will be read.
        level: the citizen's identity level, as it holds now.
        claim_types: the names of the citizen's claim types, in both languages.
        names: the citizen's own, in which no word is a diagnosis.
    """
    is_seen_by_others = channel in UNSAFE and level < PROVEN
    seen = {
        Care.CPR: _LIKE_CPR.search(text) is not None,
        Care.HEALTH: is_seen_by_others and sensitive.without_diagnoses(text, names) != text,
        Care.AMOUNT: is_seen_by_others and _AMOUNT.search(text) is not None,
        Care.CLAIM_TYPE: is_seen_by_others and _names_one(text, claim_types),
        Care.ACCOUNT: is_seen_by_others and _ACCOUNT.search(text) is not None,
        Care.LINK: channel is Channel.SMS and _LINK.search(_MAIL.sub(" ", text)) is not None,
    }
    return [care for care, is_there in seen.items() if is_there]


def _names_one(text: str, claim_types: Iterable[str]) -> bool:
    lowered = text.casefold()
    return any(
        re.search(rf"\b{re.escape(name.casefold())}", lowered) for name in claim_types if name
    )
