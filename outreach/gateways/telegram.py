"""The door to Telegram (Telegram): what we ask of it, and how its messages are called here.

The bot behind it is in `telegram_bot`; it takes seconds to import, and is opened where a token is.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final, Protocol, runtime_checkable

if TYPE_CHECKING:
    from collections.abc import Sequence

    from outreach.runtime import Parcel, SendOutcome

#: What comes to us, and nothing else: no groups' or channels' posts.
UPDATES: Final = ["message", "edited_message", "callback_query", "my_chat_member"]
#: Begins what the button of a short answer sends us; its number follows.
CHOICE: Final = "choice:"


def vendor_ref(chat: str, message_id: int) -> str:
    """Return our reference for a message on Telegram: its number counts within the chat only."""
    return f"telegram:{chat}:{message_id}"


@runtime_checkable
class Telegram(Protocol):
    """The carrier of Telegram, and what else a bot does there."""

    async def send(self, parcel: Parcel) -> SendOutcome:
        """Hand over one message. It never raises for what Telegram or the network does."""

    async def say(
        self,
        chat: str,
        text: str,
        buttons: Sequence[tuple[str, str]] = (),
        *,
        replies_to: int | None = None,
    ) -> None:
        """Say what belongs to no conversation yet: once, and if it is lost they ask again."""

    async def answer_press(self, press: str) -> None:
        """Tell Telegram that the press of a button has come, so that the button rests."""

    async def take_buttons_away(self, chat: str, message_id: int) -> None:
        """Take the buttons off a message of ours."""

    async def leave(self, chat: str) -> None:
        """Leave a group."""

    async def updates(self, after: int | None) -> list[dict[str, Any]]:
        """Ask for what has come in since update `after`; Telegram waits a while for the first.

        Raises:
            OSError: Telegram cannot be asked now.
        """

    async def call_us_at(self, address: str | None, secret: str = "") -> None:
        """Let Telegram call this address with each update; none: we ask ourselves.

        Raises:
            OSError: Telegram cannot be asked, or refuses the address.
        """

    async def close(self) -> None:
        """Let go of the connections."""
