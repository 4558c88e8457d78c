"""Does a citizen ask to leave an instalment out for now? ("spring over", "pause", "skip")."""

from __future__ import annotations

import re

from data.phrases.folding import fold

_LONGEST = 1_600
_SKIP = re.compile(
    r"\b(?:spring\w*|sprang|hopp?e?r?) (?:\w+ ){0,4}?over\b|\bover ?spring\w*|\bskip\w*"
    r"|\bpaus\w*|\b(?:staa|sta|ligge) stille|\bstille (?:et|en|i)|\bstand still|\bbero\b"
    r"|\b(?:udskyd\w*|udsaet\w*|udsat|skub\w*|postpone\w*|vente?|wait)\b"
)
#: "spring ikke over", "jeg kom til at springe en rate over": no wish to.
_NOT = re.compile(
    r"\b(?:ikke|ik|ikk|dont|not) (?:spring|hopp|skip|paus)\w*"
    r"|\b(?:kom til at|by mistake|ved en fejl)\b"
)


def asks_to_skip(text: str) -> bool:
    """Tell whether a message asks to leave out, pause or put off an instalment."""
    folded = " ".join(fold(text[:_LONGEST]).split())
    return bool(_SKIP.search(folded)) and not _NOT.search(folded)
