"""What a list is asked for in its address (filtre): read, written back, and kept in bookmarks."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING, Any, Final
from urllib.parse import parse_qsl, urlencode

from data.models.citizens import Channel, Language
from data.queries.queue import View, Wanted
from data.queries.talks import Answering, WantedTalks
from desk.pages import Notice

if TYPE_CHECKING:
    from collections.abc import Mapping

    from desk.texts import Words
    from outreach.runtime import Runtime

_LONGEST_SEARCH: Final = 100
_LONGEST_UNIT: Final = 120
_MOST_PAGES: Final = 9999
#: What an address may ask of a list, in the order it is written in.
QUEUE: Final = ("view", "severity", "reason", "channel", "language_of", "unit", "late", "q")
TALKS: Final = ("answering", "channel", "language_of", "q")
SEVERITIES: Final = {0: "acute", 1: "today", 2: "serious", 3: "ordinary"}


@dataclass(frozen=True, slots=True)
class Choice:
    """One thing a list can be asked for: the words of its field, and which is chosen."""

    name: str
    chosen: str
    #: What can be chosen, and what it is called.
    options: Mapping[str, str]


def wanted(asked: Mapping[str, str], runtime: Runtime) -> Wanted:
    """Read what an address asks of the queue; what it cannot mean is not asked for."""
    reason = asked.get("reason", "")
    severity = asked.get("severity", "")
    known = reason in runtime.lexicon.kinds or reason in runtime.reasons.reasons
    return Wanted(
        view=_word(View, asked.get("view", "")) or View.WAITING,
        severity=int(severity) if severity in {str(each) for each in SEVERITIES} else None,
        reason=reason if known else None,
        channel=_word(Channel, asked.get("channel", "")),
        language=_word(Language, asked.get("language_of", "")),
        unit=_text(asked, "unit", _LONGEST_UNIT) or None,
        is_late=asked.get("late") == "1",
        words=_text(asked, "q", _LONGEST_SEARCH),
        page=_page(asked),
    )


def wanted_talks(asked: Mapping[str, str]) -> WantedTalks:
    """Read what an address asks of the list of all conversations."""
    return WantedTalks(
        answering=_word(Answering, asked.get("answering", "")),
        channel=_word(Channel, asked.get("channel", "")),
        language=_word(Language, asked.get("language_of", "")),
        words=_text(asked, "q", _LONGEST_SEARCH),
        page=_page(asked),
    )


def written(filters: Wanted | WantedTalks, **instead: Any) -> str:  # noqa: ANN401 - fields of many kinds
    """Write what a list is asked for as its address says it; `page` only when it is given."""
    names = {
        "view": getattr(filters, "view", None),
        "answering": getattr(filters, "answering", None),
        "severity": getattr(filters, "severity", None),
        "reason": getattr(filters, "reason", None),
        "channel": filters.channel,
        "language_of": filters.language,
        "unit": getattr(filters, "unit", None),
        "late": "1" if getattr(filters, "is_late", False) else None,
        "q": filters.words or None,
    } | instead
    return urlencode({name: value for name, value in names.items() if value not in {None, ""}})


def channels(t: Words) -> dict[str, str]:
    """Name the channels that can be chosen."""
    return {each.value: t.known("channel", each.value) for each in Channel}


def languages(t: Words) -> dict[str, str]:
    """Name the languages a conversation may be in."""
    return {each.value: t(f"language.{each.value}") for each in Language}


#: What a list says after something was done with its views, by the word in its address.
_DONE: Final = {
    "view-saved": ("success", "views.saved"),
    "view-renamed": ("success", "views.renamed"),
    "view-first": ("success", "views.changed"),
    "view-deleted": ("success", "views.deleted"),
    "assigned": ("success", "assign.done"),
    "view_name": ("warning", "views.bad_name"),
    "too_many_views": ("warning", "views.too_many"),
}


def notice(t: Words, asked: Mapping[str, str]) -> Notice | None:
    """Say what was done just before, if anything was."""
    kind, key = _DONE.get(asked.get("done", ""), ("", ""))
    return Notice(kind, t(key)) if key else None


def kept(query: str, names: tuple[str, ...]) -> str:
    """Return what of a query string a saved view keeps: the list's own words, each once."""
    found = dict(parse_qsl(query))
    return urlencode({name: found[name] for name in names if found.get(name)})


def _word[Kind: StrEnum](kind: type[Kind], given: str) -> Kind | None:
    return kind(given) if given in set(kind) else None


def _text(asked: Mapping[str, str], name: str, longest: int) -> str:
    return " ".join(asked.get(name, "").replace("\x00", "").split())[:longest]


def _page(asked: Mapping[str, str]) -> int:
    given = asked.get("page", "")
    return min(max(int(given[:9]), 1), _MOST_PAGES) if given.isascii() and given.isdigit() else 1
