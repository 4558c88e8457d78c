"""What somebody wants besides paying: to complain, be called, write English (ærinde): pure."""

from __future__ import annotations

import re
from enum import StrEnum

from data.phrases.folding import fold

_LONGEST = 1_600
#: Where a lawyer, the press or a politician comes in, the head of the office answers (H19).
_LEADER = re.compile(
    r"\b(?:advokat\w*|jurist\w*|ekstra ?blad\w*|journalist\w*|pressen|avis(?:en|er)?|medierne|tv ?2"
    r"|dr1|byraads?\w*|kommunalbestyrelse\w*|politiker\w*|retssag\w*|sagsoeg\w*|staevn\w*"
    r"|lawyer\w*|solicitor\w*|attorney\w*|newspaper\w*|the press|journalists?|councillors?"
    r"|politicians?|in court|sue you)\b"
    r"|\b(?:skriver|skrevet|skriver jeg|gaar|mail)\b.{0,15}\bborgmester\w*"
    r"|\bwrit\w* .{0,15}\bmayor\b"
)
#: A question about the way to complain, not a complaint.
_HOW = re.compile(
    r"\?|\b(?:hvor(?:dan|hen)?|hvem|hvad er(?! der sket)|kan man|maa man"
    r"|klage(?:frist|instans|skema|vejledning|mulighed)\w*|proceduren?|adressen?"
    r"|where|how|who(?: can| do| oversees| is)|deadline|form|options"
    r"|can i|could i|appeal body|is there)\b"
)
_CALL = re.compile(
    r"\bring(?:e|er)?(?: gerne| lige| bare| venligst)? (?:til )?(?:mig|mej|mae)\b"
    r"|\bring(?:e|er)? (?:mig |lige )?(?:op|tilbage)\b|\bring(?:et|es) op\b|\bopringning\b"
    r"|\b(?:call|phone|ring) me\b|\bcall ?back\b|\bgive me a (?:call|ring)\b|\bplease call\b"
)
_NO_CALL = re.compile(
    r"\b(?:ikke|ik|ikk|aldrig|dont|do not|never)\b.{0,10}\b(?:ring\w*|call|phone)\b"
)
#: The number to reach us on, and not the citizen's own.
_OUR_NUMBER = re.compile(
    r"\b(?<!mit )(?<!my )(?:telefonnumm?er|tlf ?(?:nr|numm?er)|(?:tele)?phone number)\b"
    r"|\b(?:jeres|deres|kommunens|your) (?:numm?er|nr|number)\b"
)
#: The company is no more, is another's, or somebody else speaks for it.
_COMPANY_OVER = re.compile(
    r"\b(?:luk\w*|ophoer\w*|oploest\w*|solgt|afvikl\w*|overdrag\w*|overtag\w*|afmeld\w*"
    r"|findes ikke|ny(?:e)? ejer\w*|ny direktoer|haefter|personligt|privat(?:person)?|revisor\w*"
    r"|bogholder\w*|oekonomiafdeling\w*|administration\w*|kompagnon\w*|tidligere|gamle|ean|faktura\w*"
    r"|closed?|shut|sold|dissolved|wound up|deregistered|new owner|new director|liable|accountant"
    r"|bookkeeper|accounts department|administration|previous|not me|boss|chefen|ansat)\b"
)
_POWER = re.compile(
    r"\b(?:fuldmagt\w*|bisidder\w*|partsrepraesentant\w*|power of attorney|proxy)\b"
    r"|\b(?:paa|mine) (?:mine )?vegne\b|\b(?:tale|taler|svare|skrive) for mig\b"
    r"|\b(?:speak|talk|act|write) (?:for me|on my behalf)\b|\bon my behalf\b"
)
_FOR_ANOTHER = re.compile(
    r"\b(?:har|er|med) (?:fuldmagt|bisidder|vaerge)\b|\bi have (?:a )?power of attorney\b"
    r"|\bvegne af\b|\bhans vegne\b|\bhendes vegne\b|\b\w+s vegne\b|\bskri?[vw]er for (?!mig)"
    r"|\bklient\w*|\bclients?\b|\b(?:advokat|lawyer) (?:for|acting)\b|\btil os\b|\btraekke\b"
    r"|\bwithdraw\b|\bwriting for\b|\bon behalf of\b"
    r"|\bfor min (?:mor|far|kone|mand|soen|datter|soester|bror)\b"
)
_ENGLISH = re.compile(r"\b(?:engelsk|english|eng)\b")
_DANISH = re.compile(
    r"\b(?:paa|skriv\w*|snak\w*|tal\w*|tilbage til|let|back to|speak|use) (?:dansk|danish)\b"
    r"|^\W*(?:dansk|danish)\W*$|\bdansk tak\b|\ber dansker\b|\bdanish please\b"
    r"|\b(?:write|reply|answer|continue|this) in danish\b"
)
_OTHER_TONGUE = re.compile(
    r"\b(?:tolk\w*|interpreter\w*|translat\w*|oversae\w*|andet sprog|other|my language|sign"
    r"|arab\w*|pol(?:ish|sk)|ukrain\w*|turk\w*|tyrk\w*|german|tysk|rumaen\w*|roman\w*|somali\w*"
    r"|farsi|persi\w*|lith?au\w*|lithuan\w*|french|spanish|greek|wife|parents|call)\b"
)
#: "my danish is bad" asks for another language than the one it names.
_NOT_IN = re.compile(
    r"\b(?:ikke|ik|ikk|it|ingen|inte|kun lidt|daarlig\w*|svaert?|laerer|fra|no|not|dont|cant|cannot"
    r"|bad|poor|little|understand|forstaar|hvorfor|why|stedet for|instead of|i was writing)\b"
)
_BAD_AFTER = re.compile(
    r"^\W*(?:er |is |it |ikke |not )*(?:bad|daarlig\w*|poor|little|svaer\w*|not|ikke|skills)\b"
)
_SIMPLER = re.compile(
    r"\b(?:nemmere|nemt|simpelt?|simple|lettere|let dansk|enkelt|easier|easy|plain|langsomt"
    r"|svaere ord|almindeligt sprog|jurasprog|hvad betyder|what does)\b"
)
_WHICH = re.compile(r"\bhvilke sprog\b|\bwhich languages?\b|\bwhat languages?\b|\bskift sprog\b")
#: "kan I ikke skrive dansk" asks for it.
_PLEA = re.compile(
    r"\b(?:kan|kunne|vil) (?:i|du|vi|man) (?:godt )?(?:ikke|ik)\b|\b(?:cant|couldnt) you\b"
)
_CLAUSE = re.compile(r"[,.;:!?]|\b(?:saa|but|men|so|and|og)\b")
_NEAR = 25


