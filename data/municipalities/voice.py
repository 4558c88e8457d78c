"""How the assistant answers the telephone (telefonbetjening)."""

from __future__ import annotations

from datetime import timedelta
from typing import Annotated

from pydantic import Field, model_validator

from data.municipalities.blocks import Hour, Phone, Words
from data.yaml_files import Block, Source


class Voices(Block):
    """Which of Twilio's voices speaks each language (stemmer)."""

    da: Annotated[str, Field(pattern=r"^[A-Za-z][\w.-]{1,60}$")]
    en: Annotated[str, Field(pattern=r"^[A-Za-z][\w.-]{1,60}$")]

    def of(self, language: str) -> str:
        """Return the voice of a language (`da` or `en`)."""
        return self.en if language == "en" else self.da


class CallBackSlot(Block):
    """A part of an office day in which a caseworker can call back (tidsrum)."""

    name: Words
    opens: Hour
    closes: Hour

    @model_validator(mode="after")
    def _opens_before_it_closes(self) -> CallBackSlot:
        if self.opens >= self.closes:
            raise ValueError("opens must be before closes")
        return self


class Voice(Block):
    """What the assistant does on the telephone (telefonen)."""

    #: The municipality's number at Twilio; none: the assistant answers no calls and places none.
    number: Phone | None
    voices: Voices
    #: Calls are not recorded: there is no place yet that keeps a recording as it must be kept.
    recording: bool
    #: The longest a call with the assistant may be, in minutes; then it says goodbye.
    most_minutes: Annotated[int, Field(ge=2, le=120)]
    #: So many times in a row silent, or not understood, before a person is asked for.
    misunderstandings: Annotated[int, Field(ge=1, le=10)]
    #: Where a call is put through to in office hours; none: a person calls back.
    transfer_to: Phone | None
    #: Seconds it rings there before a call-back is offered.
    ring_seconds: Annotated[int, Field(ge=5, le=120)]
    #: What a citizen may choose between for a call-back, on the next office days.
    call_back: Annotated[tuple[CallBackSlot, ...], Field(min_length=1, max_length=4)]
    source: Source

    @model_validator(mode="after")
    def _does_not_record(self) -> Voice:
        if self.recording:
            raise ValueError(
                "recording: calls cannot be recorded in this version, since nothing keeps the"
                " recording encrypted and deletes it in time; set it to false"
            )
        return self

    @property
    def most(self) -> timedelta:
        """The longest a call with the assistant may be."""
        return timedelta(minutes=self.most_minutes)
