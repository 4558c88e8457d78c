"""Who writes on the web: one cookie, a secret in each form, and where the page stands (session)."""

from __future__ import annotations

import hashlib
import hmac
import ipaddress
import re
import secrets
from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING, Annotated, Final

from fastapi import Depends, Request

from bot.runtime import RuntimeOf, runtime_of
from data.models.citizens import Language
from outreach.errors import NotFoundError

if TYPE_CHECKING:
    from fastapi import Response

    from data.municipalities.chat import Chat
    from data.municipalities.policy import Policy

ROOT: Final = "/chat"
COOKIE: Final = "mindelig_chat"
#: What a token looks like that we made.
_TOKEN: Final = re.compile(r"[A-Za-z0-9_-]{43}")
_WITH_PORT: Final = re.compile(r"^(?:\[(.+)\]|(\d+(?:\.\d+){3}))(?::\d+)?$")
#: So that what is sealed here is of no use anywhere else.
_PURPOSE: Final = b"web chat form"


class Place(StrEnum):
    """Where the chat is shown (sted)."""

    PAGE = "page"
    WINDOW = "window"  # a frame on the municipality's own site


@dataclass(frozen=True, slots=True)
class Visitor:
    """A browser at the chat of one municipality; its token is known to it alone."""

    policy: Policy
    chat: Chat
    place: Place
    token: str
    is_new: bool
    #: The secret that its forms carry.
    csrf_token: str
    #: The network address it comes from.
    sender: str
    #: The language it asks for while no conversation has one.
    language: Language

    @property
    def base(self) -> str:
        """The address of the page it looks at."""
        frame = "/embed" if self.place is Place.WINDOW else ""
        return f"{ROOT}/{self.policy.key}{frame}"

    @property
    def page(self) -> str:
        """The address of the page of its own."""
        return f"{ROOT}/{self.policy.key}"


def visitor(request: Request, municipality: str, runtime: RuntimeOf) -> Visitor:
    """Tell who asks, where, and in which language.

    Raises:
        NotFoundError: no such municipality, or it has no web chat.
    """
    if municipality not in runtime.policies:
        raise NotFoundError("no such municipality")
    policy = runtime.policies[municipality]
    if policy.chat is None:
        raise NotFoundError("no chat there")
    given = request.cookies.get(COOKIE, "")
    is_known = _TOKEN.fullmatch(given) is not None
    token = given if is_known else new_token()
    key = runtime.settings.secret_key.get_secret_value().encode()
    is_framed = request.url.path.startswith(f"{ROOT}/{municipality}/embed")
    return Visitor(
        policy=policy,
        chat=policy.chat,
        place=Place.WINDOW if is_framed else Place.PAGE,
        token=token,
        is_new=not is_known,
        csrf_token=hmac.new(key, _PURPOSE + token.encode(), hashlib.sha256).hexdigest(),
        sender=sender_of(request),
        language=language_of(request),
    )


Visiting = Annotated[Visitor, Depends(visitor)]


def new_token() -> str:
    """Make a secret that nobody can guess."""
    return secrets.token_urlsafe(32)


def language_of(request: Request) -> Language:
    """Return the language an address asks for; Danish if it asks for none that we speak."""
    asked = request.query_params.get("lang")
    return Language.ENGLISH if asked == Language.ENGLISH.value else Language.DANISH


def sender_of(request: Request) -> str:
    """Return the network address that a request comes from.

    What reaches us from our own network comes through the proxy in front of us, whose own word
    (the last of `X-Forwarded-For`) then counts. Nobody else's does.
    """
    host = request.client.host if request.client else ""
    told = ",".join(request.headers.getlist("X-Forwarded-For")).rpartition(",")[2].strip()
    return _network((told or host) if _is_near(host) else host)


def _network(host: str) -> str:
    """Return the network a host is in, where one customer has many addresses (IPv6, /64).

    Some proxies write a port after it, and IPv6 in brackets.
    """
    host = _WITH_PORT.sub(lambda found: found[1] or found[2], host)
    try:
        address = ipaddress.IPv6Address(host)
    except ValueError:
        return host
    if address.ipv4_mapped is not None:
        return str(address.ipv4_mapped)
    return str(ipaddress.ip_network((int(address), 64), strict=False))


def _is_near(host: str) -> bool:
    try:
        return ipaddress.ip_address(host).is_private
    except ValueError:
        return False


def fits(given: str, at: Visitor) -> bool:
    """Tell whether a form was made for this browser (CSRF)."""
    return hmac.compare_digest(given.encode(), at.csrf_token.encode())


def is_secure(request: Request) -> bool:
    """Tell whether browsers reach us by https; a proxy may end TLS, so the setting decides."""
    return runtime_of(request).settings.public_url.startswith("https://")


def give_cookie(request: Request, response: Response, at: Visitor, token: str) -> None:
    """Give the browser its token until it closes; an empty one takes the cookie away.

    In a frame on another site only a cookie kept apart for that site comes back (CHIPS,
    `Partitioned`), and that needs https.
    """
    parts = [f"{COOKIE}={token}", "HttpOnly", f"Path={ROOT}/{at.policy.key}"]
    if not token:
        parts.append("Max-Age=0")
    if not is_secure(request):
        parts.append("SameSite=Lax")
    elif at.place is Place.WINDOW:
        parts += ["SameSite=None", "Secure", "Partitioned"]
    else:
        parts += ["SameSite=Lax", "Secure"]
    response.headers.append("Set-Cookie", "; ".join(parts))
