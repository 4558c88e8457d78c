"""Which part of a message is about what somebody will pay? (tilbud, ikke gæld eller snak)."""

from __future__ import annotations

import re
from dataclasses import dataclass

from outreach.rules.phrases.calendar import COUNT, MONTH_WORD, blank
from outreach.rules.phrases.known_words import KNOWN_WORDS

_SUBJECT = r"(?:jeg |vi |a |ae |i |we |saa |so )*(?:kan|ka|vil|betaler|can|could|will|pay)\b"
_ENDS = re.compile(
    rf"[!?;|]+|\.{{2,}}|(?<=[a-z]{{4}})\.(?= |$)|(?<=\d|r)\. (?={_SUBJECT})|, "
    r"|\b(?:men|but|hvis|if|dog|though|selvom|fordi|fordi at|because|da jeg|nemlig)\b"
    rf"| (?:og|and|saa|so) (?={_SUBJECT}|skylder|har betalt|have paid|(?:min |my )?(?:husleje"
    r"|rent\b))"
    r"| (?:so|saa|derfor) (?=\d)|(?: og| and)? (?=(?:ikke|ik|ikk|not) (?:de |the |den |d\.? ?)?\d)"
    r"| (?=(?:kan|ka|can) (?:kun|only|bare|ma?x|maks|godt)\b)"
    r"| (?=(?:kan|ka) i (?:ikke|ik)\b)"
    r"|(?<=\w) (?=(?:jeg|vi|i|we) (?:kan|can|vil|will|betaler|ka)\b)|(?<!ikke)(?<!ik) (?=betaler\b)"
)
_KIN = (
    r"(?:nabo|mor|moder|far|fader|soen|datter|barn|dreng|pige|kone|mand|kaereste|ven|veninde"
    r"|bedste\w+|farmor|mormor|morfar|farfar|tante|onkel|faster|moster|nevoe|niece|neighbou?r|mother"
    r"|mum|mom|dad|father|son|daughter|kid|child|wife|husband|friend|nephew|aunt|uncle|grand\w+)"
)
#: What names a debt, a bill or the end of a plan inside an offer: its figures are not offered.
_ASIDES = (
    re.compile(
        r"\b(?:regning\w*|gaeld\w*|skyld\w*|sag\w*|krav\w*|restancen?|rykker\w*|gebyr\w*|bill|debt"
        r"|total|fee|hele beloebet|i alt) (?:nu )?(?:er |lyder |var |is |was )?(?:paa |of |for )?"
        r"(?:ca\.? |kr\.? )?\d[\d.,]*(?: ?(?:kr\b\.?|kroner))?"
    ),
    re.compile(
        r"\b(?:mine|my|jeres|your|hele) \d[\d.,]{2,}(?: ?(?:kr\b\.?|kroner))?"
        r"|\b(?:de|the|those) \d[\d.,]{2,} (?:kr\.? |kroner )?(?=(?:op )?(?:i|over|paa|in|into"
        r"|delt|fordelt)\b)"
    ),
    # What is changed is not what is wished for: "kan de 500 blive 700", "fra d. 1 til d. 10".
    re.compile(
        r"\b(?:de|den|the|those) \d[\d.,]* (?:kr\.? |kroner )?"
        r"(?=(?:blive|vaere|aendres|become|be) (?:til |to )?\d)"
        r"|(?<=\bfra )\d[\d.,]* (?:kr\.? |kroner )?(?=(?:og )?(?:ned|op) til \d)"
        r"|(?<=\bfrom )\d[\d.,]* (?:kr\.? |kroner )?(?=(?:down|up) to \d)"
        r"|\b(?:fra|from) (?:den|d|the|dn)\b\.? ?\d{1,2}(?:\.|st|nd|rd|th)? "
        r"(?=(?:til|to) (?:den|d|the|dn)\b)"
    ),
    re.compile(
        r"\b(?:skrive|skrev|skrevet|taste|tastede|tastet|wrote|typed) \d[\d.,]*"
        r"(?: ?(?:kr\b\.?|kroner))?"
        r"(?= det (?:er|var|skulle)\b| (?:its|it is|should)\b)"
    ),
    # How old somebody is, and what is paid to them.
    re.compile(
        rf"\b{_KIN}(?: [a-z]+){{0,2}} (?:paa|aged?|of) \d{{1,3}}\b(?! ?(?:kr|,-|om |pr|per|a |i ))"
    ),
    re.compile(
        r"\b(?:faar|har|get|have) (?:over |ca\.? |about )?\d[\d.,]*(?: ?(?:kr\b\.?|kroner))?"
        r"(?= (?:tilbage|retur|back)\b)"
    ),
    re.compile(
        r"\b(?:i ?stedet for|instead of|frem for|rather than) (?:(?:de|den|d|dn|the)\b\.? ?)?"
        r"\d[\d.,]*"
    ),
    re.compile(
        r"\b(?:ind)?til (?:det|det hele|alt|gaelden|den|regningen) (?:hele )?(?:er )?(?:faerdig"
        r"betalt|betalt|vaek|slut|faerdig\w*)(?: ud)?"
        r"|\b(?:un)?til (?:its|it is|everything is|its all|it is all|all is) (?:paid|done)(?: off)?"
    ),
)
_PAID = re.compile(
    r"\b(?:har|havde|er|blev|allerede)\b (?:\w+ ){0,3}?(?:betalt|indbetalt|overfoert)\b"
    r"|\b(?:betalte|overfoerte|indbetalte)\b|^betalt\b|^paid\b"
    r"|\b(?:have|ive|has|was|been|already|i) (?:\w+ ){0,2}?"
    r"(?:(?<!get )(?<!gets )(?<!am )(?<!be )(?<!getting )paid|sent|transferred)\b"
)
_WILL_HAVE_PAID = re.compile(
    r"\b(?:vil|gerne|kan|maa|skal|want|like to|could) (?:\w+ )?(?:have|faa)\b"
    r"|^(?:inden|senest|om|til|paa|foer|naar|saa)\b.*\ber (?:den|det|de|alt)\b.*\bbetalt\b"
)
_OWED = re.compile(
    r"\b(?:skylder|owes?|owed|opkraev\w+|koster?|kostede|costs?|gebyr\w*|fees?|renter?|interest"
    r"|passer ik\w*|forkert\w*|wrong|fejl|for meget|for hoej\w*|too much|too high|fik i|lyder)\b"
    r"|\b(?:hvad er|hvad for|hvorfor(?! ikke)|what is|whats|what are|why(?! not| dont)|hvornaar"
    r"|when (?:is|are|was|were|do|does|did) (?!i get|my)"
    r"|how much)\b"
    r"|^(?:er|is|var|was) (?:det|it) (?:on )?(?:the |d\b\.? ?|den |dn )?\d"
    r"|\b(?:i|kommunen|du|der|brevet|sms\w*|de) (?:skriver|siger|kraever|paastaar|staar|vil have)\b"
    r"|\b(?:er|var|is|was) paa \d|\bdet er (?:under|over) \d"
    r"|\b(?:afdrag|rater?|payments?|instal\w+) (?:tilbage|left)\b|\bmangler \d+ (?:afdrag|rater?)\b"
    r"|\bjeg har (?:allerede )?en (?:aftale|\w*ordning)|\bi (?:already )?have an? (?:plan"
    r"|agreement)"
    r"|\bstaar der\b|\b(?:you|it|letter|bill|they) (?:says?|wrote|charge|claim|asks?|demand|want)\b"
    r"|\b(?:regning\w*|beloeb\w*|gaeld\w*|bill|debt) (?:er|lyder|is|var|was|paa \d)\b"
)
_OTHER_MONEY = re.compile(
    r"\b(?:tjener|husleje\w*|loen(?:nen)? (?:er|paa) (?:\w+ ){0,2}\d"
    r"|indkomst\w*|raadighedsbeloeb|medicin\w*"
    r"|i loen\b|min loen paa|leve for|live on|my rent|rent is|salary is|earn|income|i su"
    r"|per hour|timer|hours"
    r"|i timen|kontanthjaelp paa|pension paa|pension er|benefits? is|el ?regning\w*"
    r"|boerne(?:penge|ydelse) paa|paa kontoen|i banken|i have \d+ left|in my account|in the bank)\b"
)
_AGO = re.compile(r"\bfor (?:\w+ ){1,3}siden\b|\b(?:days?|weeks?|months?|years?|while) ago\b")
#: "de siger de kommer d. 10" is about paying, where a message tells of money to come.
_TO_COME = (
    r"\b(?:loen\w*|dagpenge\w*|\w{0,8}penge|kontanthjaelp\w*|su|boernecheck\w*|bonus\w*|pension\w*|boligstoette\w*"
    r"|udbetaling\w*|legat\w*|salary|wages?|benefits?|grant|bonus|money|paycheck)\b"
)
_MONEY_TO_COME = re.compile(_TO_COME)
_COMES = re.compile(
    rf"(?:\b(?:de|den|det|they|it)|{_TO_COME}) (?:\w+ ){{0,2}}?"
    r"(?:kommer|gaar ind|udbetales|lander|er der|comes?|arrives?|lands?)\b"
)
_BORN = re.compile(
    r"\b(?:foedt|foedsel\w*|foedselsdag|fylder|fyldte|aargang|born|birth\w*|cpr\w*)\b"
)
_AGE = re.compile(r"\b(?:(?:jeg|hun|han|a|ae|he|she) (?:er|is)|im|i am|aged?) \d{1,3}\b(?! ?kr)")
_NO = re.compile(
    r"\b(?:ikke|ik|ikk|ej|aldrig|umuligt?|not|cant|cannot|wont|dont|never|couldnt|unable)\b"
    # "it" is West Jutlandic for "ikke", and English.
    r"|\b(?:ka|kan|vil|har|er|maa|ska|skal|tor|gider) (?:jeg |a |ae |vi )?it\b"
)
#: "ikke mere end 200", "ikke før d. 15", "kan jeg ikke betale 200?", "ikke noget problem".
_NO_BUT = re.compile(
    r"\b(?:mere|mer|hoejere|andet|laengere|more|higher|other|flere) (?:end|than)\b|\b(?:mere|mer"
    r"|more)$"
    r"|\bover \d|\b(?:foer|foerend|before|until|indtil|inden)\b|\bikke (?:et |noget "
    r"|nogen )?problem"
    r"|\bno problem|\bnot a problem|\bhvorfor ikke|\bwhy not|\bikke sandt|\bikke (?:osse|ogsaa)"
    r"|\bikke det hele paa|\bdet hele paa (?:en|een) gang|\ball at once|\bit all at once"
)
_ASKED = re.compile(
    r"^(?:(?:hej|hello|hi|ok|saa|og|ja|hvorfor|so)\W+)*(?:kan|ka|maa|kunne|can|could|cant|couldnt"
    r"|why dont) (?:jeg|vi|i|a|man|we|you|du|det)\b"
)
#: Words about paying, waiting and money.
MONEY_WORD = re.compile(
    r"\b(?:\w{0,3}betal\w*|afdra\w+|rater?|pay\w*|paid|instal\w+|overfoer\w*|indbetal\w*|giv|gi|gir"
    r"|giver?|give|kr|kroner?|resten|rest|hele|halvdel\w*|half|\w{0,12}penge\w*|pension\w*"
    r"|kontanthjaelp\w*|boligstoette\w*|boernecheck\w*|bonus\w*|legat\w*|skat\w{0,8}|salary|wages?|benefits?|grant|money|vent\w*"
    r"|remit|settle|clear|afvikl\w*|indfri\w*"
    r"|wait|aendr\w*|skift\w*|change|flyt\w* (?:den|det|dato\w*|betaling\w*)|pause\w*|frist"
    r"|udskyd\w*"
    r"|udsaet\w*|henstand|loen\w*|su|klare|send|split|dele?|halve|all"
    r"|everything(?! (?:is|was|else)))\b"
    r"|\d kan (?:jeg|vi) rejse\b|\b(?:kan|maa|kunne) (?:\w+ ){1,2}flyttes? +(?:fra|til) (?:den|d)\b"
    r"|\b(?:can|could|may) (?:\w+ ){1,2}move +(?:it|the|to|from)\b"
)
_OTHER_DAYS = re.compile(
    r"\b(?:ring\w*|call\w*|skriv\w*|skrev|write|moede\w*|meeting|kontakt\w*|svar\w*|kommer|ferie\w*"
    r"|rejse\w*|flytt\w*|opere\w*|fik|modtog\w*|fylder|moved?|sendte|vi ses|see you|laege\w*|doctor"
    r"|hospital\w*|sygehus\w*|weekend|stopped|stoppede|startede|started|opsag\w*|forfald\w*|was due"
    r"|holiday|vacation|begrav\w*|funeral|doede|died|skilt|fyret|letter|brev\w*)\b"
)
_LENGTH = re.compile(rf"\b{COUNT} (?:dage?|days?|uger?|weeks?|{MONTH_WORD})")
_LONG_WORD = re.compile(r"[a-z]{3,}")


