"""What readers choose of how the desk meets them: language, light or dark, shortcuts.

A choice is made by a link to the same page, and kept by a cookie; no script is needed.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final
from urllib.parse import urlencode

from desk.texts import DANISH, LANGUAGES

if TYPE_CHECKING:
    from collections.abc import Mapping

    from fastapi import Request, Response

_A_YEAR: Final = 365 * 24 * 60 * 60


@dataclass(frozen=True, slots=True)
class Choice:
    """One thing that readers choose; until they do, it is the usual."""

    #: The address's word for it, and the cookie's name.
    asked: str
    cookie: str
    #: All there is.
    ways: tuple[str, ...]
    usual: str

    def of(self, request: Request) -> str:
        """Return what is chosen just now, else what was chosen before, else the usual."""
        given = request.query_params.get(self.asked) or request.cookies.get(self.cookie)
        return given if given in self.ways else self.usual

    def links(self, request: Request) -> Mapping[str, str]:
        """Return where this very page is, each way."""
        rest = [(key, of) for key, of in request.query_params.multi_items() if key != self.asked]
        return {way: f"?{urlencode([*rest, (self.asked, way)])}" for way in self.ways}


LANGUAGE: Final = Choice("lang", "mindelig_desk_lang", tuple(LANGUAGES), DANISH)
LOOK: Final = Choice("look", "mindelig_desk_look", ("auto", "light", "dark"), "auto")
#: Shortcuts of one letter disturb who speaks to the computer (WCAG 2.1.4): they can be off.
KEYS: Final = Choice("keys", "mindelig_desk_keys", ("on", "off"), "on")
_ALL: Final = (LANGUAGE, LOOK, KEYS)


def keep(request: Request, response: Response, *, is_secure: bool) -> None:
    """Let the browser remember what was just chosen, for a year."""
    for choice in _ALL:
        if request.query_params.get(choice.asked) in choice.ways:
            response.set_cookie(
                choice.cookie,
                choice.of(request),
                max_age=_A_YEAR,
                path="/desk",
                secure=is_secure,
                httponly=True,
                samesite="lax",
            )


def words(request: Request) -> dict[str, object]:
    """Return what the frame of each page says of the choices."""
    return {
        "languages": LANGUAGE.links(request),
        "look": LOOK.of(request),
        "looks": LOOK.links(request),
        "keys": KEYS.of(request),
        "keys_ways": KEYS.links(request),
    }
