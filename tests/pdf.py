"""Reads a PDF as a screen reader would: its words, its language, its headings and tables."""

from __future__ import annotations

import io
from dataclasses import dataclass
from typing import Any

from pypdf import PdfReader


@dataclass(frozen=True)
class Document:
    """What a PDF says of itself, and the order of its parts."""

    text: str
    title: str
    language: str
    pages: int
    tags: list[str]
    #: What is declared of it: `PDF/UA-1`.
    claims_to_be: str
    is_marked: bool
    shows_title: bool


def read(data: bytes) -> Document:
    """Read a PDF, its structure and what it declares."""
    reader = PdfReader(io.BytesIO(data))
    root: Any = reader.trailer["/Root"]
    metadata = root["/Metadata"].get_data().decode()
    return Document(
        text=" ".join(" ".join(page.extract_text() for page in reader.pages).split()),
        title=str(reader.metadata.title if reader.metadata else ""),
        language=str(root["/Lang"]),
        pages=len(reader.pages),
        tags=list(_tags(root["/StructTreeRoot"])),
        claims_to_be="PDF/UA-1" if "<pdfuaid:part>1</pdfuaid:part>" in metadata else "",
        is_marked=bool(root["/MarkInfo"]["/Marked"]),
        shows_title=bool(root["/ViewerPreferences"]["/DisplayDocTitle"]),
    )


def _tags(node: Any) -> Any:
    node = node.get_object()
    if not isinstance(node, dict):
        return
    if "/S" in node:
        yield str(node["/S"]).lstrip("/")
    children = node.get("/K", [])
    for child in children if isinstance(children, list) else [children]:
        yield from _tags(child)
