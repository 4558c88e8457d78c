"""Whatever is awaited, whatever is meant: each message gets a sensible answer and a next step."""

import re

import pytest
import yaml
from sqlalchemy import select

from data.models.conversations import Awaiting, Conversation, Owner
from data.values.money import Money
from tests import make
from tests.house.sources import ROOT

DIALOGUES = ROOT / "dialogues"
#: What nobody may read before they have shown who they are.
SECRETS = re.compile(r"\b777\b|Børnepasning|Childcare|X-\d{4}\b|Hansen")
NEXT_STEP = re.compile(r"[Ss]kriv|[Rr]ing |medarbejder|\?|\d\d \d\d \d\d \d\d")
DOWN = "Jeg kan ikke svare lige nu"
#: No examples are written of what was not understood, and data are not words.
WORDS = {"nlu_fallback": "hmm tja", "inform": "200 den 1.", "accept": "ja", "decline": "nej tak"}


def intents():
    """Return every intent of the domain."""
    domain = yaml.safe_load((DIALOGUES / "domain/intents.yml").read_text(encoding="utf-8"))
    return list(domain["intents"])


def words_for(intent):
    """Return what a citizen may write who means this: the first of its examples."""
    if intent in WORDS:
        return WORDS[intent]
    file = DIALOGUES / "nlu/da" / f"{intent}.yml"
    [entry] = yaml.safe_load(file.read_text(encoding="utf-8"))["nlu"]
    first = entry["examples"].splitlines()[0].removeprefix("- ")
    return re.sub(r"\[([^]]*)\](?:\([^)]*\)|\{[^}]*\})", r"\1", first)


def rules():
    """Return what the rules lead to: by intent, what is awaited (none: whatever), the action."""
    for file in sorted((DIALOGUES / "rules").glob("*.yml")):
        for rule in yaml.safe_load(file.read_text(encoding="utf-8"))["rules"]:
            awaited = [slot["awaiting"] for part in rule.get("condition", [])
                       for slot in part["slot_was_set"]]  # fmt: skip
            meant = [one["intent"] for step in rule["steps"] for one in step.get("or", [step])
                     if "intent" in one]  # fmt: skip
            for intent in meant:
                yield intent, awaited[0] if awaited else None, rule["steps"][-1]["action"]


RULES = {(intent, awaited): action.removeprefix("action_") for intent, awaited, action in rules()}


def action_for(intent, awaited):
    return RULES.get((intent, awaited)) or RULES.get((intent, None))


@pytest.mark.parametrize("awaiting", Awaiting)
def test_the_rules_know_what_to_do_with_every_meaning(awaiting):
    missing = [one for one in intents() if action_for(one, awaiting.value) is None]
    assert missing == []


@pytest.fixture
def newcomer(runtime, write):
    """Somebody who owes 777 kr., and whom the assistant has asked for something."""
    count = 0

    async def arrive(awaiting):
        nonlocal count
        count += 1
        phone, ref = f"+45204000{count:02}", f"X-{4000 + count}"
        citizen = await make.citizen(runtime, debtor_id=f"010180{count:04}", phone=phone)
        await make.claim(runtime, citizen, claim_ref=ref, principal=Money.kroner(777))
        for words, action, unsure in WAYS_TO[awaiting]:
            told = words.format(proof=f"01-01-1980 {ref}")
            await write(told, action, sender=phone, unsure=unsure)
        return phone

    return arrive


PROOF = ("{proof}", "not_understood", None)
WAYS_TO: dict[Awaiting, list[tuple[str, str, dict[str, float] | None]]] = {
    Awaiting.NOTHING: [],
    Awaiting.IDENTITY: [("Hvor meget er det?", "how_much", None)],
    Awaiting.AMOUNT: [PROOF],
    Awaiting.RESPITE_DATE: [PROOF, ("Må jeg vente?", "ask_respite", None)],
    Awaiting.OFFER: [PROOF, ("200 om måneden", "propose_amount", None)],
    Awaiting.CHOICE: [("hva hvornår", "not_understood", {"how_much": 0.4, "due_date": 0.35})],
}


@pytest.fixture
def place_of(runtime):
    """The conversation with a telephone."""

    async def look(phone):
        async with runtime.transaction() as session:
            return await session.scalar(select(Conversation).where(Conversation.address == phone))

    return look


@pytest.mark.parametrize("awaiting", Awaiting)
async def test_every_meaning_is_answered_with_a_next_step_whatever_was_asked_for(
    newcomer, write, rasa, place_of, awaiting
):
    for intent in intents():
        phone = await newcomer(awaiting)
        before = await place_of(phone)
        assert before is None or before.awaiting is awaiting, intent
        action = action_for(intent, awaiting.value)
        said = await write(words_for(intent), intent_of(action, intent), sender=phone)
        rasa.turns.clear()  # some are answered by a rule, and Rasa is not asked
        after = await place_of(phone)
        assert said, intent
        assert DOWN not in said, intent
        assert NEXT_STEP.search(said), (intent, said)
        if after.identity_level < 2:
            assert not SECRETS.search(said), (intent, said)
        if after.owner is not Owner.ASSISTANT:
            assert re.search(r"medarbejder|leder|Digital Post", said), (intent, said)


def intent_of(action, intent):
    """Return how the stand-in for Rasa is told to run this action."""
    return intent if action in {"answer", "hard_case"} else action
