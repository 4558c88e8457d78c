"""Set-up: makes a fresh clone ready to run, or to test, and does nothing twice.

python3 -m scripts.setup app     what `make demo` needs
python3 -m scripts.setup dev     what `make lint` needs, without Rasa
python3 -m scripts.setup rasa    also Rasa, without a model: what `make check` needs
python3 -m scripts.setup test    also what `make test` needs
"""

from __future__ import annotations

import platform
import sys
import time
from typing import TYPE_CHECKING, NamedTuple

from scripts import chromium, environments, model, node, places, say, stamps
from scripts.uv import uv

if TYPE_CHECKING:
    from collections.abc import Callable


class Step(NamedTuple):
    """A part of the set-up: what it is, whether it is there, and how to make it."""

    what: str
    is_ready: Callable[[], bool]
    make: Callable[[], object]


def steps(purpose: str) -> list[Step]:
    """Return the steps for a purpose: "app", "dev", "rasa" or "test"."""
    kind = "app" if purpose == "app" and not environments.is_a_developers() else "dev"
    plan = [
        Step("uv, which installs Python packages", _uv_is_ready, uv),
        Step(
            f"the application's environment, .venv ({kind})",
            lambda: environments.app_is_ready(kind),
            lambda: environments.make_app(kind),
        ),
        Step("the pages' parts and Prism, from npm", node.is_ready, node.make),
    ]
    if purpose == "dev":
        return plan
    plan.append(
        Step(
            "Rasa's environment, shared by all clones (1.8 GB the first time)",
            environments.rasa_is_ready,
            environments.make_rasa,
        )
    )
    if purpose == "rasa":
        return plan
    plan.append(Step("the dialogue model", model.is_ready, model.make))
    if purpose == "test":
        plan.append(Step("a browser for the browser test", chromium.is_ready, chromium.make))
    return plan


def _uv_is_ready() -> bool:
    return environments.app_is_ready("app") or environments.app_is_ready("dev")


def check_machine() -> None:
    """Stop at once, before the first download, where set-up cannot come to its end.

    Raises:
        MissingError: this is not Linux on x86-64, or Node is missing or too old.
    """
    system, machine = platform.system(), platform.machine()
    if (system, machine) != ("Linux", "x86_64"):
        raise say.MissingError(
            f"Mindelig runs on Linux on x86-64 (Debian 12 or a current Ubuntu); this is {system} "
            f"on {machine}.\nA virtual machine or a container with Debian 12 will do."
        )
    if not node.is_ready():
        node.check_node()


def set_up(purpose: str) -> None:
    """Take every step that is not done yet.

    Raises:
        MissingError: something is missing that set-up cannot bring itself.
    """
    plan = steps(purpose)
    if all(step.is_ready() for step in plan):
        return
    check_machine()
    started = time.monotonic()
    with stamps.alone(places.STATE / "lock"):
        for number, step in enumerate(plan, start=1):
            if step.is_ready():
                say.line(f"[{number}/{len(plan)}] {step.what}: ready")
                continue
            with say.step(number, len(plan), step.what):
                step.make()
    say.line(f"Set-up is complete after {time.monotonic() - started:.0f} s.")


def main() -> None:
    """Read the purpose from the command line and set up for it."""
    purpose = sys.argv[1] if len(sys.argv) > 1 else "app"
    with say.to_a_person():
        set_up(purpose)
    if "--quiet" not in sys.argv:
        say.line("Everything is in place.")


if __name__ == "__main__":
    main()
