"""What the assistant does next, for each meaning and each thing it may have asked for."""

import pytest

from .conftest import Dialogue

pytestmark = [pytest.mark.rasa, pytest.mark.xdist_group("dialogues")]

AWAITED = ("nothing", "identity", "amount", "respite_date", "offer")

ALWAYS = (
    "greeting",
    "human",
    "in_crisis",
    "stop",
    "is_this_scam",
    "wrong_person",
    "what_is_this",
    "how_much",
    "consequences",
    "ask_plan",
    "decline",
    "dispute_claim",
    "already_paid",
    "pay_now",
    "partial_payment",
    "plan_status",
    "change_plan",
    "missed_instalment",
    "are_you_robot",
    "thanks",
)

BY_WHAT_IS_AWAITED = {
    "propose_amount": {
        "nothing": "propose_amount",
        "identity": "identify",
        "amount": "propose_amount",
        "respite_date": "respite_date",
        "offer": "propose_amount",
    },
    "accept": {
        "nothing": "greeting",
        "identity": "greeting",
        "amount": "greeting",
        "respite_date": "greeting",
        "offer": "accept",
    },
    "ask_respite": {
        "nothing": "ask_respite",
        "identity": "ask_respite",
        "amount": "ask_respite",
        "respite_date": "respite_date",
        "offer": "ask_respite",
    },
    "inform": {
        "nothing": "not_understood",
        "identity": "identify",
        "amount": "propose_amount",
        "respite_date": "respite_date",
        "offer": "propose_amount",
    },
    "out_of_scope": {
        "nothing": "not_understood",
        "identity": "identify",
        "amount": "not_understood",
        "respite_date": "not_understood",
        "offer": "not_understood",
    },
    "nlu_fallback": {
        "nothing": "not_understood",
        "identity": "identify",
        "amount": "propose_amount",
        "respite_date": "respite_date",
        "offer": "propose_amount",
    },
}

AGREED = [(intent, awaited, intent) for intent in ALWAYS for awaited in AWAITED] + [
    (intent, awaited, action)
    for intent, actions in BY_WHAT_IS_AWAITED.items()
    for awaited, action in actions.items()
]


def test_every_meaning_has_an_agreed_answer_whatever_is_awaited() -> None:
    assert len(AGREED) == 26 * len(AWAITED)


@pytest.mark.parametrize(("intent", "awaited", "action"), AGREED)
def test_the_agreed_action_follows(
    dialogue: Dialogue, intent: str, awaited: str, action: str
) -> None:
    heard = dialogue.say(f"/{intent}", dialogue.begin(awaited), trusted=True)
    assert heard["intent"] == intent
    assert heard["action"] == f"action_{action}"


def test_what_an_action_asks_for_decides_how_the_next_message_is_taken(dialogue: Dialogue) -> None:
    citizen = dialogue.begin("nothing")
    dialogue.stand_in.sets = {"action_ask_plan": "identity", "action_identify": "amount"}
    heard = [
        dialogue.say(f"/{intent}", citizen, trusted=True)["action"]
        for intent in ("ask_plan", "inform", "inform", "how_much", "nlu_fallback")
    ]
    dialogue.stand_in.sets = {}
    assert heard == [
        "action_ask_plan",
        "action_identify",
        "action_propose_amount",
        "action_how_much",
        "action_propose_amount",
    ]


def test_rasa_shows_us_the_token_when_it_asks_for_an_action(dialogue: Dialogue) -> None:
    dialogue.say("/greeting", trusted=True)
    assert dialogue.stand_in.tokens == {"Bearer a-token-for-tests"}
