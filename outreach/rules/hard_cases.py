"""Does a message speak of a hard case (hård sag)? Then a person must answer, not the assistant.

Decided here before Rasa is asked and without it. In doubt about life the answer is yes.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from rapidfuzz.fuzz import partial_ratio

from data.hard_cases.lexicon import DISCREET, NOT, SAYS_NOT, SETTLED, SHORTEST_RUN, UNSERIOUS
from data.phrases.folding import words
from data.phrases.index import Found

if TYPE_CHECKING:
    from collections.abc import Iterator

    from data.hard_cases.lexicon import LanguageLexicon, Lexicon
    from data.phrases.index import PhraseIndex, Reading

#: How alike, of 100, a long word and a phrase without spaces must be: one slip in ten letters.
_NEARLY = 90
_ENOUGH_SIGNS = 2
#: Who denies this may still mean it.
_NEVER_DENIED = frozenset({"hard_suicide"})
#: In a phrase of so many words, a "not" between them is about the phrase.
_SHORT = 5
#: A phrase that begins so is a sentence of its own: "jeg kan ikke, han slår mig".
_DANISH = frozenset({"jeg", "a", "vi", "han", "hun", "de", "min", "mit", "mine"})
#: What may stand between a "not" and what it denies: "ikke under værgemål", "never been in prison".
_LINKS = frozenset(
    {"under", "i", "paa", "vaeret", "en", "et", "in", "been", "a", "an", "the", "on"}
)
_SUBJECTS = _DANISH | {"i", "im", "he", "she", "they", "my"}


@dataclass(frozen=True, slots=True)
class HardCase:
    """A hard case (hård sag) that a message speaks of.

    `severity` is 0 (life in danger) to 3. `matched` is what the citizen wrote, folded; it hides
    in `repr`, because a log must never hold it.
    """

    key: str
    severity: int
    matched: str = field(repr=False, compare=False)


def recognise(text: str, lexicon: Lexicon) -> list[HardCase]:
    """Find the hard cases a message speaks of, each once, the most urgent first.

    Danish and English are both looked for in every message. Never raises.
    """
    written = words(text)
    messages = [(language, language.book.read(written)) for language in lexicon.languages]
    matched: dict[str, str] = {}
    beside = set[str]().union(*(_beside(language, message) for language, message in messages))
    for language, message in messages:
        for key, hits in _hits(language, message).items():
            severity = lexicon.kinds[key].severity
            if _is_benign(severity, beside):
                continue
            is_of_life = severity == 0
            real = _without_look_alikes(hits, key, messages, is_of_life=is_of_life)
            if real and key not in matched:
                longest = max(real, key=lambda hit: hit.last - hit.first)
                matched[key] = " ".join(written[longest.first : longest.last + 1]).strip(" .")
    return [
        HardCase(key, lexicon.kinds[key].severity, matched[key])
        for key in sorted(matched, key=lexicon.rank)
    ]


def must_be_discreet(text: str, lexicon: Lexicon) -> bool:
    """Tell whether somebody else may read the answer: "svar ikke, han tjekker min telefon"."""
    written = words(text)
    return any(
        DISCREET in _beside(language, language.book.read(written)) for language in lexicon.languages
    )


def _beside(language: LanguageLexicon, message: list[Reading]) -> set[str]:
    return {found.label for found in language.beside.find(message)}


def _is_benign(severity: int, beside: set[str]) -> bool:
    """Tell whether what is said beside a case takes it away; never where life is in danger.

    A film, a game or a joke does; where it is only serious, also what is long over.
    """
    if severity == 0:
        return False
    return UNSERIOUS in beside or (SETTLED in beside and severity > 1)


def _hits(language: LanguageLexicon, message: list[Reading]) -> dict[str, list[Found]]:
    found: dict[str, list[Found]] = {}
    for hit in (*language.phrases.find(message), *_run_together(message, language)):
        key = hit.label.removesuffix(SAYS_NOT)
        if key in _NEVER_DENIED or key != hit.label or not _is_denied(hit, message):
            found.setdefault(key, []).append(Found(key, hit.first, hit.last))
    for key, hits in _signs(language, message).items():
        found.setdefault(key, []).extend(hits)
    return {
        key: hits
        for key, hits in found.items()
        if _is_said_beside(message, language.together_with.get(key))
    }


def _is_denied(hit: Found, message: list[Reading]) -> bool:
    """Tell whether the phrase is denied: "min far er ikke død", "aldrig konkurs"."""
    written = [reading.written for reading in message]
    within = written[hit.first : hit.last + 1]
    if len(within) <= _SHORT and not NOT.isdisjoint(within):
        return True
    before = written[: hit.first]
    while before and before[-1] in _LINKS:
        before.pop()
    return bool(before) and before[-1] in NOT and within[0] not in _SUBJECTS


def _signs(language: LanguageLexicon, message: list[Reading]) -> dict[str, list[Found]]:
    """Find the cases of which two different weaker signs are in the message, apart."""
    seen: dict[str, dict[str, Found]] = {}
    for sign in language.signs.find(message):
        key = sign.label.partition("/")[0]
        others = seen.setdefault(key, {})
        if not any(sign.overlaps(other) for other in others.values()):
            others.setdefault(sign.label, sign)
    return {key: [_span(key, signs)] for key, signs in seen.items() if len(signs) >= _ENOUGH_SIGNS}


def _span(key: str, signs: dict[str, Found]) -> Found:
    found = signs.values()
    return Found(key, min(sign.first for sign in found), max(sign.last for sign in found))


def _without_look_alikes(
    hits: list[Found],
    key: str,
    messages: list[tuple[LanguageLexicon, list[Reading]]],
    *,
    is_of_life: bool,
) -> list[Found]:
    """Drop what only sounds like the case: "min telefon er død", "så dør jeg vel af grin".

    Where life is at stake, a look-alike must cover the whole phrase to set it aside.
    """
    others = [
        other
        for language, message in messages
        if key in language.look_alikes
        for other in language.look_alikes[key].find(message)
    ]
    if is_of_life:
        return [hit for hit in hits if not any(other.covers(hit) for other in others)]
    return [hit for hit in hits if not any(other.overlaps(hit) for other in others)]


def _is_said_beside(message: list[Reading], together_with: PhraseIndex | None) -> bool:
    return together_with is None or any(True for _ in together_with.find(message))


def _run_together(message: list[Reading], language: LanguageLexicon) -> Iterator[Found]:
    """Find the phrases of life and death written without spaces, with a slip or without."""
    for at, reading in enumerate(message):
        if len(reading.written) >= SHORTEST_RUN and not reading.words:
            for key, run in language.run_together:
                fits = len(run) <= len(reading.written)
                if fits and partial_ratio(run, reading.written) >= _NEARLY:
                    yield Found(key, at, at)
