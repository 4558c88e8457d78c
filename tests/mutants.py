"""Changes the rules in one place at a time and counts what the tests notice: `make mutants`."""

from __future__ import annotations

import argparse
import os
import shutil
import subprocess
import sys
import time
from collections import Counter, defaultdict
from pathlib import Path

from tests.house.sources import ROOT

RULES = "outreach.rules"
#: Of a hundred changes (mutanter), so many must be noticed, over all and in each file.
LEAST = 85
#: A change that makes a rule run for ever is noticed too.
NOTICED = {"killed", "timeout"}
MUTMUT = str(Path(sys.executable).parent / "mutmut")


def run(only: list[str], workers: int) -> None:
    """Make the mutants anew from the rules as they are, and try the tests on each."""
    shutil.rmtree(ROOT / "mutants", ignore_errors=True)
    names = [f"{RULES}.{name}.x*" for name in only]
    command = [MUTMUT, "run", "--max-children", str(workers), *names]
    # Text is in no order of its own: the same each time, and so is what is killed.
    subprocess.run(command, cwd=ROOT, env=os.environ | {"PYTHONHASHSEED": "0"}, check=True)


def results() -> dict[str, dict[str, str]]:
    """Return file by file the name of every mutant, and what became of it."""
    command = [MUTMUT, "results", "--all", "true"]
    told = subprocess.run(command, cwd=ROOT, check=True, capture_output=True, text=True).stdout
    found: defaultdict[str, dict[str, str]] = defaultdict(dict)
    for line in told.splitlines():
        name, _, became = line.strip().partition(": ")
        found[name.rpartition(".")[0].removeprefix(f"{RULES}.")][name] = became
    return dict(found)


def score(became: Counter[str]) -> float:
    """Return how many of a hundred were noticed (procent)."""
    return 100 * sum(became[word] for word in NOTICED) / became.total()


def report(found: dict[str, dict[str, str]]) -> bool:
    """Tell what was noticed and what was not; return whether it is enough."""
    by_file = {file: Counter(mutants.values()) for file, mutants in sorted(found.items())}
    survivors = [
        f"  {name}: {became}"
        for _, mutants in sorted(found.items())
        for name, became in mutants.items()
        if became not in NOTICED
    ]
    print(f"\nnot noticed: {len(survivors)}", *survivors, sep="\n")
    print(f"\n{'file':24}{'mutants':>8}{'noticed':>9}")
    for file, became in by_file.items():
        below = "  too few" * (score(became) < LEAST)
        print(f"{file:24}{became.total():8}{score(became):8.1f}%{below}")
    whole = sum(by_file.values(), Counter[str]())
    print(f"{'all':24}{whole.total():8}{score(whole):8.1f}%  (least: {LEAST}%)")
    return all(score(became) >= LEAST for became in by_file.values())


def main() -> int:
    """Read which files are asked for, run, and tell."""
    parser = argparse.ArgumentParser(prog="make mutants", description=__doc__)
    parser.add_argument("--workers", type=int, default=2, help="how many at a time")
    parser.add_argument("only", nargs="*", help="ladder, phrases.dates, …; without any: all")
    asked = parser.parse_args()
    for name in asked.only:
        if not (ROOT / f"{RULES}.{name}".replace(".", "/")).with_suffix(".py").is_file():
            parser.error(f"there is no file {name} in {RULES}")
    started = time.monotonic()
    run(asked.only, asked.workers)
    found = results()
    enough = report({file: found[file] for file in asked.only or found})
    print(f"{(time.monotonic() - started) / 60:.1f} minutes")
    return int(not enough)


if __name__ == "__main__":
    sys.exit(main())
