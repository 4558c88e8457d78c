"""What is done at Telegram itself once an update has been stored (bagefter)."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from outreach.gateways.telegram import Telegram


@dataclass(frozen=True, slots=True)
class After:
    """What is to be done in one chat; what belongs to a conversation goes by the outbox instead."""

    chat: str
    text: str | None = field(repr=False, default=None)
    #: What stands on each button, and what it sends us.
    buttons: tuple[tuple[str, str], ...] = ()
    replies_to: int | None = None
    #: The press that waits for an answer.
    press: str | None = None
    #: The message that shall have no buttons any more.
    without_buttons: int | None = None
    leaves: bool = False


async def carry_out(bot: Telegram, after: After | None) -> None:
    """Do it, outside any transaction; what Telegram does not take is not tried again."""
    if after is None:
        return
    if after.press is not None:
        await bot.answer_press(after.press)
    if after.without_buttons is not None:
        await bot.take_buttons_away(after.chat, after.without_buttons)
    if after.text is not None:
        await bot.say(after.chat, after.text, after.buttons, replies_to=after.replies_to)
    if after.leaves:
        await bot.leave(after.chat)
