"""Is a claim fit to be handed over, and is every field of it right (validering): pure."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field, replace
from datetime import date
from types import MappingProxyType
from typing import TYPE_CHECKING, Final

from data.law.hand_over import HandOverField
from data.models.cases import Effect
from data.municipalities.ladders import Ground, StepKind
from data.values.ids import DebtorKind, DebtorNumber
from data.values.money import NOTHING, Money
from data.values.recipients import Recipient
from data.values.time import ONE_DAY, months_after, next_bank_day
from outreach.rules.decision import Reason, Refused
from outreach.rules.hand_over import hand_over
from outreach.rules.hand_over_parts import PartKind
from outreach.rules.ladder import Move, ladder_of, last_rest, next_step
from outreach.rules.obstacles import against_any_step

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from data.law.hand_over import HandOverLaw
    from data.law.law import Law
    from data.municipalities.policy import Policy
    from outreach.rules.case import Case
    from outreach.rules.hand_over_parts import Part

#: A ladder has one hand-over, its last step.
NAME: Final = f"{StepKind.HAND_OVER.value}:1"

#: Which code is missing, when a part has none.
_NO_CODE = {
    PartKind.PRINCIPAL: "code_unknown",
    PartKind.FEE: "fee_code_unknown",
    PartKind.INTEREST: "interest_code_unknown",
}


@dataclass(frozen=True, slots=True)
class Liable:
    """Somebody who owes the claim (hæfter), and when they were told of the hand-over; hides."""

    debtor_id: str = field(repr=False)
    kind: DebtorKind
    noticed_on: date | None


@dataclass(frozen=True, slots=True)
class HandOverRow:
    """A claim as a recipient is to be given it (stamdata); sums in øre."""

    claim_ref: str
    claim_type: str
    recipient: Recipient
    ground: str
    description: str
    creditor: str
    creditor_no: str | None
    outstanding: Money
    parts: tuple[Part, ...]
    debtors: tuple[Liable, ...]
    judgment_date: date | None = None
    #: Fees or interest on a claim the recipient has already: no least sum.
    is_add_on: bool = False

    @property
    def total(self) -> Money:
        """What all parts owe together, øre."""
        return sum((part.outstanding for part in self.parts), NOTHING)

    def sum_of(self, kind: PartKind) -> Money:
        """What the parts of one kind owe together, øre."""
        return sum((part.outstanding for part in self.parts if part.kind is kind), NOTHING)


@dataclass(frozen=True, slots=True)
class Fault:
    """What is wrong with one field (fejl); the words are in `outreach/hand_overs/faults.yml`."""

    field: str
    code: str
    facts: Mapping[str, str] = MappingProxyType({})
    is_warning: bool = False


def still_fits(
    case: Case,
    law: Law,
    policy: Policy,
    today: date,
    to: Recipient,
    *,
    proposed_on: date | None = None,
) -> Ground | Refused:
    """Return the ground on which the claim may leave today, or why it no longer may.

    Days have passed since the ladder allowed it on `proposed_on`: a payment, a plan, a dispute, a
    hard case or a caseworker's word since then stops it, also one that is over again: then its
    days, and the quiet ones, begin anew. So does a policy that asks for a step before it now.

    Sources: A11 (line 24), A18 (line 28), A24-A26 (lines 34-37), F20, F21 (line 37);
    gældsinddrivelsesloven § 2.
    """
    against = against_any_step(case, law, policy, today)
    if against is not None:
        return against
    step = ladder_of(case, law, policy, today).steps[-1]
    if step.step is not StepKind.HAND_OVER or step.to is not to:
        return Refused(Reason.NOT_IN_POLICY, None, step.source, NAME)
    if case.word(Effect.HOLD, NAME, today) is not None:
        return Refused(Reason.HELD_BY_CASEWORKER, None, step.source, NAME)
    unlike = _unlike_then(case, law, policy, today, proposed_on)
    return unlike or hand_over(step, NAME, case, law, today)


def _unlike_then(
    case: Case, law: Law, policy: Policy, today: date, proposed_on: date | None
) -> Refused | None:
    """Ask the ladder again as though it had not allowed the step; weekends do not come into it."""
    before = replace(case, taken=tuple(one for one in case.taken if one.step != NAME))
    answer = next_step(before, law, policy, next_bank_day(today))
    asked = answer.name if isinstance(answer, Move) else answer.step
    if asked not in {NAME, ""}:
        return Refused(Reason.NOT_IN_POLICY, None, answer.basis, NAME)
    if proposed_on is None or last_rest(NAME, proposed_on - ONE_DAY, case, today) < proposed_on:
        return None
    return Refused(Reason.TOO_EARLY, None, answer.basis, NAME)


def faults(row: HandOverRow, law: Law, today: date) -> list[Fault]:
    """Return all that is wrong with a row, in the order of its fields; warnings let it leave.

    Source: gældsinddrivelsesloven § 2; the master data and entry filters of the state's system
    (PSRM), as data/law/hand_over.yml puts them.
    """
    asked = law.hand_over.on(today)
    return [
        *_recipient(row, asked, law, today),
        *_required(row, asked),
        *(fault for part in row.parts for fault in _codes(part, row, asked, law, today)),
        *(fault for part in row.parts for fault in _dates(part, asked, today)),
        *_sums(row, asked),
        *_debtors(row, asked, today),
    ]


def _recipient(row: HandOverRow, asked: HandOverLaw, law: Law, today: date) -> Iterator[Fault]:
    is_preferential = law.claim_types[row.claim_type].on(today).preferential
    if asked.recipients[row.recipient].only_preferential and not is_preferential:
        yield Fault("recipient", "not_preferential", {"claim_type": row.claim_type})


def _required(row: HandOverRow, asked: HandOverLaw) -> Iterator[Fault]:
    """Fields of the principal that a recipient must be given; codes have words of their own."""
    main = row.parts[0]
    given: dict[HandOverField, object] = {
        HandOverField.CLAIM_REF: row.claim_ref,
        HandOverField.PERIOD_START: main.period_start,
        HandOverField.PERIOD_END: main.period_end,
        HandOverField.DESCRIPTION: row.description,
        HandOverField.DEBTOR_IDS: row.debtors,
        HandOverField.JUDGMENT_DATE: row.judgment_date,
    }
    for name in asked.recipients[row.recipient].required:
        if name in given and not given[name]:
            yield Fault(name.value, "required")


def _codes(
    part: Part, row: HandOverRow, asked: HandOverLaw, law: Law, today: date
) -> Iterator[Fault]:
    type_law = law.claim_types[row.claim_type].on(today)
    if part.code is None:
        if HandOverField.CODE in asked.recipients[row.recipient].required:
            yield Fault("code", _NO_CODE[part.kind], {"claim_type": row.claim_type})
        return
    if part.kind is PartKind.PRINCIPAL and len(type_law.codes) > 1:
        facts = {"code": part.code, "codes": ", ".join(type_law.codes)}
        yield Fault("code", "several_codes", facts, is_warning=True)
    limit = asked.entry_filters.get(part.code)
    if row.recipient is Recipient.STATE and limit and part.principal > limit.most_principal:
        facts = {"code": part.code, "most": str(limit.most_principal)}
        yield Fault("principal", "above_entry_filter", facts)


def _dates(part: Part, asked: HandOverLaw, today: date) -> Iterator[Fault]:
    facts = {"ref": part.ref}
    if part.period_start and part.period_end and part.period_start > part.period_end:
        yield Fault("period_start", "period_backwards", facts)
    if part.due_date > part.last_day_to_pay:
        yield Fault("due_date", "due_after_last_day", facts)
    if part.last_day_to_pay >= today:
        yield Fault("last_day_to_pay", "not_past", facts | {"day": str(part.last_day_to_pay)})
    ends = facts | {"day": str(part.limitation_date)}
    if part.limitation_date < today:
        yield Fault("limitation_date", "time_barred", ends)
    elif part.limitation_date < months_after(today, asked.warn_months_left):
        near = ends | {"months": str(asked.warn_months_left)}
        yield Fault("limitation_date", "limitation_near", near, is_warning=True)


def _sums(row: HandOverRow, asked: HandOverLaw) -> Iterator[Fault]:
    if row.total != row.outstanding:
        facts = {"parts": str(row.total), "claim": str(row.outstanding)}
        yield Fault("outstanding", "sums_differ", facts)
    if any(not NOTHING <= part.outstanding <= part.principal for part in row.parts):
        yield Fault("outstanding", "above_principal")
    exempt = row.is_add_on and asked.add_ons_exempt and row.total > NOTHING
    if row.total < asked.least_total and not exempt:
        facts = {"total": str(row.total), "least": str(asked.least_total)}
        yield Fault("outstanding", "below_floor", facts)
    if row.judgment_date and row.judgment_date < row.parts[0].due_date:
        yield Fault("judgment_date", "judgment_before_due")


def _debtors(row: HandOverRow, asked: HandOverLaw, today: date) -> Iterator[Fault]:
    """Every number can be one, nobody stands twice, and each was told (§ 2 stk. 4)."""
    for number, liable in enumerate(row.debtors, start=1):
        facts = {"debtor": str(number)}
        if not _is_number(liable):
            yield Fault("debtor_ids", "debtor_invalid", facts)
        told = liable.noticed_on is not None and liable.noticed_on < today
        if not told and (asked.notice.each_co_debtor or number == 1):
            yield Fault("notice_dates", "notice_missing", facts)
    if any(count > 1 for count in Counter(one.debtor_id for one in row.debtors).values()):
        yield Fault("debtor_ids", "debtor_twice")


def _is_number(liable: Liable) -> bool:
    try:
        return DebtorNumber.parse(liable.debtor_id).kind is liable.kind
    except ValueError:
        return False
