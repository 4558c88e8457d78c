"""Which action answers which intent (svar): questions first, then what is done or agreed."""

from __future__ import annotations

from typing import TYPE_CHECKING

from bot.actions import (
    agreements,
    bills,
    changes,
    charges,
    claims,
    contact,
    general,
    incomes,
    objections,
    payments,
    plans,
    respites,
    rights,
    steps,
    worries,
)

if TYPE_CHECKING:
    from bot.actions.turn import Handler

#: They only tell: two of them may be answered in one breath.
QUESTIONS: dict[str, Handler] = {
    "what_is_this": claims.what_is_this,
    "how_much": claims.how_much,
    "due_date": bills.due_date,
    "send_bill_again": bills.send_bill_again,
    "autopay": bills.autopay,
    "fee_question": charges.fee_question,
    "interest_question": charges.interest_question,
    "offset_question": incomes.offset_question,
    "consequences": steps.consequences,
    "state_collection": steps.state_collection,
    "wage_withholding": worries.wage_withholding,
    "home_auction": worries.home_auction,
    "service_closure": worries.service_closure,
    "credit_bureau": worries.credit_bureau,
    "access_data": rights.access_data,
    "debt_relief": rights.debt_relief,
    "economic_help": rights.economic_help,
    "is_this_scam": general.is_this_scam,
    "are_you_robot": general.are_you_robot,
    "cannot_digital": contact.cannot_digital,
    "channel_preference": contact.channel_preference,
    "plan_status": plans.plan_status,
    "pay_now": payments.pay_now,
}
#: They do something, open a bargain or close the talk: one a message.
ACTS: dict[str, Handler] = {
    "already_paid": claims.already_paid,
    "dispute_claim": objections.dispute_claim,
    "partial_payment": payments.partial_payment,
    "ask_plan": agreements.ask_plan,
    "change_plan": changes.change_plan,
    "missed_instalment": plans.missed_instalment,
    "waiting_for_money": incomes.waiting_for_money,
    "assign_future_claim": incomes.assign_future_claim,
    "daycare_place": worries.daycare_place,
    "complaint": rights.complaint,
    "representative": rights.representative,
    "language": contact.language,
    "business": contact.business,
    "abuse": contact.abuse,
    "feedback": contact.feedback,
    "wrong_person": general.wrong_person,
    "human": general.human,
    "stop": general.stop,
    "thanks": general.thanks,
}
ANSWERS: dict[str, Handler] = QUESTIONS | ACTS
#: What is done on the way of a bargain; the rules lead to these by what we have asked for.
BARGAINS: dict[str, Handler] = {
    "propose_amount": agreements.propose_amount,
    "ask_respite": respites.ask_respite,
}
#: What a part of a message may ask us to do, beside the questions in it.
DOES: dict[str, Handler] = BARGAINS | {
    name: handler
    for name, handler in ACTS.items()
    if name not in {"thanks", "feedback", "abuse", "language"}
}
#: What may be answered once the identity is proven.
WANTED: dict[str, Handler] = ANSWERS | BARGAINS | {"accept": agreements.read_standing}


def answer_to(intent: str) -> Handler | None:
    """Return what answers an intent whatever we have asked for; none where that decides."""
    return ANSWERS.get(intent)
