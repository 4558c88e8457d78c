"""Shows a citizen the confirmation of their agreement in the web chat (bekræftelse som PDF)."""

from __future__ import annotations

import base64
import binascii
import hashlib
import hmac
import struct
from datetime import timedelta
from typing import TYPE_CHECKING, Annotated, Final
from uuid import UUID

from fastapi import APIRouter, Query, Response

from bot.errors import RefusedAtDoorError
from bot.runtime import RuntimeOf
from data.models.agreements import Agreement
from data.models.citizens import Language
from data.models.conversations import Conversation
from data.values.ids import AgreementId, ConversationId
from outreach import confirmations, identity

if TYPE_CHECKING:
    from outreach.runtime import Runtime

router = APIRouter(prefix="/chat", tags=["chat"])

#: A citizen who is shown the link uses it at once, or asks for a new one.
STANDS: Final = timedelta(minutes=15)
_SHAPE: Final = struct.Struct(">16s16sq")
_SEAL_BYTES: Final = 32
#: So that what is sealed here is of no use anywhere else.
_PURPOSE: Final = b"agreement confirmation"
_HEADERS: Final = {
    "Cache-Control": "no-store",
    "Content-Disposition": 'inline; filename="aftale.pdf"',
    "Referrer-Policy": "no-referrer",
    "X-Content-Type-Options": "nosniff",
    "X-Robots-Tag": "noindex",
}


def path_of(runtime: Runtime, conversation: Conversation, agreement: Agreement) -> str:
    """Return where a citizen fetches the confirmation for the next minutes; it names nobody."""
    until = int((runtime.clock.now() + STANDS).timestamp())
    content = _SHAPE.pack(conversation.id.bytes, agreement.id.bytes, until)
    token = base64.urlsafe_b64encode(content + _seal(runtime, content)).decode().rstrip("=")
    return f"/chat/{conversation.municipality}/agreements/{token}"


@router.get("/{municipality}/agreements/{token}", response_class=Response)
async def confirmation(
    municipality: str,
    token: str,
    runtime: RuntimeOf,
    language: Annotated[Language | None, Query()] = None,
) -> Response:
    """Return the confirmation of an agreement (bekræftelse), while its reader is proven.

    The link is sealed, and of this conversation and this agreement; it stands for minutes, and
    only as long as the citizen's proof of who they are does.
    """
    opened = _opened(runtime, token)
    if opened is None:
        raise _refused()
    async with runtime.transaction() as session:
        talk = await session.get(Conversation, opened[0])
        agreement = await session.get(Agreement, opened[1])
        if talk is None or agreement is None or talk.municipality != municipality:
            raise _refused()
        is_theirs = agreement.citizen_id == talk.citizen_id
        if not is_theirs or identity.level(talk, runtime) < identity.PROVEN:
            raise _refused()
        wanted = (language or talk.language).value
        confirmed = await confirmations.gather(session, runtime, agreement.id, wanted)
    document = await confirmations.printed(confirmed)
    return Response(document, media_type="application/pdf", headers=_HEADERS)


def _opened(runtime: Runtime, token: str) -> tuple[ConversationId, AgreementId] | None:
    """Return what a token is for, or none: it is not ours, or its time is over."""
    try:
        whole = base64.urlsafe_b64decode(token + "=" * (-len(token) % 4))
    except (binascii.Error, ValueError):
        return None
    content, seal = whole[:-_SEAL_BYTES], whole[-_SEAL_BYTES:]
    is_ours = hmac.compare_digest(seal, _seal(runtime, content))
    if not is_ours or len(content) != _SHAPE.size:
        return None
    talk, agreement, until = _SHAPE.unpack(content)
    if runtime.clock.now().timestamp() > until:
        return None
    return ConversationId(UUID(bytes=talk)), AgreementId(UUID(bytes=agreement))


def _seal(runtime: Runtime, content: bytes) -> bytes:
    secret = runtime.settings.secret_key.get_secret_value().encode()
    return hmac.digest(secret, _PURPOSE + content, hashlib.sha256)


def _refused() -> RefusedAtDoorError:
    """Say the same whatever is wrong, so that nothing can be learnt by trying."""
    return RefusedAtDoorError(403, "link_over", "This link no longer stands; ask for a new one.")
