"""Writes a sentence again the way a hurried thumb would: no æøå, and one slip."""

import random
import zlib

NEIGHBOURS = dict(zip("abcdefghijklmnopqrstuvwxyz", "snxdrgyujkilomnipateixbcvs", strict=True))
"""A key next to each key, on a Danish keyboard or near enough."""

SPELLED_OUT = str.maketrans({"æ": "ae", "ø": "oe", "å": "aa", "Æ": "Ae", "Ø": "Oe", "Å": "Aa"})
DROPPED = str.maketrans({"æ": "a", "ø": "o", "å": "a", "Æ": "A", "Ø": "O", "Å": "A"})

SHORTEST_SLIP = 4
"""Letters. Shorter words are left alone: one slip makes them another word."""


def clumsy(sentence: str, seed: int = 1) -> str:
    """Drop the Danish letters and make one slip; the same sentence and seed, the same slip."""
    thumb = random.Random(zlib.crc32(f"{seed} {sentence}".encode()))  # noqa: S311 - no secret
    words = sentence.translate(thumb.choice([SPELLED_OUT, DROPPED])).split()
    long = [place for place, word in enumerate(words) if _can_slip(word)]
    if long:
        place = thumb.choice(long)
        words[place] = _slip(words[place], thumb)
    return " ".join(words)


def _can_slip(word: str) -> bool:
    return len(word) >= SHORTEST_SLIP and word.isalpha()


def _slip(word: str, thumb: random.Random) -> str:
    place = thumb.randrange(1, len(word) - 1)
    before, letter, after = word[:place], word[place], word[place + 1 :]
    return thumb.choice(
        [
            before + after[:1] + letter + after[1:],  # two letters in the wrong order
            before + after,  # one forgotten
            before + letter + letter + after,  # one twice
            before + NEIGHBOURS.get(letter.lower(), letter) + after,  # the key beside
        ]
    )
