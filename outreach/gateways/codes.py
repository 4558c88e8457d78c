"""What a refusal teaches, whoever refused: Twilio's codes, and the words of our other carriers."""

from __future__ import annotations

from typing import Final

from outreach.gateways import twilio_codes
from outreach.gateways.twilio_codes import Code, Teaches
from outreach.runtime import SendResult

#: What the carriers of Telegram and e-mail say, in words of our own.
WORDS: Final = {
    "blocked_by_citizen": Code(SendResult.REFUSED_FOR_GOOD, Teaches.OPTED_OUT),
    "no_such_chat": Code(SendResult.REFUSED_FOR_GOOD, Teaches.DISTRUST, "no_such_chat"),
    "no_such_mailbox": Code(SendResult.REFUSED_FOR_GOOD, Teaches.DISTRUST, "no_such_mailbox"),
    "not_an_address": Code(SendResult.REFUSED_FOR_GOOD, Teaches.DISTRUST, "not_an_address"),
    "refused": Code(SendResult.REFUSED_FOR_GOOD, Teaches.NOTHING),
    "our_account": Code(SendResult.REFUSED_FOR_NOW, Teaches.OUR_FAULT),
    "too_many": Code(SendResult.REFUSED_FOR_NOW, Teaches.NOTHING),
    "vendor_down": Code(SendResult.REFUSED_FOR_NOW, Teaches.NOTHING),
}


def code_of(error_code: str | None) -> Code:
    """Look up one code; one that nobody knows refuses this message and teaches nothing."""
    found = WORDS.get(error_code or "")
    return found or twilio_codes.code_of(error_code)
