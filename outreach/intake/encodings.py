"""Finds out how a file's letters are written, or says plainly that it cannot be read."""

from __future__ import annotations

import codecs
import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final

from outreach.errors import FileUnreadableError

if TYPE_CHECKING:
    from pathlib import Path

UTF_8 = "utf-8"
WINDOWS = "cp1252"

_CHUNK = 1 << 20
_MEND = 'Save it as "CSV UTF-8" and try again.'
#: Bytes with which files begin that are no text of ours.
_NOT_OURS: Final = {
    codecs.BOM_UTF32_LE: f"is UTF-32, which is not read here. {_MEND}",
    codecs.BOM_UTF32_BE: f"is UTF-32, which is not read here. {_MEND}",
    codecs.BOM_UTF16_LE: f'is UTF-16 ("Unicode text"), which is not read here. {_MEND}',
    codecs.BOM_UTF16_BE: f'is UTF-16 ("Unicode text"), which is not read here. {_MEND}',
    b"PK\x03\x04": f"is an Excel workbook or a zip file, not CSV. {_MEND}",
    b"\xd0\xcf\x11\xe0": f"is an old Excel workbook, not CSV. {_MEND}",
}
#: Danish letters as UTF-8 writes them; read as Windows-1252, each is two odd letters.
_DANISH_UTF_8 = re.compile(rb"\xc3[\x85\x86\x98\xa5\xa6\xb8]")
#: Bytes that mean nothing in Windows-1252.
_NOT_WINDOWS = re.compile(rb"[\x81\x8d\x8f\x90\x9d]")


@dataclass
class _Findings:
    """What a walk through the bytes has shown so far; lines count from 1."""

    is_utf_8: bool = True
    danish_utf_8_line: int | None = None
    not_windows_line: int | None = None
    not_utf_8_line: int | None = None
    lines: int = 1
    decoder: codecs.IncrementalDecoder = field(default_factory=codecs.getincrementaldecoder(UTF_8))


def encoding_of(path: Path) -> str:
    """Read the file once and return `utf-8`, `utf-8-sig` (with its mark) or `cp1252`.

    Raises:
        FileUnreadableError: it is neither, or both; with the line that shows it.
    """
    findings = _Findings()
    try:
        with path.open("rb") as file:
            head = file.read(4)
            _refuse_other_files(path, head)
            file.seek(0)
            while chunk := file.read(_CHUNK):
                _look(path, chunk, findings)
    except OSError as fault:
        reason = fault.strerror or "cannot be read"
        raise FileUnreadableError(f"{path}: {reason}. Check the path and the access.") from None
    if not head:
        raise FileUnreadableError(f"{path.name} is empty. The first line must be the header.")
    _finish(findings)
    return _conclude(path, findings, has_mark=head.startswith(codecs.BOM_UTF8))


def _refuse_other_files(path: Path, head: bytes) -> None:
    for start, why in _NOT_OURS.items():
        if head.startswith(start):
            raise FileUnreadableError(f"{path.name} {why}")


def _look(path: Path, chunk: bytes, findings: _Findings) -> None:
    def line(offset: int) -> int:
        return findings.lines + chunk.count(b"\n", 0, offset)

    if (nul := chunk.find(b"\0")) >= 0:
        raise FileUnreadableError(
            f"{path.name} holds NUL bytes (line {line(nul)}): it is not a text file, or it is"
            f" UTF-16. {_MEND}"
        )
    if findings.is_utf_8:
        try:
            findings.decoder.decode(chunk)
        except UnicodeDecodeError as fault:
            findings.is_utf_8 = False
            findings.not_utf_8_line = line(max(fault.start, 0))
    if findings.danish_utf_8_line is None and (found := _DANISH_UTF_8.search(chunk)):
        findings.danish_utf_8_line = line(found.start())
    if findings.not_windows_line is None and (found := _NOT_WINDOWS.search(chunk)):
        findings.not_windows_line = line(found.start())
    findings.lines += chunk.count(b"\n")


def _finish(findings: _Findings) -> None:
    """A letter cut off by the end of the file is no UTF-8 either."""
    if findings.is_utf_8:
        try:
            findings.decoder.decode(b"", final=True)
        except UnicodeDecodeError:
            findings.is_utf_8 = False
            findings.not_utf_8_line = findings.lines


def _conclude(path: Path, findings: _Findings, *, has_mark: bool) -> str:
    if findings.is_utf_8:
        return "utf-8-sig" if has_mark else UTF_8
    if has_mark:
        raise FileUnreadableError(
            f"{path.name} says that it is UTF-8, but line {findings.not_utf_8_line} is not. {_MEND}"
        )
    if findings.danish_utf_8_line is not None:
        raise FileUnreadableError(
            f"{path.name} mixes UTF-8 (line {findings.danish_utf_8_line}) and Windows-1252"
            f" (line {findings.not_utf_8_line}), so its æ, ø and å cannot be trusted."
            " Export it anew in one of the two."
        )
    if findings.not_windows_line is not None:
        raise FileUnreadableError(
            f"{path.name} is neither UTF-8 nor Windows-1252 (line {findings.not_windows_line})."
            f" {_MEND}"
        )
    return WINDOWS
