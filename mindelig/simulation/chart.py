"""Draws a simulation month by month (diagram): bars, and arrears as a line; a panel a policy.

This is the one module that loads matplotlib; whoever needs it imports it when it is needed.
"""

from __future__ import annotations

from io import BytesIO
from typing import TYPE_CHECKING, Final

from babel.dates import format_date
from matplotlib.figure import Figure

if TYPE_CHECKING:
    from matplotlib.axes import Axes

    from mindelig.simulation.tables import Tables
    from outreach.simulation.tally import Tally

#: Each figure with a colour that is told from the others also by those who see few (Okabe and Ito).
BARS: Final = {
    "contacts": "#56B4E9",
    "reminders": "#E69F00",
    "plans_agreed": "#0072B2",
    "notices": "#F0E442",
    "auction_warnings": "#CC79A7",
    "closure_notices": "#009E73",
    "hand_overs": "#D55E00",
}
_HATCHES: Final = ("", "//", "++", "..", "xx", "--", "\\\\")
_OERE_A_MILLION = 100 * 1_000_000
_WIDTH, _HEIGHT, _DPI = 11.0, 4.6, 120
_ROOM = 1.05  # above the tallest bar


def draw(tables: Tables) -> bytes:
    """Draw it and return a PNG."""
    done = tables.done
    figure = Figure(figsize=(_WIDTH, _HEIGHT * len(done.tallies)), dpi=_DPI, layout="constrained")
    panels = figure.subplots(len(done.tallies), 1, squeeze=False, sharey=True)[:, 0]
    arrears = [
        _panel(axes, tally, tables, tables.named(policy))
        for axes, tally, policy in zip(panels, done.tallies, done.plan.policies, strict=True)
    ]
    highest = max(axes.get_ylim()[1] for axes in arrears)
    tallest = max(axes.get_ylim()[1] for axes in panels)
    for axes in panels:
        axes.set_ylim(0, tallest * _ROOM)
    for axes in arrears:
        axes.set_ylim(0, highest)  # two policies are held against each other on one scale
    handles, labels = panels[0].get_legend_handles_labels()
    more, named = arrears[0].get_legend_handles_labels()
    figure.legend([*handles, *more], [*labels, *named], loc="outside lower center", ncols=4)
    picture = BytesIO()
    figure.savefig(picture, format="png")
    return picture.getvalue()


def _panel(axes: Axes, tally: Tally, tables: Tables, title: str) -> Axes:
    """Draw one policy; return the axes its arrears are on."""
    locale = "en_GB" if tables.language == "en" else "da_DK"
    plan = tables.done.plan
    months = list(tally.months(plan.start, plan.until))
    names = [format_date(month, "MMM yy", locale=locale) for month, _ in months]
    places = list(range(len(names)))
    below = [0] * len(months)
    for (figure, colour), hatch in zip(BARS.items(), _HATCHES, strict=True):
        counts = [counts[figure] for _, counts in months]
        bars = axes.bar(places, counts, bottom=below, color=colour, label=tables.say(figure))
        for one in bars:
            one.set(hatch=hatch, edgecolor="#333", linewidth=0.4)
        below = [under + count for under, count in zip(below, counts, strict=True)]
    axes.set_title(title, loc="left")
    axes.set_ylabel(tables.say("steps_axis"))
    every = max(1, len(places) // 12)
    axes.set_xticks(places[::every], names[::every])
    beside: Axes = axes.twinx()
    owed = [counts["arrears"] / _OERE_A_MILLION for _, counts in months]
    beside.plot(places, owed, color="black", marker="o", label=tables.say("arrears_axis"))
    beside.set_ylabel(tables.say("arrears_axis"))
    return beside
