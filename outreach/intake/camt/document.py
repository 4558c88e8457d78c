"""Opens a bank file: is it XML, is it whole, is it safe, and which message is it."""

from __future__ import annotations

import codecs
import re
from contextlib import contextmanager
from dataclasses import dataclass
from typing import IO, TYPE_CHECKING, Any, Final

from lxml import etree

from outreach.errors import FileUnreadableError

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

#: So much is looked at to tell XML from other files, bytes.
_HEAD = 1024
#: So much of what stands in a file is repeated in a message, characters.
_SHOWN = 120
_BLANKS = b" \t\r\n"
_WIDE: Final = (
    codecs.BOM_UTF32_LE,
    codecs.BOM_UTF32_BE,
    codecs.BOM_UTF16_LE,
    codecs.BOM_UTF16_BE,
)
_ISO = "urn:iso:std:iso:20022:tech:xsd:"
_TAKEN = re.compile(rf"^{_ISO}(?P<kind>camt\.05[34])\.001\.(?P<version>[0-9]{{2}})$")
_FIRST_VERSION = "02"
_STATEMENTS: Final = {
    "camt.053": ("BkToCstmrStmt", "Stmt"),
    "camt.054": ("BkToCstmrDbtCdtNtfctn", "Ntfctn"),
}
_AGAIN = "Nothing of it was taken. Fetch it again from the bank."
_ASK = "Ask the bank for camt.053 or camt.054, version 02 or 08."
_INTRADAY = "camt.052"


@dataclass(frozen=True, slots=True)
class Message:
    """Which message a file is (meddelelse): `name` such as camt.053.001.08."""

    name: str
    namespace: str
    statement: str

    @property
    def is_statement(self) -> bool:
        """Tell whether it is a statement with balances (camt.053)."""
        return self.name.startswith("camt.053")

    @property
    def start(self) -> str:
        """How each of its elements' names begins, as the parser writes them."""
        return f"{{{self.namespace}}}"


def is_camt(path: Path) -> bool:
    """Tell by its first letters whether a file is XML, so that the reader here can say the rest.

    A pain.001 is XML too: it is refused here with better words than any other reader has.
    """
    try:
        with path.open("rb") as file:
            head = file.read(_HEAD)
    except OSError:
        return False
    if head.startswith(_WIDE):
        return "<" in head[2:12].decode("latin-1")
    return head.removeprefix(codecs.BOM_UTF8).lstrip(_BLANKS).startswith(b"<")


def open_whole(path: Path) -> IO[bytes]:
    """Open a file that begins as XML; the caller closes it.

    Raises:
        FileUnreadableError: it cannot be opened, is empty, or does not begin as XML.
    """
    if path.is_dir():
        raise FileUnreadableError(f"{path} is a folder, not a file. Check the path.")
    try:
        file = path.open("rb")
    except FileNotFoundError:
        raise FileUnreadableError(f"{path} does not exist. Check the path.") from None
    except OSError as fault:
        reason = fault.strerror or "cannot be read"
        raise FileUnreadableError(f"{path}: {reason}. Check the path and the access.") from None
    try:
        _check_head(path.name, file.read(_HEAD))
    except BaseException:
        file.close()
        raise
    file.seek(0)
    return file


def _check_head(name: str, head: bytes) -> None:
    if not head.strip(_BLANKS):
        raise FileUnreadableError(f"{name} is empty. {_AGAIN}")
    if head.startswith(_WIDE) or b"\0" in head:
        raise FileUnreadableError(
            f"{name} is UTF-16 or holds NUL bytes (line 1), which is not read here."
            " Ask the bank for UTF-8, or save the file as it came, without opening it first."
        )
    if not head.removeprefix(codecs.BOM_UTF8).lstrip(_BLANKS).startswith(b"<"):
        raise FileUnreadableError(
            f"{name} is not XML: line 1 does not begin with <. A bank file is camt.053 or"
            " camt.054; a CSV file goes in as a payments file."
        )


def events(
    file: IO[bytes], name: str, kinds: tuple[str, ...], tags: list[str] | None = None
) -> Iterator[tuple[str, Any]]:
    """Walk through the file, one element after another, from its beginning.

    No DTD is loaded, no entity is put in, nothing is fetched, and the parser's own bounds on depth
    and size stand (`huge_tree=False`).

    Raises:
        FileUnreadableError: the file is not well-formed; with the line.
    """
    file.seek(0)
    with _named(name):
        yield from etree.iterparse(
            file,
            events=kinds,
            tag=tags,
            load_dtd=False,
            resolve_entities=False,
            no_network=True,
            huge_tree=False,
            remove_comments=True,
            remove_pis=True,
        )


@contextmanager
def _named(name: str) -> Iterator[None]:
    """Say of which file and line the parser complains."""
    try:
        yield
    except etree.XMLSyntaxError as fault:
        what = re.sub(r",? line \d+, column \d+.*$", "", fault.msg or "not well-formed")[:_SHOWN]
        raise FileUnreadableError(
            f"{name} is not whole XML (line {fault.lineno}: {what}). {_AGAIN}"
        ) from None


def message_of(file: IO[bytes], name: str) -> Message:
    """Find out which message it is, from the first two elements.

    Raises:
        FileUnreadableError: it has a DTD, or is not a message that is read here.
    """
    starts = events(file, name, ("start",))
    _, root = next(starts)
    if root.getroottree().docinfo.internalDTD is not None:
        raise FileUnreadableError(
            f"{name} has a document type (<!DOCTYPE …>, before line {root.sourceline}), which no"
            f" bank file has and which may be an attack. {_AGAIN}"
        )
    namespace = etree.QName(root).namespace or ""
    found = _TAKEN.match(namespace)
    if not found or etree.QName(root).localname != "Document":
        raise FileUnreadableError(f"{name} {_not_ours(root, namespace)} {_ASK}")
    if found["version"] < _FIRST_VERSION:
        raise FileUnreadableError(
            f"{name} is {namespace.removeprefix(_ISO)}, which is too old to be read here. {_ASK}"
        )
    container, statement = _STATEMENTS[found["kind"]]
    child = next(starts, (None, None))[1]
    if child is None or child.tag != f"{{{namespace}}}{container}":
        line = root.sourceline if child is None else child.sourceline
        raise FileUnreadableError(
            f"{name} says it is {found['kind']}, but has no {container} (line {line}). {_AGAIN}"
        )
    return Message(namespace.removeprefix(_ISO), namespace, statement)


def _not_ours(root: Any, namespace: str) -> str:  # noqa: ANN401 - the parser ships no types
    namespace, name = namespace[:_SHOWN], etree.QName(root).localname[:_SHOWN]
    other = namespace.removeprefix(_ISO)
    if _TAKEN.match(namespace):
        return f"is a piece of {other} only: line {root.sourceline} has <{name}>, not <Document>."
    if other.startswith(_INTRADAY):
        return (
            f"is {other} (line {root.sourceline}), the entries of a day that is not over: the bank"
            " may still change them."
        )
    if other != namespace:
        return f"is {other} (line {root.sourceline}), not a statement of payments that came in."
    return (
        f"is XML, but no bank file: line {root.sourceline} has <{name}> in the namespace"
        f" {namespace!r}."
    )
