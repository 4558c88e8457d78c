"""What browsers fetch besides pages: style sheets, scripts, fonts, icons; packed, and kept."""

from __future__ import annotations

import gzip
import hashlib
import re
from functools import cache, lru_cache
from pathlib import Path
from typing import TYPE_CHECKING, Final

from fastapi import Response
from fastapi.staticfiles import StaticFiles

if TYPE_CHECKING:
    from starlette.types import Scope

STATIC: Final = Path(__file__).with_name("static")
_MARKED: Final = re.compile(r"([0-9a-f]{12})/(.+)")
#: A browser that has asked for these once asks no more: with other contents comes another address.
_FOREVER: Final = "public, max-age=31536000, immutable"
_ASK_EACH_TIME: Final = "no-cache"
#: Fonts and pictures are packed already.
_WORTH_PACKING: Final = {".css", ".js", ".svg"}


@cache
def mark() -> str:
    """Return twelve letters that are others as soon as any of the files is another."""
    digest = hashlib.sha256()
    for file in sorted(file for file in STATIC.rglob("*") if file.is_file()):
        digest.update(str(file.relative_to(STATIC)).encode())
        digest.update(hashlib.sha256(file.read_bytes()).digest())
    return digest.hexdigest()[:12]


def address() -> str:
    """Return where pages find the files as they now are; fonts and icons beside the sheets too."""
    return f"/static/{mark()}"


@lru_cache(maxsize=64)
def _packed(file: str, modified: str) -> bytes:  # noqa: ARG001 - a changed file is packed again
    return gzip.compress(Path(file).read_bytes(), mtime=0)


class Assets(StaticFiles):
    """The files under their mark, to be kept for ever, and without it; nobody's data is in them.

    They alone are packed: pages hold secrets beside what an address says, and the length of such
    a page, packed, can give a secret away (BREACH).
    """

    async def get_response(self, path: str, scope: Scope) -> Response:
        """Answer with one file."""
        marked = _MARKED.fullmatch(path)
        given, name = (marked[1], marked[2]) if marked else ("", path)
        response = await super().get_response(name, scope)
        if response.status_code == 200 and _may_pack(name, scope):  # noqa: PLR2004
            response = _pack(STATIC / name, response)
        response.headers["Cache-Control"] = _FOREVER if given == mark() else _ASK_EACH_TIME
        response.headers["Vary"] = "Accept-Encoding"
        response.headers["X-Content-Type-Options"] = "nosniff"
        return response


def _may_pack(name: str, scope: Scope) -> bool:
    accepted = dict(scope["headers"]).get(b"accept-encoding", b"")
    is_asked = b"gzip" in accepted and scope["method"] == "GET"
    return is_asked and Path(name).suffix in _WORTH_PACKING


def _pack(file: Path, plain: Response) -> Response:
    body = _packed(str(file), plain.headers["last-modified"])
    response = Response(body, headers={"Content-Encoding": "gzip"})
    for kept in ("content-type", "last-modified"):
        response.headers[kept] = plain.headers[kept]
    response.headers["etag"] = f"W/{plain.headers['etag']}"
    return response
