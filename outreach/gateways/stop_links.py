"""The sealed address with which somebody says stop to e-mail (framelding med ét klik).

It names nobody, is of use for nothing else, and stands as long as the conversation does: a mail
may be a year old when its reader has had enough.

Source: RFC 8058 (one-click unsubscribe).
"""

from __future__ import annotations

import base64
import binascii
import hashlib
import hmac
from typing import TYPE_CHECKING, Final
from uuid import UUID

from data.values.ids import ConversationId

if TYPE_CHECKING:
    from data.settings import Settings

PATH: Final = "/mail/stop"
_SEAL_BYTES: Final = 32
_WHOLE_BYTES: Final = 16 + _SEAL_BYTES
#: So that what is sealed here is of no use anywhere else.
_PURPOSE: Final = b"stop e-mail"


def address_of(settings: Settings, conversation_id: ConversationId) -> str:
    """Return where e-mail to one address is stopped."""
    content = conversation_id.bytes
    token = base64.urlsafe_b64encode(content + _seal(settings, content)).decode()
    return f"{settings.public_url}{PATH}/{token}"


def opened(settings: Settings, token: str) -> ConversationId | None:
    """Return which conversation a token is for, or none: it is not ours."""
    try:
        whole = base64.b64decode(token.encode("ascii"), altchars=b"-_", validate=True)
    except (binascii.Error, ValueError):
        return None
    content, seal = whole[:-_SEAL_BYTES], whole[-_SEAL_BYTES:]
    is_ours = len(whole) == _WHOLE_BYTES and hmac.compare_digest(seal, _seal(settings, content))
    return ConversationId(UUID(bytes=content)) if is_ours else None


def _seal(settings: Settings, content: bytes) -> bytes:
    secret = settings.secret_key.get_secret_value().encode()
    return hmac.digest(secret, _PURPOSE + content, hashlib.sha256)
