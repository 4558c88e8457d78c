"""Makers for what leaves for a recipient: a bill, its charges, a row, and what is wrong with it."""

from __future__ import annotations

from datetime import date
from itertools import product
from typing import Any

from data.models.citizens import Language
from data.models.postings import PostingKind
from data.values.ids import DebtorKind
from data.values.money import NOTHING, Money
from data.values.recipients import Recipient
from outreach.hand_overs.faults import told
from outreach.rules.hand_over_parts import Bill, Charge, parts_of
from outreach.rules.hand_over_rows import HandOverRow, Liable, faults
from tests.outreach.rules.make_case import law

TODAY = date(2026, 11, 24)
DUE = date(2026, 10, 1)
LAW = law()
CHILDCARE = LAW.claim_types["dagtilbud"].on(TODAY)
METTE = Liable("0101801234", DebtorKind.PERSON, date(2026, 10, 20))
JENS = Liable("0202801239", DebtorKind.PERSON, date(2026, 10, 20))
SHOP = Liable("13585628", DebtorKind.BUSINESS, date(2026, 10, 20))


def bill(**given):
    values: dict[str, Any] = {
        "claim_ref": "F-1",
        "principal": Money(120000),
        "paid": NOTHING,
        "due_date": DUE,
        "last_day_to_pay": DUE,
        "period_start": date(2026, 9, 1),
        "period_end": date(2026, 9, 30),
    }
    return Bill(**values | given)


def fee(kroner=250, day=date(2026, 10, 20), **given):
    return Charge(PostingKind.FEE, Money.kroner(kroner), day, **given)


def interest(kroner=12, day=date(2026, 11, 2)):
    return Charge(PostingKind.INTEREST, Money.kroner(kroner), day)


def row(*charges, type_law=CHILDCARE, claim_type="dagtilbud", paid=NOTHING, dated=None, **given):
    of_bill = bill(paid=paid, **(dated or {}))
    parts = parts_of(of_bill, charges, type_law, LAW)
    values = {
        "claim_ref": "F-1",
        "claim_type": claim_type,
        "recipient": Recipient.STATE,
        "ground": "unpaid_reminder",
        "description": "Børnepasning",
        "creditor": "Faxe Kommune",
        "creditor_no": "81234567",
        "outstanding": sum((part.outstanding for part in parts), NOTHING),
        "parts": parts,
        "debtors": (METTE,),
    }
    return HandOverRow(**values | given)


def found(given):
    """All that is wrong, each with words in both languages for whoever mends it."""
    wrong = faults(given, LAW, TODAY)
    for one, language in product(wrong, Language):
        words = told(one, language)
        assert words.why
        assert words.mend
        assert "{" not in words.why + words.mend
    return wrong


def errors(given):
    return [(one.field, one.code) for one in found(given) if not one.is_warning]


def warnings(given):
    return [one.code for one in found(given) if one.is_warning]
