"""Finds out what a payment is for, and what it is called, from what the bank hands on.

A Danish payer pays by the pay line on the bill, `+71<123456789012347 +81234567<`: card type
(kortart), payment id, creditor number. Banks hand it on as a structured reference (RmtInf/Strd/
CdtrRefInf/Ref: the digits alone, or the whole line) or as text (RmtInf/Ustrd).
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from hashlib import sha256
from typing import TYPE_CHECKING, Final

from data.values.pay_lines import CARD_71_DIGITS
from outreach.intake.camt.figures import clean
from outreach.intake.columns import LONGEST_REF

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import date

    from outreach.intake.camt.figures import Node
    from outreach.intake.camt.walking import Part

LONGEST_TEXT: Final = 500

#: How many digits the payment id of each card type has. Types 01 and 73 have none.
_CARD_DIGITS: Final = {"71": CARD_71_DIGITS, "75": 16, "04": 16, "15": 16}
_ID_LENGTHS: Final = frozenset(_CARD_DIGITS.values())
_LINE = re.compile(
    r"(?<![0-9])(?P<card>71|75|04|15) ?< ?(?P<id>[0-9]{14,16})(?![0-9])"
    r"(?: ?\+ ?(?P<creditor>[0-9]{8})(?![0-9]))?"
)
_SAID = re.compile(
    r"\b(?:FIK?|IK|KORTART|KA)[ .:/-]{0,2}(?P<card>71|75|04|15)[ .:/-]{1,3}"
    r"(?P<id>[0-9]{15,16})(?![0-9])",
    re.IGNORECASE,
)
_TYPED = re.compile(r"FIK|OCR|KORTART|^(71|75|04|15)$", re.IGNORECASE)
_CREDITOR_NO = re.compile(r"^8[0-9]{7}$")
#: What a bank writes where it has no reference.
_NO_REF: Final = frozenset({"NOTPROVIDED", "NONREF", "NOREF", "UNKNOWN", "NA", "N/A"})


@dataclass(frozen=True, slots=True)
class Purpose:
    """What the payer said that the payment is for."""

    payment_id: str | None = None
    creditor_no: str | None = None
    claim_ref: str | None = None
    text: str | None = None


def purpose(part: Part) -> Purpose:
    """Read what a transaction is for: the first payment id found, else the first reference."""
    details = part.details
    if details is None:
        return _purpose([], [part.text], "")
    structured = [
        (ref.text("Ref"), ref.text("Tp/CdOrPrtry/Prtry", "Tp/CdOrPrtry/Cd"))
        for ref in details.all("RmtInf/Strd/CdtrRefInf")
    ]
    structured += [(doc.text("Nb"), "") for doc in details.all("RmtInf/Strd/RfrdDocInf")]
    texts = [line.own_text for line in details.all("RmtInf/Ustrd")]
    texts += [line.own_text for line in details.all("RmtInf/Strd/AddtlRmtInf")]
    texts.append(details.text("AddtlTxInf"))
    if part.is_alone and not any(texts):
        texts = [part.text]
    return _purpose(structured, texts, details.text("RltdPties/CdtrAcct/Id/Othr/Id"))


def _purpose(structured: list[tuple[str, str]], texts: list[str], account: str) -> Purpose:
    text = clean(" ".join(texts), LONGEST_TEXT)
    if text and " " not in text and len(text) <= LONGEST_REF:
        structured = [*structured, (text, "")]
    found = _first(_payment_id(ref, kind) for ref, kind in structured) or _line(text or "")
    of_account = account if _CREDITOR_NO.match(account) else None
    if found:
        return Purpose(found[0], found[1] or of_account, None, text)
    claim_ref = _first(clean(ref, LONGEST_REF) for ref, _ in structured)
    return Purpose(None, of_account, claim_ref, text)


def _first[Found](candidates: Iterable[Found | None]) -> Found | None:
    return next((found for found in candidates if found), None)


def _payment_id(ref: str, kind: str) -> tuple[str, str | None] | None:
    """Read a reference as payment id and creditor number; None when it is no such thing."""
    if found := _line(ref):
        return found
    digits = "".join(ref.split())
    if not (digits.isascii() and digits.isdigit()):
        return None
    card, rest = digits[:2], digits[2:]
    if len(rest) == _CARD_DIGITS.get(card):
        return rest, None
    if len(digits) in _ID_LENGTHS:
        return digits, None
    if _TYPED.search(kind) and len(digits) < CARD_71_DIGITS:
        return digits.zfill(CARD_71_DIGITS), None
    return None


def _line(text: str) -> tuple[str, str | None] | None:
    """Find a pay line (+71<…+…<), or `FIK 71 …`, anywhere in a text."""
    found = _LINE.search(text) or _SAID.search(text)
    if not found:
        return None
    digits = found["id"].zfill(CARD_71_DIGITS)
    return digits, found.groupdict().get("creditor")


def payment_ref(part: Part, booked_on: date, number: int) -> str:
    """Return what a transaction is called, at most 60 characters, the same whenever it is sent.

    It is the bank's own reference, so that camt.053 and camt.054 agree. Alone in its entry: the
    entry's AcctSvcrRef, else the transaction's AcctSvcrRef, else its TxId. One of several: its own
    AcctSvcrRef when that is not the entry's, else its TxId, else the entry's with its place. A
    reversal gets `/R` behind it, for banks that repeat the reference of what they reverse.

    Without any of them it is made of the booking day and a digest of account, day, statement, page
    and number in the statement: stable when the same statement is sent again, but a camt.054 about
    the same payment gets another.
    """
    found = bank_ref(part)
    if found is None:
        heading = part.heading
        whole = "|".join((heading.account, str(booked_on), heading.id, heading.page, str(number)))
        return f"{booked_on:%Y%m%d}-{sha256(whole.encode()).hexdigest()[:32]}"
    return found


def bank_ref(part: Part) -> str | None:
    """Return the bank's own reference of a transaction, if it gives one."""
    of_entry = _ref(part.entry.ref)
    own = _ref(part.details.text("Refs/AcctSvcrRef")) if part.details else None
    tx_id = _ref(part.details.text("Refs/TxId")) if part.details else None
    if part.is_alone:
        return of_entry or own or tx_id
    if own and own != of_entry:
        return own
    return tx_id or (_fitting(f"{of_entry}/{part.place}") if of_entry else None)


