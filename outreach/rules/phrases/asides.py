"""What a question names beside what it asks: the law, a card, money to come (biting): pure."""

from __future__ import annotations

import re
from enum import StrEnum

from data.phrases.folding import fold

_LONGEST = 1_600
#: "kun de to andre", "bare den ene regning", "only the other two", "the other one later".
_SOME = re.compile(
    r"\b(?:de|the) (?:to|tre|two|three) (?:andre|oevrige|others?)\b"
    r"|\b(?:kun|bare|only|just) (?:om |for |of )?(?:de|the) (?:andre|oevrige|others?)\b"
    r"|\b(?:den|det|the) (?:ene|anden|andet|one|other) (?:regning|sag|krav|bill|case|claim)\b"
    r"|\b(?:de|the) (?:andre|oevrige|other) (?:regninger|sager|krav|bills|cases|claims|two|three)\b"
    r"|\bthe other ones?\b"
    # "the library one now and the other on 4 December", "den ene nu og den anden til januar"
    r"|\b(?:nu|idag|i dag|straks|now|today|(?:den|det|the) (?:ene|one)\b.{0,40}?)\W+"
    r"(?:og|and|men|but)(?: saa| then)? (?:den anden|det andet|the other)\b(?! (?:halvdel|half|\d))"
)
_LAW = re.compile(
    r"§|\b(?:lov(?:en|ene|givning\w*|grundlag\w*|hjemmel\w*)?|paragraf\w*|hjemmel\w*|hjemlet"
    r"|lovlig\w*|kilder?(?:ne|n)?|bekendtgoerelse\w*|laws?|legal|section|sources?"
    r"|statute)\b|\bhvor staar (?:det|der|den)\b|\bwhere (?:does|is) it (?:say|stand)"
)
#: "får jeg lov til at vente" asks for leave, not for the law.
_LEAVE = re.compile(r"\b(?:faa?r?|fik|giver?|have?|har|maa|i) (?:jeg |i |du |a )?(?:godt )?lov\b")
_WAIVE = re.compile(
    r"\b(?:slet\w*|fjern\w*|dropp?\w*|slip\w*|slap|efterg\w*|frafald\w*|nedsaet\w*|nedsat\w*"
    r"|annuller\w*|refunder\w*|fritag\w*|undtag\w*|spar\w*|vaek|tilbage"
    r"|waive\w*|remov\w*|cancel\w*|refund\w*|drop|delete|forgive|take (?:it )?off|let me off)\b"
)
_NEVER_CAME = re.compile(
    r"\b(?:ikke|ik|ikk|it|ingen|aldrig|intet|ej|uden)\b.{0,30}\b(?:faaet|fik|faar|modtag\w*"
    r"|kommet|set|regning\w*|brev\w*|opkraevning\w*|faktura\w*|girokort\w*)\b"
    r"|\b(?:faaet|fik|modtag\w*|kommet|set) (?:den |det |der )?(?:ikke|ik|ingen|aldrig|intet)\b"
    r"|\b(?:never|not|no|havent|didnt)\b.{0,30}\b(?:got|get|gotten|receiv\w*|seen|bill|letter|came)\b"
)
#: "kan ikke finde den" says that it came.
_CANNOT_FIND = re.compile(r"\b(?:find\w*|fandt|mist\w*|vaek|lost|slette\w*|smed)\b")
_DIRECT_DEBIT = r"(?:betalingsservice|pbs|b ?s|direct debit|autopay\w*|automati\w+)"
#: "hvorfor blev den ikke trukket på betalingsservice": it runs, and did not work.
_NOT_TAKEN = re.compile(
    r"\b(?:ikke|ik|ikk|aldrig|not|never|wasnt|didnt|hasnt|isnt|hvorfor|why|burde|should)\b.{0,50}"
    r"\b(?:trukket|trak|traekkes|betalt|gaaet|koert|virke\w*|taken|paid|went|gone|worked?)\b"
    r"|\b(?:trukket|betalt|taken|paid)\b.{0,50}\b(?:ikke|ik|ikk|not|hvorfor|why)\b"
    rf"|\b(?:altid|plejer|skulle|er tilmeldt|har tilmeldt|always|usually|was supposed|am enrolled"
    rf"|signed up)\b.{{0,60}}\b{_DIRECT_DEBIT}\b"
)
_RECEIPT = re.compile(r"\b(?:kvittering\w*|bilag\w*|skaermbillede\w*|receipt\w*|screenshot\w*)\b")
_MOBILEPAY = re.compile(r"\bmobile?\s?pay\w*|\bswipp\b")
_CARD = re.compile(
    r"\b(?:(?:bank|dan|visa|master|kredit|betalings)?kort(?:et)?|card|visa|dankort)\b"
)
_ABROAD = re.compile(
    r"\b(?:udland\w*|udenlandsk\w*|iban|swift|bic|abroad|foreign|revolut|wise|oversea\w*)\b"
)


