"""What a caseworker is asked about before it is sent, and what they are not bothered with."""

import pytest

from data.models.citizens import Channel
from outreach.rules.careful import Care, found


def asked(text, channel=Channel.SMS, level=1):
    return found(
        text, channel=channel, level=level, claim_types=["Børnepasning"], names=["Mette Hansen"]
    )


@pytest.mark.parametrize(
    ("text", "care"),
    [
        ("Dit nummer er 010180-1234", Care.CPR),
        ("Du skylder 1.200,50 kr.", Care.AMOUNT),
        ("Du skylder kr. 1.200", Care.AMOUNT),
        ("betal 500,-", Care.AMOUNT),
        ("Du har en depression", Care.HEALTH),
        ("Det er for børnepasningen", Care.CLAIM_TYPE),
        ("konto nr. 12345678", Care.ACCOUNT),
        ("DK50 0040 0440 1162 43", Care.ACCOUNT),
        ("se https://borger.dk/gaeld", Care.LINK),
        ("se borger.dk", Care.LINK),
    ],
)
def test_each_of_them_is_asked_about(text, care):
    assert care in asked(text)


@pytest.mark.parametrize(
    "text",
    [
        "Hej Mette, må jeg ringe i morgen kl. 10?",
        "Ring til os på 43 68 68 68.",
        "Skriv til post@albertslund.dk",
        "Sagen er A-1001 fra den 24.12.2026.",
        "Tak for din besked. Jeg vender tilbage.",
    ],
)
def test_ordinary_words_are_not(text):
    assert asked(text) == []


def test_whom_we_know_may_hear_their_own_but_no_cpr_number_and_no_link():
    text = "010180-1234: 500 kr. for børnepasning, se borger.dk"
    assert asked(text, level=2) == [Care.CPR, Care.LINK]
    assert asked(text, channel=Channel.TELEGRAM, level=2) == [Care.CPR]
