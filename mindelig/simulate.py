"""`mindelig simulate`: a file of claims carried through time, under one policy or two."""

from __future__ import annotations

import json
import sys
from dataclasses import asdict
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer
from rich.console import Console

from data.law.law import Law
from data.municipalities.policy import Policies, Policy
from data.values.money import Money
from data.yaml_files import read
from mindelig.intake import ALL_TAKEN, INTERRUPTED, SOME_REJECTED, UNREADABLE, bar
from mindelig.simulation.page import lines, page
from mindelig.simulation.tables import Tables
from outreach import layers
from outreach.errors import FileUnreadableError, UnknownMunicipalityError
from outreach.intake.rendering import render
from outreach.simulation.citizens import Assumed
from outreach.simulation.running import Plan, Simulated, run
from outreach.simulation.tally import FIGURES
from outreach.texts import LANGUAGES

if TYPE_CHECKING:
    from collections import Counter
    from collections.abc import Iterator

    from outreach.simulation.tally import Tally

PlanRate = Annotated[
    float, typer.Option(min=0, max=1, help="The share of the others that agree a plan.")
]
KeepRate = Annotated[
    float, typer.Option(min=0, max=1, help="The share of plans that are kept to the end.")
]
Instalments = Annotated[
    int, typer.Option(min=1, max=600, help="So many monthly instalments are wished for.")
]
Monthly = Annotated[
    int | None, typer.Option(min=1, max=1_000_000, help="Instead: so many kr. a month.")
]


def simulate(  # noqa: PLR0917 - each is an option with a name of its own
    municipality: Annotated[
        str, typer.Option("--municipality", "-m", help="Whose policy, such as albertslund.")
    ],
    claims: Annotated[Path, typer.Option(help="A claims file, as for: import claims.")],
    start: Annotated[str, typer.Option("--from", metavar="DAY", help="The first day.")],
    until: Annotated[str, typer.Option("--to", metavar="DAY", help="The last day.")],
    policy: Annotated[
        Path | None, typer.Option(help="Another policy (a municipality file) to hold beside it.")
    ] = None,
    payments: Annotated[
        Path | None, typer.Option(help="A payments file, as for: import payments.")
    ] = None,
    pay_rate: Annotated[
        float, typer.Option(min=0, max=1, help="The share of claims that are paid in full.")
    ] = 0.0,
    pays_after: Annotated[
        int, typer.Option(min=0, max=3650, help="So many days after the last day to pay.")
    ] = 10,
    plan_rate: PlanRate = 0.0,
    keep_rate: KeepRate = 1.0,
    instalments: Instalments = 6,
    monthly: Monthly = None,
    out: Annotated[
        Path | None, typer.Option(help="A folder for the page, the chart and the figures.")
    ] = None,
    language: Annotated[str, typer.Option(help="da or en")] = "da",
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON for machines.")] = False,
) -> None:
    """Carry a file of claims through time, and count what one policy or two would do.

    Nothing is sent, and no database is opened.
    """
    if language not in LANGUAGES:
        raise typer.BadParameter("da or en", param_hint="--language")
    first, last = _day("--from", start), _day("--to", until)
    if last < first:
        raise typer.BadParameter("lies before --from", param_hint="--to")
    law = Law.load()
    plan = Plan(
        municipality=municipality,
        claims=claims,
        start=first,
        until=last,
        policies=_policies(municipality, policy, law, first),
        payments=payments,
        assumed=Assumed(
            pay_rate=pay_rate,
            pays_after=pays_after,
            plan_rate=plan_rate,
            keep_rate=keep_rate,
            instalments=instalments,
            monthly=Money.kroner(monthly) if monthly is not None else None,
        ),
    )
    raise typer.Exit(_simulate(plan, law, out, language, as_json=as_json))


def _day(option: str, text: str) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError:
        says = f"{text!r} is no day such as 2027-01-31"
        raise typer.BadParameter(says, param_hint=option) from None


