"""Reads one part of an offer: "500 nu", "resten til februar", "en tredjedel", "i 6 rater"."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from fractions import Fraction
from typing import TYPE_CHECKING

from data.values.money import LARGEST_OERE, Money
from outreach.rules.phrases.amounts import best_of, figures, without_other_numbers
from outreach.rules.phrases.calendar import ANY_COUNT, COUNT, MONTH_WORD, blank, count_of
from outreach.rules.phrases.dates import bare_day_in, day_in, month_in
from outreach.rules.phrases.known_words import BEFORE_SUMS, KNOWN_WORDS
from outreach.rules.phrases.rhythms import blank_rhythms, rhythm_in
from outreach.rules.wish import Every, Rhythm

if TYPE_CHECKING:
    from datetime import date

_NOW = re.compile(
    r"(?<!\bfra )\bnu\b|\bstraks\b|\bmed det samme\b|\bher og nu\b"
    r"|(?<!\bfrom )\bnow\b|\bright away\b|\bimmediately\b"
    r"|\basap\b"
)
_REST = re.compile(
    r"\brest(?:en|beloebet)?\b|\bthe rest\b|\bremain\w*|\b(?:the other|den anden) (?:half"
    r"|halvdel)\b|\bbalance (?=in |over |on |when |by )"
    r"|\bdet andet\b|\bwhats left\b|\bdet sidste(?= i | til | d\b| den )"
)
_WHOLE = re.compile(
    r"\bdet hele\b|\bhele (?:\w+)?(?:beloebet|regningen|gaelden|lortet|summen|molevitten|pukkelen"
    r"|skidtet|baduljen)\b|\bdet fulde beloeb|\bfuldt ud\b|\balt(?:sammen)?\b|\bfuld betaling"
    r"|\b(?:i|paa|af) (?:en|een|1) (?:gang|omgang|rate|betaling)\b"
    r"|\bsamle(?:t|de) (?:beloeb|betaling|sum|regning)"
    r"|\ball of it\b|\b(?:the )?whole (?!month|year|week)\w+"
    r"|\beverything\b(?! (?:is|was|else))|\bit all\b"
    r"|\bin full\b|\bfull amount\b|\ball at once\b|\bin (?:one|1) (?:go|payment)\b|\bthe lot\b"
    r"|\b100 ?(?:%|pct|procent|percent)|\ball (?=on|by|in|next|tomorrow)"
)
_SHARE_WORDS = (
    (re.compile(r"\bto tredjedele?\b|\b2/3\b(?= (?:nu|now|af|of))|\btwo thirds\b"), Fraction(2, 3)),
    (re.compile(r"\btre fjerdedele?\b|\bthree quarters\b"), Fraction(3, 4)),
    (
        re.compile(
            r"\b(?:en|et|1)? ?(?:tredjedel|trediedel|tredjedele)\b|\b(?:a|one|1) third\b"
            r"|\bthird (?=now|today)"
            r"|\b1/3\b(?= (?:nu|now|af|of))"
        ),
        Fraction(1, 3),
    ),
    (
        re.compile(
            r"\bfjerdedel\b|\b(?:a|one) (?:quarter|fourth)\b|\bquarter (?=now|today)|\ben kvart\b"
        ),
        Fraction(1, 4),
    ),
    (re.compile(r"\bfemtedel\b|\b(?:a|one) fifth\b"), Fraction(1, 5)),
    (
        re.compile(
            r"\bhalv ?del(?:en)?\b|\bdet halve\b|\bhalvt\b(?! aar)|\bhalve? (?=nu|now|naa)"
            r"|\b1/2\b(?= (?:nu|now|af|of))"
            r"|\bhalf\b(?! (?:a|an|the)? ?(?:year|month|past|hour|thousand))"
            r"|(?<=\d )½(?= nu)|^½"
        ),
        Fraction(1, 2),
    ),
)
_PERCENT = re.compile(r"\b(\d{1,2}) ?(?:%|procent\b|percent\b|pct\b)")
#: A share of something else than what is owed: "60% of salary", "halvdelen af november".
_OF_OTHERS = re.compile(
    r"(?:%|\b(?:procent|percent|pct|half|third|quarter|fourth|fifth|\w*del|\w*delen)) (?:af|of) "
    r"(?!(?:(?:the|my|min|mit|mine|hele|alle|your|jeres) )*"
    r"(?:(?:gaeld|regning|beloeb|sum|krav|skyld|restance|rest|kontrolafgift|bill|debt|total|amount"
    r"|balance|fee|fine|invoice)\w*|(?:det|den|de|dem|dette|denne|alt|hvad|it|its|this|that|these"
    r"|the|them|those|what|everything|all)\b|\d|$|\W))"
)
#: One more word may stand between ("tre lige store bidder", "6 monthly payments"), and no number.
_TIMES = (
    rf"(?:(?:lige|ens|equal|even|more or less) )?(?:(?!{ANY_COUNT}\b)[a-z]+ )?"
    r"(?:rater?|afdrag|betalinger|indbetalinger|bidder|klumper|stykker|omgange|portioner|dele|gange?(?!"
    r" (?:om|pr|per|i|a|hver|imellem))|instal\w+|(?:re)?payments?|parts|chunks|times(?! (?:a"
    r"|per)))\b"
)
_COUNTS = (
    # "en gang til" is no number of payments.
    re.compile(
        rf"\b(?!(?:en|et|1|one) (?:[a-z]+ )?(?:gang|time)\b)"
        rf"(?P<count>{ANY_COUNT})(?:(?<=\d) ?| ){_TIMES}"
    ),
    re.compile(
        rf"\b(?:del|dele|delt|deles|split|divide|spread|fordel\w*|kloev) (?:\w+ ){{0,3}}?(?:op )?"
        rf"(?:i|in|into|paa|over|by) (?P<count>{COUNT})\b(?! ?(?:dage?|days?|uger?|weeks?|aar|year"
        rf"|{MONTH_WORD}))"
    ),
)
_TIMES_SUM = re.compile(r"(?<![\d./])(\d{1,4}) ?(?:kr )?[x*] ?(\d{1,4})\b")
_LENGTH = re.compile(
    r"\b(?:over|across|henover|paa|i|for|de naeste|the next|next|during|loebet af|siger?|say"
    r"|spread over) (?:ca\.? )?"
    rf"(?:(?P<half>(?:et |en )?halvt? |half an? |½ )|(?P<count>{COUNT}) ?)"
    rf"(?P<unit>{MONTH_WORD}|uger?\b|weeks?\b|aar\b|years?\b)(?! (?:siden|ago)\b)"
)
_WAITING = re.compile(
    r"\b(?:vent\w*|wait|pause\w*|henstand|udsaet\w*|udsat|respite|postpone|frist\w*|delay)\b"
)
_TWICE = re.compile(
    rf"\b(?:to|2) gange (?:om|i|pr\.?|hver) {MONTH_WORD}|\btwice (?:a|per|every) month"
)
_INCOME = (
    r"(?:min |mine |my |naeste |the )?(?:loen\w*|su\b|penge\w*(?! (?:tilbage|retur))"
    r"|kontanthjaelp\w*|dagpenge\w*"
    r"|pension\w*"
    r"|ferie?penge\w*|feriepenge\w*|boligstoette\w*|sygedagpenge\w*|paid|pay|salary"
    r"|wages?|money(?! back)"
    r"|boernepenge\w*|lonning\w*|udbetaling\w*|integrationsydelse|paycheck|loenning\w*)"
)
_PAYDAY = re.compile(
    rf"\b(?:naar|saa snart|saasnart|once|when|as soon as|hver gang|every time|after|efter|ved|foer"
    rf"|hver|each|every|ligesaa snart) (?:\w+ ){{0,3}}?{_INCOME}"
    r"|\b(?:med|fra|with) (?:min|naeste|my|next|the next) (?:loen\w*|su|pay|salary|wages?|paycheck)"
    rf"|\b(?:faar|har|get|have) (?:\w+ ){{0,2}}?(?:foerst |first )?(?:loen|su|paid|penge)\b"
    r"|\bloen(?:nings)?dag\w*|\bpay ?day"
)
_EACH_PAYDAY = re.compile(
    r"\b(?:hver gang|every time|each time|hver|each|every) (?:\w+ ){0,3}?(?:loen\w*|su|paid"
    r"|pay ?day"
    r"|udbetaling|paycheck)\b"
)
_FROM = re.compile(
    r"\b(?:fra|start\w*|begynd\w*|foerste gang|foerste rate|from|beginning|begin"
    r"|first (?:payment|time)"
    r"|foerst)\b"
)
_INSTEAD = re.compile(
    r"\b(?:nej|hellere|mener|mente|ikke|rettere|foer|no|rather|meant|mean|not|before|instead)\b"
)
_SINCE = re.compile(r"\b(?:fra|from|starting|begynd\w*)\b")
_RANGE = re.compile(r"\b(\d[\d.]{1,7}) ?(?:-|til|to|eller|or) ?(\d[\d.]{1,7})\b(?![/.-]\d)")
_BETWEEN = re.compile(r"\b(?:mellem|between) (\d[\d.]{1,7}) (?:og|and) (\d[\d.]{1,7})\b")
_SMALLEST_RANGE = 20
_WIDEST_RANGE = 4
#: "1 øre om måneden" is read, so that it can be refused.
_OERE = re.compile(r"\b(\d{1,4}) ?oe?re\b")
_LETTERS, _DIGIT = re.compile(r"[a-z]+"), re.compile(r"\d")
_LAST_WORD = re.compile(r"([a-z]+)[^a-z]*$")
_SMALLEST_BARE = 2_000
_WEEKS = {Every.WEEK: 1, Every.FORTNIGHT: 2}
_OFFERED = re.compile(
    r"\b(?:\w{0,3}betal\w*|afdra\w+|pay\w*|remit|settle|afvikl\w*|gi|giv\w*|gir|give|kan|ka|kun|ma?x\w*|maks\w*|hoejst|har"
    r"|raad|afford|tilby\w*|foreslaa\w*|byder?|sige|say|klare?|undvaere|manage|spare|send\w*"
    r"|overfoer\w*"
    r"|rate\w*|nu|now|foerst\w*|start\w*|can|could|take|tage?|tager|offer|only|up to|op til"
    r"|laegge|do|og|aftal\w*|faar"
    r"|naar|hver|vil|ville|would|snuppe|skrabe|skaffe|after|when|about|omkring|ca|mindst)\b"
)


@dataclass(frozen=True, slots=True)
class Lump:
    """One part of an offer (del af et tilbud): what, when, how often."""

    text: str
    amount: Money | None = None
    share: Fraction | None = None
    is_whole: bool = False
    is_rest: bool = False
    day: date | None = None
    is_now: bool = False
    payday: bool = False
    rhythm: Rhythm | None = None
    count: int | None = None

    @property
    def is_size(self) -> bool:
        """Whether it says how much."""
        return bool(self.amount or self.share or self.is_whole or self.is_rest)

    @property
    def is_empty(self) -> bool:
        """Whether it says nothing at all."""
        return not (self.is_size or self.day or self.payday or self.rhythm or self.count)

    @property
    def is_only_a_day(self) -> bool:
        """Whether it says no more than when."""
        return not (self.is_size or self.payday or self.rhythm or self.count)

    @property
    def is_series(self) -> bool:
        """Whether it is paid several times: "200 om ugen", "400 fra januar", "3 x 500"."""
        is_from = self.day is not None and _SINCE.search(self.text) is not None
        return bool(self.rhythm or is_from or (self.count and self.day is None))

    @property
    def is_settled(self) -> bool:
        """Whether it has a size and a time of its own: "det hele i januar", "200 om ugen"."""
        return self.amount is not None or (self.is_size and self.day is not None)

    def without_day_of_rhythm(self) -> Lump:
        """Leave out a day that only repeats the rhythm's ("200 om måneden", "d. 1.")."""
        is_named = self.rhythm and (self.rhythm.day_of_month or self.rhythm.last_bank_day)
        is_one = self.is_whole or self.is_rest or self.share
        if not is_named or is_one or _FROM.search(self.text):
            return self
        return replace(self, day=None)


