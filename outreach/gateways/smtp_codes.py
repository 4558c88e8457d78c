"""What a mail server's refusal means, in our own words (`codes.WORDS`).

Source: RFC 5321 (the codes), RFC 3463 and IANA's registry of enhanced status codes.
"""

from __future__ import annotations

import re
from enum import StrEnum
from typing import Final

_ENHANCED: Final = re.compile(r"(?<![\d.])([245])\.(\d{1,3})\.(\d{1,3})(?![\d.])")

#: Subject and detail of what is final: nobody will ever read mail there.
_NO_MAILBOX: Final = frozenset({"1.1", "1.2", "1.6", "1.10", "2.1"})
_NO_ADDRESS: Final = frozenset({"1.3"})
_NOT_LOCAL: Final = 551
_PERMANENT: Final = 500


class Step(StrEnum):
    """How far a hand-over had come when the server refused."""

    DOOR = "door"  # greeting, encryption, account
    SENDER = "sender"  # MAIL FROM
    RECIPIENT = "recipient"  # RCPT TO
    CONTENT = "content"  # DATA: whether it was taken is known from the server alone


def enhanced_in(text: str) -> str | None:
    """Find an enhanced status code (`5.1.1`) in a server's words."""
    found = _ENHANCED.search(text)
    return ".".join(found.groups()) if found else None


def word_for(step: Step, code: int, text: str) -> str:
    """Say what a refusal means.

    A bare 550 teaches nothing of the address: RFC 5321 gives it to policy as well as to missing
    mailboxes, and one refusal of our own machine must not make a town's addresses distrusted.
    """
    enhanced = enhanced_in(text)
    if code < _PERMANENT:
        is_a_limit = enhanced is not None and enhanced.startswith("4.7.")
        return "too_many" if is_a_limit else "vendor_down"
    if step in {Step.DOOR, Step.SENDER}:
        return "our_account"
    if enhanced is not None:
        return word_for_status(enhanced)
    return "no_such_mailbox" if step is Step.RECIPIENT and code == _NOT_LOCAL else "refused"


def word_for_status(status: str) -> str:
    """Say what an enhanced status code of a failure means; one of class 4 is a try given up."""
    kind, _, detail = status.partition(".")
    if kind != "5":
        return "refused"
    if detail in _NO_MAILBOX:
        return "no_such_mailbox"
    return "not_an_address" if detail in _NO_ADDRESS else "refused"
