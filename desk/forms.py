"""Forms that ask for a reason: what was written, what was wrong with it, and what came of it."""

from __future__ import annotations

import re
from abc import ABC, abstractmethod
from dataclasses import dataclass, field
from datetime import date
from typing import TYPE_CHECKING, Any, Final

from fastapi import Request, Response
from fastapi.responses import RedirectResponse

from data.values.money import Money
from desk import pages
from desk.auth import Visitor
from desk.pages import Notice
from outreach.errors import ConflictError
from outreach.overrides import NotAllowedError

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Mapping

    from sqlalchemy.ext.asyncio import AsyncSession

LONGEST_REASON: Final = 4000
_DANISH_DAY: Final = re.compile(r"(\d{1,2})[-./ ](\d{1,2})[-./ ](\d{4})")


class FieldsError(Exception):
    """Fields of a form cannot be read; each with the text that says why."""

    def __init__(self, faults: Mapping[str, str]) -> None:
        """Take the faults by field."""
        super().__init__("fields")
        self.faults = faults


@dataclass(frozen=True, slots=True)
class Entered:
    """What a caseworker wrote in one form, and what was wrong with it."""

    form: str = ""
    values: Mapping[str, Any] = field(default_factory=dict)
    faults: Mapping[str, str] = field(default_factory=dict)

    def value(self, form: str, name: str, otherwise: Any = "") -> Any:  # noqa: ANN401 - form fields
        """Return what was written in a field of a form; `otherwise` where nothing was sent."""
        return self.values.get(name, otherwise) if form == self.form else otherwise

    def fault(self, form: str, name: str) -> str:
        """Return the text that says what is wrong with a field, or nothing."""
        return self.faults.get(name, "") if form == self.form else ""


@dataclass(frozen=True)
class Sent(ABC):
    """A form that was sent: by whom, from which page, under which name, with what in it."""

    request: Request
    visitor: Visitor
    page: str
    form: str
    values: Mapping[str, Any]

    async def take(self, work: Callable[[AsyncSession], Awaitable[None]], done: str) -> Response:
        """Do the act in one transaction and lead back to the page, or show what stands against it.

        What `work` reads of the form it reads before it acts.
        """
        try:
            async with pages.runtime_of(self.request).transaction() as session:
                await work(session)
        except FieldsError as fault:
            return await self.again(fault.faults)
        except NotAllowedError as refusal:
            return await self.refused(refusal)
        except ConflictError:
            return await self.late()
        return RedirectResponse(f"{self.page}?done={done}", status_code=303)

    async def again(self, faults: Mapping[str, str]) -> Response:
        """Show the page with what was written still in its field, and what is wrong with it."""
        t = pages.words(self.request)
        notice = Notice("warning", t("form.fault"), t("form.fault_title"), 422)
        return await self.show(notice, self.entered(faults))

    async def refused(self, refusal: NotAllowedError) -> Response:
        """Show the page with the rule's reason and the paragraph or policy line it rests on."""
        t = pages.words(self.request)
        text = t.why(refusal.refused.reason.value)
        if refusal.refused.basis:
            text = f"{text} {t('claim.basis', basis=refusal.refused.basis)}"
        notice = Notice("warning", text, t("claim.refused_title"), 422)
        return await self.show(notice, self.entered())

    async def late(self) -> Response:
        """Show the page as it now is: somebody else was first."""
        t = pages.words(self.request)
        notice = Notice("warning", t("claim.late"), t("conflict.title"), 409)
        return await self.show(notice, self.entered())

    def entered(self, faults: Mapping[str, str] | None = None) -> Entered:
        """Return what was written, and what was wrong with it."""
        return Entered(self.form, self.values, faults or {})

    @abstractmethod
    async def show(self, notice: Notice, entered: Entered) -> Response:
        """Show the page the form was sent from."""


def read(reason: str, days: Mapping[str, str] | None = None) -> dict[str, date | None]:
    """Check the reason and read the days; all that is wrong is told at once.

    Raises:
        FieldsError: the reason is missing or too long, or a day cannot be read.
    """
    faults = {}
    if not reason.strip():
        faults["reason"] = "claim.fault.reason"
    elif len(reason.strip()) > LONGEST_REASON:
        faults["reason"] = "claim.fault.too_long"
    try:
        found = read_days(days or {})
    except FieldsError as fault:
        raise FieldsError(faults | dict(fault.faults)) from None
    if faults:
        raise FieldsError(faults)
    return found


def read_days(given: Mapping[str, str]) -> dict[str, date | None]:
    """Read days; an empty field is none.

    Raises:
        FieldsError: one cannot be read.
    """
    faults: dict[str, str] = {}
    found: dict[str, date | None] = {}
    for name, text in given.items():
        try:
            found[name] = _day(text.strip())
        except ValueError:
            faults[name] = "claim.fault.day"
    if faults:
        raise FieldsError(faults)
    return found


def read_money(name: str, text: str) -> Money | None:
    """Read a sum as people write it; an empty field is none.

    Raises:
        FieldsError: it is no sum.
    """
    if not text.strip():
        return None
    try:
        return Money.parse(text)
    except ValueError:
        raise FieldsError({name: "claim.fault.money"}) from None


def _day(text: str) -> date | None:
    """Read a day as browsers send it (2026-12-24) or as people write it (24.12.2026)."""
    if not text:
        return None
    written = _DANISH_DAY.fullmatch(text)
    if written is None:
        return date.fromisoformat(text)
    day, month, year = written.groups()
    return date(int(year), int(month), int(day))