#: "vent jeg mente 6 rater" stops us, and does not wait: a slip is put right.
_HOLD_ON = re.compile(
    r"^\W*(?:(?:nej|no|hov|hovsa|ups|oops|oh|aeh|ok|men|but|undskyld|sorry)\W+)*"
    r"(?:vent|wait|hold on|hang on)(?: (?:lige|nu|lidt|et oejeblik|a (?:sec\w*|minute|moment)))*\W+"
    r"(?=(?:jeg|a|i) (?:mente|mener|meant|mean|skrev|wrote|tog fejl|tager fejl)\b"
    r"|(?:nej|no|hov|sorry|undskyld|hellere|rather)\b)"
)
#: No message has more of them; a hostile one is not read further.
_MOST_CLAUSES = 60


@dataclass(frozen=True, slots=True)
class Said:
    """A message taken apart: what is offered, and what is said to be impossible or not so."""

    offered: tuple[str, ...]
    refused: tuple[str, ...]


def offers_in(plain_text: str) -> Said:
    """Part a message into clauses, and leave out what is no offer to pay.

    Left out are debts, bills and fees, what has been paid, what cannot be paid, other money
    (wages, rent), ages and birthdays, and days on which something else happens.
    """
    for aside in (_HOLD_ON, *_ASIDES):
        plain_text = blank(aside, plain_text)
    is_waiting = _MONEY_TO_COME.search(plain_text) is not None
    offered: list[str] = []
    refused: list[str] = []
    for clause in _ENDS.split(plain_text)[:_MOST_CLAUSES]:
        words = clause.lstrip(" .,:-").rstrip(" ,:-")
        if not words or _is_about_other_things(words, is_waiting=is_waiting):
            continue
        (refused if _is_refused(words) else offered).append(words)
    return Said(tuple(offered), tuple(refused))


def _is_about_other_things(clause: str, *, is_waiting: bool) -> bool:
    if _AGO.search(clause) or (_PAID.search(clause) and not _WILL_HAVE_PAID.search(clause)):
        return True
    if is_waiting and _COMES.search(clause):
        return False
    if _OWED.search(clause) or _OTHER_MONEY.search(clause):
        return True
    if _BORN.search(clause) or _AGE.search(clause):
        return True
    return bool(_OTHER_DAYS.search(clause)) and not MONEY_WORD.search(clause)


def _is_refused(clause: str) -> bool:
    return bool(_NO.search(clause)) and not (_NO_BUT.search(clause) or _ASKED.match(clause))


def is_chat(clause: str) -> bool:
    """Tell whether a day in a clause stands among words that have nothing to do with paying."""
    if MONEY_WORD.search(clause):
        return False
    clause = blank(_LENGTH, clause)
    return sum(word not in KNOWN_WORDS for word in _LONG_WORD.findall(clause)) > 1
