"""Is a message a plain yes (ja) and nothing else? Asked without Rasa, where a person holds it."""

from __future__ import annotations

from data.phrases.phrasebook import is_said


def says_yes(text: str) -> bool:
    """Tell whether a message says yes and no more: "ja tak", not "ja, men først fredag"."""
    return "?" not in text and is_said("agree", text)
