"""Makers for the pure rules: a case, a policy, a ladder, and random ones of each."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta
from functools import cache
from typing import Any

from hypothesis import reject
from hypothesis import strategies as st

from data.law.law import Law
from data.models.cases import Effect
from data.models.claims import ClaimState
from data.municipalities.ladders import Fact, Ground, Ladders, StepKind
from data.municipalities.policy import Policies, Policy
from data.values.money import Money
from data.values.time import next_bank_day
from outreach.rules.case import Agreements, Case, Debtor, Taken, Word
from outreach.rules.decision import Reason
from outreach.rules.ladder import Move, next_step

MONDAY = date(2026, 3, 2)
#: What every claim type is called that a ladder may meet.
TYPES = sorted(Law.load().claim_types.types)


@cache
def law() -> Law:
    return Law.load()


@cache
def policies() -> Policies:
    return Policies.load()


def policy(key: str = "albertslund", **given: Any) -> Policy:
    """The municipality's own policy; `ladders` may be given as a file would write them."""
    if "ladders" in given:
        given["ladders"] = Ladders.model_validate(given["ladders"])
    return policies()[key].model_copy(update=given)


def case(**given: Any) -> Case:
    """1,200 kr. for childcare, due Monday 2 March 2026, contacted the day after, all known."""
    values: dict[str, Any] = {
        "claim_type": "dagtilbud",
        "principal": Money(120000),
        "due_date": MONDAY,
        "bill_sent_on": MONDAY - timedelta(days=20),
        "has_pay_instruction": True,
        "contacted_on": MONDAY + timedelta(days=1),
        "covers_until": date(2030, 1, 1),
    }
    return Case(**values | given)


def reminded(number: int = 1, **given: Any) -> Taken:
    values: dict[str, Any] = {
        "step": f"reminder:{number}",
        "on": MONDAY + timedelta(days=10 * number),
        "pay_by": MONDAY + timedelta(days=10 * number + 10),
        "offered_plan": True,
    }
    return Taken(**values | given)


def noticed(**given: Any) -> Taken:
    values: dict[str, Any] = {
        "step": "notice:1",
        "on": MONDAY + timedelta(days=38),
        "pay_by": MONDAY + timedelta(days=59),
        "gave_notice": True,
    }
    return Taken(**values | given)


#: A municipality made up for tests: two reminders, the second with a fee, and a hand-over by rule.
PLAIN_LADDER: list[dict[str, Any]] = [
    {
        "key": "ordinary",
        "steps": [
            {"step": "reminder", "after_days": 10, "pay_within_days": 10, "source": "test 1"},
            {
                "step": "reminder",
                "after_days": 3,
                "pay_within_days": 10,
                "fee": "law_max",
                "carries_notice": True,
                "source": "test 2",
            },
            {
                "step": "hand_over",
                "after_days": 3,
                "grounds": ["unpaid_reminder"],
                "to": "state",
                "quiet_bank_days": 5,
                "source": "test 3",
            },
        ],
    }
]

# ------------------------------------------------------------------------------------- random
days = st.dates(date(2024, 6, 1), date(2027, 6, 1))


def _size(tier: dict[str, Any]) -> int:
    return int(tier["debt_up_to"])


sums = st.integers(1, 5_000_000).map(Money)
fees = st.one_of(
    st.sampled_from(["none", "law_max"]),
    st.integers(1, 900),
    st.lists(
        st.fixed_dictionaries(
            {"debt_up_to": st.integers(1, 9000), "fee": st.sampled_from(["law_max", 50, 100])}
        ),
        min_size=1,
        max_size=3,
        unique_by=lambda tier: tier["debt_up_to"],
    ).map(lambda tiers: [*sorted(tiers, key=_size), {"fee": "law_max"}]),
)


@st.composite
def ladders(draw: st.DrawFn) -> list[dict[str, Any]]:
    """A random ladder that a policy file may hold: reminders, a notice, a hand-over."""
    steps: list[dict[str, Any]] = [
        {
            "step": "reminder",
            "after_days": draw(st.integers(1, 40)),
            "pay_within_days": draw(st.integers(1, 40)),
            "fee": draw(fees),
            "source": "random",
        }
        for _ in range(draw(st.integers(1, 4)))
    ]
    if draw(st.booleans()):
        steps[-1]["carries_notice"] = True
    else:
        steps.append({"step": "notice", "after_days": 3, "pay_within_days": 14, "source": "random"})
    by_rule = draw(st.booleans())
    grounds = ["unpaid_reminder", "broken_agreement", "repeated_breach"]
    steps.append(
        {
            "step": "hand_over",
            "after_days": draw(st.integers(1, 20)),
            "grounds": draw(st.lists(st.sampled_from(grounds), min_size=1, unique=True)),
            "least_breaches": draw(st.integers(1, 3)),
            "decided_by": "rule" if by_rule else "caseworker",
            "to": "state",
            "quiet_bank_days": 5 if by_rule else None,
            "source": "random",
        }
    )
    return [{"key": "ordinary", "steps": steps}]