def not_before(lump: Lump, since: date | None) -> Lump:
    """Let a bare day go on from one named before it: after "d. 10", "d. 30" is the next 30th."""
    is_other = lump.rhythm or _INSTEAD.search(lump.text)
    if since is None or lump.day is None or lump.day >= since or is_other:
        return lump
    return replace(lump, day=bare_day_in(lump.text, since) or lump.day)


def lump_in(text: str, today: date) -> Lump:
    """Read one part of an offer, in a text that `plain` has been through."""
    share, without_share = _share(text)
    amount = _amount(without_share)
    rhythm, count = _how_often(text)
    is_rest = bool(_REST.search(text))
    is_in_one = count == 1 or (count is None and bool(_WHOLE.search(text)))
    lump = Lump(
        text=text,
        amount=amount,
        share=None if is_rest else share,
        is_whole=is_in_one and not (amount or share or is_rest),
        is_rest=is_rest,
        payday=bool(_PAYDAY.search(text)),
        rhythm=rhythm,
        count=None if count == 1 else count,
    )
    return _dated(lump, without_share, today)


def _dated(lump: Lump, text: str, today: date) -> Lump:
    """Add the day that is named besides the rhythm; "200 om måneden d. 1." names none."""
    is_lump = bool(lump.is_whole or lump.is_rest or lump.share)
    rhythm = lump.rhythm
    if rhythm and not is_lump:
        if (rhythm.day_of_month or rhythm.last_bank_day) and not _FROM.search(text):
            return lump
        text = blank_rhythms(text)
    if lump.count is not None:
        text = blank(_LENGTH, text)
    day = day_in(text, today)
    if day is None and (is_lump or lump.amount or _is_small_talk(text)):
        day = month_in(text, today)
    if day is None and (is_lump or lump.amount) and _NOW.search(text):
        day = today
    return replace(
        lump,
        day=day if day and day >= today else None,
        is_now=day == today and _NOW.search(text) is not None,
        rhythm=None if is_lump and rhythm and rhythm.last_bank_day else rhythm,
    )


