"""`mindelig hand-over …`: claims on their way to enforcement, the files, and taking one back."""

from __future__ import annotations

import asyncio
import json
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer
from sqlalchemy import select

from data.models.hand_overs import HandOver, HandOverState
from data.models.staff import Staff
from data.values.recipients import Recipient
from mindelig.installation import need_municipality, open_runtime
from outreach import hand_overs
from outreach.errors import NotFoundError
from outreach.hand_overs.faults import told
from outreach.hand_overs.listing import WAITING, file_numbered, waiting_of
from outreach.hand_overs.writers import CsvWriter, file_name

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

    from sqlalchemy.ext.asyncio import AsyncSession

    from data.models.hand_overs import HandOverFile
    from outreach.hand_overs import Listed
    from outreach.hand_overs.filing import Filing
    from outreach.rules.hand_over_rows import Fault
    from outreach.runtime import Runtime

FAULT = 1
SOME_INVALID = 3

app = typer.Typer(
    help="Claims on their way to enforcement (overdragelse til inddrivelse).", no_args_is_help=True
)

Municipality = Annotated[str, typer.Option("--municipality", "-m", help="Such as faxe.")]
AsJson = Annotated[bool, typer.Option("--json", help="Print JSON for machines.")]
To = Annotated[Recipient | None, typer.Option("--to", help="Only to this recipient.")]
AsOf = Annotated[str | None, typer.Option("--as-of", help="Set the clock, e.g. 2026-12-02T09:00.")]
Out = Annotated[
    Path | None, typer.Option("--out", help="Where files are put; else hand_overs at home.")
]
By = Annotated[str, typer.Option("--by", help="The caseworker's username.")]
Reason = Annotated[str, typer.Option("--reason", help="Why, in plain words; kept on record.")]
ClaimRef = Annotated[str, typer.Argument(help="The claim's reference.")]


@app.command("list")
def show_list(
    municipality: Municipality,
    everything: Annotated[
        bool, typer.Option("--all", help="Also what has left, was stopped or came back.")
    ] = False,
    as_json: AsJson = False,
) -> None:
    """List what waits to leave, and until when a caseworker can stop it."""

    async def work() -> list[Listed]:
        states = frozenset(HandOverState) if everything else WAITING
        async with open_runtime() as runtime, runtime.transaction() as session:
            need_municipality(runtime, municipality)
            return await hand_overs.listed(session, municipality, states)

    found = asyncio.run(work())
    lines = [_line(one) for one in found] or ["Nothing is on its way."]
    _say([_plain(one) for one in found], as_json=as_json, text="\n".join(lines))


def _line(one: Listed) -> str:
    words = [
        one.claim_ref,
        f"{one.outstanding} kr.",
        f"to {one.recipient.value}",
        one.state.value,
        f"ready {one.ready_on}" if one.state in WAITING else (one.reference or ""),
        one.their_ref or "",
        f"({one.ground}: {one.basis})",
        one.stopped_because or "",
    ]
    return "  ".join(word for word in words if word)


@app.command("file")
def file_now(
    municipality: Municipality,
    to: To = None,
    as_of: AsOf = None,
    out: Out = None,
    as_json: AsJson = False,
) -> None:
    """Weigh again what is due, and write one file a recipient; a second time files nothing."""

    async def work() -> list[tuple[Filing, Path | None]]:
        async with open_runtime(as_of=as_of) as runtime:
            need_municipality(runtime, municipality)
            return [
                await _file(runtime, municipality, recipient, out)
                for recipient in ([to] if to else list(Recipient))
            ]

    done = asyncio.run(work())
    text = "\n".join(line for filing, path in done for line in _told(filing, path))
    _say([_filing(filing, path) for filing, path in done], as_json=as_json, text=text)
    if any(filing.invalid for filing, _ in done):
        raise typer.Exit(SOME_INVALID)


