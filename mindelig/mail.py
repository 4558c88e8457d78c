"""`mindelig mail bounces`: what came back to the mailbox that our e-mail is sent from."""

from __future__ import annotations

import asyncio
import json
import mailbox
import sys
from collections import Counter
from contextlib import closing
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Final

import typer

from mindelig.installation import open_runtime
from outreach import bounces
from outreach.rules.bounces import Kind

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    from outreach.runtime import Runtime

app = typer.Typer(help="E-mail: what mail servers sent back.", no_args_is_help=True)

STDIN: Final = Path("-")
Sources = Annotated[
    list[Path] | None, typer.Argument(help="Files with a mail each; - is standard input.")
]
Folder = Annotated[
    Path | None, typer.Option("--maildir", help="A Maildir: what is new in it.", exists=True)
]
AsJson = Annotated[bool, typer.Option("--json", help="Print JSON for machines.")]


@app.callback()
def _mail() -> None:
    """Keep `bounces` a word of its own, although it is the only one yet."""


@app.command("bounces")
def bounces_(files: Sources = None, maildir: Folder = None, as_json: AsJson = False) -> None:
    """Read what came back: undelivered mail is marked, and addresses that are no more.

    What a person wrote is left for a person to read. In a Maildir the rest is marked as read.
    """
    if bool(files) == bool(maildir):
        raise typer.BadParameter("give files, or --maildir with a folder")
    counted = asyncio.run(_work(files or [], maildir))
    report = {kind.value: counted[kind] for kind in Kind}
    if as_json:
        sys.stdout.write(json.dumps(report) + "\n")
    else:
        print(", ".join(f"{count} {word}" for word, count in report.items()) + ".")


async def _work(files: list[Path], maildir: Path | None) -> Counter[Kind]:
    async with open_runtime() as runtime:
        if maildir is not None:
            return await from_maildir(runtime, maildir)
        return Counter([await _take(runtime, raw) async for raw in _read(files)])


async def _read(files: list[Path]) -> AsyncIterator[bytes]:
    for file in files:
        try:
            yield sys.stdin.buffer.read() if file == STDIN else file.read_bytes()
        except OSError as fault:
            raise typer.BadParameter(f"{file}: {fault.strerror}") from None


async def from_maildir(runtime: Runtime, folder: Path) -> Counter[Kind]:
    """Take in what is new in a Maildir; a crash halfway does no harm, as notices may come twice."""
    counted: Counter[Kind] = Counter()
    with closing(mailbox.Maildir(folder, create=False)) as box:
        for key in sorted(box.keys()):
            mail = box.get_message(key)
            if "S" in mail.get_flags():
                continue
            kind = await _take(runtime, box.get_bytes(key))
            counted[kind] += 1
            if kind is not Kind.FROM_A_PERSON:
                mail.set_subdir("cur")
                mail.add_flag("S")
                box[key] = mail
    return counted


async def _take(runtime: Runtime, raw: bytes) -> Kind:
    async with runtime.transaction() as session:
        return (await bounces.take(session, runtime, raw)).kind