@st.composite
def words(draw: st.DrawFn) -> Word:
    """A caseworker's word on any step."""
    steps = ["all", "reminder:1", "reminder:2", "notice:1", "hand_over:1", "closure_notice:1"]
    return Word(
        step=draw(st.sampled_from(steps)),
        effect=draw(st.sampled_from([e for e in Effect if e is not Effect.SHELVE])),
        until=draw(st.none() | days),
        ground=draw(st.none() | st.sampled_from(list(Ground))),
        facts=frozenset(draw(st.lists(st.sampled_from(list(Fact))))),
    )


@st.composite
def histories(draw: st.DrawFn) -> tuple[Taken, ...]:
    """Steps that may have been taken, in the ladder's order."""
    names = ["reminder:1", "reminder:2", "notice:1"][: draw(st.integers(0, 3))]
    on = draw(days)
    taken = []
    for name in names:
        pay_by = on + timedelta(days=draw(st.integers(1, 30)))
        taken.append(
            Taken(
                name,
                on,
                draw(st.sampled_from([pay_by, pay_by, None])),
                offered_plan=draw(st.booleans()),
                gave_notice=name == "notice:1" or draw(st.booleans()),
            )
        )
        on = pay_by + timedelta(days=draw(st.integers(1, 20)))
    return tuple(taken)


@st.composite
def cases(draw: st.DrawFn) -> Case:
    """Any claim with any history."""
    due = draw(days)
    return Case(
        claim_type=draw(st.sampled_from(TYPES)),
        principal=draw(sums),
        paid=draw(st.one_of(st.just(Money(0)), sums)),
        charged=draw(st.one_of(st.just(Money(0)), st.integers(0, 100_000).map(Money))),
        due_date=due,
        bill_sent_on=draw(st.sampled_from([due - timedelta(days=14)] * 3 + [None])),
        has_pay_instruction=draw(st.sampled_from([True, True, True, False])),
        state=draw(st.sampled_from([ClaimState.OPEN] * 8 + list(ClaimState))),
        respite_until=draw(st.none() | days),
        paused_until=draw(st.none() | days),
        tax_year=draw(st.none() | st.integers(2015, 2027)),
        covers_until=draw(st.one_of(st.none(), days, st.just(date(2030, 1, 1)))),
        rested_until=draw(st.none() | days),
        contacted_on=draw(st.none() | days),
        contactable=draw(st.booleans()),
        taken=draw(histories()),
        series=tuple(sorted(draw(st.lists(days, max_size=4)))),
        words=tuple(draw(st.lists(words(), max_size=3))),
        debtor=Debtor(
            is_frozen=draw(st.sampled_from([False] * 5 + [True])),
            is_deceased=draw(st.sampled_from([False] * 5 + [True])),
            benefit=draw(st.sampled_from([None, None, "kontanthjaelp", "loen"])),
        ),
        agreements=Agreements(
            breaches=draw(st.integers(0, 3)), acknowledged_on=draw(st.none() | days)
        ),
    )


@st.composite
def moves(draw: st.DrawFn) -> tuple[Case, Policy, date, Move]:
    """A claim at the moment a step is allowed, after a life that led there by the same rules."""
    rules = draw(any_policy)
    one = draw(ripe())
    day, wanted = one.due_date, draw(st.integers(0, 4))
    for _ in range(40):
        day = next_bank_day(day + timedelta(days=draw(st.integers(1, 45))))
        answer = next_step(one, law(), rules, day)
        if isinstance(answer, Move):
            if not wanted or answer.kind is StepKind.HAND_OVER:
                return one, rules, day, answer
            wanted -= 1
            one = taken(one, answer, day)
        elif answer.reason in {Reason.LADDER_ENDED, Reason.NEEDS_CASEWORKER, Reason.NO_GROUND}:
            break
    return reject()


@st.composite
def ripe(draw: st.DrawFn) -> Case:
    """A claim that nothing stands against: of any type, size, age and count of breaches."""
    due = draw(days)
    kinds = [key for key, kind in law().claim_types.types.items() if kind.automated]
    return Case(
        claim_type=draw(st.sampled_from(kinds)),
        principal=draw(st.integers(10_000, 5_000_000).map(Money)),
        due_date=due,
        bill_sent_on=due - timedelta(days=14),
        has_pay_instruction=True,
        tax_year=2020,
        covers_until=date(2035, 1, 1),
        contacted_on=draw(st.none() | st.just(due + timedelta(days=1))),
        contactable=False,
        series=tuple(sorted(draw(st.lists(days, max_size=3)))),
        agreements=Agreements(breaches=draw(st.integers(0, 3))),
    )


def taken(one: Case, move: Move, day: date) -> Case:
    """The case after a move whose letter left the same day."""
    step = Taken(move.name, day, move.pay_by, move.fee, move.offers_plan, move.gives_notice)
    fees = (day,) if move.fee else ()
    return replace(
        one,
        taken=(*one.taken, step),
        series=(*one.series, *fees),
        charged=one.charged + move.fee,
    )


any_policy = st.one_of(
    st.sampled_from(["albertslund", "faxe"]).map(policy),
    ladders().map(lambda steps: policy(ladders=steps)),
)
