"""The network refuses what Twilio refuses, with the same codes."""

import pytest

from bot.simulator.refusals import REFUSED_NUMBERS, Outbound, refusal
from data.municipalities.policy import Policies
from tests.bot.simulator.conftest import ALBERTSLUND, METTE

POLICIES = Policies.load()


def code_for(**given):
    values = {"sender": ALBERTSLUND, "to": METTE, "body": "Hej Mette."} | given
    refused = refusal(POLICIES, Outbound(**values))
    return refused and refused.code


def test_an_ordinary_message_is_taken():
    assert code_for() is None
    assert code_for(body="a" * 1600) is None
    assert code_for(status_callback="https://mindelig.example.dk/webhooks/twilio/status") is None


@pytest.mark.parametrize(
    ("given", "code"),
    [
        ({"to": "12"}, 21211),
        ({"to": "+4512"}, 21211),
        ({"to": "+45 70 99 10 01"}, 21211),
        ({"to": "+457099100\u0661"}, 21211),
        ({"to": ""}, 21604),
        ({"sender": ""}, 21603),
        ({"sender": "Kommunen"}, 21212),
        ({"sender": "+4520304050"}, 21606),
        ({"to": ALBERTSLUND}, 21266),
        ({"body": ""}, 21602),
        ({"body": "  \n"}, 21602),
        ({"body": "a" * 1601}, 21617),
        ({"status_callback": "our house"}, 21609),
        ({"status_callback": "http://[::1"}, 21609),
        ({"status_callback": f"http://127.0.0.1/{'a' * 500}"}, 21609),
    ],
)
def test_what_twilio_objects_to_is_named_by_its_code(given, code):
    assert code_for(**given) == code


@pytest.mark.parametrize("number", REFUSED_NUMBERS)
def test_some_telephones_can_never_be_written_to(number):
    assert code_for(to=number) == REFUSED_NUMBERS[number].code
