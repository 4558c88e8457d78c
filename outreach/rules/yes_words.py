"""Is a message a plain yes (ja) and nothing else? Asked without Rasa, where a person holds it."""

from __future__ import annotations

import re

from data.phrases.folding import fold
from data.phrases.phrasebook import is_said

#: "ja tak", "så siger jeg ja", "yesss thanks": the first sentence of a message, and all of it.
_AGREES = re.compile(
    r"(?:(?:saa|jamen|naa|ok|okay|super|fint|perfekt|i orden|then|well|great|fine)\W+)*"
    r"(?:(?:siger|si'?r) jeg ja|i say yes|ja+|jo|jep|jatak|yes+|yep|yeah)"
    r"(?:\W+(?:tak|mange tak|tusind tak|gerne|meget gerne|please|thanks|thank you))*\W*"
)
#: "jo tak", "tak. ja", "ja, super": yes, with courtesies on either side and nothing else.
_COURTESY = r"(?:(?:mange |tusind )?tak|super|fint|fedt|godt|okay|ok|gerne|thanks|thank you|great)"
_PLAIN_YES = re.compile(
    rf"\W*(?:{_COURTESY}\W+)*(?:ja|jo|jep|yes|yep|yeah)\b\W*(?:{_COURTESY}\W*)*", re.IGNORECASE
)
#: What takes a yes back, or makes it depend on something.
_UNLESS = re.compile(
    r"\b(?:men|bare|dog|kun|hvis|naar|ikke|ik|ikk|nej|vent|foerst|maaske|foer|uden|eller"
    r"|but|only|if|when|not|dont|no|wait|first|maybe|unless|before|without|or)\b|\d"
)
#: "skal lige snakke med min mand", "I'll think about it": neither a yes nor a no yet.
_LATER = re.compile(
    r"\b(?:taenke|sove) (?:lidt |lige |lige lidt )?(?:over|paa)\b|\btaenker (?:lige )?over\b"
    r"|\b(?:snakke|tale|vende det|snakker|taler|spoerge|spoerger|hoere)\W+(?:lige )?(?:med |hos )?"
    r"(?:min|mine|mit|konen|manden|kaeresten|familien)\b"
    r"|\b(?:think about it|sleep on it)\b"
    r"|\b(?:talk|speak|check) (?:to|with) my (?:wife|husband|partner|family|mum|mom|dad|bank)\b"
)
_SENTENCES = re.compile(r"[.,;!\n]+\s*")


def says_yes(text: str) -> bool:
    """Tell whether a message says yes and no more: "ja tak", not "ja, men først fredag"."""
    return "?" not in text and is_said("agree", text)


def begins_with_yes(text: str) -> bool:
    """Tell whether a message is a plain yes and kind words: "tak. ja", "ja, hav en god dag"."""
    if "?" in text:
        return False
    first, *rest = _SENTENCES.split(fold(text).strip(), maxsplit=1)
    agrees = _AGREES.fullmatch(first) and not _UNLESS.search("".join(rest))
    return bool(agrees or _PLAIN_YES.fullmatch(text))


def thinks_it_over(text: str) -> bool:
    """Tell whether a citizen wants to think, or to ask at home, before they answer."""
    return "?" not in text and bool(_LATER.search(fold(text)))
