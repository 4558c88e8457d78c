"""Tells an explanation in sentences (forklaringen i ord), for a page or a terminal."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from typing import TYPE_CHECKING, Any, Final

from data.municipalities.texts import Quote, quotes
from data.values.money import Money
from data.values.time import day_of
from outreach import words
from outreach.rules.decision import Reason
from outreach.rules.ladder import Move
from outreach.rules.outlook import Came
from outreach.texts import show

if TYPE_CHECKING:
    from collections.abc import Iterator

    from outreach.explain import Decided, Explanation, Handed, Said
    from outreach.explained_plans import PlanNow
    from outreach.rules.ladder import Answer
    from outreach.rules.outlook import Event

#: Facts that say nothing a reader asks for beside the sentence itself.
_UNTOLD = frozenset({"step", "claim_type", "tried"})
_EMPTY: Final[tuple[object, ...]] = (None, "", [])
#: Facts that are sums, in øre.
_SUMS = frozenset({"outstanding", "fee"})
#: Facts that are worth a word when they are missing.
_MISSED = frozenset({"bill_sent_on"})


@dataclass(frozen=True, slots=True)
class Line:
    """One thing told (linje): when, what, on which basis, and the policy's own words on it."""

    day: date | None
    text: str
    basis: str = ""
    quotes: tuple[Quote, ...] = ()


@dataclass(frozen=True, slots=True)
class Section:
    """Lines under one title; `key` is `decisions`, `now`, `words` or `ahead`."""

    key: str
    title: str
    lines: tuple[Line, ...]


@dataclass(frozen=True, slots=True)
class Told:
    """A whole explanation in one language; every section is there, also with no line in it."""

    title: str
    summary: tuple[str, ...]
    sections: tuple[Section, ...]
    nothing: str


def tell(explanation: Explanation, language: str) -> Told:
    """Put an explanation into sentences."""
    return _Teller(explanation, language).told()


def tell_answer(answer: Answer, municipality: str, today: date, language: str) -> Line:
    """Say in a line what may be done with a claim today, or why nothing is (kort forklaring)."""
    return _Speaker(municipality, today, language).answer(answer)


class _Speaker:
    """Says what the rules answered, in one language."""

    def __init__(self, municipality: str, today: date, language: str) -> None:
        self.municipality, self.today, self.language = municipality, today, language
        self.catalogue = words.catalogue(language)

    def answer(self, answer: Answer) -> Line:
        if isinstance(answer, Move):
            step = self._step(answer.name)
            return self._line(self.today, [self._text("may_today", step=step)], answer.basis)
        parts = [
            self._refused(answer.step, answer.reason.value),
            self._asked_again(answer.retry_at),
        ]
        return self._line(self.today, parts, answer.basis)

    def _text(self, key: str, **values: object) -> str:
        """Write one of the texts of explanations; its first letter is a capital."""
        text = self.catalogue.render(f"explain.{key}", **values)
        return text[:1].upper() + text[1:]

    def _line(self, day: date | None, parts: list[str], basis: str = "") -> Line:
        text = " ".join(filter(None, parts))
        return Line(day, text, basis, quotes(self.municipality, basis))

    def _refused(self, step: str, reason: str) -> str:
        because = words.of_reason(reason, self.language)
        name = self._step(step)
        return self._text("refused", step=name, reason=because) if name else because

    def _step(self, name: str) -> str:
        return words.of_step(name, self.language)

    def _asked_again(self, at: datetime | None) -> str:
        return self._text("asked_again", day=day_of(at)) if at is not None else ""


