"""`mindelig texts export`: general texts for websites, local papers and information screens."""

from __future__ import annotations

import asyncio
import sys
from pathlib import Path
from typing import Annotated, Final

import typer

from data.models.citizens import Language
from mindelig.installation import need_municipality, open_runtime
from outreach import exports
from outreach.exports import Format

app = typer.Typer(help="Texts for elsewhere.", no_args_is_help=True)

STDOUT: Final = Path("-")
Municipality = Annotated[str, typer.Option("--municipality", "-m", help="e.g. albertslund")]
Wanted = Annotated[Language, typer.Option("--language", help="da or en")]
Shape = Annotated[Format, typer.Option("--format", help="html, txt or json")]
Out = Annotated[Path, typer.Option("--out", help="The file to write; - is standard output.")]
AsOf = Annotated[str | None, typer.Option("--as-of", help="Set the clock, e.g. 2026-12-02T09:00.")]


@app.callback()
def _texts() -> None:
    """Keep `export` a word of its own, although it is the only one yet."""


@app.command("export")
def export(
    municipality: Municipality,
    language: Wanted = Language.DANISH,
    shape: Shape = Format.HTML,
    out: Out = STDOUT,
    as_of: AsOf = None,
) -> None:
    """Write what all may know of bills that are not paid, in the assistant's own words."""

    async def work() -> str:
        async with open_runtime(as_of=as_of) as runtime:
            need_municipality(runtime, municipality)
            return exports.write(exports.contents(runtime, municipality, language), shape)

    text = asyncio.run(work())
    if out == STDOUT:
        sys.stdout.write(text)
        return
    try:
        out.write_text(text, encoding="utf-8")
    except OSError as fault:
        raise typer.BadParameter(f"{out}: {fault.strerror}", param_hint="--out") from None
    print(f"Written to {out}.")
