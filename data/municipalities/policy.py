"""Reads and checks a municipality's policy file (opkrævningspolitik som data)."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from enum import StrEnum
from functools import cached_property
from pathlib import Path
from typing import Annotated

from pydantic import AfterValidator, BeforeValidator, Field, model_validator

from data.municipalities.blocks import Hour, Phone, Words, kroner
from data.municipalities.chat import Chat
from data.municipalities.desk import Desk
from data.municipalities.first_contact import FirstContact
from data.municipalities.guidance import Guidance, Satisfaction
from data.municipalities.ladders import (
    Assignments,
    Closure,
    Dialogue,
    Interest,
    Ladders,
    Shelving,
)
from data.municipalities.voice import Voice
from data.values.mail import mail_address
from data.values.money import Money
from data.values.phone import PhoneNumber
from data.values.time import ONE_DAY, at_local, copenhagen, is_bank_day, is_public_holiday
from data.yaml_files import Block, DataFileError, Source, line_of, read

FOLDER = Path(__file__).parent


class Weekday(StrEnum):
    """A day of the week (ugedag), in the order `date.weekday()` counts."""

    MON = "mon"
    TUE = "tue"
    WED = "wed"
    THU = "thu"
    FRI = "fri"
    SAT = "sat"
    SUN = "sun"


class Provenance(Block):
    """Which decision of the council the file puts into figures."""

    title: str
    version: str
    source: Source
    verified_on: date


class MailSender(Block):
    """Whom an e-mail (e-mail) comes from: a mailbox of the municipality's that somebody reads."""

    address: Annotated[str, AfterValidator(mail_address)]
    name: Annotated[str, Field(min_length=1, max_length=78, pattern=r"^[^\x00-\x1f\x7f]+$")]
    #: Where mail servers send what they could not deliver; none: to `address`.
    bounces_to: Annotated[str, AfterValidator(mail_address)] | None = None


class Senders(Block):
    """Whom the citizen sees a message come from."""

    sms: Phone
    #: None: the municipality sends no e-mail.
    email: MailSender | None = None
    #: Whether what SMS say is erased at Twilio once they have come through and are answered.
    erase_at_twilio: bool = False
    source: Source


class Telephone(Block):
    """The number a citizen can call, and when it is answered."""

    number: Phone
    hours: Words
    source: Source


class Contact(Block):
    """When and how often a citizen may be written to first (kontaktvindue)."""

    opens: Hour
    closes: Hour
    weekdays: Annotated[frozenset[Weekday], Field(min_length=1)]
    public_holidays: bool
    at_most_in_24_hours: Annotated[int, Field(ge=1, le=10)]
    at_most_per_step: Annotated[int, Field(ge=1, le=10)]
    source: Source

    @model_validator(mode="after")
    def _opens_before_it_closes(self) -> Contact:
        if self.opens >= self.closes:
            raise ValueError("opens must be before closes")
        return self

    def is_open_on(self, day: date) -> bool:
        """Tell whether anyone may be written to on `day` at all."""
        weekday = list(Weekday)[day.weekday()]
        return weekday in self.weekdays and (self.public_holidays or not is_public_holiday(day))

    def is_open(self, instant: datetime) -> bool:
        """Tell whether the window is open at `instant`."""
        local = copenhagen(instant)
        return self.is_open_on(local.date()) and self.opens <= local.time() < self.closes

    def next_opening(self, instant: datetime) -> datetime:
        """Return the first instant at or after `instant` when the window is open, in UTC."""
        if self.is_open(instant):
            return instant
        day = copenhagen(instant).date()
        for _ in range(40):  # longer than any run of closed days
            opening = at_local(day, self.opens.hour, self.opens.minute)
            if self.is_open_on(day) and opening >= instant:
                return opening
            day += ONE_DAY
        raise ValueError("the contact window never opens")  # pragma: no cover


class PlanException(Block):
    """Other limits for some claim types."""

    claim_types: Annotated[frozenset[str], Field(min_length=1)]
    #: No plan at all: a person answers who asks for one.
    allowed: bool = True
    most_months: Annotated[int, Field(ge=1, le=600)] | None = None
    source: Source

    @model_validator(mode="after")
    def _says_one_thing(self) -> PlanException:
        if not self.allowed and self.most_months:
            raise ValueError(
                "most_months says how long a plan may run, allowed: false that none may"
            )
        return self


