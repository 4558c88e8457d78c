"""Writes what Twilio does next in a call (TwiML): say and listen, wait, put through, hang up.

Source: https://www.twilio.com/docs/voice/twiml
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from enum import Enum
from typing import TYPE_CHECKING, Final

from twilio.twiml.voice_response import Dial, Gather, VoiceResponse

from bot.voice.speaking import aloud, in_parts

if TYPE_CHECKING:
    from data.municipalities.voice import Voice, Voices

#: Where in the web app the calls are answered.
BASE: Final = "/webhooks/twilio/voice"
#: Seconds of silence before, and between keys.
_SILENCE: Final = 5
_LOCALES: Final = {"da": "da-DK", "en": "en-GB"}


class Then(Enum):
    """What follows when all is said."""

    LISTEN = "listen"
    ONE_KEY = "one_key"  # a key is taken at once, and words too
    WAIT = "wait"
    PUT_THROUGH = "put_through"
    HANG_UP = "hang_up"


@dataclass(frozen=True, slots=True)
class Said:
    """A text and the language it is said in; hides it."""

    text: str = field(repr=False)
    language: str


@dataclass(frozen=True, slots=True)
class Answer:
    """What is said now, and what follows."""

    says: tuple[Said, ...]
    then: Then = Then.LISTEN

    def after(self, *says: Said) -> Answer:
        """Return the same with something said before it."""
        return replace(self, says=(*says, *self.says))


@dataclass(frozen=True, slots=True)
class Place:
    """Where in which call this is said: what Twilio is to call back with."""

    public_url: str
    call_id: str
    turn: int
    language: str
    voice: Voice

    def url(self, name: str, **more: str) -> str:
        """Return the address Twilio calls next; it is signed with all that stands in it."""
        query = "&".join(f"{key}={value}" for key, value in more.items())
        return f"{self.public_url}{BASE}/{name}" + (f"?{query}" if query else "")


def write(answer: Answer, place: Place, *, moment: int = 0) -> str:
    """Write an answer as TwiML; `moment` counts how often the caller was asked to wait."""
    response = VoiceResponse()
    match answer.then:
        case Then.LISTEN | Then.ONE_KEY:
            heard = _gather(place, one_key=answer.then is Then.ONE_KEY)
            _say(heard, answer.says, place.voice.voices)
            response.append(heard)
        case Then.WAIT:
            _say(response, answer.says, place.voice.voices)
            response.redirect(
                place.url("wait", turn=str(place.turn), moment=str(moment)), method="POST"
            )
        case Then.PUT_THROUGH:
            _say(response, answer.says, place.voice.voices)
            response.append(_dial(place))
        case Then.HANG_UP:
            _say(response, answer.says, place.voice.voices)
            response.hangup()
    return str(response)


def hang_up() -> str:
    """End the call without a word."""
    response = VoiceResponse()
    response.hangup()
    return str(response)


def leave(text: str, language: str, voices: Voices) -> str:
    """Say a text word for word and hang up: what a voicemail hears (telefonsvarer)."""
    response = VoiceResponse()
    response.say(text, voice=voices.of(language), language=_LOCALES[language])
    response.hangup()
    return str(response)


def go_on() -> str:
    """Let what waits happen: after a whisper, the two are put together."""
    return str(VoiceResponse())


def whisper(text: str, place: Place) -> str:
    """Say to the caseworker alone what it is about; a key takes the call, nothing leaves it."""
    response = VoiceResponse()
    gather = Gather(
        input="dtmf",
        num_digits=1,
        timeout=_SILENCE,
        action=place.url("taken", call=place.call_id),
        method="POST",
    )
    _say(gather, (Said(text, place.language),), place.voice.voices)
    response.append(gather)
    response.hangup()
    return str(response)


def _gather(place: Place, *, one_key: bool) -> Gather:
    keys = {"num_digits": 1} if one_key else {"finish_on_key": "#"}
    return Gather(
        input="speech dtmf",
        language=_LOCALES[place.language],
        action=place.url("turn", turn=str(place.turn)),
        method="POST",
        timeout=_SILENCE,
        speech_timeout="auto",
        profanity_filter=False,
        action_on_empty_result=True,
        **keys,
    )


def _dial(place: Place) -> Dial:
    dial = Dial(
        answer_on_bridge=True,
        timeout=place.voice.ring_seconds,
        action=place.url("turn", turn=str(place.turn)),
        method="POST",
    )
    to = place.voice.transfer_to
    if to is None:  # pragma: no cover - nobody is put through to nobody
        raise ValueError("voice.transfer_to is not set")
    dial.number(to.e164, url=place.url("whisper", call=place.call_id), method="POST")
    return dial


def _say(verb: VoiceResponse | Gather, says: tuple[Said, ...], voices: Voices) -> None:
    for said in says:
        for part in in_parts(aloud(said.text, said.language)):
            verb.say(part, voice=voices.of(said.language), language=_LOCALES[said.language])
