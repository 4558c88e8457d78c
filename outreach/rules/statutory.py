"""Plans and respites the law fixes (lovbestemte afdrag og henstand): pure."""

from __future__ import annotations

from decimal import ROUND_DOWN, Decimal
from enum import StrEnum
from typing import TYPE_CHECKING

from data.law.claim_types import PlanKind
from data.values.money import NOTHING, Money

if TYPE_CHECKING:
    from data.law.claim_types import TypeLaw
    from data.law.statutory import StatutoryLaw

PERCENT = 100
MONTHS_A_YEAR = 12


class StatutoryRefusal(StrEnum):
    """Why no instalment follows from the table; a person goes on."""

    BEYOND_TABLE = "beyond_table"  # the known table ends below this income
    SUPPORT_UNKNOWN = "support_unknown"  # whether the citizen provides for others


def must_wait(
    benefit: str | None, yearly_net: Money | None, type_law: TypeLaw, law: StatutoryLaw
) -> bool:
    """Tell whether the law demands that payment of the claim waits (obligatorisk henstand).

    Only for types whose plans the law fixes. `benefit` is what the citizen lives on; none or
    another one means nothing by itself.

    Source: bek. 978/2017 and bek. 585/2023 (kontanthjælp and alike, only-førtidspension, or an
    income below the least one); F11 (line 21).
    """
    if type_law.plan is not PlanKind.STATUTORY:
        return False
    if benefit in law.respite_benefits:
        return True
    if law.least_income is None or yearly_net is None:
        return False
    return yearly_net < law.least_income


def monthly_instalment(
    yearly_net: Money | None, law: StatutoryLaw, *, supports_others: bool | None
) -> Money | StatutoryRefusal:
    """Return what the law's table asks for a month (lovbestemt afdrag), øre, rounded down.

    An income nobody knows costs the fixed sum. What the citizen can pay is not assessed; whether
    payment must wait at all is asked of `must_wait` first.

    Source: gældsinddrivelsesbekendtgørelsen § 11 (BEK 1110/2024); principafgørelse 30-14.
    """
    if yearly_net is None:
        return law.unknown_income_monthly
    band = law.band(yearly_net)
    if band is None:
        return StatutoryRefusal.BEYOND_TABLE
    if supports_others is None:
        return StatutoryRefusal.SUPPORT_UNKNOWN
    percent = band.percent_with if supports_others else band.percent_without
    monthly = Decimal(yearly_net.oere) * percent / PERCENT / MONTHS_A_YEAR
    return max(Money(int(monthly.to_integral_value(rounding=ROUND_DOWN))), NOTHING)
