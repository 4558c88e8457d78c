"""What each channel (kanal) can carry, from `channels.yml`."""

from __future__ import annotations

from datetime import date
from functools import cache
from pathlib import Path
from typing import Annotated

from pydantic import Field, model_validator

from data.models.citizens import Channel
from data.yaml_files import Block, Source, read

FILE = Path(__file__).with_name("channels.yml")


class Carries(Block):
    """What one channel can carry."""

    #: The highest identity level (0 to 3) that counts there.
    ceiling: Annotated[int, Field(ge=0, le=3)]
    links: bool
    buttons: bool
    #: The longest message, in characters.
    longest: Annotated[int, Field(ge=160)]


class Channels(Block):
    """The table of channels."""

    source: Source
    verified_on: date
    channels: dict[Channel, Carries]

    @model_validator(mode="after")
    def _names_each(self) -> Channels:
        missing = [channel.value for channel in Channel if channel not in self.channels]
        if missing:
            raise ValueError(f"channels: {', '.join(missing)} missing")
        return self


@cache
def carried_by(channel: Channel) -> Carries:
    """Return what a channel can carry.

    Raises:
        DataFileError: the file is wrong; the text names file, line and key.
    """
    return _table().channels[channel]


@cache
def _table() -> Channels:
    return read(FILE, Channels)
