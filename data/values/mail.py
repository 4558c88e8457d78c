"""E-mail addresses as SMTP takes them, and where the mail server is."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Final, Self
from urllib.parse import SplitResult, parse_qs, unquote, urlsplit

#: RFC 5321, 4.5.3.1, and the path of 256 with its brackets.
_LONGEST: Final = 254
_LONGEST_LOCAL: Final = 64
_ATOM: Final = r"[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+"
_LOCAL: Final = re.compile(rf"{_ATOM}(?:\.{_ATOM})*", re.ASCII)
_LABEL: Final = r"[A-Za-z0-9](?:[A-Za-z0-9-]{0,61}[A-Za-z0-9])?"
_DOMAIN: Final = re.compile(rf"(?:{_LABEL}\.)+{_LABEL}", re.ASCII)


def mail_address(text: str) -> str:
    """Read an address as SMTP takes it: ASCII, one `@`, nothing that could end a line.

    A domain in letters of its own (`blåbær.dk`) is written as the name system knows it.

    Raises:
        ValueError: it is no such address; the message does not show it.
    """
    local, _, domain = text.rpartition("@")
    try:
        domain = domain if domain.isascii() else domain.encode("idna").decode()
    except UnicodeError:
        raise ValueError("is not an e-mail address") from None
    whole = f"{local}@{domain}"
    is_one = _LOCAL.fullmatch(local) and _DOMAIN.fullmatch(domain)
    if not is_one or len(local) > _LONGEST_LOCAL or len(whole) > _LONGEST:
        raise ValueError("is not an e-mail address")
    return whole


class Wrap(StrEnum):
    """How the way to the mail server is encrypted (kryptering)."""

    TLS = "tls"  # from the first byte
    STARTTLS = "starttls"  # asked for, and required
    NONE = "none"  # on this machine only


_SCHEMES: Final = {"smtps": 465, "smtp": 587}
_THIS_MACHINE: Final = frozenset({"127.0.0.1", "::1", "localhost"})


@dataclass(frozen=True, slots=True)
class SmtpServer:
    """Where mail is handed over (mailserver); hides its password."""

    host: str
    port: int
    wrap: Wrap
    user: str | None = None
    password: str | None = field(default=None, repr=False)

    @classmethod
    def parse(cls, url: str) -> Self:
        """Read `smtps://user:password@mail.example.dk:465`, or `smtp://…:587?starttls=required`.

        Without encryption only a server on this machine is taken, and `starttls=never` must say so.

        Raises:
            ValueError: it is no such address, or would show mail to the network; nothing is shown.
        """
        try:
            parts = urlsplit(url)
            host, port = parts.hostname, parts.port
        except ValueError:
            raise ValueError("is not the address of a mail server (is its port right?)") from None
        if parts.scheme not in _SCHEMES or not host or parts.path.strip("/") or port == 0:
            raise ValueError("is not the address of a mail server")
        user, password = unquote(parts.username or ""), unquote(parts.password or "")
        if bool(user) != bool(password):
            raise ValueError("names a user without a password, or the reverse")
        wrap = _wrap(parts, host)
        return cls(host, port or _SCHEMES[parts.scheme], wrap, user or None, password or None)

    @property
    def is_here(self) -> bool:
        """Tell whether it is on this machine, where a story may move the clock."""
        return self.host in _THIS_MACHINE


def _wrap(parts: SplitResult, host: str) -> Wrap:
    """Tell how the way is encrypted.

    Raises:
        ValueError: the address asks for what there is not, or for none to another machine.
    """
    asked = parse_qs(parts.query, keep_blank_values=True)
    wanted = asked.pop("starttls", ["required"])
    if asked or len(wanted) != 1 or wanted[0] not in {"required", "never"}:
        raise ValueError("may end in ?starttls=required and nothing else")
    if parts.scheme == "smtps":
        return Wrap.TLS
    if wanted[0] == "required":
        return Wrap.STARTTLS
    if host not in _THIS_MACHINE:
        raise ValueError("may say starttls=never of a server on this machine only")
    return Wrap.NONE
