"""What the law fixes for claims with a table of their own (lovbestemte afdrag): pure."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING

from data.law.claim_types import PlanKind
from data.values.money import Money
from data.values.time import ONE_DAY
from outreach.rules.instalments import Series, Terms
from outreach.rules.plan_limits import Bar, Because
from outreach.rules.statutory import StatutoryRefusal, monthly_instalment, must_wait
from outreach.rules.wish import Every, Rhythm

if TYPE_CHECKING:
    from data.law.claim_types import TypeLaw
    from data.law.law import Law
    from outreach.rules.case import Debtor

_REFUSALS = {
    StatutoryRefusal.BEYOND_TABLE: Bar.BEYOND_TABLE,
    StatutoryRefusal.SUPPORT_UNKNOWN: Bar.SUPPORT_UNKNOWN,
}


@dataclass(frozen=True, slots=True)
class FixedByLaw:
    """What the law says about a debtor's claims of these types; a caseworker decides it."""

    because: Because
    #: The table's sum a month; none: payment must wait, or nothing follows from what is known.
    monthly: Money | None = None

    def terms(self, today: date) -> Terms | None:
        """Return a plan of the table's sum from the first of next month, or none."""
        if self.monthly is None:
            return None
        return Terms((), Series(Rhythm(Every.MONTH, 1), today + ONE_DAY, self.monthly))


def is_fixed(claim_type: str, law: Law, today: date) -> bool:
    """Tell whether the law, and not the municipality, decides the plan of a type today."""
    return law.claim_types[claim_type].on(today).plan is PlanKind.STATUTORY


def fixed_by_law(type_law: TypeLaw, debtor: Debtor, law: Law, today: date) -> FixedByLaw:
    """Return what the law fixes, from the circumstances a caseworker has recorded.

    Compulsory respite comes first; then the table. An income nobody has recorded has a sum of its
    own in the law, which is a caseworker's to use: the citizen may be one who must be let wait.

    Sources: bek. 978/2017 and 585/2023; gældsinddrivelsesbekendtgørelsen § 11.
    """
    statute = law.statutory.on(today)
    income = debtor.yearly_net_income
    found = monthly_instalment(income, statute, supports_others=debtor.children_at_home)
    if must_wait(debtor.benefit, income, type_law, statute) or found == Money(0):
        return FixedByLaw(Because(Bar.STATUTORY_RESPITE, statute.source))
    if isinstance(found, StatutoryRefusal):
        return FixedByLaw(Because(_REFUSALS[found], statute.source))
    bar = Bar.STATUTORY_PLAN if income is not None else Bar.INCOME_UNKNOWN
    return FixedByLaw(Because(bar, statute.source), found)
