"""Plays a whole telephone call against the web app, as Twilio does: signed forms, TwiML followed.

The caller answers `<Gather>` with keys or words, stays silent, or hangs up; a caseworker's
telephone rings at `<Dial>` and is answered, or not. Every TwiML on the way is checked.
"""

import asyncio
import secrets
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlsplit

from tests import twiml
from tests.twilio import ACCOUNT, sign

HEADERS = {"Content-Type": "application/x-www-form-urlencoded"}


def a_sid():
    """Return a reference such as Twilio gives a call."""
    return f"CA{secrets.token_hex(16)}"


@dataclass
class Caseworker:
    """Who is called by `<Dial>`: whether they pick up, and which key they press."""

    answers: bool = True
    key: str = "1"
    #: What was whispered to them.
    heard: str = ""
    #: What happens while they talk.
    talks: Callable[[], object] = lambda: None


@dataclass
class Phone:
    """A telephone, and the call it makes or takes."""

    client: Any
    public_url: str
    to: str
    number: str = "+4520304050"
    sid: str = field(default_factory=a_sid)
    caseworker: Caseworker = field(default_factory=lambda: Caseworker(answers=False))
    #: All that was said, in the order it was heard.
    said: list[str] = field(default_factory=list)
    voices: list[str] = field(default_factory=list)
    gather: Any = None
    is_over: bool = False
    dialled: str = ""
    #: The last form posted, and where: for those who post it once more.
    last: tuple[Any, ...] = ()

    async def call(self):
        """Dial the municipality; return what is heard first."""
        return await self.go("/webhooks/twilio/voice", Direction="inbound")

    async def pick_up(self, message_id, answered_by="human"):
        """Answer a call of the municipality's."""
        path = f"/webhooks/twilio/voice/out?m={message_id}"
        return await self.go(path, Direction="outbound-api", AnsweredBy=answered_by)

    async def press(self, digits):
        """Press keys, and hear what follows."""
        return await self.answer(Digits=digits)

    async def speak(self, words, confidence="0.9"):
        """Say words, and hear what follows."""
        return await self.answer(SpeechResult=words, Confidence=confidence)

    async def stay_silent(self):
        """Say nothing, and hear what follows."""
        assert self.gather is not None
        assert self.gather.get("actionOnEmptyResult") == "true"
        return await self.answer(Digits="")

    async def answer(self, **given):
        """Answer what was asked."""
        assert self.gather is not None, f"nobody listens: {self.said}"
        return await self.go(self.gather.get("action"), **given)

    async def go(self, address, **given):
        """Post a form, follow the TwiML until somebody listens or hangs up; return what is said."""
        before = len(self.said)
        reply = await self.post(address, **given)
        assert reply.status_code == 200, reply.text
        await self.follow(reply.text)
        return " ".join(self.said[before:])

    async def post(self, address, signature=None, **given):
        """Post a form as Twilio does, signed."""
        parts = urlsplit(address)
        path = parts.path + (f"?{parts.query}" if parts.query else "")
        form = {
            "AccountSid": ACCOUNT,
            "ApiVersion": "2010-04-01",
            "CallSid": self.sid,
            "CallStatus": "in-progress",
            "From": self.number,
            "To": self.to,
            "SomethingNew": "that Twilio added later",
        } | given
        self.last = (path, form)
        return await self.send(path, form, signature)

    async def send(self, path, form, signature=None):
        """Post exactly this."""
        signed = signature or sign(f"{self.public_url}{path}", form)
        headers = {"X-Twilio-Signature": signed}
        return await self.client.post(path, data=form, headers=headers)

    async def follow(self, document):
        """Do what a TwiML document says."""
        self.gather = None
        for verb in twiml.checked(document):
            match verb.tag:
                case "Say":
                    self.hear(verb)
                case "Gather":
                    for say in verb:
                        self.hear(say)
                    self.gather = verb
                    return None
                case "Redirect":
                    reply = await self.post(verb.text)
                    assert reply.status_code == 200, reply.text
                    return await self.follow(reply.text)
                case "Dial":
                    return await self.dial(verb)
                case "Hangup":
                    return await self.end()
        return None

    def hear(self, say):
        self.said.append(say.text)
        self.voices.append(say.get("voice"))

    async def dial(self, verb):
        """Let it ring at the caseworker's, and go on as the `action` says."""
        number = verb.find("Number")
        self.dialled = number.text
        status = "no-answer"
        if self.caseworker.answers:
            status = await self._whisper(number.get("url"))
            self.caseworker.talks()
        reply = await self.post(verb.get("action"), DialCallStatus=status)
        assert reply.status_code == 200, reply.text
        await self.follow(reply.text)

    async def _whisper(self, url):
        leg = Phone(self.client, self.public_url, to=self.dialled, number=self.to)
        heard = twiml.checked((await leg.post(url)).text)
        gather = heard.find("Gather")
        self.caseworker.heard = " ".join(say.text for say in gather)
        if not self.caseworker.key:
            return "completed"
        reply = await leg.post(gather.get("action"), Digits=self.caseworker.key)
        twiml.checked(reply.text)
        return "completed"

    async def hang_up(self, **given):
        """Lay the receiver down."""
        await self.end(**given)

    async def end(self, **given):
        self.is_over, self.gather = True, None
        ended = {"CallStatus": "completed", "CallDuration": "61"} | given
        reply = await self.post("/webhooks/twilio/voice/status", **ended)
        assert reply.status_code == 204, reply.text


YES, NO = "1", "2"


async def prove(phone, text_me=NO):
    """Call, and prove to be Mette by keys; then say whether a text may follow a broken line."""
    await phone.call()
    await phone.press("010180")
    await phone.press("1001")
    return await phone.press(text_me)


async def until(holds):
    """Wait until the worker has done what was asked."""
    async with asyncio.timeout(30):
        while not holds():  # noqa: ASYNC110 - the gateway tells nobody
            await asyncio.sleep(0.01)
