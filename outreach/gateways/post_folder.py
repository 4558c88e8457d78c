"""Leaves letters in a folder (brevmappe) from which the municipality's own system takes them.

Each letter is two files, `MINDELIG_HOME/letters/<municipality>/<day>/<letter id>.html` and `.json`.
The `.json` comes last: where it stands, the letter is whole. It names the recipient's CPR or CVR
number, from which Digital Post (MeMo, SF1601) or the printer of who is exempt finds the address.
"""

from __future__ import annotations

import asyncio
import hashlib
import json
import os
import secrets
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING, Any, override

from outreach.errors import LetterNotTakenError
from outreach.runtime import LetterGateway

if TYPE_CHECKING:
    from outreach.runtime import OutgoingLetter

_ONLY_US = 0o600
_ONLY_US_INSIDE = 0o700


class PostFolder(LetterGateway):
    """A folder that letters leave by; the same letter again replaces its own files."""

    def __init__(self, home: Path) -> None:
        """Take the installation's folder; `letters` in it is made with the first letter."""
        self._root = home / "letters"

    @override
    async def hand_over(self, letter: OutgoingLetter) -> None:
        try:
            await asyncio.to_thread(self._write, letter)
        except OSError as fault:
            reason = fault.strerror or type(fault).__name__
            raise LetterNotTakenError(
                f"the folder of letters cannot be written: {reason}"
            ) from None

    def _write(self, letter: OutgoingLetter) -> None:
        folder = self._folder(letter.municipality, letter.written_on.isoformat())
        page, slip = folder / f"{letter.id}.html", folder / f"{letter.id}.json"
        html = letter.html.encode()
        try:
            _replace(page, html)
            _replace(slip, _slip(letter, html))
        except OSError:
            if not slip.exists():  # half a letter is none
                with suppress(OSError):
                    page.unlink()
            raise
        _keep(folder)

    def _folder(self, *names: str) -> Path:
        """Make the folders that are missing, for our own user alone."""
        folder = self._root
        for name in ("", *names):
            folder /= name
            folder.mkdir(mode=_ONLY_US_INSIDE, parents=True, exist_ok=True)
        return folder


def _slip(letter: OutgoingLetter, html: bytes) -> bytes:
    """Write what the municipality's system must know to send the letter (følgeseddel)."""
    slip: dict[str, Any] = {
        "letter_id": str(letter.id),
        "municipality": letter.municipality,
        "sender": letter.sender,
        "recipient": {
            "debtor_id": letter.debtor_id,
            "kind": letter.debtor_kind.value,
            "name": letter.name,
        },
        "kind": letter.kind,
        "subject": letter.subject,
        "language": letter.language,
        "claim_ref": letter.claim_ref,
        "written_on": letter.written_on.isoformat(),
        "pay_by": letter.pay_by.isoformat(),
        # It has legal effect: who is exempt from Digital Post (fritaget) gets it on paper.
        "mandatory": True,
        "file": f"{letter.id}.html",
        "sha256": hashlib.sha256(html).hexdigest(),
    }
    return json.dumps(slip, ensure_ascii=False, indent=2).encode()


def _replace(path: Path, content: bytes) -> None:
    """Write a file whole or not at all, also when the power goes."""
    fresh = path.with_name(f".{path.name}.{secrets.token_hex(4)}")
    try:
        fresh.touch(mode=_ONLY_US)
        with fresh.open("wb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        fresh.replace(path)
    except OSError:
        with suppress(OSError):
            fresh.unlink()
        raise


def _keep(folder: Path) -> None:
    """Let the folder's own entries reach the disk."""
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
