"""`mindelig ledger export FILE` and `mindelig ledger waive POSTING`."""

from __future__ import annotations

import asyncio
import csv
import json
import sys
from dataclasses import fields
from datetime import date, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer
from sqlalchemy import select

from data.models.staff import Staff
from data.values.money import Money
from mindelig.installation import need_municipality, open_runtime
from outreach import ledger, postings
from outreach.errors import NotFoundError
from outreach.ledger import Reconciliation

if TYPE_CHECKING:
    from typing import TextIO

    from data.models.postings import Posting
    from data.queries.ledger import Balance

USAGE = 2
UNEVEN = 3

app = typer.Typer(help="The ledger: what was charged, and books that add up.", no_args_is_help=True)

Municipality = Annotated[str, typer.Option("--municipality", "-m", help="e.g. albertslund")]
First = Annotated[datetime, typer.Option("--from", formats=["%Y-%m-%d"], help="First day.")]
Last = Annotated[
    datetime, typer.Option("--to", formats=["%Y-%m-%d"], help="Last day, over by now.")
]
File = Annotated[Path, typer.Argument(help="Where to write the CSV file.")]
AsJson = Annotated[bool, typer.Option("--json", help="Print the totals as JSON.")]


@app.command("export")
def export(
    file: File, municipality: Municipality, first: First, last: Last, as_json: AsJson = False
) -> None:
    """Write each fee, interest, waiver and write-off of some days to FILE, and reconcile.

    No file is left where the books do not add up; the claims that do not are named.
    """
    part = file.with_name(f"{file.name}.part")
    try:
        with part.open("w", encoding="utf-8-sig", newline="") as out:
            books = asyncio.run(_export(out, municipality, first.date(), last.date()))
        if books.is_even:
            part.replace(file)
    except ledger.PeriodOpenError as fault:
        sys.stderr.write(f"{fault}\n")
        raise typer.Exit(USAGE) from None
    finally:
        part.unlink(missing_ok=True)
    sys.stdout.write(_as_json(books) if as_json else _in_words(books))
    if not books.is_even:
        sys.stderr.write(_complaint(books))
        raise typer.Exit(UNEVEN)


async def _export(out: TextIO, municipality: str, first: date, last: date) -> Reconciliation:
    """Reconcile and write from one and the same moment of the database."""
    async with open_runtime() as runtime, runtime.transaction() as session:
        need_municipality(runtime, municipality)
        _ = await session.connection(execution_options={"isolation_level": "REPEATABLE READ"})
        books = await ledger.reconcile(session, runtime, municipality, first, last)
        if books.is_even:
            writer = csv.writer(out, delimiter=";", lineterminator="\r\n")
            async for line in ledger.lines(session, municipality, first, last):
                writer.writerow(line)
        return books


@app.command("waive")
def waive(
    posting: Annotated[int, typer.Argument(help="Its number, as in the export.")],
    reason: Annotated[str, typer.Option("--reason", help="Why; kept with the waiver.")],
    by: Annotated[str, typer.Option("--by", help="The caseworker's username.")],
) -> None:
    """Take a fee or interest off again (eftergivelse), once, in a caseworker's name."""

    async def work() -> Posting:
        async with open_runtime() as runtime, runtime.transaction() as session:
            chosen = select(Staff).where(Staff.username == by, Staff.is_active)
            staff = await session.scalar(chosen)
            if staff is None:
                raise NotFoundError(f"no caseworker {by!r} may sign in")
            return await postings.waive(session, runtime, posting, staff, reason)

    waived = asyncio.run(work())
    sys.stdout.write(f"Waived: {waived.amount} kr. ({waived.key}).\n")


def _as_json(books: Reconciliation) -> str:
    answer = {
        "from": books.first,
        "to": books.last,
        "is_even": books.is_even,
        "total": _plain(books.total),
        "claim_types": [_plain(balance) for balance in books.balances],
        "waiting": str(books.waiting),
        "uneven": [_plain(claim) for claim in books.uneven],
        "uneven_payments": [_plain(payment) for payment in books.uneven_payments],
    }
    return json.dumps(answer, ensure_ascii=False, default=str) + "\n"


def _plain(sums: Any) -> dict[str, object]:  # noqa: ANN401 - any of our dataclasses of sums
    """Write sums as kroner with a dot, for machines."""
    return {
        name: str(value) if isinstance(value, Money) else value for name, value in _values(sums)
    }


def _in_words(books: Reconciliation) -> str:
    told = [f"{_sentence(balance)}\n" for balance in [*books.balances, books.total]]
    return "".join([*told, f"waiting on no claim: {ledger.danish_sum(books.waiting)}\n"])


def _sentence(balance: Balance) -> str:
    sums = ", ".join(
        f"{name} {ledger.danish_sum(value)}"
        for name, value in _values(balance)
        if isinstance(value, Money)
    )
    return f"{balance.claim_type}: {sums}"


def _complaint(books: Reconciliation) -> str:
    lines = ["The books do not add up; no file was written.\n"]
    lines += [
        f"  {one.claim_ref}: charged {one.charged}, its postings {one.postings};"
        f" paid {one.paid}, its payments {one.payments}\n"
        for one in books.uneven
    ]
    lines += [
        f"  payment {one.payment_ref}: allocated {one.allocated}, its allocations"
        f" {one.allocations}\n"
        for one in books.uneven_payments
    ]
    return "".join(lines)


def _values(sums: Any) -> list[tuple[str, object]]:  # noqa: ANN401 - any of our dataclasses of sums
    return [(part.name, getattr(sums, part.name)) for part in fields(sums)]