async def _file(
    runtime: Runtime, municipality: str, recipient: Recipient, out: Path | None
) -> tuple[Filing, Path | None]:
    """File in one transaction; the file on disk is a copy, written once that is committed."""
    async with runtime.transaction() as session:
        filing = await hand_overs.file_due(session, runtime, municipality, recipient)
    if filing.number is None:
        return filing, None
    async with runtime.transaction() as session:
        file = await file_numbered(session, municipality, recipient, filing.number)
    return filing, _put(file, _folder(runtime, out))


def _folder(runtime: Runtime, out: Path | None) -> Path:
    return out or runtime.settings.home / "hand_overs"


def _put(file: HandOverFile, folder: Path) -> Path:
    """Write the file where only this user can read it: it holds CPR numbers."""
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    path = folder / file_name(file.municipality, file.recipient, file.number, CsvWriter.suffix)
    draft = path.with_suffix(".part")
    draft.touch(mode=0o600)
    draft.write_text(file.content, encoding="utf-8", newline="")
    draft.replace(path)
    return path


def _told(filing: Filing, path: Path | None) -> list[str]:
    recipient = filing.recipient.value
    if filing.number is None:
        lines = [f"To {recipient}: no file, nothing is due and in order."]
    else:
        what = f"{filing.rows} claims, {filing.total} kr."
        lines = [f"To {recipient}: file {filing.number} with {what}, in {path}"]
    lines += [f"  stopped  {ref}: {reason.value}" for ref, reason in filing.stopped]
    for ref, fault in filing.invalid:
        words = told(fault)
        lines += [f"  invalid  {ref}, {fault.field}: {words.why}", f"      {words.mend}"]
    lines += [
        f"  look at  {ref}, {fault.field}: {told(fault).why}" for ref, fault in filing.warnings
    ]
    lines += [f"  held     {ref}: a task about its last hand-over is open" for ref in filing.held]
    return lines + [
        f"  waits    {ref}: no payment file covers its quiet days yet" for ref in filing.uncovered
    ]


def _filing(filing: Filing, path: Path | None) -> dict[str, Any]:
    return {
        "recipient": filing.recipient.value,
        "file": filing.number,
        "path": path and str(path),
        "rows": filing.rows,
        "total": str(filing.total),
        "stopped": [{"claim_ref": ref, "reason": reason.value} for ref, reason in filing.stopped],
        "invalid": [_fault(ref, fault) for ref, fault in filing.invalid],
        "warnings": [_fault(ref, fault) for ref, fault in filing.warnings],
        "held": filing.held,
        "uncovered": filing.uncovered,
    }


def _fault(ref: str, fault: Fault) -> dict[str, str]:
    words = told(fault)
    return {
        "claim_ref": ref,
        "field": fault.field,
        "code": fault.code,
        "reason": words.why,
        "mend": words.mend,
    }


@app.command("show")
def show_file(
    number: Annotated[int, typer.Argument(min=1, help="The file's number.")],
    municipality: Municipality,
    to: Annotated[Recipient, typer.Option("--to", help="Whose file.")] = Recipient.STATE,
    out: Annotated[
        Path | None, typer.Option("--out", help="Write the file to this folder again.")
    ] = None,
    as_json: AsJson = False,
) -> None:
    """Show a file as it was written: with CPR numbers, so mind where it goes."""

    async def work() -> HandOverFile:
        async with open_runtime() as runtime, runtime.transaction() as session:
            need_municipality(runtime, municipality)
            return await file_numbered(session, municipality, to, number)

    file = asyncio.run(work())
    path = _put(file, out) if out else None
    answer = {
        "municipality": municipality,
        "recipient": to.value,
        "file": number,
        "rows": file.rows,
        "total": str(file.total),
        "created_at": file.created_at,
        "path": path and str(path),
        "content": file.content,
    }
    _say(answer, as_json=as_json, text=f"Written to {path}" if path else file.content.rstrip())


