"""Days on which a rule may answer otherwise though nothing has happened (skæringsdage): pure."""

from __future__ import annotations

from calendar import monthrange
from datetime import date, timedelta
from typing import TYPE_CHECKING

from data.law.interest import NoInterest, PerStartedMonth, ReferencePlus
from data.values.time import ONE_DAY, months_after, next_bank_day
from outreach.rules.interest import month_starts
from outreach.rules.limitation import expires_on

if TYPE_CHECKING:
    from data.law.dated import Dated, Versions
    from data.law.law import Law
    from outreach.rules.case import Case

_MORE_THAN_A_MONTH = timedelta(days=32)


def turning_days(case: Case, law: Law) -> list[date]:
    """Return, in order, the days on which a law, a rest, a word or the claim itself ends.

    Steps that are only too early are no turning days: their answer says when to ask again.
    """
    ends = [case.respite_until, case.paused_until, *(word.until for word in case.words)]
    days = {day + ONE_DAY for day in ends if day is not None}
    days.update(_law_changes(case, law))
    days.update(_ends(case, law), _preference_ends(case, law))
    return sorted(days)


def _law_changes(case: Case, law: Law) -> set[date]:
    kind = law.claim_types[case.claim_type]
    tables: list[Versions[Dated]] = [
        kind.law,  # type: ignore[list-item]
        law.statutory.versions,  # type: ignore[list-item]
        law.hand_over.versions,  # type: ignore[list-item]
        law.limitation.roll,  # type: ignore[list-item]
    ]
    for version in kind.law.root:
        tables.append(law.fees[version.regime])  # type: ignore[arg-type]
        tables.append(law.limitation[version.limitation])  # type: ignore[arg-type]
    return {version.valid_from for table in tables for version in table.root}


def _ends(case: Case, law: Law) -> set[date]:
    """Return the days after the claim's last ones, under each version of the law of its type."""
    agreements = case.agreements
    return {
        ONE_DAY
        + expires_on(
            case.due_date,
            case.period_end,
            agreements.acknowledged_on,
            version,
            law,
            earlier=agreements.acknowledged_before,
        )
        for version in law.claim_types[case.claim_type].law.root
    }


def _preference_ends(case: Case, law: Law) -> set[date]:
    """Return the days after the last on which the claim is preferential (fortrinsret)."""
    months = {version.preference_months for version in law.claim_types[case.claim_type].law.root}
    return {months_after(case.due_date, length) + ONE_DAY for length in months if length}


def next_interest_day(case: Case, law: Law, covers_until: date) -> date | None:
    """Return the next day on which interest of one more period may be due, or none.

    A period is posted when all payments of its days are known: the day after the first bank day
    from its end on.
    """
    rates = law.interest.of(law.claim_types[case.claim_type].on(case.due_date).regime)
    first = max(covers_until, case.due_date) + ONE_DAY
    match rates:
        case PerStartedMonth():
            ends = next(month_starts(case.due_date, first, first + _MORE_THAN_A_MONTH))
        case ReferencePlus():
            ends = first.replace(day=monthrange(first.year, first.month)[1])
        case NoInterest():
            return None
    return next_bank_day(ends) + ONE_DAY
