"""The commands: `mindelig …`; exit codes and `--json` for machines, sentences for people."""

from __future__ import annotations

import asyncio
import json
import sys
from contextlib import contextmanager
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer
from rich.console import Console
from sqlalchemy.exc import OperationalError

from data import database
from data.migrations.run import upgrade
from data.settings import SettingsError, load
from data.yaml_files import DataFileError
from mindelig import (
    audit,
    corrections,
    explain,
    hand_over,
    installation,
    intake,
    ledger,
    letters,
    mail,
    processes,
    rasa,
    simulate,
    staff,
    telegram,
    texts,
)
from mindelig import up as everything
from mindelig.backup import backup as back_up
from mindelig.backup import restore as bring_back
from mindelig.chat import chat as talk
from mindelig.doctor import examine
from mindelig.show import find, render
from outreach import dispatch, rounds
from outreach.errors import MindeligError, NotConfiguredError

if TYPE_CHECKING:
    from collections.abc import Coroutine, Iterator

    from outreach.ladder import LadderReport
    from outreach.telling import Told

app = typer.Typer(
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    help="Reaches citizens right after a payment deadline is missed, and finds a way with them.",
)
db = typer.Typer(no_args_is_help=True, help="The database: schema, backup, restore.")
outreach = typer.Typer(no_args_is_help=True, help="Rounds: who is due what.")
app.add_typer(db, name="db")
app.add_typer(outreach, name="outreach")
app.add_typer(audit.app, name="audit")
app.add_typer(corrections.app, name="corrections")
app.add_typer(hand_over.app, name="hand-over")
app.add_typer(intake.app, name="import")
app.add_typer(ledger.app, name="ledger")
app.add_typer(letters.app, name="letters")
app.add_typer(mail.app, name="mail")
app.add_typer(staff.app, name="staff")
app.add_typer(telegram.app, name="telegram")
app.add_typer(texts.app, name="texts")
app.command("simulate")(simulate.simulate)

out = Console(highlight=False, markup=False, soft_wrap=True)
err = Console(stderr=True, highlight=False)

FAULT = 1
USAGE = 2

Json = Annotated[bool, typer.Option("--json", help="Print JSON for machines.")]
AsOf = Annotated[str | None, typer.Option("--as-of", help="Set the clock, e.g. 2026-12-02T09:00.")]
Municipality = Annotated[str, typer.Option("--municipality", "-m", help="e.g. albertslund")]
Language = Annotated[str, typer.Option("--language", help="da or en")]
Port = Annotated[int, typer.Option("--port", min=1, max=65535, help="Where the pages are.")]


def _run[Answer](work: Coroutine[Any, Any, Answer]) -> Answer:
    return asyncio.run(work)


def _print(answer: object, *, as_json: bool, text: str) -> None:
    if as_json:
        sys.stdout.write(json.dumps(answer, ensure_ascii=False, default=str) + "\n")
    else:
        out.print(text)


def _need_language(language: str) -> None:
    if language not in {"da", "en"}:
        raise typer.BadParameter("da or en", param_hint="--language")


@app.command()
def up(
    demo: Annotated[
        bool, typer.Option("--demo", help="With sample citizens and telephones.")
    ] = False,
    port: Port = 8000,
) -> None:
    """Run everything on this machine, until Ctrl-C."""
    installation.log_to_stderr(as_json=False)
    _run(everything.run(everything.plan(is_demo=demo, port=port)))


@app.command()
def web(
    port: Port = 8000,
    host: Annotated[str, typer.Option(help="The address to listen on.")] = "127.0.0.1",
) -> None:
    """Run the web process: webhooks, desk, Rasa's door."""
    _run(processes.web(host, port))


@app.command()
def worker() -> None:
    """Run jobs: answers to citizens, sending, rounds."""
    _run(processes.worker())


@app.command()
def scheduler() -> None:
    """Lead the timetable, or stand by while another scheduler leads."""
    _run(processes.scheduler())


@app.command("rasa")
def rasa_process() -> None:
    """Run Rasa on loopback, with the model of these dialogues."""
    _run(processes.rasa())


@app.command()
def train(
    if_changed: Annotated[
        bool, typer.Option("--if-changed", help="Only if the dialogues have changed.")
    ] = False,
) -> None:
    """Train the dialogue model."""
    path, is_new = rasa.train(only_if_changed=if_changed)
    out.print(f"{'Trained' if is_new else 'Still fits'}: {path}")


@app.command()
def validate() -> None:
    """Hold the dialogues against themselves, as Rasa does; a warning is a fault."""
    faults = rasa.validate()
    out.print("\n".join(faults) or "Rasa finds nothing wrong with the dialogues.")
    if faults:
        raise typer.Exit(FAULT)


@db.command("upgrade")
def db_upgrade() -> None:
    """Bring the database's schema to this version; doing it again does nothing."""
    out.print(f"The schema is at {upgrade(database.address(load()))}.")


@db.command("backup")
def db_backup(file: Path) -> None:
    """Write the whole database to FILE."""
    back_up(database.address(load()), file)
    out.print(f"Backed up to {file}.")


@db.command("restore")
def db_restore(file: Path) -> None:
    """Read a backup into an empty database."""
    bring_back(database.address(load()), file)
    out.print(f"Restored from {file}.")


@outreach.command("run")
def outreach_run(municipality: Municipality, as_of: AsOf = None, as_json: Json = False) -> None:
    """Run one round: who is due what, written to the outbox."""

    async def round_() -> rounds.RoundReport:
        async with installation.open_runtime(as_of=as_of) as runtime:
            installation.need_municipality(runtime, municipality)
            return await rounds.outreach_round(runtime, municipality=municipality)

    report = _run(round_())
    lines = [
        f"{municipality}: {report.messages} first messages about {report.claims} claims.",
        *(f"  not written: {count} {reason}" for reason, count in report.refused.most_common()),
        *_ladder_lines(report.ladder),
    ]
    _print(_counted(report), as_json=as_json, text="\n".join(lines))


