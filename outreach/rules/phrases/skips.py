"""Does a citizen ask to leave an instalment out for now? ("spring over", "pause", "skip")."""

from __future__ import annotations

import re

from data.phrases.folding import fold
from outreach.rules.phrases.calendar import MONTH

_LONGEST = 1_600
#: What is left out: "december", "en rate", "julemåneden", "a payment".
_PERIOD = (
    rf"(?:{MONTH}|\w*maaned(?:en|s)?\b|\w*rate(?:n|r)?\b|afdrag\w*|months?\b|instal\w+|payment)"
)
_SKIP = re.compile(
    r"\b(?:spring\w*|sprang|hopp?e?r?) (?:\w+ ){0,4}?over\b|\bover ?spring\w*|\bskip\w*"
    r"|\bpaus\w*|\b(?:staa|sta|ligge) stille|\bstille (?:et|en|i)|\bstand still|\bbero\b"
    r"|\b(?:staa|sta|sidde?|sit) (?:\w+ ){0,3}?(?:over|out)\b"
    rf"|\b(?:leave|miss|dropp?\w*|udelad\w*|undvaer\w*) (?:out )?(?:\w+ ){{0,2}}?{_PERIOD}"
    rf"|\b(?:tage?r?|ta|take) (?:\w+ )?{_PERIOD} ?(?:\w+ )?(?:ud|off)\b"
    r"|\bgive (?:\w+ ){1,3}?a miss\b"
    rf"|\b(?:{_PERIOD}|en|et|1|holde?r?|have?) fri\b|\bmonth off\b"
    r"|\blade? vaere (?:med )?(?:at )?betale"
    r"|\b(?:tage?|betale|pay|take) (?:den|det|dem|raten|afdraget|it|that|this|one) "
    r"(?:senere|later)\b"
    r"|\b(?:udskyd\w*|udsaet\w*|udsat|skub\w*|postpone\w*|vente?|wait)\b"
)
#: "spring ikke over", "jeg kom til at springe en rate over": no wish to.
_NOT = re.compile(
    r"\b(?:ikke|ik|ikk|dont|not) (?:spring|hopp|skip|paus)\w*"
    r"|\b(?:ikke|ik|ikk|aldrig|never|havent|not) (?:\w+ )?(?:sprunget|skipped|missed)\b"
    r"|\b(?:kom til at|by mistake|ved en fejl)\b"
)


def asks_to_skip(text: str) -> bool:
    """Tell whether a message asks to leave out, pause or put off an instalment."""
    folded = " ".join(fold(text[:_LONGEST]).split())
    return bool(_SKIP.search(folded)) and not _NOT.search(folded)
