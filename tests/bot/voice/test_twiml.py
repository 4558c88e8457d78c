"""What we answer is TwiML that Twilio documents; the check itself finds what is not."""

import hypothesis.strategies as st
import pytest
from hypothesis import given

from bot.voice.twiml import Answer, Place, Said, Then, go_on, hang_up, whisper, write
from data.municipalities.policy import Policies
from data.values.phone import PhoneNumber
from tests import twiml

VOICE = Policies.load()["albertslund"].voice
assert VOICE is not None
PUT_THROUGH = VOICE.model_copy(update={"transfer_to": PhoneNumber("+4543680001")})
PLACE = Place("https://mindelig.example.dk", "3f0c", 4, "da", PUT_THROUGH)


@pytest.mark.parametrize("then", Then)
@given(text=st.text(max_size=5_000), language=st.sampled_from(["da", "en"]))
def test_whatever_is_said_is_a_document_twilio_takes(then, text, language):
    document = write(Answer((Said(text, language),), then), PLACE)
    twiml.checked(document)


@given(summary=st.text(min_size=1, max_size=500))
def test_whatever_is_whispered_is_a_document_twilio_takes(summary):
    twiml.checked(whisper(summary, PLACE))


def test_the_short_answers_are_documents_twilio_takes():
    assert [verb.tag for verb in twiml.checked(hang_up())] == ["Hangup"]
    assert list(twiml.checked(go_on())) == []


def test_what_a_caller_says_is_not_shown_where_it_might_be_logged():
    assert "skylder" not in repr(Said("Du skylder 1.200 kr.", "da"))


@pytest.mark.parametrize(
    ("document", "fault"),
    [
        ("<Response><Say>x</Say>", "no XML"),
        ("<Answer/>", "no <Response>"),
        ("<Response><Shout>x</Shout></Response>", "<Shout> stands in <Response>"),
        ("<Response><Dial><Say>x</Say></Dial></Response>", "<Say> stands in <Dial>"),
        ("<Response><Gather input='voice'/></Response>", "<Gather input='voice'>"),
        ("<Response><Say tone='kind'>x</Say></Response>", "knows no tone"),
        ("<Response><Say/></Response>", "<Say> holds ''"),
        ("<Response><Hangup/><Say>x</Say></Response>", "<Say> follows <Hangup>"),
        ("<Response>x</Response>", "<Response> holds text"),
        ("<Response><Dial><Number>20304050</Number></Dial></Response>", "<Number> holds"),
        (f"<Response><Say>{'x' * 5000}</Say></Response>", "holds 5000 letters"),
        (f"<Response><Say>{'x' * 70_000}</Say></Response>", "longer than 64 kB"),
    ],
)
def test_the_check_finds_what_twilio_would_refuse(document, fault):
    assert any(fault in found for found in twiml.faults(document))
