"""The one door into Rasa: who may come in, and what a citizen's text can never do."""

import json
from pathlib import Path

import pytest

from .conftest import TOKEN, Dialogue, free_port, run_rasa

pytestmark = [pytest.mark.rasa, pytest.mark.xdist_group("dialogues")]

FINE = {"sender": "someone", "message": "hej"}


@pytest.mark.parametrize("given", ["", "Bearer", "Bearer wrong", TOKEN, f"Bearer {TOKEN}x", "é"])
def test_the_door_stays_shut_without_the_token(dialogue: Dialogue, given: str) -> None:
    answer = dialogue.http.post(
        "/webhooks/internal/webhook", json=FINE, headers={b"Authorization": given.encode()}
    )
    assert answer.status_code == 401
    assert answer.json() == {"error": "the token is missing or wrong"}


def test_a_request_without_any_header_is_refused(dialogue: Dialogue) -> None:
    assert dialogue.http.post("/webhooks/internal/webhook", json=FINE).status_code == 401


@pytest.mark.parametrize("token", ["", "   "])
def test_rasa_does_not_start_with_an_empty_token(model: Path, token: str) -> None:
    stopped = run_rasa(
        *("run", "--model", str(model), "--interface", "127.0.0.1", "--port", str(free_port())),
        *("--credentials", "dialogues/credentials.yml"),
        MINDELIG_RASA_TOKEN=token,
    )
    assert stopped.returncode == 1
    assert "`token` is empty. Set MINDELIG_RASA_TOKEN" in stopped.stdout + stopped.stderr


@pytest.mark.parametrize(
    "typed", ["/restart", "  //restart", "/ / /restart", "\n/\t//restart", "\u00a0/restart"]
)
def test_a_citizen_cannot_restart_the_conversation(dialogue: Dialogue, typed: str) -> None:
    citizen = dialogue.begin("identity")
    dialogue.stand_in.sets = {"action_greeting": "amount"}
    dialogue.say("/greeting", citizen, trusted=True)
    dialogue.stand_in.sets = {}

    assert dialogue.say(typed, citizen)["text"] == "restart"
    # A restart would have begun anew, with who it is being asked for.
    assert dialogue.say("/inform", citizen, trusted=True)["action"] == "action_propose_amount"


@pytest.mark.parametrize("typed", ['/inform{"x":1}', '//inform{"x":1}', ' /inform{"x":1}'])
def test_a_command_in_a_citizens_text_is_only_text(dialogue: Dialogue, typed: str) -> None:
    assert dialogue.say(typed)["text"] == 'inform{"x":1}'


@pytest.mark.parametrize("trusted", [False, None, "true", 1, [True]])
def test_only_true_is_trusted(dialogue: Dialogue, trusted: object) -> None:
    assert dialogue.say("/stop", trusted=trusted)["text"] == "stop"


@pytest.mark.parametrize("typed", ["", "   ", "/", "///", "\u200b"])
def test_a_message_without_words_is_not_understood(dialogue: Dialogue, typed: str) -> None:
    assert dialogue.say(typed)["action"] == "action_not_understood"


@pytest.mark.parametrize(
    ("body", "why"),
    [
        (b"", "the body is not valid JSON"),
        (b"{", "the body is not valid JSON"),
        (b"\xff\xfe{}", "the body is not valid JSON"),
        (b"[" * 60_000, "the body is not valid JSON"),
        (b"[]", "the body must be a JSON object"),
        (b'"hej"', "the body must be a JSON object"),
        (b'{"message": "hej"}', "`sender` must be a text"),
        (b'{"sender": 7, "message": "hej"}', "`sender` must be a text"),
        (b'{"sender": "", "message": "hej"}', "`sender` must have 1 to 255 characters"),
        (b'{"sender": "a"}', "`message` must be a text"),
        (b'{"sender": "a", "message": ["hej"]}', "`message` must be a text"),
        (b'{"sender": "a", "message": "hej", "metadata": 1}', "`metadata` must be an object"),
    ],
)
def test_what_is_not_a_message_is_refused_with_the_reason(
    dialogue: Dialogue, body: bytes, why: str
) -> None:
    answer = dialogue.post(body)
    assert answer.status_code == 400
    assert answer.json() == {"error": why}


def test_a_refusal_repeats_nothing_of_what_was_sent(dialogue: Dialogue) -> None:
    assert "hemmelig" not in dialogue.post(b'{"sender": "a", "message": hemmelig}').text


def test_too_much_is_too_much(dialogue: Dialogue) -> None:
    just = {"sender": dialogue.begin(), "message": ""}
    just["message"] = "hej " * ((64 * 1024 - len(json.dumps(just))) // 4)
    assert dialogue.post(just).status_code == 200
    over = just | {"metadata": {"more": "x" * 100}}
    assert dialogue.post(over).status_code == 413


def test_a_message_keeps_its_letters_on_the_way(dialogue: Dialogue) -> None:
    assert dialogue.say("Æblegrød på øen 🙂")["text"] == "Æblegrød på øen 🙂"


def test_a_text_can_be_understood_without_a_conversation(dialogue: Dialogue) -> None:
    answer = dialogue.http.post(
        "/webhooks/internal/understand",
        json={"message": "jeg kan ikke holde til at være her mere"},
        headers={"Authorization": f"Bearer {TOKEN}"},
    )
    assert answer.status_code == 200
    understood = answer.json()
    assert set(understood) == {"intent", "confidence", "ranking", "also"}
    assert understood["intent"] == "hard_suicide"


@pytest.mark.parametrize("typed", ["/stop", "/ /restart"])
def test_a_command_is_no_meaning(dialogue: Dialogue, typed: str) -> None:
    answer = dialogue.http.post(
        "/webhooks/internal/understand",
        json={"message": typed},
        headers={"Authorization": f"Bearer {TOKEN}"},
    )
    assert answer.status_code == 200
    assert answer.json()["confidence"] < 1


def test_the_second_door_has_the_same_lock(dialogue: Dialogue) -> None:
    refused = dialogue.http.post("/webhooks/internal/understand", json={"message": "hej"})
    assert refused.status_code == 401
    no_message = dialogue.http.post(
        "/webhooks/internal/understand",
        json={"text": "hej"},
        headers={"Authorization": f"Bearer {TOKEN}"},
    )
    assert no_message.status_code == 400