class Tongue(StrEnum):
    """What is asked of the language (sprogønske)."""

    DANISH = "da"
    ENGLISH = "en"
    SIMPLER = "simpler"
    WHICH = "which"
    NOT_DANISH = "not_danish"
    ANOTHER = "another"


def is_for_the_leader(text: str) -> bool:
    """Tell whether a complaint names a lawyer, the press or a politician."""
    return bool(_LEADER.search(_folded(text)))


def asks_how(text: str) -> bool:
    """Tell whether a message asks where or how to complain, and does not complain itself."""
    return bool(_HOW.search(_folded(text)))


def asks_for_a_call(text: str) -> bool:
    """Tell whether somebody wants to be called ("ring til mig"), and not whom to call."""
    folded = _folded(text)
    return bool(_CALL.search(folded)) and not _NO_CALL.search(folded)


def asks_for_our_number(text: str) -> bool:
    """Tell whether somebody asks which number to call us on."""
    return bool(_OUR_NUMBER.search(_folded(text)))


def is_for_people(text: str) -> bool:
    """Tell whether a company is closed, sold, or spoken for by somebody else."""
    return bool(_COMPANY_OVER.search(_folded(text)))


def asks_about_power(text: str) -> bool:
    """Tell whether a citizen asks how another may speak for them, and writes for no other."""
    folded = _folded(text)
    return bool(_POWER.search(folded)) and not _FOR_ANOTHER.search(folded)


def tongue_wanted(text: str) -> Tongue:
    """Tell what a message about language wants: Danish, English, plainer words or another one."""
    folded = _PLEA.sub(" ", _folded(text))
    if _WHICH.search(folded):
        return Tongue.WHICH
    for wanted, name in ((Tongue.ENGLISH, _ENGLISH), (Tongue.DANISH, _DANISH)):
        if any(_is_wanted(clause, name) for clause in _CLAUSE.split(folded)):
            return wanted
    if _SIMPLER.search(folded):
        return Tongue.SIMPLER
    is_about_danish = re.search(r"\b(?:dansk|danish)\b", folded) is not None
    is_that_all = is_about_danish and not _OTHER_TONGUE.search(folded)
    return Tongue.NOT_DANISH if is_that_all else Tongue.ANOTHER


def _is_wanted(clause: str, name: re.Pattern[str]) -> bool:
    found = name.search(clause)
    if found is None:
        return False
    before, after = clause[max(0, found.start() - _NEAR) : found.start()], clause[found.end() :]
    return not _NOT_IN.search(before) and not _BAD_AFTER.search(after)


def _folded(text: str) -> str:
    return " ".join(fold(text[:_LONGEST]).split())
