"""The web chat: which sites may show it, and when a person answers there (webchat)."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field

from data.municipalities.blocks import Words
from data.yaml_files import Block, Source

#: A site as browsers name it: scheme, host and perhaps a port, and nothing after it.
Site = Annotated[str, Field(pattern=r"^https?://[a-z0-9.-]+(:[0-9]{1,5})?$")]


class Chat(Block):
    """The chat page, and the window of it on the municipality's own sites (webchat)."""

    #: The sites that may show the window; none: only the page of its own.
    sites: tuple[Site, ...] = ()
    #: When people sit at the desk and can answer.
    hours: Words
    source: Source
