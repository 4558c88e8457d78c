"""`mindelig letters`: what goes by Digital Post or on paper, and who still needs a letter."""

from __future__ import annotations

import asyncio
import csv
import json
import sys
from dataclasses import asdict
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Annotated, Any, Final, TextIO

import typer

from data.models.letters import Letter, LetterStatus
from data.queries import unreached as queries
from data.values.time import at_local, day_of
from mindelig.installation import need_municipality, open_runtime
from outreach import letters
from outreach.mailing.sending import MailingReport, send_letters

if TYPE_CHECKING:
    from collections.abc import Iterable

    from data.queries.unreached import Listed
    from outreach.runtime import Runtime

FAULT = 1
_A_MONTH: Final = timedelta(days=31)

app = typer.Typer(help="Letters: sent by Digital Post or on paper.", no_args_is_help=True)

Municipality = Annotated[str, typer.Option("--municipality", "-m", help="e.g. albertslund")]
AsOf = Annotated[str | None, typer.Option("--as-of", help="Set the clock, e.g. 2026-12-02T09:00.")]
AsJson = Annotated[bool, typer.Option("--json", help="Print JSON for machines.")]
Status = Annotated[
    LetterStatus | None, typer.Option("--status", help="Only those that have come this far.")
]
Limit = Annotated[int, typer.Option("--limit", min=1, max=100_000, help="At most so many.")]


@app.command("send")
def send(municipality: Municipality, as_of: AsOf = None, as_json: AsJson = False) -> None:
    """Send the letters that wait, after a last look at each claim."""

    async def work() -> MailingReport:
        async with open_runtime(as_of=as_of) as runtime:
            need_municipality(runtime, municipality)
            return await send_letters(runtime, municipality=municipality)

    report = asyncio.run(work())
    _print(asdict(report), as_json=as_json, text=sentences(report))
    if report.put_back or report.unknown:
        raise typer.Exit(FAULT)


def sentences(report: MailingReport) -> str:
    """Say what became of the letters, in a line and one for each reason."""
    lines = [f"{report.municipality}: {report.sent} letters sent."]
    if report.put_back or report.unknown:
        lines.append(f"  to be tried again: {report.put_back + report.unknown}")
    lines += [f"  not sent: {count} {reason}" for reason, count in report.stood_down.most_common()]
    return "\n".join(lines)


@app.command("list")
def list_(
    municipality: Municipality,
    status: Status = None,
    limit: Limit = 100,
    as_json: AsJson = False,
) -> None:
    """List letters, the newest first: what about, how far, what they cost, the day to pay."""

    async def work() -> list[dict[str, Any]]:
        async with open_runtime() as runtime:
            need_municipality(runtime, municipality)
            return await _listed(runtime, municipality, status, limit)

    found = asyncio.run(work())
    text = "\n".join(_line(letter) for letter in found) or "No letters."
    _print(found, as_json=as_json, text=text)


async def _listed(
    runtime: Runtime, municipality: str, status: LetterStatus | None, limit: int
) -> list[dict[str, Any]]:
    async with runtime.transaction() as session:
        rows = await letters.of_municipality(session, municipality, status=status, limit=limit)
        return [shown(letter, claim_ref) for letter, claim_ref in rows]


def shown(letter: Letter, claim_ref: str) -> dict[str, Any]:
    """Return what a command shows of a letter; it names no citizen."""
    return {
        "letter_id": str(letter.id),
        "claim_ref": claim_ref,
        "step": letter.step,
        "language": letter.language.value,
        "status": letter.status.value,
        "not_sent_because": letter.stood_down_because,
        "fee": str(letter.fee),
        "pay_by": letter.pay_by,
        "created_at": letter.created_at,
        "sent_at": letter.sent_at,
    }


@app.command("unreached")
def unreached(
    municipality: Municipality,
    since: Annotated[
        datetime | None,
        typer.Option("--since", formats=["%Y-%m-%d"], help="From this day; else the last 31 days."),
    ] = None,
) -> None:
    """Write the list of those who need a letter: nobody reached them (brevliste), as CSV."""

    async def work() -> list[Listed]:
        async with open_runtime() as runtime, runtime.transaction() as session:
            need_municipality(runtime, municipality)
            first = since.date() if since else day_of(runtime.clock.now()) - _A_MONTH
            return await queries.listed(session, municipality, at_local(first, 0))

    write_list(sys.stdout, asyncio.run(work()))


def write_list(out: TextIO, listed: Iterable[Listed]) -> None:
    """Write the letter list as the ledger reads it; it names no citizen."""
    writer = csv.writer(out, delimiter=";", lineterminator="\r\n")
    writer.writerow(("claim_ref", "reason", "tried", "first_try", "last_try", "listed_on"))
    for line in listed:
        ways, days = [one["way"] for one in line.tried], [one["on"] for one in line.tried]
        writer.writerow(
            (
                line.claim_ref,
                line.reason,
                " ".join(ways),
                min(days),
                max(days),
                day_of(line.at).isoformat(),
            )
        )


def _line(letter: dict[str, Any]) -> str:
    parts = [f"{letter['claim_ref']} {letter['step']}: {letter['status']}"]
    if letter["not_sent_because"]:
        parts.append(letter["not_sent_because"])
    if letter["sent_at"] is not None:
        parts.append(f"fee {letter['fee']} kr., pay by {letter['pay_by']}")
    return ", ".join(parts)


def _print(answer: object, *, as_json: bool, text: str) -> None:
    if as_json:
        sys.stdout.write(json.dumps(answer, ensure_ascii=False, default=str) + "\n")
    else:
        print(text)