def _is_small_talk(text: str) -> bool:
    """Tell whether a part holds small words and months only: "december i meant"."""
    return not _DIGIT.search(text) and all(word in KNOWN_WORDS for word in _LETTERS.findall(text))


def _share(text: str) -> tuple[Fraction | None, str]:
    """Return the share of the debt that a text names, and the text without it."""
    if (" af " in text or " of " in text) and _OF_OTHERS.search(text):
        return None, text
    match = _PERCENT.search(text)
    if match and int(match[1]) > 0:
        return Fraction(int(match[1]), 100), blank(_PERCENT, text)
    for pattern, share in _SHARE_WORDS:
        if pattern.search(text):
            return share, blank(pattern, text)
    return None, text


def _amount(text: str) -> Money | None:
    """Return the sum that is offered; of a range ("100-200") the lower."""
    found = [
        each
        for each in figures(without_other_numbers(text))
        if not each.is_bare or (each.oere >= _SMALLEST_BARE and _is_offered(text, each.start))
    ]
    best = best_of(found)
    if best is None:
        in_oere = _OERE.search(text)
        return Money(int(in_oere[1])) if in_oere and int(in_oere[1]) else None
    return Money(best.oere) if 0 < best.oere <= LARGEST_OERE else None


def _is_offered(text: str, at: int) -> bool:
    """Tell whether a bare figure is a sum: "Hyldespjældet 45" is none."""
    before = _LAST_WORD.search(text[max(0, at - 30) : at])
    return before is None or before[1] in BEFORE_SUMS or _OFFERED.search(text) is not None


