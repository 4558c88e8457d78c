"""Runs a simulation: each claim of a file through each policy, one after the other."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from datetime import date, timedelta
from typing import TYPE_CHECKING

from outreach.intake.report import Report
from outreach.rules.happenings import PaidInFull
from outreach.rules.outlook import Walk
from outreach.simulation.citizens import Agreeing, Assumed, agrees, pays
from outreach.simulation.memory import Memory
from outreach.simulation.reading import Claims, read_payments
from outreach.simulation.tally import Tally

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from data.law.law import Law
    from data.municipalities.policy import Policy
    from outreach.simulation.reading import Subject

    #: Told how many bytes of how many are read, and how many rows.
    type Progress = Callable[[int, int, int], None]

_ROWS_A_WORD = 500


@dataclass(frozen=True)
class Plan:
    """What is to be simulated (forudsætninger): files, days, policies, and who pays or agrees."""

    municipality: str
    claims: Path
    start: date
    until: date
    policies: tuple[Policy, ...]
    payments: Path | None = None
    assumed: Assumed = field(default_factory=Assumed)


@dataclass
class Simulated:
    """What came of it: a tally a policy, and what could not be read of the files."""

    plan: Plan
    claims: Report
    payments: Report | None = None
    #: Payments in the file that no claim of the other file has asked for.
    unused: int = 0
    tallies: list[Tally] = field(default_factory=list)

    @property
    def all_taken(self) -> bool:
        """Tell whether every row of the files could be read."""
        return self.claims.all_taken and (self.payments is None or self.payments.all_taken)

    def close(self) -> None:
        """Let go of what the reports hold."""
        self.claims.problems.close()
        if self.payments is not None:
            self.payments.problems.close()


def run(plan: Plan, law: Law, progress: Progress) -> Simulated:
    """Walk every claim through each policy; the caller closes what is returned.

    Nothing is sent, written or fetched, and memory does not grow with the file.

    Raises:
        FileUnreadableError: a file cannot be read at all; the text says why.
    """
    with Memory.open() as memory:
        paid = None
        if plan.payments is not None:
            paid = read_payments(plan.payments, plan.municipality, plan.until, memory)
        claims = Claims(plan.claims, plan.municipality, law.claim_types)
        tallies = [Tally() for _ in plan.policies]
        for at, subject in enumerate(claims.subjects(memory)):
            for policy, tally in zip(plan.policies, tallies, strict=True):
                _walk(subject, plan, law, policy, tally)
            if at % _ROWS_A_WORD == 0:
                progress(claims.file.position, claims.file.size, claims.report.rows)
        return Simulated(plan, claims.report, paid, memory.unused(), tallies)


def _walk(subject: Subject, plan: Plan, law: Law, policy: Policy, tally: Tally) -> None:
    case, assumed = subject.case, plan.assumed
    if case.claim_type in policy.first_contact.exclude_claim_types:
        case = replace(case, contactable=False)
    happenings, citizen = list(subject.payments), None
    if pays(subject.claim_ref, assumed.pay_rate):
        happenings.append(PaidInFull(case.due_date + timedelta(days=assumed.pays_after)))
    elif agrees(subject.claim_ref, assumed.plan_rate):
        citizen = Agreeing(subject.claim_ref, assumed)
    walk = Walk(case, law, policy, plan.start, plan.until, happenings, citizen=citizen)
    tally.add(case, walk.to_the_end(), plan.start, plan.until)
