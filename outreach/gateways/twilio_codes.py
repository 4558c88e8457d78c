"""Twilio's error codes, as one table: what became of the message, and what it tells of the number.

Source: Twilio's "Error and Warning Dictionary", https://www.twilio.com/docs/api/errors
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from data.models.conversations import MessageStatus
from outreach.runtime import SendResult

FOR_GOOD = SendResult.REFUSED_FOR_GOOD
FOR_NOW = SendResult.REFUSED_FOR_NOW


class Teaches(StrEnum):
    """What a refusal teaches us, beyond this message (konsekvens)."""

    NOTHING = "nothing"
    OPTED_OUT = "opted_out"  # the citizen has said STOP to Twilio
    DISTRUST = "distrust"  # no message will ever arrive there
    OUR_FAULT = "our_fault"  # an operator must mend account, sender or setting


@dataclass(frozen=True, slots=True)
class Code:
    """One of Twilio's codes (fejlkode)."""

    result: SendResult
    teaches: Teaches
    #: Why a number is distrusted: one word for the citizen's page.
    because: str = "unreachable"


_GONE = Code(FOR_GOOD, Teaches.DISTRUST, "not_a_mobile")
_WRONG = Code(FOR_GOOD, Teaches.DISTRUST, "not_a_number")
_UNREACHABLE = Code(FOR_GOOD, Teaches.DISTRUST)
_REFUSED = Code(FOR_GOOD, Teaches.NOTHING)
_WAIT = Code(FOR_NOW, Teaches.NOTHING)
_OURS = Code(FOR_NOW, Teaches.OUR_FAULT)

CODES: dict[str, Code] = {
    # when a message is handed over
    "20001": _REFUSED,  # unknown parameters
    "20003": _OURS,  # account or token is wrong
    "20005": _OURS,  # account is not active
    "20404": _OURS,  # no such account, or a wrong address of the API
    "20429": _WAIT,  # too many requests
    "20500": _WAIT,  # Twilio's own fault
    "20503": _WAIT,
    "14107": _WAIT,  # message rate exceeded
    "21205": _OURS,  # the address to ask what to say is invalid: MINDELIG_PUBLIC_URL
    "21210": _OURS,  # "From" is not verified for calls
    "21211": _WRONG,  # invalid "To"
    "21212": _OURS,  # invalid "From"
    "21214": _UNREACHABLE,  # cannot be called
    "21215": _REFUSED,  # the account may not call that country
    "21216": _REFUSED,  # the account may not call that number
    "21217": _WRONG,  # does not appear to be a number
    "21219": _REFUSED,  # a trial account calls verified numbers only
    "21265": _GONE,  # "To" is a short code
    "21408": _REFUSED,  # the account may not send to that country
    "21602": _REFUSED,  # no body
    "21603": _OURS,  # no "From"
    "21604": _WRONG,  # no "To"
    "21606": _OURS,  # our number cannot send SMS
    "21608": _REFUSED,  # a trial account sends to verified numbers only
    "21609": _OURS,  # the address for receipts is invalid: MINDELIG_PUBLIC_URL
    "21610": Code(FOR_GOOD, Teaches.OPTED_OUT),
    "21611": _WAIT,  # our number has too many messages queued
    "21612": _REFUSED,  # no route from our number to theirs
    "21614": _GONE,  # not a mobile number
    "21617": _REFUSED,  # longer than 1,600 characters
    "21635": _GONE,  # a landline
    "21659": _OURS,  # our number is not Twilio's
    "21660": _OURS,  # our number belongs to another account
    # when a message is under way (receipts)
    "30001": _WAIT,  # queue overflow
    "30002": _OURS,  # account suspended
    "30003": _REFUSED,  # handset off or out of reach: may well be there tomorrow
    "30004": _REFUSED,  # blocked
    "30005": _UNREACHABLE,  # unknown at the operator
    "30006": Code(FOR_GOOD, Teaches.DISTRUST, "landline_or_unreachable"),
    "30007": Code(FOR_GOOD, Teaches.OUR_FAULT),  # filtered as spam
    "30008": _REFUSED,  # unknown
    "63038": _OURS,  # daily limit of the account
}


def code_of(error_code: str | None) -> Code:
    """Look up one code; one that we do not know refuses this message and teaches nothing.

    Codes of the 20000s are about account and request rate, never about the citizen, so an unknown
    one of these waits for an operator instead of giving up the message.
    """
    if error_code is None:
        return _OURS
    return CODES.get(error_code) or (_OURS if error_code.startswith("20") else _REFUSED)


#: Twilio's words for how far a message has come, outbound; what is not here is not a step.
STATUSES: dict[str, MessageStatus] = {
    "queued": MessageStatus.ACCEPTED,
    "accepted": MessageStatus.ACCEPTED,
    "scheduled": MessageStatus.ACCEPTED,
    "sending": MessageStatus.ACCEPTED,
    "sent": MessageStatus.SENT,
    "delivered": MessageStatus.DELIVERED,
    "read": MessageStatus.DELIVERED,
    "undelivered": MessageStatus.UNDELIVERED,
    "failed": MessageStatus.FAILED,
    "canceled": MessageStatus.FAILED,
}
