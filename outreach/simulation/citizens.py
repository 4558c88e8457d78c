"""What is taken for granted of the citizens of a simulation (antagelser): who pays, who agrees.

Each follows from the claim's reference alone, so that every policy meets the same people.
"""

from __future__ import annotations

from dataclasses import dataclass
from hashlib import blake2b
from typing import TYPE_CHECKING

from data.values.money import Money
from outreach.rules.happenings import Instalment, PlanAgreed, PlanWanted
from outreach.rules.keeping import Due
from outreach.rules.negotiation import Owed, negotiate
from outreach.rules.wish import Wish

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import date

    from data.law.law import Law
    from data.municipalities.policy import Policy
    from outreach.rules.case import Case
    from outreach.rules.happenings import Happening
    from outreach.rules.negotiation import Proposal

_BITS = 64
_PAYS, _AGREES, _KEEPS, _PAID = "", "agrees", "keeps", "paid"


@dataclass(frozen=True, slots=True)
class Assumed:
    """How citizens are taken to behave: shares from nought to one, sums in øre."""

    #: The share of claims that pay in full `pays_after` days after the last day to pay.
    pay_rate: float = 0.0
    pays_after: int = 10
    #: The share of the others that agree a plan when they are written to.
    plan_rate: float = 0.0
    #: The share of plans that are kept to the end; the rest miss an instalment.
    keep_rate: float = 1.0
    #: What they wish for: so many instalments, or a sum a month where there is one.
    instalments: int = 6
    monthly: Money | None = None


def pays(claim_ref: str, rate: float) -> bool:
    """Tell whether a claim is among the share that pays; the same reference always answers alike.

    Who pays at a rate also pays at every higher one.
    """
    return _is_among(claim_ref, _PAYS, rate)


def agrees(claim_ref: str, rate: float) -> bool:
    """Tell whether the citizen is among those who agree a plan; as `pays`."""
    return _is_among(claim_ref, _AGREES, rate)


@dataclass(frozen=True, slots=True)
class Agreeing:
    """A citizen who agrees a plan each time they are written to (indgår en afdragsordning)."""

    claim_ref: str
    assumed: Assumed

    def answer(self, case: Case, law: Law, policy: Policy, today: date) -> Sequence[Happening]:
        """Agree what law and policy let the assistant agree; else ask for what a person may.

        Sources: the statutory table of gældsinddrivelsesbekendtgørelsen (a caseworker's); the
        least a month, longest plan, exceptions and mandate of the policy.
        """
        proposal = _proposal(case, self._wish(case), law, policy, today)
        if proposal is None:
            return [PlanWanted(today)]
        dues = tuple(Due(rate.due_on, rate.amount) for rate in proposal.rates)
        return [PlanAgreed(today, dues), *self._pays(dues, case.agreements.breaches + 1)]

    def _wish(self, case: Case) -> Wish:
        each = Money(-(-case.outstanding.oere // self.assumed.instalments))
        return Wish(amount=self.assumed.monthly or each)

    def _pays(self, dues: tuple[Due, ...], number: int) -> list[Happening]:
        """Pay to the end, or up to an instalment; each plan of a claim has a lot of its own."""
        if _is_among(self.claim_ref, f"{_KEEPS}{number}", self.assumed.keep_rate):
            last = Instalment(dues[-1].on, None)  # interest that ran meanwhile is paid with it
            return [*(Instalment(due.on, due.amount) for due in dues[:-1]), last]
        paid = _lot(self.claim_ref, f"{_PAID}{number}") * len(dues) >> _BITS
        return [Instalment(due.on, due.amount) for due in dues[:paid]]


def _proposal(case: Case, wish: Wish, law: Law, policy: Policy, today: date) -> Proposal | None:
    """Return the plan the assistant agrees, or none: only a person may."""
    owed = Owed("", case.claim_type, case.outstanding, case.due_date)
    found = negotiate([owed], wish, policy, law, today, debtor=case.debtor)
    agreed = (one for one in found.proposals[:1] if one.rates and not one.needs_person)
    return next(agreed, None)


def _is_among(claim_ref: str, purpose: str, rate: float) -> bool:
    return _lot(claim_ref, purpose) < int(rate * 2**_BITS)


def _lot(claim_ref: str, purpose: str) -> int:
    """Draw a whole number below 2^64: always the same for a claim and a purpose."""
    digest = blake2b(claim_ref.encode(), digest_size=_BITS // 8, person=purpose.encode()).digest()
    return int.from_bytes(digest, "big")
