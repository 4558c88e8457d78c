"""Reads what comes back to the mailbox our e-mail is sent from (returmail): pure.

Source: RFC 3464 (delivery status notifications), RFC 3834 (automatic answers).
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from email import message_from_bytes
from email.message import Message
from email.policy import compat32
from enum import StrEnum
from typing import TYPE_CHECKING, Final
from uuid import UUID

from data.values.ids import MessageId

if TYPE_CHECKING:
    from collections.abc import Iterator

#: More than this is no notice; only the beginning is read.
_MOST_BYTES: Final = 2_000_000
_OURS: Final = re.compile(r"([0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12})@", re.IGNORECASE)
_STATUS: Final = re.compile(r"\s*([245]\.\d{1,3}\.\d{1,3})(?!\d)")
#: Where a notice tells which mail it is about, the surest first.
_IN_STATUS: Final = ("Original-Envelope-Id", "Original-Message-ID", "X-Original-Message-ID")
_IN_ANSWER: Final = ("In-Reply-To", "References")
_BULK: Final = frozenset({"bulk", "junk", "auto_reply", "list"})


class Kind(StrEnum):
    """What a mail in the mailbox is."""

    RETURNED = "returned"  # it could not be delivered, for good
    DELIVERED = "delivered"
    UNDER_WAY = "under_way"  # delayed or passed on: nothing is settled
    AUTOMATIC = "automatic"  # out of office and the like
    FROM_A_PERSON = "from_a_person"


@dataclass(frozen=True, slots=True)
class Incoming:
    """A mail in the mailbox, as far as it is our business; hides whom it is about."""

    kind: Kind
    message_id: MessageId | None = None
    #: The enhanced status code (`5.1.1`).
    status: str = ""
    #: Whose mailbox the notice speaks of, in small letters: what was asked for, and the last one.
    recipients: frozenset[str] = field(default=frozenset(), repr=False)


_ACTIONS: Final = {"failed": Kind.RETURNED, "delivered": Kind.DELIVERED}


def read(raw: bytes) -> Incoming:
    """Read one mail; whatever it is made of, it is one of the five kinds."""
    try:
        return _read(raw)
    except RecursionError:  # parts within parts within parts: no mail server writes that
        return Incoming(Kind.FROM_A_PERSON)


def _read(raw: bytes) -> Incoming:
    mail = message_from_bytes(raw[:_MOST_BYTES], policy=compat32)
    blocks = list(_blocks(mail))
    if blocks:
        return _notice(mail, blocks)
    return Incoming(Kind.AUTOMATIC if _is_automatic(mail) else Kind.FROM_A_PERSON)


def _notice(mail: Message, blocks: list[Message]) -> Incoming:
    about = [block for block in blocks if block.get("Action")]
    block = about[0] if about else blocks[-1]
    found = _STATUS.match(_text(block, "Status"))
    named = (_text(block, name) for name in ("Original-Recipient", "Final-Recipient"))
    return Incoming(
        kind=_ACTIONS.get(_text(block, "Action").strip().lower(), Kind.UNDER_WAY),
        message_id=_about(mail, blocks),
        status=found[1] if found else "",
        recipients=frozenset(_mailbox(name) for name in named if name),
    )


def _blocks(mail: Message) -> Iterator[Message]:
    """Return the blocks of the notice: first of the whole mail, then of each recipient."""
    for part in mail.walk():
        if part.get_content_type() == "message/delivery-status":
            yield from _within(part)


def _within(part: Message) -> Iterator[Message]:
    """Return the mails or blocks inside a part."""
    payload = part.get_payload()
    if isinstance(payload, list):
        yield from (one for one in payload if isinstance(one, Message))


def _about(mail: Message, blocks: list[Message]) -> MessageId | None:
    """Find which message of ours a notice is about."""
    for text in _hints(mail, blocks):
        found = _OURS.search(text)
        if found is not None:
            return MessageId(UUID(found[1]))
    return None


def _hints(mail: Message, blocks: list[Message]) -> Iterator[str]:
    yield from (_text(block, name) for block in blocks for name in _IN_STATUS)
    for part in mail.walk():
        kind = part.get_content_type()
        if kind == "message/rfc822":
            yield from (_text(returned, "Message-ID") for returned in _within(part))
        elif kind == "text/rfc822-headers":
            payload = part.get_payload(decode=True)
            headers = payload if isinstance(payload, bytes) else b""
            yield _text(message_from_bytes(headers, policy=compat32), "Message-ID")
    yield from (_text(mail, name) for name in _IN_ANSWER)


def _is_automatic(mail: Message) -> bool:
    """Tell whether a machine wrote it: it is never answered, and nobody need read it."""
    said = _text(mail, "Auto-Submitted").partition(";")[0].strip().lower()
    return (
        said not in {"", "no"}
        or _text(mail, "Precedence").strip().lower() in _BULK
        or "X-Autoreply" in mail
        or "X-Autorespond" in mail
        or mail.get_content_type() in {"multipart/report", "message/disposition-notification"}
        or _text(mail, "Return-Path").strip() == "<>"
    )


def _mailbox(field_of: str) -> str:
    """Read `rfc822; mette@example.dk`."""
    return field_of.rpartition(";")[2].strip().strip("<>").lower()


def _text(mail: Message, name: str) -> str:
    """Read a header as text, whatever bytes it holds."""
    return str(mail.get(name) or "")
