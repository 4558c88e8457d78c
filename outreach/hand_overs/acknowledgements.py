"""Reads a file of a recipient's answers (kvitteringsfil); all good rows are taken."""

from __future__ import annotations

from collections import Counter
from itertools import batched
from typing import TYPE_CHECKING, Final

from data.notifications import notify
from data.values.time import day_of
from outreach.hand_overs import answer_rows, answers
from outreach.hand_overs.answer_rows import AnswerRow
from outreach.hand_overs.waiting import take_turns
from outreach.intake.files import CsvFile
from outreach.intake.importing import nobody_watches, policy_of, record_import, reporting
from outreach.intake.report import Effect, Problem

if TYPE_CHECKING:
    from pathlib import Path

    from outreach.intake.importing import Progress
    from outreach.intake.report import Report
    from outreach.runtime import Runtime

ROWS_A_BATCH: Final = 500


async def import_acknowledgements(
    runtime: Runtime, path: Path, municipality: str, progress: Progress = nobody_watches
) -> Report:
    """Take the answers of a file in their order; the caller closes the report.

    Raises:
        UnknownMunicipalityError: no such municipality here.
        FileUnreadableError: nothing of the file was taken; the text says why.
    """
    policy_of(runtime, municipality)
    today = day_of(runtime.clock.now())
    occurrences: Counter[tuple[str, str]] = Counter()
    with (
        CsvFile(path, answer_rows.LAYOUT) as file,
        reporting("acknowledgements", path, municipality, file) as report,
    ):
        for batch in batched(file.rows(), ROWS_A_BATCH):
            rows = [answer_rows.read(row, file.columns, today) for row in batch]
            effect = await _take(runtime, municipality, rows, occurrences)
            effect.rows = len(batch)
            effect.tell(report)
            progress(file.position, file.size, report.rows)
        await record_import(runtime, report)
    return report


async def _take(
    runtime: Runtime,
    municipality: str,
    rows: list[AnswerRow | list[Problem]],
    occurrences: Counter[tuple[str, str]],
) -> Effect:
    effect = Effect(rejected=[row for row in rows if not isinstance(row, AnswerRow)])
    good = [row for row in rows if isinstance(row, AnswerRow)]
    async with runtime.transaction() as session:
        await take_turns(session, municipality)
        book = await answers.open_book(session, municipality, good)
        for row in good:
            same = (row.claim_ref, row.key(0))
            occurrences[same] += 1
            effect.add(await answers.take(session, runtime, book, row, occurrences[same]))
        await notify(session, municipality)
    return effect
