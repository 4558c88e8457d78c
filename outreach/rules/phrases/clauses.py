"""Which part of a message is about what somebody will pay? (tilbud, ikke gæld eller snak)."""

from __future__ import annotations

import re
from dataclasses import dataclass

from outreach.rules.phrases.calendar import MONTHS, ORDINALS, WEEKDAYS, blank

_SUBJECT = r"(?:jeg |vi |a |ae |i |we |saa |so )*(?:kan|ka|vil|betaler|can|could|will|pay)\b"
_ENDS = re.compile(
    rf"[!?;|]+|\.{{2,}}|(?<=[a-z]{{4}})\.(?= |$)|(?<=\d|r)\. (?={_SUBJECT})|, "
    r"|\b(?:men|but|hvis|if|dog|though|selvom|fordi|fordi at|because|da jeg|nemlig)\b"
    rf"| (?:og|and|saa|so) (?={_SUBJECT}|skylder|har betalt|have paid)"
    r"| (?:so|saa|derfor) (?=\d)| (?=(?:ikke|ik|ikk|not) (?:de |the )?\d)| (?=(?:kan|ka"
    r"|can) (?:kun|only|bare|ma?x|maks|godt)\b)"
    r"|(?<=\w) (?=(?:jeg|vi|i|we) (?:kan|can|vil|will|betaler|ka)\b)|(?<!ikke)(?<!ik) (?=betaler\b)"
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
    re.compile(r"\b(?:i ?stedet for|instead of|frem for|rather than) (?:de )?\d[\d.,]*"),
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
)
_OWED = re.compile(
    r"\b(?:skylder|owes?|owed|opkraev\w+|koster?|kostede|costs?|gebyr\w*|fees?|renter?|interest"
    r"|passer ik\w*|forkert\w*|wrong|fejl|for meget|for hoej\w*|too much|too high|fik i|lyder)\b"
    r"|\b(?:hvad er|hvad for|hvorfor(?! ikke)|what is|whats|what are|why(?! not| dont)|hvornaar"
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
    r"\b(?:tjener|husleje\w*|loen(?:nen)? (?:er|paa)|indkomst\w*|raadighedsbeloeb|medicin\w*"
    r"|i loen\b|min loen paa|leve for|live on|my rent|rent is|salary is|earn|income|i su"
    r"|per hour|timer|hours"
    r"|i timen|kontanthjaelp paa|pension paa|pension er|benefits? is|el ?regning\w*"
    r"|boerne(?:penge|ydelse) paa|paa kontoen|i banken|i have \d+ left|in my account|in the bank)\b"
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
    r"|kontanthjaelp\w*|boligstoette\w*|salary|wages?|benefits?|money|vent\w*"
    r"|wait|aendr\w*|skift\w*|change|flyt\w* (?:den|det|dato\w*|betaling\w*)|pause\w*|frist"
    r"|udskyd\w*"
    r"|udsaet\w*|henstand|loen\w*|su|klare|send|split|dele?|halve|everything|all)\b"
)
_OTHER_DAYS = re.compile(
    r"\b(?:ring\w*|call\w*|skriv\w*|skrev|write|moede\w*|meeting|kontakt\w*|svar\w*|kommer|ferie\w*"
    r"|rejse\w*|flytt\w*|opere\w*|fik|modtog\w*|fylder|moved?|sendte|vi ses|see you|laege\w*|doctor"
    r"|hospital\w*|sygehus\w*|weekend|stopped|stoppede|startede|started|opsag\w*|forfald\w*|was due"
    r"|holiday|vacation|begrav\w*|funeral|doede|died|skilt|fyret|letter|brev\w*)\b"
)
_COMMON = """
ok okay ja nej jo jep hvad med what about how maybe maaske bare just lad os lets saa eller or fx hej
hi tak please pls om cirka ish fra i til d den the of et en a her der det er is it paa uge ugen week
weeks maaned maaneden maanedligt md mdr maaneder month months dag dage days day bankdag sidste last
naeste next gange gang rater rate slut slutningen start efter foer inden senest snart primo ultimo
medio midt foerst sidst nytaar jul christmas year on by in at every each hver hverdag monthly weekly
noget lidt komme faa mere more extra ekstra after before only kun indtil until denne this nye aar x
jeg vi kan ka can we sige bliver blive
"""
#: After these a bare figure is a sum; after other words ("Hyldespjældet 45") it is not.
KNOWN_WORDS = frozenset({*_COMMON.split(), *MONTHS, *WEEKDAYS, *ORDINALS})
_LONG_WORD = re.compile(r"[a-z]{3,}")


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
    for aside in _ASIDES:
        plain_text = blank(aside, plain_text)
    offered: list[str] = []
    refused: list[str] = []
    for clause in _ENDS.split(plain_text)[:_MOST_CLAUSES]:
        words = clause.lstrip(" .,:-").rstrip(" ,:-")
        if not words or _is_about_other_things(words):
            continue
        (refused if _is_refused(words) else offered).append(words)
    return Said(tuple(offered), tuple(refused))


def _is_about_other_things(clause: str) -> bool:
    if _PAID.search(clause) and not _WILL_HAVE_PAID.search(clause):
        return True
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
    return sum(word not in KNOWN_WORDS for word in _LONG_WORD.findall(clause)) > 1
