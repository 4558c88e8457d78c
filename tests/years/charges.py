"""What fees and interest may be, worked out anew from the words of the law."""

from calendar import monthrange
from datetime import date, timedelta
from fractions import Fraction

from data.models.postings import PostingKind

#: Gebyrloven: 250 kr. a reminder and 1 % a begun month. Renteloven: 100 kr., and 9.75 % a year.
PUBLIC = {
    "dagtilbud", "renovation", "rottegebyr", "vejbidrag", "ejendomsskat", "parkering",
    "erhvervsaffald", "byggesag", "musikskole",
}  # fmt: skip
CIVIL = {"vand", "spildevand", "fjernvarme", "bibliotek"}
_PUBLIC_FEE, _CIVIL_FEE = 25_000, 10_000
_A_YEAR = Fraction(975, 10_000)
_A_MONTH = Fraction(1, 100)


def is_right(posting, bill, moves, today):
    """Tell whether a fee or interest is what the law says, on a bill and its payments."""
    oere, key = posting.amount.oere, posting.key
    if posting.kind is PostingKind.FEE:
        fee = _PUBLIC_FEE if bill.kind in PUBLIC else _CIVIL_FEE if bill.kind in CIVIL else 0
        return bill.outstanding > 0 and bill.due < today and key == "fee:reminder:2" and oere == fee
    if bill.kind in PUBLIC and key.startswith("interest:month:"):
        start = _months_after(bill.due, int(key.rpartition(":")[2]) - 1) + timedelta(days=1)
        return start <= today and oere == int(_unpaid(bill, moves, start) * _A_MONTH)
    if bill.kind in CIVIL:
        year, month = map(int, key.removeprefix("interest:").split("-"))
        return 0 < oere <= _most_of_month(bill, moves, date(year, month, 1))
    return False


def _unpaid(bill, moves, day):
    return max(bill.principal - sum(oere for on, oere in moves if on <= day), 0)


def _most_of_month(bill, moves, first):
    """Add up a month's interest by the day; less is due where the claim rested a while."""
    days = (first + timedelta(days=at) for at in range(monthrange(first.year, first.month)[1]))
    late = [day for day in days if day > bill.due]
    return int(sum(_unpaid(bill, moves, day) for day in late) * _A_YEAR / 365)


def _months_after(day, months):
    years, month = divmod(day.month - 1 + months, 12)
    year = day.year + years
    return date(year, month + 1, min(day.day, monthrange(year, month + 1)[1]))