def _policies(municipality: str, other: Path | None, law: Law, today: date) -> tuple[Policy, ...]:
    """Return the municipality's policy, and the other one once it is found to keep the law."""
    known = Policies.load()
    if municipality not in known:
        there_are = ", ".join(known.keys)
        raise UnknownMunicipalityError(
            f"There is no municipality {municipality!r}. Use: {there_are}."
        )
    if other is None:
        return (known[municipality],)
    policy = read(other, Policy)
    layers.check_one(policy, other, law, today)
    return (known[municipality], policy)


def _simulate(plan: Plan, law: Law, out: Path | None, language: str, *, as_json: bool) -> int:
    try:
        done = _watched(plan, law)
    except FileUnreadableError as fault:
        sys.stderr.write(f"{fault.code}: {fault}\n")
        return UNREADABLE
    except KeyboardInterrupt:
        sys.stderr.write("Stopped; nothing was written.\n")
        return INTERRUPTED
    tables = Tables(done, law.claim_types, language)
    try:
        files = _write_files(tables, out) if out is not None else []
        for piece in _json(done, tables) if as_json else _text(tables, files):
            sys.stdout.write(piece)
    finally:
        done.close()
    return ALL_TAKEN if done.all_taken else SOME_REJECTED


def _watched(plan: Plan, law: Law) -> Simulated:
    with bar(Console(stderr=True)) as shown:
        task = shown.add_task(plan.claims.name, total=None, rows="")

        def progress(done: int, size: int, rows: int) -> None:
            shown.update(task, completed=done, total=size, rows=f"{rows:,} rows")

        return run(plan, law, progress)


def _write_files(tables: Tables, folder: Path) -> list[Path]:
    from mindelig.simulation import chart  # noqa: PLC0415 - loads matplotlib, slower than all else

    folder.mkdir(parents=True, exist_ok=True)
    picture = chart.draw(tables)
    page_at, picture_at, figures_at = (
        folder / f"simulation.{kind}" for kind in ("html", "png", "json")
    )
    page_at.write_text(page(tables, picture), encoding="utf-8")
    picture_at.write_bytes(picture)
    with figures_at.open("w", encoding="utf-8") as figures:
        figures.writelines(_json(tables.done, tables))
    return [page_at, picture_at, figures_at]


def _text(tables: Tables, files: list[Path]) -> Iterator[str]:
    for line in lines(tables):
        yield f"{line}\n"
    for report in (tables.done.payments, tables.done.claims):
        if report is not None and not report.all_taken:
            yield "\n"
            yield from (f"{line}\n" for line in render(report))
    if files:
        named = ", ".join(str(file) for file in files)
        yield f"\n{tables.say('files', files=named)}\n"


def _json(done: Simulated, tables: Tables) -> Iterator[str]:
    """Write it for machines, sums in øre; rows that were not taken one by one, as `import` does."""
    plan = done.plan
    head = {
        "municipality": plan.municipality,
        "from": plan.start.isoformat(),
        "to": plan.until.isoformat(),
        "sums_in": "øre",
        **_assumed(plan.assumed),
        "unused_payments": done.unused,
        "assumptions": tables.assumptions(),
        "policies": [
            {"key": policy.key, "version": policy.version} | _counts(tally, plan)
            for policy, tally in zip(plan.policies, done.tallies, strict=True)
        ],
    }
    yield json.dumps(head, ensure_ascii=False)[:-1]
    for name, report in (("claims_file", done.claims), ("payments_file", done.payments)):
        if report is not None:
            yield f', "{name}": '
            yield from report.as_json()
    yield "}\n"


def _assumed(assumed: Assumed) -> dict[str, Any]:
    monthly = assumed.monthly.oere if assumed.monthly is not None else None
    return asdict(assumed) | {"monthly": monthly}


def _counts(tally: Tally, plan: Plan) -> dict[str, Any]:
    def plain(counts: Counter[str]) -> dict[str, int]:
        return {figure: counts[figure] for figure in FIGURES}

    return {
        "total": plain(tally.total),
        "by_type": {kind: plain(counts) for kind, counts in sorted(tally.by_type.items())},
        "by_month": {
            f"{month:%Y-%m}": plain(counts)
            for month, counts in tally.months(plan.start, plan.until)
        },
        "reasons": dict(tally.reasons.most_common()),
    }
