"""The record on the command line: `mindelig audit …`, for the auditor and the operator."""

from __future__ import annotations

import asyncio
import json
import sys
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, Final
from uuid import UUID

import typer
from sqlalchemy import text

from data.queries import audit as audit_queries
from data.queries import audit_chain, citizen_files
from data.values.ids import CitizenId
from mindelig import installation
from outreach import audit_checks, journal
from outreach.errors import NotFoundError
from outreach.rules import chain

if TYPE_CHECKING:
    from collections.abc import Coroutine

    from sqlalchemy.ext.asyncio import AsyncSession

    from data.models.citizens import Citizen
    from outreach.audit_checks import Verified
    from outreach.runtime import Runtime

app = typer.Typer(no_args_is_help=True, help="The record: what was done and read, and its proof.")

Json = Annotated[bool, typer.Option("--json", help="Print JSON for machines.")]
Whose = Annotated[
    str | None, typer.Option("--municipality", "-m", help="One only, e.g. albertslund.")
]

_FAULT: Final = 1
_SAYS: Final = {
    "entry_changed": "entry {entry} of seal {seal} was changed",
    "entry_missing": "entry {entry} of seal {seal} is missing",
    "entry_added": "entry {entry} was put in behind the database's back",
    "entry_unsealed": "entry {entry} has waited for its seal for too long",
    "seal_changed": "seal {seal} was changed, or does not go on from the one before it",
    "seal_missing": "seal {seal} is missing",
    "head_unknown": "the head you kept is not in the chain: it was cut off, or made anew",
}


def _run[Answer](work: Coroutine[Any, Any, Answer]) -> Answer:
    return asyncio.run(work)


@app.command()
def verify(
    municipality: Whose = None,
    head: Annotated[
        str | None, typer.Option("--head", help="A head kept outside; it must be in the chain.")
    ] = None,
    as_json: Json = False,
) -> None:
    """Read the record through and hold it against its seals; exit code 1 on a break."""
    if head is not None and municipality is None:
        raise typer.BadParameter("a head is of one chain: say whose with --municipality")

    async def look() -> list[Verified]:
        async with installation.open_runtime() as runtime:
            return [await _verified(runtime, key, head) for key in _whose(runtime, municipality)]

    found = _run(look())
    if as_json:
        _print_json([asdict(each) | {"holds": each.holds} for each in found])
    else:
        typer.echo("\n".join(line for each in found for line in _told(each)))
    if not all(each.holds for each in found):
        raise typer.Exit(_FAULT)


@app.command("head")
def show_head(municipality: Whose = None, as_json: Json = False) -> None:
    """Print the hash at the end of the chain: keep it outside, and give it to `verify --head`."""

    async def look() -> dict[str, tuple[int, str]]:
        async with installation.open_runtime() as runtime:
            found = {}
            for key in _whose(runtime, municipality):
                async with runtime.transaction() as session:
                    last = await audit_chain.last_seal(session, key)
                found[key] = (last.number, last.hash.hex()) if last else (0, chain.BEGINNING.hex())
            return found

    heads = _run(look())
    if as_json:
        _print_json({key: {"seal": number, "head": head} for key, (number, head) in heads.items()})
    else:
        typer.echo("\n".join(f"{key} {number} {head}" for key, (number, head) in heads.items()))


@app.command()
def export(
    citizens: Annotated[list[str], typer.Argument(help="Case numbers, or ids of citizens.")],
    municipality: Annotated[str, typer.Option("--municipality", "-m", help="e.g. albertslund")],
    folder: Annotated[Path, typer.Option("--into", help="Where the files are put.")] = Path(),
    language: Annotated[str, typer.Option("--language", help="Of the PDF: da or en.")] = "da",
    reason: Annotated[str, typer.Option("--reason", help="Why, for the record.")] = "",
) -> None:
    """Write citizens' whole cases for the case file system, each as JSON and as PDF."""
    if language not in {"da", "en"}:
        raise typer.BadParameter("da or en", param_hint="--language")
    if not reason.strip():
        raise typer.BadParameter("say why: it goes on record", param_hint="--reason")

    async def write() -> list[Path]:
        async with installation.open_runtime() as runtime:
            installation.need_municipality(runtime, municipality)
            return [
                path
                for each in citizens
                for path in await _exported(runtime, municipality, each, folder, language, reason)
            ]

    for path in _run(write()):
        typer.echo(str(path))


async def _exported(
    runtime: Runtime, municipality: str, named: str, folder: Path, language: str, reason: str
) -> list[Path]:
    async with runtime.transaction() as session:
        citizen = await _named(session, municipality, named)
        made = await journal.export(session, runtime, citizen, by=journal.OPERATOR, why=reason)
    contents = {
        "json": journal.as_json(made).encode(),
        "pdf": await journal.printed(runtime, made, language),
    }
    paths = {folder / f"{citizen.id}.{kind}": content for kind, content in contents.items()}
    await asyncio.to_thread(_keep, paths)
    return list(paths)


def _keep(paths: dict[Path, bytes]) -> None:
    """Write files that are for their owner's eyes alone."""
    for path, content in paths.items():
        path.parent.mkdir(parents=True, exist_ok=True)
        path.touch(mode=0o600)
        path.write_bytes(content)


async def _named(session: AsyncSession, municipality: str, named: str) -> Citizen:
    try:
        found = await citizen_files.one(session, municipality, CitizenId(UUID(named)))
    except ValueError:
        found = await audit_queries.citizen_named(session, municipality, named)
    if found is None:
        raise NotFoundError(f"no citizen {named} in {municipality}")
    return found


async def _verified(runtime: Runtime, municipality: str, head: str | None) -> Verified:
    async with runtime.transaction() as session:
        await session.execute(text("set transaction isolation level repeatable read, read only"))
        return await audit_checks.verify(session, runtime, municipality, head)


def _whose(runtime: Runtime, municipality: str | None) -> list[str]:
    if municipality is None:
        return list(runtime.policies.keys)
    installation.need_municipality(runtime, municipality)
    return [municipality]


def _told(found: Verified) -> list[str]:
    state = "holds" if found.holds else f"IS BROKEN in {found.breaks} places"
    size = f"{found.entries} entries under {found.seals} seals, {found.waiting} wait for the next"
    lines = [f"{found.municipality}: the record {state}. {size}.", f"  head {found.head}"]
    for each in found.findings:
        says = _SAYS[each.what.value].format(entry=each.entry, seal=each.seal)
        lines.append(f"  {says}")
    if found.breaks > len(found.findings):
        lines.append(f"  and {found.breaks - len(found.findings)} more")
    return lines


def _print_json(answer: object) -> None:
    sys.stdout.write(json.dumps(answer, ensure_ascii=False, default=str) + "\n")
