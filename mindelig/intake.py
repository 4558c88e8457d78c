"""`mindelig import claims FILE`, `import payments FILE` and `import acknowledgements FILE`."""

from __future__ import annotations

import asyncio
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer
from rich.console import Console
from rich.progress import (
    BarColumn,
    Progress,
    TaskProgressColumn,
    TextColumn,
    TimeRemainingColumn,
)
from sqlalchemy.exc import OperationalError

from mindelig.installation import open_runtime
from outreach.errors import FileUnreadableError, UnknownMunicipalityError
from outreach.hand_overs.acknowledgements import import_acknowledgements
from outreach.intake.importing import import_claims, import_payments
from outreach.intake.rendering import render

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

    from outreach.intake.report import Report

    type Use = Callable[..., Awaitable[Report]]

ALL_TAKEN = 0
FAULT = 1
UNREADABLE = 2
SOME_REJECTED = 3
INTERRUPTED = 130

_AGAIN = "What was read is kept; run the same command again to take the rest."

app = typer.Typer(
    help="Take claims, payments and recipients' answers from CSV files.", no_args_is_help=True
)

File = Annotated[Path, typer.Argument(help="The CSV file (UTF-8 or Windows-1252; ; or ,).")]
Municipality = Annotated[
    str, typer.Option("--municipality", "-m", help="Whose ledger it is, such as albertslund.")
]
AsJson = Annotated[bool, typer.Option("--json", help="Write the whole report as JSON.")]


@app.command("claims")
def take_claims(file: File, municipality: Municipality, json: AsJson = False) -> None:
    """Take claims (krav): new ones, changed ones; what is known already stays as it is."""
    _run(import_claims, file, municipality, as_json=json)


@app.command("payments")
def take_payments(file: File, municipality: Municipality, json: AsJson = False) -> None:
    """Book payments (indbetalinger), each once, and note until which day all are known."""
    _run(import_payments, file, municipality, as_json=json)


@app.command("acknowledgements")
def take_acknowledgements(file: File, municipality: Municipality, json: AsJson = False) -> None:
    """Take what a recipient answered on hand-overs (kvitteringer), each answer once."""
    _run(import_acknowledgements, file, municipality, as_json=json)


def _run(use: Use, file: Path, municipality: str, *, as_json: bool) -> None:
    try:
        code = asyncio.run(_import(use, file, municipality, as_json=as_json))
    except (FileUnreadableError, UnknownMunicipalityError) as fault:
        _say(f"{fault.code}: {fault} Nothing was taken.")
        code = UNREADABLE
    except OperationalError as fault:
        reason = str(fault.orig).strip().partition("\n")[0]
        _say(f"The database stopped answering ({reason}). {_AGAIN}")
        code = FAULT
    except KeyboardInterrupt:
        _say(f"Stopped. {_AGAIN}")
        code = INTERRUPTED
    raise typer.Exit(code)


async def _import(use: Use, file: Path, municipality: str, *, as_json: bool) -> int:
    console = Console(stderr=True)
    async with open_runtime(as_of=None) as runtime:
        with bar(console) as shown:
            task = shown.add_task(file.name, total=None, rows="")

            def progress(done: int, size: int, rows: int) -> None:
                shown.update(task, completed=done, total=size, rows=f"{rows:,} rows")

            report = await use(runtime, file, municipality, progress)
    with report:
        _write(report, as_json=as_json)
    return ALL_TAKEN if report.all_taken else SOME_REJECTED


def bar(console: Console) -> Progress:
    """Make the bar that shows how far a file has been read; it leaves nothing behind."""
    return Progress(
        TextColumn("{task.description}"),
        BarColumn(),
        TaskProgressColumn(),
        TextColumn("{task.fields[rows]}"),
        TimeRemainingColumn(),
        console=console,
        transient=True,
    )


def _write(report: Report, *, as_json: bool) -> None:
    for piece in report.as_json() if as_json else render(report):
        sys.stdout.write(piece if as_json else f"{piece}\n")


def _say(sentence: str) -> None:
    sys.stderr.write(f"{sentence}\n")
