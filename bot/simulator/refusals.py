"""What the network does not carry, and says so in Twilio's own codes."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final
from urllib.parse import urlsplit

from data.values.phone import PhoneNumber

if TYPE_CHECKING:
    from collections.abc import Iterator

    from data.municipalities.policy import Policies

LONGEST_BODY: Final = 1600
LONGEST_ADDRESS: Final = 500
_E164: Final = re.compile(r"^\+[1-9][0-9]{6,14}\Z")


@dataclass(frozen=True, slots=True)
class Outbound:
    """An SMS that an account asks the network to send, as the form has it (afsendelse)."""

    sender: str
    to: str
    body: str
    status_callback: str | None = None


@dataclass(frozen=True, slots=True)
class Refused:
    """Why the network does not take a message (afvisning): Twilio's own code and words."""

    code: int
    message: str
    status: int = 400


#: Telephones that nothing can be sent to. Those beginning +1 are Twilio's own, from its page on
#: test credentials; the Danish ones are ours, so that a ledger can hold them.
REFUSED_NUMBERS: Final = {
    "+15005550001": Refused(21211, "Invalid 'To' Phone Number: +15005550001"),
    "+15005550002": Refused(21612, "The 'To' number cannot be reached from this 'From' number."),
    "+15005550003": Refused(
        21408, "Permission to send an SMS has not been enabled for the region."
    ),
    "+15005550004": Refused(21610, "Attempt to send to unsubscribed recipient"),
    "+15005550009": Refused(21614, "'To' number is not a valid mobile number"),
    "+4570990610": Refused(21610, "Attempt to send to unsubscribed recipient"),
    "+4570990614": Refused(21614, "'To' number is not a valid mobile number"),
}
#: Telephones that a message is sent to and never reaches, with Twilio's code for why.
UNREACHED_NUMBERS: Final = {"+4570993003": 30003, "+4570993005": 30005, "+4570993006": 30006}


def refusal(policies: Policies, asked: Outbound) -> Refused | None:
    """Say why a message is not taken, or none; Twilio's first objection is the one it names."""
    objections = (refused for objects, refused in _objections(policies, asked) if objects)
    return next(objections, None) or REFUSED_NUMBERS.get(asked.to)


def _objections(policies: Policies, asked: Outbound) -> Iterator[tuple[bool, Refused]]:
    to, sender, body = asked.to, asked.sender, asked.body
    callback = asked.status_callback
    yield not to, Refused(21604, "A 'To' phone number is required.")
    yield not is_number(to), Refused(21211, f"Invalid 'To' Phone Number: {to}")
    yield not sender, Refused(21603, "A 'From' phone number is required.")
    yield not is_number(sender), Refused(21212, f"Invalid From Number (caller ID): {sender}")
    yield (
        policies.of_number(PhoneNumber(sender)) is None,
        Refused(21606, f"The 'From' phone number provided ({sender}) is not of this account."),
    )
    yield to == sender, Refused(21266, "'To' and 'From' number cannot be the same")
    yield not body.strip(), Refused(21602, "Message body is required.")
    yield (
        len(body) > LONGEST_BODY,
        Refused(21617, "The concatenated message body exceeds the 1600 character limit"),
    )
    yield (
        callback is not None and not _is_web_address(callback),
        Refused(21609, "The 'StatusCallback' URL is not a valid URL."),
    )


def is_number(text: str) -> bool:
    """Tell whether Twilio would take `text` as a telephone number."""
    if not _E164.match(text):
        return False
    try:
        return PhoneNumber.parse(text).e164 == text
    except ValueError:
        return False


def _is_web_address(text: str) -> bool:
    try:
        parts = urlsplit(text)
    except ValueError:
        return False
    is_short = len(text) <= LONGEST_ADDRESS
    return is_short and parts.scheme in {"http", "https"} and bool(parts.hostname)
