"""The chain that shows whether the record was changed (hashkæde): pure, from lines to hashes.

Every line on record has a digest, and a seal is SHA-256 over the seal before it and the digests
of its lines. Who keeps the last hash outside can prove that nothing before it was changed,
taken away or put in.
"""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any, Final

if TYPE_CHECKING:
    from collections.abc import Sequence

#: What the first seal of a municipality stands on.
BEGINNING: Final = bytes(32)
_WIDTH: Final = 32
#: Stands where the digest of an entry should, that was gone before it could be sealed.
MISSING: Final = bytes(32)


@dataclass(frozen=True, slots=True)
class Line:
    """One entry of the record as it is hashed."""

    id: int
    at: datetime
    municipality: str
    actor: str
    act: str
    subject_kind: str
    subject_id: str
    facts: dict[str, Any]


def digest(line: Line) -> bytes:
    """Hash one entry in a form that has one spelling: sorted keys, no blanks, UTC, UTF-8."""
    fields = {
        "id": line.id,
        "at": line.at.astimezone(UTC).isoformat(timespec="microseconds"),
        "municipality": line.municipality,
        "actor": line.actor,
        "act": line.act,
        "subject_kind": line.subject_kind,
        "subject_id": line.subject_id,
        "facts": line.facts,
    }
    written = json.dumps(fields, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
    return hashlib.sha256(written.encode()).digest()


def seal(
    previous: bytes,
    municipality: str,
    number: int,
    ids: Sequence[int],
    digests: bytes,
) -> bytes:
    """Hash a seal: what it stands on, its place in the chain, and its entries in their order."""
    head = json.dumps([municipality, number, list(ids)], separators=(",", ":"))
    return hashlib.sha256(previous + head.encode() + b"\n" + digests).digest()


def split(digests: bytes) -> list[bytes]:
    """Take the digests of a seal apart, one an entry."""
    return [digests[at : at + _WIDTH] for at in range(0, len(digests), _WIDTH)]
