"""What holds for every answer from the case: no sum before a proof, both languages, the tone."""

import pytest

from outreach.rules.phrases.asides import asks_for_law
from outreach.texts import gsm7_segments
from tests import make_cases
from tests.bot.own_case import owes, told
from tests.house.tone import faults, long_sentences

#: How each question is put, in Danish and in English.
QUESTIONS = {
    "due_date": ("hvornår skulle den være betalt", "When was this bill due?"),
    "send_bill_again": ("jeg har aldrig fået regningen", "I never got the bill, please send it"),
    "autopay": ("tilmeld betalingsservice", "Can you please set up direct debit for me"),
    "fee_question": ("hvorfor et gebyr, hvilken lov", "Why is there a fee, and which law?"),
    "interest_question": ("løber der renter på", "Is there any interest on the bill?"),
    "consequences": ("hvad sker der, hvor står det", "What happens if I do not pay?"),
    "state_collection": ("er det sendt videre", "Has it gone to debt collection?"),
    "waiting_for_money": ("jeg venter på dagpenge", "I am waiting for my money to come"),
    "offset_question": ("tager i mine børnepenge", "Will you take my child benefit?"),
    "assign_future_claim": ("tag det af min skat", "Can you take it from my tax refund?"),
    "pay_now": ("hvordan betaler jeg", "How can I pay this bill now, please?"),
    "partial_payment": ("må jeg betale lidt nu", "Can I pay a little of it now, please?"),
    "already_paid": ("jeg har betalt", "I have already paid the bill"),
    "how_much": ("hvor meget skylder jeg", "How much do I owe you?"),
    "what_is_this": ("hvad er det for en regning", "What is this bill about?"),
}
ASKED = [(intent, text) for intent, texts in QUESTIONS.items() for text in texts]
#: These tell all steps, or three numbers to type: one part of a text message more.
LONG, TELLS_MUCH = {"consequences", "autopay"}, 3
SECRETS = ("1.200", "1,200", "kr.", "+71", "ørnepasning", "hildcare (", "A-1001", "november 2026")


@pytest.mark.parametrize("municipality", ["albertslund", "faxe"])
@pytest.mark.parametrize(("intent", "text"), ASKED)
async def test_F12_F16_no_fact_before_the_proof_and_a_kind_answer_after_it(
    write, runtime, municipality, intent, text
):
    owed = await owes(runtime, municipality)
    await make_cases.fee(runtime, owed)
    before, after = await told(write, text, intent, to=municipality)
    if intent != "already_paid":  # its pause has a day of its own
        assert [one for one in SECRETS if one in before] == []
    assert before != after
    general = before.split("\n\n", 1)[-1]
    room = (TELLS_MUCH if intent in LONG else 2) + asks_for_law(text)
    assert gsm7_segments(general)[0] <= room
    for said in (before, after):
        assert faults(said) == []
        assert long_sentences(said) == []
        assert gsm7_segments(said)[1]
