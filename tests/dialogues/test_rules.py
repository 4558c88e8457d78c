"""What the assistant does next, for each meaning and each thing it may have asked for."""

import pytest
import yaml

from bot.actions.answers import ANSWERS

from .conftest import ROOT, Dialogue

pytestmark = [pytest.mark.rasa, pytest.mark.xdist_group("dialogues")]

AWAITED = ("nothing", "identity", "amount", "respite_date", "offer", "choice")

#: Answered, whatever we have asked for.
ANSWERED = tuple(ANSWERS)

ALWAYS = {"greeting": "greeting", "decline": "decline"} | dict.fromkeys(ANSWERED, "answer")

BY_WHAT_IS_AWAITED = {
    "propose_amount": {
        "nothing": "propose_amount",
        "identity": "identify",
        "amount": "propose_amount",
        "respite_date": "respite_date",
        "offer": "propose_amount",
        "choice": "choose",
    },
    "accept": {
        "nothing": "greeting",
        "identity": "greeting",
        "amount": "greeting",
        "respite_date": "greeting",
        "offer": "accept",
        "choice": "choose",
    },
    "ask_respite": {
        "nothing": "ask_respite",
        "identity": "ask_respite",
        "amount": "ask_respite",
        "respite_date": "respite_date",
        "offer": "ask_respite",
        "choice": "ask_respite",
    },
    "inform": {
        "nothing": "not_understood",
        "identity": "identify",
        "amount": "propose_amount",
        "respite_date": "respite_date",
        "offer": "propose_amount",
        "choice": "choose",
    },
    "out_of_scope": {
        "nothing": "not_our_errand",
        "identity": "identify",
        "amount": "not_our_errand",
        "respite_date": "not_our_errand",
        "offer": "not_our_errand",
        "choice": "not_our_errand",
    },
    "nlu_fallback": {
        "nothing": "not_understood",
        "identity": "identify",
        "amount": "propose_amount",
        "respite_date": "respite_date",
        "offer": "propose_amount",
        "choice": "choose",
    },
}

AGREED = [(intent, awaited, action) for intent, action in ALWAYS.items() for awaited in AWAITED] + [
    (intent, awaited, action)
    for intent, actions in BY_WHAT_IS_AWAITED.items()
    for awaited, action in actions.items()
]


def domain_intents() -> set[str]:
    """Return every intent that Rasa may understand."""
    domain = yaml.safe_load((ROOT / "dialogues/domain/intents.yml").read_text(encoding="utf-8"))
    return set(domain["intents"])


def test_every_meaning_has_an_agreed_answer_whatever_is_awaited() -> None:
    agreed = {intent for intent, _, _ in AGREED}
    hard = {intent for intent in domain_intents() if intent.startswith("hard_")}
    assert agreed | hard == domain_intents()
    assert len(AGREED) == len(agreed) * len(AWAITED)


@pytest.mark.parametrize(("intent", "awaited", "action"), AGREED)
def test_the_agreed_action_follows(
    dialogue: Dialogue, intent: str, awaited: str, action: str
) -> None:
    heard = dialogue.say(f"/{intent}", dialogue.begin(awaited), trusted=True)
    assert heard["intent"] == intent
    assert heard["action"] == f"action_{action}"


@pytest.mark.parametrize("awaited", AWAITED)
def test_a_hard_case_comes_before_whatever_is_awaited(dialogue: Dialogue, awaited: str) -> None:
    for intent in sorted(domain_intents()):
        if intent.startswith("hard_"):
            heard = dialogue.say(f"/{intent}", dialogue.begin(awaited), trusted=True)
            assert heard["action"] == "action_hard_case", intent


def test_what_an_action_asks_for_decides_how_the_next_message_is_taken(dialogue: Dialogue) -> None:
    citizen = dialogue.begin("nothing")
    dialogue.stand_in.sets = {"action_answer": "identity", "action_identify": "amount"}
    heard = [
        dialogue.say(f"/{intent}", citizen, trusted=True)["action"]
        for intent in ("ask_plan", "inform", "inform", "greeting", "nlu_fallback")
    ]
    dialogue.stand_in.sets = {}
    assert heard == [
        "action_answer",
        "action_identify",
        "action_propose_amount",
        "action_greeting",
        "action_propose_amount",
    ]


def test_rasa_shows_us_the_token_when_it_asks_for_an_action(dialogue: Dialogue) -> None:
    dialogue.say("/greeting", trusted=True)
    assert dialogue.stand_in.tokens == {"Bearer a-token-for-tests"}
