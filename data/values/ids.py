"""An id type a noun, and the CPR and CVR numbers, which hide."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import NewType, Self
from uuid import UUID, uuid4

from stdnum.dk import cpr, cvr
from stdnum.exceptions import ValidationError

CitizenId = NewType("CitizenId", UUID)
ClaimId = NewType("ClaimId", UUID)
ConversationId = NewType("ConversationId", UUID)
MessageId = NewType("MessageId", UUID)
AgreementId = NewType("AgreementId", UUID)
HandoffId = NewType("HandoffId", UUID)
StaffId = NewType("StaffId", UUID)
LetterId = NewType("LetterId", UUID)
CorrectionId = NewType("CorrectionId", UUID)
OverrideId = NewType("OverrideId", UUID)
TaskId = NewType("TaskId", UUID)
CallId = NewType("CallId", UUID)
NoteId = NewType("NoteId", UUID)
RelationId = NewType("RelationId", UUID)
ReadingId = NewType("ReadingId", UUID)
SavedTextId = NewType("SavedTextId", UUID)
SavedViewId = NewType("SavedViewId", UUID)
HandOverId = NewType("HandOverId", UUID)
HandOverFileId = NewType("HandOverFileId", UUID)
MunicipalityKey = NewType("MunicipalityKey", str)

CPR_DIGITS = 10
CVR_DIGITS = 8
_REPLACEMENT = 60


class DebtorKind(StrEnum):
    """Who owes: a person or a business (borger, virksomhed)."""

    PERSON = "person"
    BUSINESS = "business"


def new_id() -> UUID:
    """Return a fresh random id."""
    return uuid4()


@dataclass(frozen=True, slots=True)
class DebtorNumber:
    """A CPR number (10 digits) or a CVR number (8 digits); hides itself, `digits` shows it."""

    digits: str
    kind: DebtorKind
    #: Something a clerk should look at, though the number is taken: mod 11 of a CPR number.
    warning: str | None = None

    @classmethod
    def parse(cls, text: str) -> Self:
        """Read a CPR or CVR number, with or without dash and spaces.

        A CPR number's mod 11 only warns: numbers given since 1 October 2007 may fail it
        (CPR-kontoret, "Personnumre uden kontrolciffer"). A CVR number's check digit must hold.

        Raises:
            ValueError: neither kind of number. The message hides the digits.
        """
        digits = text.strip().replace("-", "").replace(" ", "")
        if not digits.isascii() or not digits.isdigit():
            raise ValueError("a CPR or CVR number has digits only")
        if len(digits) == CPR_DIGITS:
            return cls(digits, DebtorKind.PERSON, _cpr_warning(digits))
        if len(digits) == CVR_DIGITS:
            try:
                cvr.validate(digits)
            except ValidationError as fault:
                raise ValueError("the CVR number's check digit is wrong") from fault
            return cls(digits, DebtorKind.BUSINESS)
        raise ValueError("a CPR number has 10 digits and a CVR number 8")

    @property
    def birth_date(self) -> date | None:
        """The birth date (fødselsdato) a CPR number holds, or none for a business."""
        return _born(self.digits) if self.kind is DebtorKind.PERSON else None

    def __str__(self) -> str:
        """Hide it, so that a log line cannot leak it."""
        return f"{self.kind.value} ••••"

    def __repr__(self) -> str:
        """Hide it here too."""
        return f"DebtorNumber({self})"


def _cpr_warning(digits: str) -> str | None:
    """Check the birth date, and report a failing mod 11 without refusing it."""
    try:
        _born(digits)
    except ValidationError as fault:
        raise ValueError("the CPR number holds no possible birth date") from fault
    return "the CPR number fails mod 11 (allowed since 2007)" if cpr.checksum(digits) else None


def _born(digits: str) -> date:
    """Read the birth date; replacement numbers (erstatnings-CPR) have 60 added to the day.

    Raises:
        ValidationError: there is no such day.
    """
    day = int(digits[:2])
    plain = day - _REPLACEMENT if day > _REPLACEMENT else day
    return cpr.get_birth_date(f"{plain:02d}{digits[2:]}")
