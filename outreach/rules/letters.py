"""May a letter that was decided still leave (brevets sidste blik): pure."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from typing import TYPE_CHECKING

from data.models.cases import Effect
from outreach.rules import closure
from outreach.rules.decision import Reason, Refused
from outreach.rules.ladder import Move, next_step

if TYPE_CHECKING:
    from data.law.law import Law
    from data.municipalities.policy import Policy
    from outreach.rules.case import Case
    from outreach.rules.ladder import Answer


def may_leave(case: Case, step: str, law: Law, policy: Policy, today: date) -> Answer:
    """Ask once more for the step a letter is about, as though it had not been decided.

    What was paid, agreed or said since then counts, and so do the law and the policy of the day
    it leaves. Another step than this one is an answer too: this one is no longer next.
    """
    if case.word(Effect.SKIP, step, today) is not None:
        return Refused(Reason.HELD_BY_CASEWORKER, step=step)
    before = replace(case, taken=tuple(one for one in case.taken if one.step != step))
    ask = closure.may_close if step == closure.NAME else next_step
    answer = ask(before, law, policy, today)
    if isinstance(answer, Move) and answer.name != step:
        return Refused(Reason.NOT_IN_POLICY, step=step)
    return answer
