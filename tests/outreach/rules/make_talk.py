"""Makers for negotiations: what is owed, who decides, and what comes of a wish."""

from __future__ import annotations

from datetime import date
from typing import Any

from data.law.law import Law
from data.municipalities.policy import Policies, Policy
from data.values.money import Money
from data.yaml_files import read
from outreach.rules.negotiation import Negotiated, Owed, Proposal, Why, negotiate
from outreach.rules.wish import Every, Rhythm, Wish
from tests.house.sources import ROOT

LAW = Law.load()
ALBERTSLUND, FAXE = Policies.load()["albertslund"], Policies.load()["faxe"]


def made_up(name: str) -> Policy:
    return read(ROOT / "tests" / "municipalities" / f"{name}.yml", Policy)


#: At least 250 kr. a month, at most 24 months; 18 and 3 for some types.
COPENHAGEN = made_up("koebenhavn")
#: No plans on daycare, at most 12 months.
AABENRAA = made_up("aabenraa")
TODAY = date(2026, 11, 24)  # a Tuesday
MONTHLY, WEEKLY = Rhythm(Every.MONTH), Rhythm(Every.WEEK)
FORTNIGHTLY, LAST_BANK_DAY = Rhythm(Every.FORTNIGHT), Rhythm(Every.MONTH, last_bank_day=True)


def kr(kroner: int | str) -> Money:
    return Money.kroner(kroner)


def owes(kroner: int | str = 1200, claim_type: str = "dagtilbud", ref: str = "A-1", **given: Any):
    return Owed(ref, claim_type, kr(kroner), given.pop("due_date", date(2026, 11, 2)), **given)


def talk(policy=ALBERTSLUND, owed=None, today=TODAY, **said):
    """Say something, and see what comes of it; `by` and `debtor` are the negotiation's."""
    others = {name: said.pop(name) for name in ("by", "debtor", "order") if name in said}
    return negotiate(owed or [owes()], Wish(**said), policy, LAW, today, **others)


def first(*args, **said):
    return talk(*args, **said).proposals[0]


def whys(found: Negotiated) -> list[Why]:
    return [one.why for one in found.proposals]


def days(proposal: Proposal) -> list[date]:
    return [rate.due_on for rate in proposal.rates]


def sums(proposal: Proposal) -> list[str]:
    return [str(rate.amount) for rate in proposal.rates]


def with_plans(policy: Policy, **plans: Any) -> Policy:
    return policy.model_copy(update={"plans": policy.plans.model_copy(update=plans)})


def with_interest(policy: Policy, **given: Any) -> Policy:
    charged = {"charged": True, "in_agreements": True, **given}
    return policy.model_copy(update={"interest": policy.interest.model_copy(update=charged)})