class Aside(StrEnum):
    """How somebody would like to pay (betalingsmåde)."""

    MOBILEPAY = "mobilepay"
    CARD = "card"
    ABROAD = "abroad"


class Income(StrEnum):
    """Money that is on its way to a citizen (penge på vej); whitelists use the same keys."""

    TAX = "overskydende_skat"
    HOUSING = "boligstoette_efterregulering"
    CHILD = "boerne_og_ungeydelse"
    HOLIDAY = "feriepenge"
    MONTHLY = "maanedlig"


_INCOMES = {
    Income.CHILD: re.compile(
        r"\bboerne?(?:penge|ydelse|bidrag|check|og)\w*|\bungeydelse\w*"
        r"|\bchild (?:benefit|allowance)"
    ),
    Income.HOUSING: re.compile(
        r"\bbolig(?:stoette|sikring|ydelse)\w*|\bhousing (?:benefit|support|allowance)"
    ),
    Income.HOLIDAY: re.compile(r"\bferie(?:penge|tillaeg|midler)\w*|\bholiday (?:pay|allowance)"),
    Income.TAX: re.compile(
        r"\b(?:overskydende|oversk)\b|\bskat(?:ten|tepenge|teretur\w*)?\b|\bretur fra skat"
        r"|\btax(?:es)?\b|\brefund\b|\baarsopgoerelse\w*"
    ),
    Income.MONTHLY: re.compile(
        r"\b(?:loen\w*|dagpenge\w*|sygedagpenge\w*|kontanthjaelp\w*|su\b|su'en|pension\w*"
        r"|foertidspension\w*|barsel\w*|ydelse\w*|bistand\w*|salary|wages?|pay ?check"
        r"|paycheque|unemployment|student grant|benefits?)\b"
    ),
}


def asks_for_law(text: str) -> bool:
    """Tell whether a message asks where something stands ("hvilken lov", "hvor står det?")."""
    folded = _folded(text)
    return bool(_LAW.search(_LEAVE.sub(" ", folded)))


def asks_to_waive(text: str) -> bool:
    """Tell whether a message asks to take a fee away ("kan i slette gebyret")."""
    return bool(_WAIVE.search(_folded(text)))


def says_it_never_came(text: str) -> bool:
    """Tell whether a message says that no bill has come; one that is only lost did."""
    folded = _folded(text)
    return bool(_NEVER_CAME.search(folded)) and not _CANNOT_FIND.search(folded)


def says_it_was_not_taken(text: str) -> bool:
    """Tell whether a message says that direct debit (Betalingsservice) runs, or did not work."""
    return bool(_NOT_TAKEN.search(_folded(text)))


def has_receipt(text: str) -> bool:
    """Tell whether a message speaks of a receipt (kvittering)."""
    return bool(_RECEIPT.search(_folded(text)))


def ways_named(text: str) -> list[Aside]:
    """Return how a message would like to pay, besides the bank."""
    folded = _folded(text)
    known = {Aside.MOBILEPAY: _MOBILEPAY, Aside.CARD: _CARD, Aside.ABROAD: _ABROAD}
    return [way for way, words in known.items() if words.search(folded)]


def income_named(text: str) -> Income | None:
    """Return which money to come a message speaks of; none: it names none we know."""
    folded = _folded(text)
    return next((key for key, words in _INCOMES.items() if words.search(folded)), None)


def _folded(text: str) -> str:
    return " ".join(fold(text[:_LONGEST]).split())


def names_some_bills(text: str) -> bool:
    """Tell whether a wish is for some of the bills only: "kun de to andre skal deles"."""
    return _SOME.search(_folded(text)) is not None
