"""`mindelig explain CLAIM_REF`: why a claim stands where it stands, and what comes next."""

from __future__ import annotations

from dataclasses import asdict
from typing import TYPE_CHECKING, Any

from sqlalchemy import select

from data.models.claims import Claim
from outreach import words
from outreach.explain import explain
from outreach.telling import tell

if TYPE_CHECKING:
    from collections.abc import Iterator

    from data.municipalities.texts import Quote
    from outreach.runtime import Runtime
    from outreach.telling import Line, Told


async def tell_of(
    runtime: Runtime, claim_ref: str, municipality: str | None, language: str
) -> list[tuple[dict[str, Any], Told]]:
    """Explain the claims of that reference, in one municipality or in each that has one."""
    chosen = select(Claim).where(Claim.claim_ref == claim_ref.strip())
    if municipality is not None:
        chosen = chosen.where(Claim.municipality == municipality)
    async with runtime.transaction() as session:
        claims = list(await session.scalars(chosen.order_by(Claim.municipality)))
        found = [await explain(session, runtime, claim) for claim in claims]
    return [
        ({"municipality": one.municipality, "claim_ref": one.claim_ref}, tell(one, language))
        for one in found
    ]


def as_json(found: list[tuple[dict[str, Any], Told]]) -> list[dict[str, Any]]:
    """Write explanations for machines."""
    return [about | asdict(told) for about, told in found]


def render(found: list[tuple[dict[str, Any], Told]], language: str) -> str:
    """Write explanations for a person: a section a question, a line a day."""
    if not found:
        return words.catalogue(language).render("explain.unknown")
    return "\n\n".join("\n".join(_lines(told, language)) for _, told in found)


def _lines(told: Told, language: str) -> Iterator[str]:
    yield told.title
    for sentence in told.summary:
        yield f"  {sentence}"
    for section in told.sections:
        yield ""
        yield section.title
        if not section.lines:
            yield f"  {told.nothing}"
        for line in section.lines:
            yield from _one(line, language)


def _one(line: Line, language: str) -> Iterator[str]:
    words_of = words.catalogue(language).render
    yield f"  {line.day}  {line.text}" if line.day else f"  {line.text}"
    if line.basis:
        yield f"      {words_of('explain.law', basis=line.basis)}"
    for quote in line.quotes:
        yield f"      {_place(quote, language)}: »{' '.join(quote.text.split())}«"


def _place(quote: Quote, language: str) -> str:
    key = "explain.line" if quote.first == quote.last else "explain.lines"
    values = {"first": quote.first} | ({"last": quote.last} if quote.last != quote.first else {})
    return words.catalogue(language).render(key, **values)
