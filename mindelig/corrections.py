"""`mindelig corrections export`: what caseworkers have set right, as training data."""

from __future__ import annotations

import asyncio
from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer
import yaml
from rich.console import Console

from data.phrases.folding import fold
from data.queries import corrections as queries
from mindelig.installation import need_municipality, open_runtime
from mindelig.rasa import ROOT
from outreach import corrections
from outreach.errors import NotConfiguredError
from outreach.rules.examples import nlu_files

if TYPE_CHECKING:
    from collections.abc import Iterator

    from data.queries.corrections import Entry
    from outreach.runtime import Runtime

NLU = ROOT / "dialogues" / "nlu"
REVIEWED = ".reviewed.yml"

out = Console(highlight=False, markup=False, soft_wrap=True)
app = typer.Typer(
    no_args_is_help=True, help="What the assistant understood wrong, set right by caseworkers."
)


type Example = tuple[str, str, str]  # language, intent, text


@dataclass
class Exported:
    """What is new in the training data, what is in it now, and what was left out and why."""

    fresh: list[Example] = field(default_factory=list)
    taken: list[Entry] = field(default_factory=list)
    left_out: Counter[str] = field(default_factory=Counter)


@app.callback()
def _group() -> None:
    """Keep `export` a command of its own, though it is the only one."""


@app.command("export")
def export(
    to: Annotated[
        Path, typer.Option("--to", help="The folder of the training data, a folder a language.")
    ] = NLU,
    municipality: Annotated[
        str | None, typer.Option("--municipality", "-m", help="Only what this one has approved.")
    ] = None,
) -> None:
    """Write what two people have approved into the training data; then train, and look at it."""

    async def work() -> Exported:
        async with open_runtime() as runtime:
            if municipality is not None:
                need_municipality(runtime, municipality)
            return await write(runtime, to, [municipality] if municipality else None)

    done = asyncio.run(work())
    files = Counter(f"{language}/{intent}{REVIEWED}" for language, intent, _ in done.fresh)
    out.print(f"{len(done.fresh)} new examples in {len(files)} files of {to}.")
    for path, count in sorted(files.items()):
        out.print(f"  {path}: {count}")
    for why, count in done.left_out.most_common():
        out.print(f"  left out: {count} {why}")


async def write(runtime: Runtime, folder: Path, municipalities: list[str] | None) -> Exported:
    """Put approved corrections into `<language>/<intent>.reviewed.yml`, sorted, each once.

    An example that stands in the training data already is not written again, and one that stands
    there under another intent is left out: Rasa would learn both.

    Raises:
        NotConfiguredError: the folder is not there.
    """
    if not folder.is_dir():  # noqa: ASYNC240 - one look, before anything runs
        raise NotConfiguredError(f"--to {folder}: there is no such folder")
    async with runtime.transaction() as session:
        entries = await queries.approved(session, municipalities or list(runtime.policies.keys))
        done = await asyncio.to_thread(_sort_out, folder, entries)
        await asyncio.to_thread(_write, folder, done.fresh)
        await corrections.mark_exported(session, runtime, done.taken)
    return done


def _sort_out(folder: Path, entries: list[Entry]) -> Exported:
    """Part what is new from what stands there already, and from what may not."""
    done = Exported()
    standing = {(language, fold(text)): intent for language, intent, text in _examples(folder)}
    for entry in entries:
        for language, intent, text in corrections.safe_examples([entry]):
            place = language, fold(text)
            if place not in standing:
                done.fresh.append((language, intent, text))
            if standing.setdefault(place, intent) == intent:
                done.taken.append(entry)
            else:
                done.left_out[f"that stands there as {standing[place]}"] += 1
            break
        else:
            done.left_out["with something of a person in it"] += 1
    return done


def _write(folder: Path, fresh: list[Example]) -> None:
    """Write the files that get something new, with what they hold already."""
    files = {(language, intent) for language, intent, _ in fresh}
    held = [each for each in _examples(folder, f"*{REVIEWED}") if each[:2] in files]
    for path, text in nlu_files([*held, *fresh]).items():
        (folder / path).parent.mkdir(exist_ok=True)
        (folder / path).write_text(text, encoding="utf-8")


def _examples(folder: Path, named: str = "*.yml") -> Iterator[Example]:
    """Read the examples of the training data, a folder a language."""
    for path in sorted(folder.glob(f"*/{named}")):
        for entry in yaml.safe_load(path.read_text(encoding="utf-8"))["nlu"]:
            for line in entry["examples"].splitlines():
                yield path.parent.name, entry["intent"], line.removeprefix("- ").strip()
