"""The tables of a simulation, in words and figures as people of a language write them."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from decimal import Decimal
from string import ascii_uppercase
from typing import TYPE_CHECKING

from babel.dates import format_date
from babel.numbers import format_decimal

from outreach import words
from outreach.simulation.tally import FIGURES, SUMS
from outreach.texts import show

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from data.law.claim_types import ClaimTypes
    from data.municipalities.policy import Policy
    from outreach.simulation.running import Simulated

_OERE = 100
#: What a table by month or by type leaves out: it says nothing there.
_ONLY_IN_ALL = frozenset({"shelved", "plans_running"})


@dataclass(frozen=True, slots=True)
class Table:
    """A table (tabel): the first cell of each row names it, the others are figures."""

    title: str
    head: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    #: Which policy it is about, where there are two and it is about one.
    policy: str = ""


class Tables:
    """Writes the tables of one simulation for readers of one language."""

    def __init__(self, done: Simulated, types: ClaimTypes, language: str) -> None:
        self.done, self.language, self._types = done, language, types
        self._locale = "en_GB" if language == "en" else "da_DK"

    def say(self, key: str, **values: object) -> str:
        """Write one of the texts of simulations."""
        return words.catalogue(self.language).render(f"simulate.{key}", **values)

    # -------------------------------------------------------------------------------- the head
    def intro(self) -> list[str]:
        """Say what was simulated: whose claims, from when to when, under which policies."""
        plan, report = self.done.plan, self.done.claims
        first, *others = plan.policies
        said = [
            self.say(
                "period",
                municipality=first.name.of(self.language),
                start=show(plan.start, self.language),
                until=show(plan.until, self.language),
                claims=self._whole(report.new),
            ),
            self.say("policy", policy=self.named(first)),
            *(self.say("other", policy=self.named(other)) for other in others),
        ]
        rejected = report.rejected + (self.done.payments.rejected if self.done.payments else 0)
        if rejected:
            said.append(self.say("rejected", rejected=self._whole(rejected)))
        if self.done.unused:
            said.append(self.say("unused", unused=self._whole(self.done.unused)))
        return said

    def named(self, policy: Policy) -> str:
        """Name a policy with whose it is; of two, also as A or B: a draft may keep its title."""
        name = f"{policy.name.of(self.language)}: {policy.version}"
        policies = self.done.plan.policies
        if len(policies) == 1:
            return name
        at = next(at for at, other in enumerate(policies) if other is policy)
        return f"{ascii_uppercase[at]} · {name}"

    def assumptions(self) -> list[str]:
        """Say what was taken for granted; whoever decides by the figures must know it."""
        always = (
            "nobody_decides", "at_once", "late_before", "paid_known", "arrears",
            "contactable", "has_pay_instruction", "series", "no_database",
        )  # fmt: skip
        said = (self.say(f"assume.{key}") for key in always)
        return [*self._who_pays(), *self._who_agrees(), *said]

    def _who_pays(self) -> Iterator[str]:
        plan, assumed = self.done.plan, self.done.plan.assumed
        if assumed.pay_rate:
            rate = self._percent(assumed.pay_rate)
            yield self.say("assume.pay_rate", percent=rate, days=assumed.pays_after)
        if plan.payments is not None:
            yield self.say("assume.payments_file")
        elif not assumed.pay_rate:
            yield self.say("assume.only_plans_pay" if assumed.plan_rate else "assume.nobody_pays")

    def _who_agrees(self) -> Iterator[str]:
        assumed = self.done.plan.assumed
        if not assumed.plan_rate:
            yield self.say("assume.no_plans")
            return
        yield self.say("assume.plan_rate", percent=self._percent(assumed.plan_rate))
        if assumed.monthly is None:
            yield self.say("assume.instalments", count=assumed.instalments)
        else:
            yield self.say("assume.monthly", amount=self.figure(assumed.monthly.oere, "fees"))
        yield self.say("assume.keep_rate", percent=self._percent(assumed.keep_rate))
        yield self.say("assume.plans_waiting")
        yield self.say("assume.no_respites")

    def _percent(self, share: float) -> str:
        return format_decimal(Decimal(str(share)) * 100, locale=self._locale)

    # ------------------------------------------------------------------------------ the tables
    def all(self) -> list[Table]:
        """Return every table of the page."""
        return [self.totals(), *self._each_policy(), self.reasons()]

    def totals(self) -> Table:
        """Return what came of each policy in all, side by side with the difference."""
        totals = [tally.total for tally in self.done.tallies]
        rows = [
            self._compared(self.say(figure), [total[figure] for total in totals], figure)
            for figure in FIGURES
        ]
        return Table(self.say("of_all"), self._side_by_side("what"), tuple(rows))

    def reasons(self) -> Table:
        """Return how many claims each reason held still."""
        counts = [tally.reasons for tally in self.done.tallies]
        named = sorted(
            {reason for count in counts for reason in count}, key=lambda one: -counts[0][one]
        )
        rows = [
            self._compared(
                words.of_reason(reason, self.language), [count[reason] for count in counts]
            )
            for reason in named
        ]
        return Table(self.say("refused"), self._side_by_side("reason"), tuple(rows))

    def _each_policy(self) -> Iterable[Table]:
        plan = self.done.plan
        for at, tally in enumerate(self.done.tallies):
            policy = self.named(plan.policies[at]) if len(plan.policies) > 1 else ""
            kinds = [(self._type(kind), counts) for kind, counts in sorted(tally.by_type.items())]
            yield self._table("by_type", "claim_type", kinds, policy)
            months = [
                (format_date(month, "MMM y", locale=self._locale), counts)
                for month, counts in tally.months(plan.start, plan.until)
            ]
            yield self._table("by_month", "month", months, policy)

    def _table(
        self, title: str, first: str, lines: Sequence[tuple[str, Counter[str]]], policy: str
    ) -> Table:
        """Leave out the columns in which there is nothing."""
        shown = [
            figure
            for figure in FIGURES
            if figure not in _ONLY_IN_ALL and any(counts[figure] for _, counts in lines)
        ]
        rows = [
            (name, *(self.figure(counts[figure], figure) for figure in shown))
            for name, counts in lines
        ]
        head = (self.say(first), *(self.say(figure) for figure in shown))
        return Table(self.say(title), head, tuple(rows), policy)

    # --------------------------------------------------------------------------------- figures
    def figure(self, count: int, figure: str = "") -> str:
        """Write a count, or a sum in whole kroner."""
        return self._whole(round(Decimal(count) / _OERE) if figure in SUMS else count)

    def _whole(self, count: int) -> str:
        return format_decimal(count, locale=self._locale)

    def _compared(self, name: str, counts: Sequence[int], figure: str = "") -> tuple[str, ...]:
        cells = [self.figure(count, figure) for count in counts]
        if len(counts) > 1:
            change = counts[1] - counts[0]
            sign = "+" if change > 0 else ""
            cells.append(f"{sign}{self.figure(change, figure)}")
        return (name, *cells)

    def _side_by_side(self, first: str) -> tuple[str, ...]:
        both = ("first_policy", "second_policy", "difference")
        shown = both if len(self.done.tallies) > 1 else both[:1]
        return (self.say(first), *(self.say(key) for key in shown))

    def _type(self, key: str) -> str:
        kind = self._types[key]
        return kind.en if self.language == "en" else kind.da
