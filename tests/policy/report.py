"""Runs every test that proves a requirement, and writes what was proven: `make policy-report`."""

from __future__ import annotations

import sys
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import jinja2
import pytest

from data.municipalities.policy import Policies
from data.municipalities.requirements import registers
from data.values.time import SystemClock, copenhagen
from tests.house.sources import ROOT
from tests.policy.numbered import by_requirement, numbered_tests

if TYPE_CHECKING:
    from pathlib import Path

    from data.municipalities.requirements import Register, Requirement
    from tests.policy.numbered import NumberedTest

FOLDER = ROOT / "build"
TEMPLATES = ROOT / "tests" / "policy" / "templates"
PASSED, FAILED, NONE = "passed", "failed", "none"


class Results:
    """What pytest says of each test while it runs (resultater); a test of many cases is one."""

    def __init__(self) -> None:
        """Begin with nothing known."""
        self.of: dict[str, str] = {}

    def pytest_runtest_logreport(self, report: Any) -> None:
        """Keep the worst that was said of a test; a skipped one proves nothing."""
        node = report.nodeid.partition("[")[0]
        if report.failed:
            self.of[node] = FAILED
        elif report.when == "call" and report.passed:
            self.of.setdefault(node, PASSED)


@dataclass(frozen=True, slots=True)
class Row:
    """One requirement in the report (linje i rapporten)."""

    number: str
    requirement: Requirement
    quotes: dict[int, str]
    tests: list[tuple[NumberedTest, str]]

    @property
    def result(self) -> str:
        """The worst of its tests; none where no test ran."""
        said = {result for _, result in self.tests}
        return FAILED if FAILED in said else PASSED if PASSED in said else NONE

    @property
    def is_missing(self) -> bool:
        """Tell whether the requirement should be proven today and is not."""
        return self.result == FAILED or (self.requirement.is_here and self.result != PASSED)


@dataclass(frozen=True, slots=True)
class Part:
    """One municipality's table (kommunens del)."""

    key: str
    name: str
    title: str
    version: str
    rows: list[Row] = field(default_factory=list)

    @property
    def counts(self) -> dict[str, int]:
        """How many requirements are proven, come later, or are missing."""
        later = [row for row in self.rows if not row.requirement.is_here]
        missing = [row for row in self.rows if row.is_missing]
        proven = [row for row in self.rows if row.requirement.is_here and row.result == PASSED]
        return {"proven": len(proven), "later": len(later), "missing": len(missing)}


def run(tests: list[NumberedTest], arguments: list[str]) -> Results:
    """Run the tests, but for those that need Rasa or a browser; return what each gave."""
    results = Results()
    nodes = [test.node for test in tests]
    options = [
        "-q",
        "--no-header",
        "--continue-on-collection-errors",
        "-m",
        "not rasa and not browser",
        *arguments,
    ]
    pytest.main([*nodes, *options], plugins=[results])
    return results


def parts(results: Results) -> list[Part]:
    """Lay requirements, lines, tests and results side by side, municipality by municipality."""
    policies = Policies.load()
    return [_part(register, policies, results) for register in registers().values()]


def _part(register: Register, policies: Policies, results: Results) -> Part:
    proofs = by_requirement()
    policy = policies[register.municipality]
    rows = [
        Row(
            number,
            requirement,
            register.quotes(number),
            [(test, results.of.get(test.node, NONE)) for test in proofs.get(number, [])],
        )
        for number, requirement in register.requirements.items()
    ]
    return Part(
        register.municipality, policy.name.da, policy.policy.title, policy.policy.version, rows
    )


def write(found: list[Part], folder: Path = FOLDER) -> list[Path]:
    """Write the report as a page and as Markdown; return where."""
    environment = jinja2.Environment(
        loader=jinja2.FileSystemLoader(TEMPLATES),
        autoescape=jinja2.select_autoescape(),
        undefined=jinja2.StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    written = []
    folder.mkdir(exist_ok=True)
    for ending in ("html", "md"):
        template = environment.get_template(f"policy-report.{ending}")
        path = folder / f"policy-report.{ending}"
        made_on = copenhagen(SystemClock().now()).date()
        path.write_text(template.render(parts=found, made_on=made_on), encoding="utf-8")
        written.append(path)
    return written


def main(arguments: list[str]) -> int:
    """Run, write, and say in a few lines what is proven and what is missing."""
    found = parts(run(numbered_tests(), arguments))
    for path in write(found):
        print(f"written: {path.relative_to(ROOT)}")
    for part in found:
        told = ", ".join(f"{count} {word}" for word, count in part.counts.items())
        print(f"{part.name}: {told}")
        for row in part.rows:
            if row.is_missing:
                print(f"  {row.number} {row.result}: {row.requirement.what}")
    return int(any(part.counts["missing"] for part in found))


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
