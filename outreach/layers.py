"""Refuses a policy file that asks for more than the law allows, at the start (retskilder)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from data.municipalities.policy import FOLDER
from data.yaml_files import DataFileError, line_of
from outreach.rules.layers import conflicts

if TYPE_CHECKING:
    from datetime import date
    from pathlib import Path

    from data.law.law import Law
    from data.municipalities.policy import Policies, Policy
    from outreach.rules.layers import Conflict


def check(policies: Policies, law: Law, today: date, folder: Path = FOLDER) -> None:
    """Hold every policy against the law of `today`.

    Raises:
        DataFileError: a file asks for more; with line, key, reason and paragraph.
    """
    for key in policies.keys:
        check_one(policies[key], folder / f"{key}.yml", law, today)


def check_one(policy: Policy, path: Path, law: Law, today: date) -> None:
    """Hold one policy, read from `path`, against the law of `today`.

    Raises:
        DataFileError: it asks for more; with line, key, reason and paragraph.
    """
    found = conflicts(policy, law, today)
    if found:
        raise DataFileError("\n".join(_told(path, conflict) for conflict in found))


def _told(path: Path, conflict: Conflict) -> str:
    key = ".".join(str(part) for part in conflict.place)
    line = line_of(path, *conflict.place)
    return f"{path}:{line}: {key}: {conflict.says} ({conflict.paragraph})"
