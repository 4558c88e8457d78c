"""Makes what a letter says, with sensible values: Mette of Albertslund, 1,200 kr. for childcare."""

from dataclasses import replace
from datetime import date
from typing import Any

from data.law.claim_types import PlanKind, Regime
from data.municipalities.ladders import StepKind
from data.values.money import NOTHING, Money
from data.values.pay_lines import PayLine
from data.values.phone import PhoneNumber
from data.values.recipients import Recipient
from outreach.mailing.texts import Contents

LINE = PayLine("000000000010017", "80123456")
LANGUAGES = ("da", "en")
CLAIM_TYPES = {"da": "Børnepasning", "en": "Childcare"}
MUNICIPALITIES = {"da": "Albertslund Kommune", "en": "Albertslund Municipality"}
UNITS = {"da": "Opkrævningen", "en": "the collections office"}
HOURS = {"da": "hverdage 10-14", "en": "weekdays 10 am to 2 pm"}

#: What a letter of each kind is, besides what all letters are.
KINDS: dict[StepKind, dict[str, Any]] = {
    StepKind.REMINDER: {},
    StepKind.NOTICE: {"gives_notice": True, "is_general_told": True},
    StepKind.AUCTION_WARNING: {
        "gives_notice": True,
        "is_general_told": True,
        "goes_to": Recipient.BAILIFF,
        "instalment_no": 2,
    },
    StepKind.CLOSURE_NOTICE: {"is_general_told": True, "claim_type_key": "fjernvarme"},
}


def contents(kind: StepKind = StepKind.REMINDER, language: str = "da", **given: Any) -> Contents:
    """Make what a letter of a kind says in a language."""
    return replace(_reminder(language), **{"kind": kind} | KINDS[kind] | given)


def _reminder(language: str) -> Contents:
    return Contents(
        kind=StepKind.REMINDER,
        language=language,
        written_on=date(2026, 11, 24),
        municipality=MUNICIPALITIES[language],
        unit=UNITS[language],
        telephone=PhoneNumber("+4543686868"),
        hours=HOURS[language],
        sms=PhoneNumber("+4570990101"),
        name="Mette Hansen",
        is_business=False,
        is_co_debtor=False,
        has_co_debtors=False,
        claim_ref="A-1001",
        claim_type=CLAIM_TYPES[language],
        claim_type_key="dagtilbud",
        owning_unit=None,
        answering_unit=None,
        period_start=None,
        period_end=None,
        instalment_no=None,
        tax_year=None,
        bill_sent_on=date(2026, 10, 15),
        due_date=date(2026, 11, 2),
        principal=Money(120000),
        fees=NOTHING,
        interest=NOTHING,
        paid=NOTHING,
        total=Money(120000),
        fee=NOTHING,
        regime=Regime.UDPANTNING,
        interest_runs=False,
        pay_by=date(2026, 12, 4),
        pay_line=LINE,
        has_betalingsservice=False,
        invites_to_betalingsservice=False,
        plan=PlanKind.POLICY,
        offers_plan=True,
        gives_notice=False,
        is_general_told=False,
        follows=StepKind.REMINDER,
        next_has_fee=True,
        goes_to=Recipient.STATE,
        needs_breach=False,
        is_person_asked=True,
        spares_unable=True,
        social_authorities_told_on=None,
    )
