"""E-mail (e-mail): whose way to stop it is, and what somebody's stop means."""

from __future__ import annotations

from typing import TYPE_CHECKING

from data.models.citizens import Channel
from data.models.conversations import Conversation
from data.notifications import notify
from outreach import citizens
from outreach.gateways import stop_links

if TYPE_CHECKING:
    from sqlalchemy.ext.asyncio import AsyncSession

    from outreach.runtime import Runtime

#: Who said it, on record: the button of a mail program, or of the page behind the link.
LINK = "mail_link"


async def of_link(session: AsyncSession, runtime: Runtime, token: str) -> Conversation | None:
    """Return the e-mail conversation a link is of, or none: it is not ours."""
    conversation_id = stop_links.opened(runtime.settings, token)
    if conversation_id is None:
        return None
    talk = await session.get(Conversation, conversation_id)
    if talk is None or talk.channel is not Channel.EMAIL:
        return None
    return talk if talk.municipality in runtime.policies else None


async def stop(session: AsyncSession, runtime: Runtime, talk: Conversation) -> bool:
    """Stop e-mail to an address (framelding); tell whether it is new. What waits stands down."""
    is_new = await citizens.opt_out(
        session,
        runtime,
        municipality=talk.municipality,
        channel=talk.channel,
        address=talk.address,
        source=LINK,
    )
    if is_new:
        await notify(session, talk.municipality)
    return is_new