class Plans(Block):
    """Which instalment plans (afdragsordninger) may be agreed."""

    #: The least a plan pays off a month; none: no sum is too small.
    least_monthly: Annotated[Money | None, BeforeValidator(kroner)]
    most_months: Annotated[int, Field(ge=1, le=600)] | None
    exceptions: tuple[PlanException, ...] = ()
    #: Bank days before an instalment on which the citizen is reminded of it; none: not at all.
    remind_bank_days_before: Annotated[int, Field(ge=1, le=20)] | None
    #: Bank days after an instalment's day before it counts as missed (løbedage).
    grace_bank_days: Annotated[int, Field(ge=0, le=60)]
    #: Bank days after the friendly message about a missed one in which it can be made good.
    way_back_bank_days: Annotated[int, Field(ge=1, le=60)]
    #: So many instalments are missing before the plan counts as broken (misligholdt).
    missed_before_breach: Annotated[int, Field(ge=1, le=12)]
    #: How often the assistant may change a plan before a person looks at it.
    assistant_may_change_times: Annotated[int, Field(ge=0, le=50)]
    offer_stands_days: Annotated[int, Field(ge=1, le=90)]
    assistant_may_agree_months: Annotated[int, Field(ge=1, le=600)]
    source: Source

    def allowed_for(self, claim_types: frozenset[str]) -> bool:
        """Tell whether claims of all these types may go into a plan."""
        return all(part.allowed for part in self.exceptions if part.claim_types & claim_types)

    def limited_to(self, claim_types: frozenset[str]) -> Plans:
        """Return the limits of a plan for claims of these types together."""
        return self.model_copy(update={"most_months": self.longest_for(claim_types)})

    def longest_for(self, claim_types: frozenset[str]) -> int | None:
        """Return the most months a plan for claims of these types may run, or none: no limit."""
        limits = [part.most_months for part in self.exceptions if part.claim_types & claim_types]
        return min([months for months in [self.most_months, *limits] if months], default=None)


class Respite(Block):
    """How long payment may wait (henstand) without a person deciding it."""

    assistant_may_grant_days: Annotated[int, Field(ge=0, le=366)]
    source: Source


class Identity(Block):
    """How a citizen proves who they are in a conversation."""

    tries: Annotated[int, Field(ge=1, le=10)]
    stands_hours: Annotated[int, Field(ge=1, le=168)]
    #: How long a one-time code (engangskode) works that comes at once, and one in a letter.
    code_minutes: Annotated[int, Field(ge=5, le=60)]
    code_letter_days: Annotated[int, Field(ge=3, le=60)]
    source: Source

    @property
    def stands(self) -> timedelta:
        """How long a proof holds without a new one."""
        return timedelta(hours=self.stands_hours)


class Office(Block):
    """When caseworkers are at work on bank days."""

    opens: Hour
    closes: Hour
    source: Source

    @model_validator(mode="after")
    def _opens_before_it_closes(self) -> Office:
        if self.opens >= self.closes:
            raise ValueError("opens must be before closes")
        return self

    def is_open(self, instant: datetime) -> bool:
        """Tell whether caseworkers are at work at `instant`."""
        local = copenhagen(instant)
        return is_bank_day(local.date()) and self.opens <= local.time() < self.closes


class Units(Block):
    """Who owns a claim when the ledger does not say."""

    default: Words
    source: Source


class Order(StrEnum):
    """Which claim comes first when one payment is for several (dækningsrækkefølge)."""

    PREFERENTIAL = "preferential"  # those the law gives preference (fortrinsret)
    OLDEST_DUE = "oldest_due"
    SMALLEST = "smallest"
    LARGEST = "largest"


class Payments(Block):
    """Where money goes that names more than one claim; the payer's own word comes first."""

    order: Annotated[tuple[Order, ...], Field(min_length=1)]
    source: Source

    @model_validator(mode="after")
    def _names_each_once(self) -> Payments:
        if len(set(self.order)) < len(self.order):
            raise ValueError("names a rule twice")
        return self


class PayLines(Block):
    """Payment ids of our own for plans (FI-kort, kortart 71); `series` is what they begin with."""

    creditor_no: Annotated[str, Field(pattern=r"^8\d{7}$")]
    series: Annotated[str, Field(pattern=r"^\d{2,4}$")]
    source: Source


class AlreadyPaid(Block):
    """How long the chase pauses when a citizen says it is paid."""

    pause_bank_days: Annotated[int, Field(ge=1, le=30)]
    source: Source


