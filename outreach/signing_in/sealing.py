"""Keeps secrets that must be read again (kryptering), under a key of this installation.

AES-256-GCM under a key derived by HKDF from `MINDELIG_SECRET_KEY`, one key a purpose. Whose secret
it is, is sealed with it: moved to somebody else's row it cannot be opened.
"""

from __future__ import annotations

import hmac
import secrets
from typing import TYPE_CHECKING, Final

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

if TYPE_CHECKING:
    from data.settings import Settings

_KEY_BYTES: Final = 32
_NONCE_BYTES: Final = 12


def seal(settings: Settings, purpose: str, owner: object, secret: bytes) -> bytes:
    """Encrypt a secret for one purpose and one owner."""
    nonce = secrets.token_bytes(_NONCE_BYTES)
    key = AESGCM(_key(settings, purpose))
    return nonce + key.encrypt(nonce, secret, str(owner).encode())


def unseal(settings: Settings, purpose: str, owner: object, sealed: bytes) -> bytes | None:
    """Decrypt a secret; none when it was sealed under another key, or for somebody else."""
    key = AESGCM(_key(settings, purpose))
    try:
        return key.decrypt(sealed[:_NONCE_BYTES], sealed[_NONCE_BYTES:], str(owner).encode())
    except InvalidTag:
        return None


def fingerprint(settings: Settings, purpose: str, owner: object, text: str) -> str:
    """Return what is kept of a code that is only ever compared."""
    told = f"{owner}:{text}".encode()
    return hmac.digest(_key(settings, purpose), told, "sha256").hex()


def _key(settings: Settings, purpose: str) -> bytes:
    derived = HKDF(SHA256(), _KEY_BYTES, salt=None, info=f"mindelig/{purpose}".encode())
    return derived.derive(settings.secret_key.get_secret_value().encode())
