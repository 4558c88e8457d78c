"""Reads the amounts, days and elements of a bank file."""

from __future__ import annotations

import re
import unicodedata
from datetime import date, datetime
from decimal import Decimal
from functools import lru_cache
from typing import Any, Final

from data.values.money import LARGEST_OERE, Money
from data.values.time import day_of

#: No bank file is older; what says so has a wrong year.
FIRST_DAY: Final = date(2000, 1, 1)

_AMOUNT = re.compile(r"^[0-9]{1,15}(\.[0-9]{1,5})?$")
_DAY = re.compile(r"^([0-9]{4}-[0-9]{2}-[0-9]{2})(Z|[+-][0-9]{2}:[0-9]{2})?$")
_GAPS = re.compile(r"\s+")
_UNSEEN = frozenset({"Cc", "Cf", "Cs", "Co", "Cn"})


class Node:
    """An element (XML-element); paths are written without the namespace: `RmtInf/Ustrd`.

    Elements of other namespaces are not seen. The children are sorted by name once, when first
    asked for: an element that the parser is not through with gets a node of its own each time.
    One loop over them is many times faster than the parser's own search by path.
    """

    __slots__ = ("_below", "_children", "_start", "element")

    def __init__(self, element: Any, start: str) -> None:  # noqa: ANN401 - the parser ships no types
        self.element = element
        self._start = start
        self._children: dict[str, list[Any]] | None = None
        self._below: dict[str, list[Node]] = {}

    def elements(self, path: str) -> list[Any]:
        """Return every element at the path, as the parser has it."""
        name, _, rest = path.partition("/")
        if rest:
            return [found for child in self.all(name) for found in child.elements(rest)]
        if self._children is None:
            self._children = self._sorted()
        return self._children.get(name, [])

    def _sorted(self) -> dict[str, list[Any]]:
        start = self._start
        found: dict[str, list[Any]] = {}
        for child in self.element:
            tag: str = child.tag
            if tag.startswith(start):
                found.setdefault(tag[len(start) :], []).append(child)
        return found

    def all(self, path: str) -> list[Node]:
        """Return every element at the path."""
        known = self._below.get(path)
        if known is None:
            known = [Node(element, self._start) for element in self.elements(path)]
            self._below[path] = known
        return known

    def find(self, path: str) -> Node | None:
        """Return the first element at the path."""
        found = self.all(path)
        return found[0] if found else None

    def text(self, *paths: str) -> str:
        """Return the text at the first of the paths that has one, without the blanks around it."""
        for path in paths:
            for element in self.elements(path):
                if element.text and (text := element.text.strip()):
                    return str(text)
        return ""

    @property
    def own_text(self) -> str:
        """The text of the element itself."""
        return str(self.element.text or "").strip()

    @property
    def currency(self) -> str:
        """The currency of an amount (valuta)."""
        return str(self.element.get("Ccy") or "")


def money(text: str) -> Money | None:
    """Read an amount as ISO 20022 writes it, never below zero; None when it is none."""
    if not _AMOUNT.match(text):
        return None
    oere = Decimal(text) * 100
    if oere != oere.to_integral_value() or oere > LARGEST_OERE:
        return None
    return Money(int(oere))


@lru_cache(maxsize=4096)
def day(text: str) -> date | None:
    """Read a day, or the day in Copenhagen of a time; None when it is no day that exists."""
    try:
        if found := _DAY.match(text):
            return date.fromisoformat(found[1])
        instant = datetime.fromisoformat(text)
    except ValueError:
        return None
    return instant.date() if instant.tzinfo is None else day_of(instant)


def day_at(node: Node, path: str) -> str:
    """Return the text of a day, which is written as Dt or as DtTm."""
    return node.text(f"{path}/Dt", f"{path}/DtTm")


def clean(text: str, limit: int) -> str | None:
    """Return a text as one line without what cannot be seen, cut to `limit`; None if empty."""
    plain = unicodedata.normalize("NFC", _GAPS.sub(" ", text))
    if not plain.isprintable():
        plain = "".join(sign for sign in plain if unicodedata.category(sign) not in _UNSEEN)
    return plain.strip()[:limit].rstrip() or None