def _counted(report: rounds.RoundReport) -> dict[str, object]:
    """Write a round for machines; `asdict` would count a Counter's pairs anew."""
    ladder = report.ladder
    counted = (
        None
        if ladder is None
        else vars(ladder)
        | {
            "steps": dict(ladder.steps),
            "refused": dict(ladder.refused),
        }
    )
    return vars(report) | {"refused": dict(report.refused), "ladder": counted}


def _ladder_lines(report: LadderReport | None) -> list[str]:
    """Tell what the ladder came to: steps, tasks for people, and what stands still and why."""
    if report is None:
        return []
    steps = [f"  {name}: {count}" for name, count in sorted(report.steps.items())]
    still = [f"  no step: {count} {reason}" for reason, count in report.refused.most_common()]
    return [
        f"{sum(report.steps.values())} steps on the ladder, {report.tasks} tasks for caseworkers.",
        *steps,
        *still,
    ]


@app.command("dispatch")
def dispatch_now(
    drain: Annotated[bool, typer.Option("--drain", help="Until the outbox is empty.")] = False,
    as_of: AsOf = None,
    as_json: Json = False,
) -> None:
    """Send what is due from the outbox."""
    if not drain:
        raise typer.BadParameter("only --drain is known", param_hint="--drain")

    async def send() -> dispatch.DrainReport:
        async with installation.open_runtime(as_of=as_of) as runtime:
            if runtime.sms is None:
                raise NotConfiguredError(
                    "TWILIO_ACCOUNT_SID and TWILIO_AUTH_TOKEN: set both to send"
                )
            return await dispatch.drain(runtime, list(runtime.policies.keys))

    report = _run(send())
    text = (
        f"{report.sent} sent, {report.failed} failed, {report.stood_down} not sent for a reason,"
        f" {report.unknown} unknown, {report.put_back} to be tried again,"
        f" {report.seconds:.1f} seconds."
    )
    _print(asdict(report), as_json=as_json, text=text)
    if report.put_back:
        raise typer.Exit(FAULT)


@app.command()
def chat(
    municipality: Municipality,
    language: Language = "da",
    explained: Annotated[
        bool, typer.Option("--explain", help="Tell after each answer how it came about.")
    ] = False,
    once: Annotated[
        str | None, typer.Option("--once", help="Write this one message, and end.")
    ] = None,
) -> None:
    """Talk to the assistant here, as a sample citizen."""
    _need_language(language)
    _run(talk(municipality, language, explained=explained, once=once))


@app.command()
def show(phone_or_claim_ref: str, as_json: Json = False) -> None:
    """Show all that is known of one citizen now."""

    async def look() -> list[dict[str, Any]]:
        async with installation.open_runtime() as runtime:
            return await find(runtime, phone_or_claim_ref)

    found = _run(look())
    _print(found, as_json=as_json, text=render(found))
    if not found:
        raise typer.Exit(FAULT)


@app.command("explain")
def explain_claim(
    claim_ref: str,
    municipality: Annotated[
        str | None, typer.Option("--municipality", "-m", help="Whose claim, where two have one.")
    ] = None,
    language: Language = "da",
    as_of: AsOf = None,
    as_json: Json = False,
) -> None:
    """Tell why a claim stands where it stands, and what comes next, with sources."""
    _need_language(language)

    async def look() -> list[tuple[dict[str, Any], Told]]:
        async with installation.open_runtime(as_of=as_of) as runtime:
            if municipality is not None:
                installation.need_municipality(runtime, municipality)
            return await explain.tell_of(runtime, claim_ref, municipality, language)

    found = _run(look())
    _print(explain.as_json(found), as_json=as_json, text=explain.render(found, language))
    if not found:
        raise typer.Exit(FAULT)


@app.command()
def doctor(as_json: Json = False) -> None:
    """Check settings, database, Rasa, Twilio, Telegram and policies; say how to mend each."""
    findings = _run(examine())
    lines = [
        f"{'✓' if item.is_well else '✗'} {item.part}: {item.says}"
        + (f"\n    mend: {item.mend}" if item.mend else "")
        for item in findings
    ]
    _print([asdict(item) for item in findings], as_json=as_json, text="\n".join(lines))
    if not all(item.is_well for item in findings):
        raise typer.Exit(FAULT)


@contextmanager
def _plain_errors() -> Iterator[None]:
    """Turn faults people can mend into a sentence; a traceback is for faults of ours."""
    try:
        yield
    except (SettingsError, DataFileError) as fault:
        err.print(str(fault), markup=False, soft_wrap=True)
        raise SystemExit(USAGE) from None
    except (MindeligError, KeyError) as fault:
        err.print(f"{fault.args[0] if fault.args else fault}", markup=False, soft_wrap=True)
        raise SystemExit(USAGE if isinstance(fault, NotConfiguredError) else FAULT) from None
    except OperationalError as fault:
        reason = " ".join(str(fault.orig).strip().splitlines()[:1])
        err.print(f"The database does not answer: {reason}", markup=False, soft_wrap=True)
        raise SystemExit(FAULT) from None
    except ValueError as fault:
        err.print(str(fault), markup=False, soft_wrap=True)
        raise SystemExit(USAGE) from None
    except KeyboardInterrupt:
        raise SystemExit(130) from None


def main() -> None:
    """Run the command line."""
    installation.log_to_stderr(as_json=False)  # what a command answers is all there is on stdout
    with _plain_errors():
        app()
