"""Writes a simulation for people: lines for a terminal, and a page that stands by itself."""

from __future__ import annotations

from base64 import b64encode
from pathlib import Path
from typing import TYPE_CHECKING

from jinja2 import Environment, FileSystemLoader, StrictUndefined, select_autoescape

if TYPE_CHECKING:
    from collections.abc import Iterator

    from mindelig.simulation.tables import Table, Tables

_TEMPLATES = Environment(
    loader=FileSystemLoader(Path(__file__).parent),
    autoescape=select_autoescape(),
    undefined=StrictUndefined,
    trim_blocks=True,
    lstrip_blocks=True,
)


def page(tables: Tables, chart: bytes) -> str:
    """Write the HTML page, with the chart (PNG) inside it: it asks nothing of the network."""
    return _TEMPLATES.get_template("page.html").render(
        language=tables.language,
        say=tables.say,
        intro=tables.intro(),
        tables=tables.all(),
        assumptions=tables.assumptions(),
        chart=b64encode(chart).decode(),
    )


def lines(tables: Tables) -> Iterator[str]:
    """Yield the same for a terminal: the totals, the reasons and what was assumed."""
    yield from tables.intro()
    for table in (tables.totals(), tables.reasons()):
        yield ""
        yield from _columns(table)
    yield ""
    yield tables.say("assumptions")
    yield from (f"  {sentence}" for sentence in tables.assumptions())


def _columns(table: Table) -> Iterator[str]:
    """Yield a table's lines, figures to the right."""
    everything = (table.head, *table.rows)
    widths = [max(len(row[at]) for row in everything) for at in range(len(table.head))]
    yield table.title
    for name, *figures in everything:
        padded = (figure.rjust(width) for figure, width in zip(figures, widths[1:], strict=True))
        yield f"  {name.ljust(widths[0])}  {'  '.join(padded)}".rstrip()