def lowest_of_ranges(text: str) -> str:
    """Keep the lower of two sums where one would do: "100-200", "mellem 100 og 200"."""
    return _RANGE.sub(_lower, _BETWEEN.sub(_lower, text))


def _lower(match: re.Match[str]) -> str:
    low, high = (int(each.replace(".", "") or 0) for each in match.groups())
    is_range = _SMALLEST_RANGE <= low < high <= low * _WIDEST_RANGE
    is_either = high < low and " " in match.group()
    return (
        match[1]
        if is_range
        else match[2]
        if is_either and high >= _SMALLEST_RANGE
        else match.group()
    )


def _how_often(text: str) -> tuple[Rhythm | None, int | None]:
    """Return the rhythm and in how many instalments; a length in time is counted out."""
    rhythm = Rhythm(Every.FORTNIGHT) if _TWICE.search(text) else rhythm_in(text)
    if rhythm is None and _EACH_PAYDAY.search(text):
        rhythm = Rhythm(Every.MONTH)
    return (rhythm, None) if _WAITING.search(text) else _count(text, rhythm)


def _count(text: str, rhythm: Rhythm | None) -> tuple[Rhythm | None, int | None]:
    for pattern in _COUNTS:
        match = pattern.search(text)
        if match:
            count = count_of(match["count"])
            return rhythm, count or None
    match = _TIMES_SUM.search(text)
    if match:
        return rhythm, min(int(match[1]), int(match[2])) or None
    match = _LENGTH.search(text)
    if match is None:
        return rhythm, None
    number = Fraction(1, 2) if match["half"] else Fraction(count_of(match["count"]))
    unit = match["unit"]
    if unit.startswith(("uge", "week")):
        return _counted(number * 7, rhythm or Rhythm(Every.WEEK))
    months = number * (12 if unit.startswith(("aar", "year")) else 1)
    return _counted(months * Fraction(365, 12), rhythm or Rhythm(Every.MONTH))


def _counted(days: Fraction, rhythm: Rhythm) -> tuple[Rhythm, int | None]:
    every = (
        _WEEKS[rhythm.every] * 7
        if rhythm.every in _WEEKS
        else Fraction(365 * rhythm.every.months, 12)
    )
    count = int(days / every)
    return rhythm, count or None
