"""Spelling, as people text: lower case, no æøå, a slip of the thumb."""

import re
from collections import Counter
from collections.abc import Iterable, Mapping
from functools import lru_cache

from rapidfuzz import process
from rapidfuzz.distance import DamerauLevenshtein
from wordfreq import top_n_list, zipf_frequency

WORD = re.compile(r"\w+|[^\w\s]+")
NUMBER = re.compile(r"\d[\d.,/:-]*")
REPEATED = re.compile(r"(.)\1{2,}")
DANISH_LETTERS = str.maketrans({"æ": "ae", "ø": "oe", "å": "aa"})
BARE_LETTERS = str.maketrans({"æ": "a", "ø": "o", "å": "a"})

SHORT_FORMS = {
    **dict.fromkeys(("ik", "ikk", "ike", "ikek", "ikkke", "itj"), "ikke"),
    **dict.fromkeys(("md", "mdr", "mnd", "mdn"), "måned"),
    **dict.fromkeys(("pls", "plz"), "please"),
    "hva": "hvad",
    "ka": "kan",
    "ku": "kunne",
    "mæ": "mig",
    "møj": "meget",
    "nr": "nummer",
    "sku": "skulle",
    "tlf": "telefon",
    "æ": "jeg",
}
"""How people shorten, or say it in their dialect. A lost `ikke` would turn a no into a yes."""

COMMON_WORDS = {"da": 30_000, "en": 20_000}
"""How many of a language's most frequent words are known, and never repaired."""

SHORTEST_REPAIRED = 4
"""Letters. Below that one wrong letter makes another word (`nej`, `nej!`, `hej`)."""

LONG_WORD = 7
"""Letters. A word this long may have two slips, a shorter one has one."""

LONGEST_REPAIRED = 30
"""Letters. Longer is no word, and not worth the time."""

PLAINLY_MORE_FREQUENT = 1.5
"""On Zipf's scale of word frequency, where one step is a factor of ten."""

ALPHABET = "abcdefghijklmnopqrstuvwxyz"


def fold(word: str) -> str:
    """Write a word the way a keyboard without æøå does (ae, oe, aa), at most two letters alike."""
    return REPEATED.sub(r"\1\1", word.lower().translate(DANISH_LETTERS))


def bare(word: str) -> str:
    """Write a word with its Danish letters dropped to the nearest one (a, o, a)."""
    return REPEATED.sub(r"\1\1", word.lower().translate(BARE_LETTERS))


def mask_numbers(text: str) -> str:
    """Let every number, date and sum be `0`, as the app does before it asks Rasa."""
    return NUMBER.sub("0", text)


def split(text: str) -> list[str]:
    """Split a message into words and runs of signs: lower case, numbers masked, words in full."""
    words = WORD.findall(mask_numbers(text.lower()))
    return [SHORT_FORMS.get(word, word) for word in words]


def is_plainly_meant(word: str) -> bool:
    """Is this the word somebody means who writes it without its Danish letters?

    `pa` and `gar` are `på` and `går`; but `far` (father) is not `får`.
    """
    gap = zipf_frequency(word, "da") - zipf_frequency(bare(word), "da")
    return bare(word) != fold(word) and gap >= PLAINLY_MORE_FREQUENT


@lru_cache(maxsize=1)
def common_words() -> Mapping[str, tuple[int, str]]:
    """Give rank and usual spelling of frequent Danish and English words, by their folded form."""
    words: dict[str, tuple[int, str]] = {}
    for language, count in COMMON_WORDS.items():
        for rank, word in enumerate(top_n_list(language, count)):
            words.setdefault(fold(word), (rank, word))
    return words


def one_slip_away(form: str) -> set[str]:
    """Give all forms that one wrong, missing, extra or swapped letter may have made into this."""
    cuts = [(form[:place], form[place:]) for place in range(len(form) + 1)]
    missing = {head + tail[1:] for head, tail in cuts if tail}
    swapped = {head + tail[1] + tail[0] + tail[2:] for head, tail in cuts if len(tail) > 1}
    wrong = {head + letter + tail[1:] for head, tail in cuts if tail for letter in ALPHABET}
    extra = {head + letter + tail for head, tail in cuts for letter in ALPHABET}
    return missing | swapped | wrong | extra


class Normalizer:
    """Repairs spelling, towards the words that the training examples use.

    Words which Danish or English knows are left alone. What is left over is compared first with
    the examples' own words, then with the frequent words, and a near one takes its place.
    """

    def __init__(self, counts: Mapping[str, int]) -> None:
        """Know these words, with how often each stands in the training examples."""
        self.counts = dict(counts)
        rare_first = sorted(counts, key=lambda word: (counts[word], word))
        self._folded = {fold(word): word for word in rare_first}
        self._bare = {bare(word): word for word in rare_first if is_plainly_meant(word)}
        forms = {**{bare(word): word for word in rare_first}, **self._folded}
        self._repairable = {
            form: word for form, word in forms.items() if len(form) >= SHORTEST_REPAIRED
        }

    @classmethod
    def learn(cls, texts: Iterable[str]) -> "Normalizer":
        """Learn the words of the training examples."""
        return cls(Counter(word for text in texts for word in split(text)))

    def text(self, text: str) -> str:
        """Repair a whole message: numbers become `0`, words their usual spelling."""
        return " ".join(self._word(word) for word in split(text))

    def _word(self, word: str) -> str:
        form = fold(word)
        known = self._folded.get(form) or self._bare.get(form)
        if known is not None:
            return known
        if form in common_words():
            return common_words()[form][1]
        if not SHORTEST_REPAIRED - 1 <= len(form) <= LONGEST_REPAIRED or not form.isalpha():
            return word
        return self._nearest_example(form) or self._nearest_common(form) or word

    def _nearest_example(self, form: str) -> str | None:
        """Find the example word with the fewest slips; the most used one when several tie."""
        allowed = 1 if len(form) < LONG_WORD else 2
        known = process.extract_iter(
            form, list(self._repairable), scorer=DamerauLevenshtein.distance, score_cutoff=allowed
        )
        near = [(slips, self._repairable[other]) for other, slips, _ in known]
        ranked = min(((slips, -self.counts[word], word) for slips, word in near), default=None)
        return None if ranked is None else ranked[2]

    def _nearest_common(self, form: str) -> str | None:
        """Find the most frequent word that is one slip away."""
        known = common_words()
        near = [known[other] for other in one_slip_away(form) if other in known]
        return min(near)[1] if near else None
