"""How the desk is manned: who is called at night, and how long a takeover may rest (bemanding)."""

from __future__ import annotations

from datetime import timedelta
from typing import Annotated

from pydantic import Field

from data.municipalities.blocks import Phone
from data.yaml_files import Block, Source


class Desk(Block):
    """The people behind the assistant (skrivebordet)."""

    #: The telephone of whoever is on duty outside office hours (vagttelefon); none: nobody is.
    on_call: Phone | None
    #: Minutes between two calls about the same handoff, until somebody takes it.
    call_again_minutes: Annotated[int, Field(ge=1, le=240)]
    #: So many calls follow each other like that; after them there is one an hour.
    calls_close_together: Annotated[int, Field(ge=1, le=200)]
    #: Minutes without a sign of life from the holder before a conversation goes back to the queue.
    forgotten_after_minutes: Annotated[int, Field(ge=5, le=24 * 60)]
    source: Source

    @property
    def call_again(self) -> timedelta:
        """How long to wait before the next call."""
        return timedelta(minutes=self.call_again_minutes)

    @property
    def forgotten_after(self) -> timedelta:
        """How long a takeover may rest."""
        return timedelta(minutes=self.forgotten_after_minutes)