class Betalingsservice(Block):
    """Whether messages invite to direct debit, and the numbers that enrol (Betalingsservice)."""

    promoted: bool
    #: What a citizen types in the bank (PBS-nummer, debitorgruppe); none: see the bill.
    pbs_no: Annotated[str, Field(pattern=r"^\d{8}$")] | None = None
    debtor_group: Annotated[str, Field(pattern=r"^\d{5}$")] | None = None
    source: Source

    @model_validator(mode="after")
    def _both_or_none(self) -> Betalingsservice:
        if (self.pbs_no is None) != (self.debtor_group is None):
            raise ValueError("pbs_no and debtor_group are given together")
        return self


class Ownership(Block):
    """Who answers for a claim's correctness, and gets its disputes (ejerenhed)."""

    disputes_to_owner: bool
    source: Source


class Policy(Block):
    """All that one municipality (kommune) has decided."""

    key: Annotated[str, Field(pattern=r"^[a-z][a-z0-9_]{1,39}$")]
    name: Words
    policy: Provenance
    senders: Senders
    telephone: Telephone
    guidance: Guidance
    satisfaction: Satisfaction
    contact: Contact
    first_contact: FirstContact
    plans: Plans
    respite: Respite
    identity: Identity
    office: Office
    desk: Desk
    units: Units
    already_paid: AlreadyPaid
    dialogue: Dialogue
    ladders: Ladders
    interest: Interest
    #: None: this municipality never closes a supply, never lets a case rest, takes no assignment.
    closure: Closure | None = None
    shelving: Shelving | None = None
    assignments: Assignments | None = None
    #: None: nobody can write on the web.
    chat: Chat | None = None
    betalingsservice: Betalingsservice
    ownership: Ownership
    payments: Payments
    #: None: what is agreed is paid by each claim's own number.
    pay_lines: PayLines | None = None
    #: None: the assistant neither answers the telephone nor calls.
    voice: Voice | None = None

    @property
    def version(self) -> str:
        """The policy and its version, as decisions keep it."""
        return f"{self.policy.title}, {self.policy.version}"


class Policies:
    """The policies of all municipalities this installation serves."""

    def __init__(self, policies: list[Policy]) -> None:
        """Take the policies; a key or a sender may stand in one file only.

        Raises:
            DataFileError: two files share a key or a number.
        """
        self._by_key = {policy.key: policy for policy in policies}
        self._by_number = {policy.senders.sms: policy for policy in policies}
        if len(self._by_key) < len(policies) or len(self._by_number) < len(policies):
            raise DataFileError("two municipality files share a key or a sender number")
        called = [one.voice.number for one in policies if one.voice and one.voice.number]
        if len(set(called)) < len(called):
            raise DataFileError("voice.number: two municipality files have the same")

    @classmethod
    def load(cls, folder: Path = FOLDER) -> Policies:
        """Read every `*.yml` in `folder`.

        Raises:
            DataFileError: a file is wrong; with file, line, key and reason.
        """
        paths = sorted(folder.glob("*.yml"))
        if not paths:
            raise DataFileError(f"{folder}: holds no municipality file (*.yml)")
        read_so_far: dict[PhoneNumber, tuple[Path, Policy]] = {}
        for path in paths:
            policy = read(path, Policy)
            if policy.key != path.stem:
                line = line_of(path, "key")
                reason = f"key: is {policy.key!r}, but the file is {path.name}"
                raise DataFileError(f"{path}:{line}: {reason}")
            if policy.senders.sms in read_so_far:
                other, _ = read_so_far[policy.senders.sms]
                line = line_of(path, "senders", "sms")
                raise DataFileError(f"{path}:{line}: senders.sms: {other} has this number too")
            read_so_far[policy.senders.sms] = (path, policy)
        return cls([policy for _, policy in read_so_far.values()])

    def __getitem__(self, key: str) -> Policy:
        """Return the policy of one municipality.

        Raises:
            KeyError: no such municipality; the text names those there are.
        """
        try:
            return self._by_key[key]
        except KeyError:
            raise KeyError(f"no municipality {key!r}; there are: {', '.join(self.keys)}") from None

    def __contains__(self, key: str) -> bool:
        """Tell whether this installation serves the municipality."""
        return key in self._by_key

    @cached_property
    def keys(self) -> list[str]:
        """The municipalities' keys, in order."""
        return sorted(self._by_key)

    def of_voice_number(self, number: PhoneNumber) -> Policy | None:
        """Return the municipality whose telephone number at Twilio this is, or none."""
        found = (one for one in self._by_key.values() if one.voice and one.voice.number == number)
        return next(found, None)

    def of_number(self, number: PhoneNumber) -> Policy | None:
        """Return the municipality whose SMS number this is, or none."""
        return self._by_number.get(number)