def batch_ref(part: Part) -> str | None:
    """Return the reference of the entry that a transaction was booked in with others."""
    return None if part.is_alone and part.bundled == 1 else _ref(part.entry.ref)


def original_ref(part: Part) -> str | None:
    """Return the reference a reversed payment most likely has: the bank's, else the payer's."""
    end_to_end = _ref(part.details.text("Refs/EndToEndId")) if part.details else None
    return bank_ref(part) or end_to_end


def _ref(text: str) -> str | None:
    plain = clean(text, LONGEST_TEXT)
    if plain is None or plain.upper() in _NO_REF or not plain.strip("0-. "):
        return None
    return _fitting(plain)


def _fitting(ref: str) -> str:
    """Shorten a reference that is longer than any should be, and keep it apart from others."""
    room = LONGEST_REF - len("/R")
    if len(ref) <= room:
        return ref
    mark = sha256(ref.encode()).hexdigest()[:16]
    return f"{ref[: room - len(mark) - 1]}~{mark}"


def payer(details: Node | None) -> str:
    """Return the name of who paid (indbetaler), or whom the money went back to."""
    if details is None:
        return ""
    parties = ("Dbtr", "UltmtDbtr", "Cdtr")
    return details.text(
        *(f"RltdPties/{who}/{name}" for who in parties for name in ("Nm", "Pty/Nm"))
    )
