"""Sends letters (forsendelse): write a batch and commit, hand it over, commit the outcomes.

A letter is written and marked as leaving, and that is committed, before it is handed over. Should
the machine die in between, the very same letter is handed over again under its own id, so nobody
gets two; and what never left costs nobody anything, since a fee is posted once its letter has left.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import structlog

from outreach import jobs
from outreach.errors import LetterNotTakenError, UnknownMunicipalityError
from outreach.mailing import settling, writing
from outreach.mailing.settling import Handed, Leaving, Result

if TYPE_CHECKING:
    from collections.abc import Sequence
    from uuid import UUID

    from outreach.runtime import LetterGateway, Runtime

log = structlog.get_logger(__name__)


@dataclass
class MailingReport:
    """What one sending of letters came to."""

    municipality: str
    sent: int = 0
    #: Refused by the folder or by Digital Post, or not writable: tried again later.
    put_back: int = 0
    #: Nobody knows whether they were taken: handed over again, under the same id, later.
    unknown: int = 0
    #: Not sent after all, by reason.
    stood_down: Counter[str] = field(default_factory=Counter)


@jobs.job("send_letters", priority=5)
async def send_letters(runtime: Runtime, *, municipality: str) -> MailingReport:
    """Send what letters a municipality has waiting, batch by batch; each is tried once.

    Raises:
        UnknownMunicipalityError: no policy file for it, so nobody to send as.
    """
    if municipality not in runtime.policies:
        raise UnknownMunicipalityError(f"no policy file for {municipality!r}")
    report = MailingReport(municipality)
    if runtime.post is None:
        log.error("post_not_configured", municipality=municipality)
        return report
    await _hand_over_again(runtime, runtime.post, report)
    after: UUID | None = None
    while True:
        async with runtime.transaction() as session:
            batch = await writing.take(session, runtime, municipality, after)
        report.stood_down += batch.stood_down
        report.put_back += batch.unwritten
        await _leave(runtime, runtime.post, batch.leaving, report)
        after = batch.last
        if after is None:
            return report


async def _hand_over_again(runtime: Runtime, post: LetterGateway, report: MailingReport) -> None:
    """Hand over once more what was leaving when a machine died, just as it was written."""
    while True:
        async with runtime.transaction() as session:
            stuck = await writing.take_stuck(session, runtime, report.municipality)
        if not stuck:
            return
        log.warning("letters_handed_over_again", letters=len(stuck))
        await _leave(runtime, post, stuck, report)


async def _leave(
    runtime: Runtime, post: LetterGateway, leaving: Sequence[Leaving], report: MailingReport
) -> None:
    if not leaving:
        return
    handed = [await _hand_over(post, letter) for letter in leaving]
    whys = [one.why for one in handed if one.why]
    if whys:
        log.error("letters_not_taken", letters=len(whys), why=whys[0])
    async with runtime.transaction() as session:
        tally = await settling.settle(session, runtime, handed)
    report.sent += tally[Result.TAKEN]
    report.put_back += tally[Result.NOT_TAKEN]
    report.unknown += tally[Result.UNKNOWN]


async def _hand_over(post: LetterGateway, leaving: Leaving) -> Handed:
    """Hand over one letter; a gateway that breaks its promise leaves the outcome unknown.

    So does one that refuses what may have been taken the time before: it stays as it was written.
    """
    try:
        await post.hand_over(leaving.letter)
    except LetterNotTakenError as fault:
        result = Result.UNKNOWN if leaving.is_again else Result.NOT_TAKEN
        return Handed(leaving, result, why=str(fault))
    except Exception:
        log.exception("post_broke", letter_id=str(leaving.letter.id))
        return Handed(leaving, Result.UNKNOWN)
    return Handed(leaving, Result.TAKEN)
