"""`make bench`: every figure beside a reference measured in the same run."""

from __future__ import annotations

import sys
import warnings

from rich.console import Console
from rich.table import Table

from bench import (
    delivery,
    desk,
    intake,
    ladder,
    negotiation,
    paint,
    plans,
    reply,
    round_,
    start,
    telegram,
)

PARTS = {
    "intake": intake.measure,
    "round": round_.measure,
    "ladder": ladder.measure,
    "plans": plans.measure,
    "negotiation": negotiation.measure,
    "reply": reply.measure,
    "delivery": delivery.measure,
    "telegram": telegram.measure,
    "desk": desk.measure,
    "paint": paint.measure,
    "start": start.measure,
}


def main() -> None:
    """Measure all parts, or those named on the command line, and print one table."""
    warnings.simplefilter("ignore")
    wanted = sys.argv[1:] or list(PARTS)
    unknown = set(wanted) - set(PARTS)
    if unknown:
        raise SystemExit(f"no such part: {', '.join(unknown)}; there are {', '.join(PARTS)}")
    table = Table("what", "figure")
    for part in wanted:
        for what, figure in PARTS[part]():
            table.add_row(what, figure)
    Console().print(table)


main()