class _Teller(_Speaker):
    def __init__(self, explanation: Explanation, language: str) -> None:
        super().__init__(explanation.municipality, explanation.today, language)
        self.about = explanation

    def told(self) -> Told:
        about = self.about
        now = "moves_now" if isinstance(about.now, Move) else "now"
        sections = (
            Section("decisions", self._text("decisions"), tuple(self._history())),
            Section("now", self._text(now), tuple(self._now())),
            Section("words", self._text("words"), tuple(map(self._said, about.words))),
            Section("ahead", self._text("ahead"), tuple(self._ahead())),
        )
        return Told(self._title(), tuple(self._summary()), sections, self._text("nothing"))

    # -------------------------------------------------------------------------------- the head
    def _title(self) -> str:
        about = self.about
        kind = about.kind.en if self.language == "en" else about.kind.da
        state = words.known("state", about.state.value, self.language)
        return self._text("title", claim_ref=about.claim_ref, claim_type=kind, state=state)

    def _summary(self) -> Iterator[str]:
        about = self.about
        yield self._text(
            "sums",
            outstanding=about.outstanding,
            principal=about.principal,
            charged=about.charged,
            paid=about.paid,
            due_date=about.due_date,
        )
        yield self._text("expires_on", day=about.expires_on)
        yield self._text("policy", policy=about.policy_version)

    # ------------------------------------------------------------------------ what was decided
    def _history(self) -> list[Line]:
        """Tell what was decided, and what went to a recipient and came back, by day."""
        lines = [*map(self._decided, self.about.decisions), *map(self._handed, self.about.handed)]
        return sorted(lines, key=lambda line: line.day or date.min)

    def _handed(self, one: Handed) -> Line:
        to = words.known("recipient", one.to.value, self.language)
        about = {"ref": one.ref, "because": one.because, "amount": one.amount}
        return self._line(one.day, [self._text(f"handed.{one.what}", to=to, **about)])

    def _decided(self, one: Decided) -> Line:
        by = (
            self._text("by_person", who=one.decided_by) if one.decided_by else self._text("by_rule")
        )
        parts = [self._outcome(one), by, self._asked_again(one.retry_at)]
        if one.pay_by is not None:
            parts.insert(1, self._text("pay_by", pay_by=one.pay_by))
        if facts := ", ".join(self._facts(one.facts)):
            parts.append(self._text("rested_on", facts=facts))
        return self._line(day_of(one.at), parts, one.basis)

    def _outcome(self, one: Decided) -> str:
        if one.reason is not None:
            return self._refused(one.step, one.reason)
        if one.fee:
            return self._text("taken_fee", step=self._step(one.step), fee=one.fee)
        return self._text("taken", step=self._step(one.step))

    def _facts(self, facts: Any) -> Iterator[str]:  # noqa: ANN401 - what a decision has kept
        order = [key.removeprefix("fact.") for key in self.catalogue.texts]
        known = sorted(facts, key=lambda key: order.index(key) if key in order else len(order))
        for key in known:
            value = facts[key]
            if key not in _UNTOLD and (value not in _EMPTY or key in _MISSED):
                name = words.known("fact", key, self.language)
                yield f"{name}: {self._fact(key, value)}"

    def _fact(self, key: str, value: object) -> str:
        match value:
            case None:
                return words.known("fact", "none", self.language)
            case bool():
                return words.known("fact", "yes" if value else "no", self.language)
            case int() if key in _SUMS:
                return show(Money(value), self.language)
            case list():
                return ", ".join(self._step(str(step)) for step in value)
            case str() if key in {"state", "ground", "last_try"}:
                return words.known(key, value, self.language)
            case _:
                return show(_day(value), self.language)

    # ------------------------------------------------------------------------------------- now
    def _now(self) -> Iterator[Line]:
        yield self._listed() or self.answer(self.about.now)
        if self.about.closure is not None:
            yield self.answer(self.about.closure)
        if self.about.plan is not None:
            yield from self._plan(self.about.plan)

    def _plan(self, plan: PlanNow) -> Iterator[Line]:
        """Tell what is missed and until when it can be made good, what comes next, and if not."""
        today = self.about.today
        if plan.rest is not None:
            yield self._line(today, [self._text("plan_rests", day=plan.rest.since)])
        for one in plan.missed:
            values = {"missing": one.missing, "day": one.due.on, "until": one.way_back_ends}
            key = "plan_missed" if one.way_back_ends else "plan_missed_untold"
            yield self._line(today, [self._text(key, **values)])
        if plan.next is not None and plan.rest is None:
            values = {"amount": plan.next.amount, "day": plan.next.on}
            yield self._line(today, [self._text("plan_next", **values)])
        if plan.breaks_on is not None:
            parts = [self._text("plan_breaks", day=plan.breaks_on)]
            if plan.then is not None:
                step = self._step(plan.then.step)
                parts.append(self._text("plan_then", step=step, day=plan.then.day))
            yield self._line(today, parts)

    def _listed(self) -> Line | None:
        """Tell of the list of hand-overs where the ladder itself has no more to say."""
        now = self.about.now
        leaves = next((event for event in self.about.ahead if event.came is Came.LEFT), None)
        if leaves is None or isinstance(now, Move) or now.reason is not Reason.LADDER_ENDED:
            return None
        said = self._text("on_the_list", to=self._recipient(leaves), day=leaves.day)
        return self._line(self.about.today, [said], leaves.basis)

    # ------------------------------------------------------------------------ what people said
    def _said(self, one: Said) -> Line:
        step = self._step(one.step)
        effect = self.catalogue.render(f"effect.{one.effect.value}", step=step)
        parts = [self._text("word", effect=effect, who=one.who, why=one.why)]
        if one.until is not None:
            parts.append(self._text("until", day=one.until))
        if one.revoked_at is not None:
            who, why = one.revoked_by, one.revoked_because
            parts.append(self._text("revoked", day=day_of(one.revoked_at), who=who, why=why))
        elif not one.holds:
            parts.append(self._text("over"))
        return self._line(day_of(one.at), parts)

    # ----------------------------------------------------------------------------- what comes
    def _ahead(self) -> Iterator[Line]:
        for event in self.about.ahead:
            yield self._line(event.day, self._event(event), event.basis)
        yield Line(None, self._text("ahead_ends", day=self.about.looked_until))

    def _event(self, event: Event) -> list[str]:
        step = "" if event.came is Came.HAPPENED else self._step(event.step)
        reason = words.of_reason(event.reason.value, self.language) if event.reason else ""
        match event.came:
            case Came.HAPPENED:
                return [self.catalogue.render(f"happening.{event.step}")]
            case Came.WAITS:
                return [self._text("waits", step=step, reason=reason)]
            case Came.REFUSED:
                return [self._text("refused", step=step, reason=reason) if step else reason]
            case Came.LEFT:
                return [self._text("leaves", step=step, to=self._recipient(event))]
            case Came.TAKEN:
                return self._taken(event, step)

    def _taken(self, event: Event, step: str) -> list[str]:
        if event.interest:
            return [self._text("comes_interest", interest=event.interest)]
        if event.ready_on is not None:
            to, ready_on = self._recipient(event), event.ready_on
            return [self._text("comes_hand_over", step=step, to=to, ready_on=ready_on)]
        key = "comes_fee" if event.fee else "comes"
        said = self._text(key, step=step, **({"fee": event.fee} if event.fee else {}))
        return [said, self._text("pay_by", pay_by=event.pay_by) if event.pay_by else ""]

    def _recipient(self, event: Event) -> str:
        return words.known("recipient", event.to.value if event.to else "", self.language)


def _day(value: object) -> object:
    try:
        return date.fromisoformat(str(value))
    except ValueError:
        return value