@app.command("stop")
def stop_one(
    claim_ref: ClaimRef, municipality: Municipality, by: By, reason: Reason, as_json: AsJson = False
) -> None:
    """Stop a claim that waits to leave; it is not proposed again before the word is revoked."""

    async def work(session: AsyncSession, runtime: Runtime, staff: Staff) -> HandOver:
        waiting = await waiting_of(session, municipality, claim_ref)
        return await hand_overs.stop(session, runtime, waiting.id, staff, reason)

    asyncio.run(_as_caseworker(municipality, by, work))
    answer = {"claim_ref": claim_ref, "state": HandOverState.STOPPED.value}
    _say(answer, as_json=as_json, text=f"{claim_ref} stays here: {reason.strip()}")


@app.command("recall")
def recall_one(
    claim_ref: ClaimRef, municipality: Municipality, by: By, reason: Reason, as_json: AsJson = False
) -> None:
    """Take a claim back that has left (tilbagekald); tell the recipient in its own portal too."""

    async def work(session: AsyncSession, runtime: Runtime, staff: Staff) -> HandOver:
        return await hand_overs.recall(session, runtime, claim_ref, staff, reason)

    done = asyncio.run(_as_caseworker(municipality, by, work))
    answer = {"claim_ref": claim_ref, "state": done.state.value, "their_ref": done.their_ref}
    text = (
        f"{claim_ref} is ours again. Recall it with {done.recipient.value} too"
        f" ({done.their_ref or 'it has no reference of theirs yet'})."
    )
    _say(answer, as_json=as_json, text=text)


async def _as_caseworker(
    municipality: str,
    username: str,
    work: Callable[[AsyncSession, Runtime, Staff], Awaitable[HandOver]],
) -> HandOver:
    """Do something in one caseworker's name, in one transaction."""
    async with open_runtime() as runtime:
        need_municipality(runtime, municipality)
        async with runtime.transaction() as session:
            staff: Staff | None = await session.scalar(
                select(Staff).where(
                    Staff.username == username.strip().casefold(),
                    Staff.municipality == municipality,
                    Staff.is_active,
                )
            )
            if staff is None:
                raise NotFoundError(f"--by {username}: no such caseworker in {municipality}")
            return await work(session, runtime, staff)


@app.command("write-downs")
def write_downs(municipality: Municipality, as_json: AsJson = False) -> None:
    """List what was paid to us on claims that have left: the recipient must be told."""

    async def work() -> list[hand_overs.PaidElsewhere]:
        async with open_runtime() as runtime, runtime.transaction() as session:
            need_municipality(runtime, municipality)
            return await hand_overs.to_write_down(session, municipality)

    found = asyncio.run(work())
    lines = [
        f"{one.claim_ref}  write down {one.to_report} kr. with {one.recipient.value}"
        f"  {one.reference}  {one.their_ref or ''}".rstrip()
        for one in found
    ]
    answer = [
        {
            "claim_ref": one.claim_ref,
            "recipient": one.recipient.value,
            "hand_over_ref": one.reference,
            "their_ref": one.their_ref,
            "paid_since": str(one.paid_since),
            "written_down": str(one.written_down),
            "to_report": str(one.to_report),
        }
        for one in found
    ]
    _say(answer, as_json=as_json, text="\n".join(lines) or "Nothing to write down.")


def _plain(one: Listed) -> dict[str, Any]:
    """A hand-over for machines; the citizen's name stays at the desk."""
    return {
        "id": str(one.id),
        "claim_ref": one.claim_ref,
        "claim_type": one.claim_type,
        "outstanding": str(one.outstanding),
        "recipient": one.recipient.value,
        "state": one.state.value,
        "ground": one.ground,
        "basis": one.basis,
        "ready_on": one.ready_on,
        "decided_by": one.decided_by,
        "hand_over_ref": one.reference,
        "their_ref": one.their_ref,
        "stopped_because": one.stopped_because,
    }


def _say(answer: object, *, as_json: bool, text: str) -> None:
    line = json.dumps(answer, ensure_ascii=False, default=str) if as_json else text
    sys.stdout.write(f"{line}\n")
