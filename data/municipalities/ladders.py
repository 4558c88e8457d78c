"""The steps after a missed deadline (rykkerstige) as a municipality's file puts them."""

from __future__ import annotations

from datetime import date
from enum import StrEnum
from itertools import pairwise
from typing import Annotated, Self

from pydantic import AfterValidator, BeforeValidator, Field, RootModel, model_validator

from data.municipalities.blocks import kroner
from data.values.money import NOTHING, Money
from data.values.recipients import Recipient
from data.yaml_files import Block, Source

_OF_A_HAND_OVER = frozenset({"grounds", "least_breaches", "quiet_bank_days", "to"})
LAW_MAX = "law_max"
NO_FEE = "none"


class StepKind(StrEnum):
    """A step (skridt) that may follow a missed deadline."""

    REMINDER = "reminder"  # rykker
    NOTICE = "notice"  # underretning om overdragelse
    AUCTION_WARNING = "auction_warning"  # varsel om tvangsauktion
    HAND_OVER = "hand_over"  # overdragelse
    CLOSURE_NOTICE = "closure_notice"  # lukkebrev; never a rung: it stands beside the ladder


class DecidedBy(StrEnum):
    """Who decides a step: a rule of the municipality, or a caseworker each time."""

    RULE = "rule"
    CASEWORKER = "caseworker"


class Ground(StrEnum):
    """Why a claim may be handed over (grund til overdragelse)."""

    UNPAID_REMINDER = "unpaid_reminder"
    BROKEN_AGREEMENT = "broken_agreement"
    REPEATED_BREACH = "repeated_breach"  # of a reasonable agreement the citizen could pay
    ABLE_BUT_UNWILLING = "able_but_unwilling"


class FeeTier(Block):
    """What a reminder costs up to a size of debt; no `debt_up_to` means any larger one."""

    debt_up_to: Annotated[Money | None, BeforeValidator(kroner)] = None
    #: None: as much as the law allows that day.
    fee: Money | None


def _tiers(given: object) -> object:
    """Read `none`, `law_max`, `100`, or a list of `{debt_up_to: 100, fee: 100}`."""
    if isinstance(given, list):
        return [
            {**tier, "fee": _amount(tier.get("fee"))} if isinstance(tier, dict) else tier
            for tier in given
        ]
    return [{"fee": _amount(given)}]


def _rising(tiers: tuple[FeeTier, ...]) -> tuple[FeeTier, ...]:
    """Refuse tiers that no debt ever reaches, since the first one that fits is used."""
    sizes = [tier.debt_up_to for tier in tiers]
    if not tiers or None in sizes[:-1]:
        raise ValueError("needs a tier, and the one without debt_up_to comes last")
    rising = [size for size in sizes if size is not None]
    if any(before >= after for before, after in pairwise(rising)):
        raise ValueError("debt_up_to grows from tier to tier")
    return tiers


def _amount(given: object) -> Money | None:
    if given is None or given == NO_FEE:
        return NOTHING
    if given == LAW_MAX:
        return None
    amount = kroner(given)
    assert isinstance(amount, Money)  # noqa: S101 - kroner() gives none for none only
    return amount


class LadderStep(Block):
    """One step of a ladder (skridt på stigen); days count from the deadline before it."""

    step: StepKind
    after_days: Annotated[int, Field(ge=1, le=365)]
    #: How long the letter gives to pay, in days; the last is rolled to a bank day.
    pay_within_days: Annotated[int, Field(ge=1, le=180)] | None = None
    fee: Annotated[tuple[FeeTier, ...], BeforeValidator(_tiers), AfterValidator(_rising)] = (
        FeeTier(fee=NOTHING),
    )
    #: The reminder's letter also says that the claim will be handed over (GIL § 2 stk. 4).
    carries_notice: bool = False
    decided_by: DecidedBy = DecidedBy.RULE
    grounds: frozenset[Ground] = frozenset()
    least_breaches: Annotated[int, Field(ge=1, le=20)] = 1
    to: Recipient | None = None
    #: Bank days on the list on which a caseworker can stop it (hand-over decided by rule).
    quiet_bank_days: Annotated[int, Field(ge=1, le=60)] | None = None
    source: Source

    @model_validator(mode="after")
    def _fits_its_kind(self) -> Self:
        if self.step is StepKind.CLOSURE_NOTICE:
            raise ValueError("a closure_notice is no step of a ladder: see closure")
        if self.step is StepKind.HAND_OVER:
            return self._is_a_hand_over()
        if self.pay_within_days is None:
            raise ValueError(f"a {self.step.value} gives time to pay: set pay_within_days")
        if self.model_fields_set & _OF_A_HAND_OVER:
            raise ValueError(f"{', '.join(sorted(_OF_A_HAND_OVER))} belong to hand_over")
        if self.step is not StepKind.REMINDER and (self.has_fee or self.carries_notice):
            raise ValueError("fee and carries_notice belong to a reminder")
        return self

    def _is_a_hand_over(self) -> Self:
        if self.pay_within_days or self.has_fee or self.carries_notice:
            raise ValueError("a hand_over has no fee, deadline or notice of its own")
        if self.to is None or not self.grounds:
            raise ValueError("a hand_over names its grounds and whom it goes to (to)")
        by_rule = self.decided_by is DecidedBy.RULE
        if by_rule and Ground.ABLE_BUT_UNWILLING in self.grounds:
            raise ValueError(
                "able_but_unwilling is a person's assessment: set decided_by: caseworker"
            )
        if by_rule and self.quiet_bank_days is None:
            raise ValueError("a hand_over decided by rule needs quiet_bank_days")
        return self

    @property
    def has_fee(self) -> bool:
        """Whether this step may cost the citizen anything."""
        return any(tier.fee is None or tier.fee.oere > 0 for tier in self.fee)

    def fee_of(self, debt: Money, law_max: Money) -> Money:
        """Return the fee for a debt of that size, øre, never above what the law allows."""
        for tier in self.fee:
            if tier.debt_up_to is None or debt <= tier.debt_up_to:
                return law_max if tier.fee is None else min(tier.fee, law_max)
        return NOTHING


class Ladder(Block):
    """The steps for some claim types (stige); the default ladder is for all the others."""

    key: Annotated[str, Field(pattern=r"^[a-z][a-z0-9_]{1,39}$")]
    claim_types: frozenset[str] = frozenset()
    #: For the claims that the law gives preference (fortrinsret).
    preferential: bool = False
    steps: Annotated[tuple[LadderStep, ...], Field(min_length=1)]

    @model_validator(mode="after")
    def _in_order(self) -> Self:
        kinds = [step.step for step in self.steps]
        if kinds[0] is not StepKind.REMINDER:
            raise ValueError("the first step must be a reminder")
        if StepKind.HAND_OVER in kinds[:-1]:
            raise ValueError("hand_over must be the last step")
        if kinds[-1] is StepKind.HAND_OVER and not self._gives_notice():
            raise ValueError(
                "hand_over needs a notice before it, or carries_notice on a reminder"
                " (gældsinddrivelsesloven § 2 stk. 4)"
            )
        if StepKind.AUCTION_WARNING in kinds and not self.preferential:
            raise ValueError("auction_warning belongs to a preferential ladder")
        if self.claim_types and self.preferential:
            raise ValueError("a ladder is for claim_types or for preferential claims, not both")
        return self

    def _gives_notice(self) -> bool:
        giving = {StepKind.NOTICE, StepKind.AUCTION_WARNING}
        return any(step.step in giving or step.carries_notice for step in self.steps)

    @property
    def is_default(self) -> bool:
        """Whether it is for all claims that no other ladder is for."""
        return not self.claim_types and not self.preferential

    def numbers(self) -> tuple[int, ...]:
        """Return each step's number among those of its kind: reminder 1, reminder 2, notice 1."""
        kinds = [step.step for step in self.steps]
        return tuple(kinds[: at + 1].count(kind) for at, kind in enumerate(kinds))


class Ladders(RootModel[tuple[Ladder, ...]], frozen=True):
    """All ladders of one municipality."""

    @property
    def ladders(self) -> tuple[Ladder, ...]:
        """The ladders, in the order of the file."""
        return self.root

    @model_validator(mode="after")
    def _one_default(self) -> Self:
        if sum(ladder.is_default for ladder in self.ladders) != 1:
            raise ValueError(
                "exactly one ladder must be for all other claims (no claim_types, not preferential)"
            )
        if sum(ladder.preferential for ladder in self.ladders) > 1:
            raise ValueError("only one ladder may be preferential")
        keys = [ladder.key for ladder in self.ladders]
        if len(set(keys)) < len(keys):
            raise ValueError("two ladders share a key")
        named = [kind for ladder in self.ladders for kind in ladder.claim_types]
        if len(set(named)) < len(named):
            twice = sorted({kind for kind in named if named.count(kind) > 1})
            raise ValueError(f"a claim type stands on two ladders: {', '.join(twice)}")
        return self

    def of(self, claim_type: str, *, preferential: bool) -> Ladder:
        """Return the ladder for a claim: its type's own, the preferential one, or the default."""
        for ladder in self.ladders:
            if claim_type in ladder.claim_types:
                return ladder
        for ladder in self.ladders:
            if preferential and ladder.preferential:
                return ladder
        return next(ladder for ladder in self.ladders if ladder.is_default)


class Dialogue(Block):
    """Prevention first (forebyggelse): contact before the first step of the ladder."""

    #: Bank days between the first contact and the first reminder.
    bank_days_before_reminder: Annotated[int, Field(ge=1, le=60)]
    source: Source


class Closure(Block):
    """Closing of water or heat (lukning); the claim goes on by its ladder."""

    claim_types: Annotated[frozenset[str], Field(min_length=1)]
    least_breaches: Annotated[int, Field(ge=1, le=20)]
    notice_days: Annotated[int, Field(ge=1, le=180)]
    decided_by: DecidedBy = DecidedBy.CASEWORKER
    #: Who has confirmed that this municipality's supply may close, and when; none: nobody has.
    legal_gate_confirmed: Source | None = None
    source: Source

    @model_validator(mode="after")
    def _by_a_person(self) -> Self:
        if self.decided_by is DecidedBy.RULE:
            raise ValueError("closing a supply is decided by a caseworker, never by a rule")
        return self


class Fact(StrEnum):
    """What must be on record before a case is shelved (betingelser for henlæggelse)."""

    DEPENDENT_ON_SERVICE = "dependent_on_service"
    WILLING = "willing"
    CURRENTLY_UNABLE = "currently_unable"


class Shelving(Block):
    """Letting a case rest without closing the debt (henlæggelse)."""

    needs: Annotated[frozenset[Fact], Field(min_length=1)]
    look_again_months: Annotated[int, Field(ge=1, le=36)]
    source: Source


class Assignments(Block):
    """Assignment of future claims (transport i fremtidige tilgodehavender): the whitelist."""

    benefits: Annotated[frozenset[str], Field(min_length=1)]
    source: Source


class Interest(Block):
    """Whether the council has decided that interest (renter) runs in the collection phase."""

    charged: bool
    #: The first day it runs, as the council decided; none: from each claim's due date.
    runs_from: date | None = None
    #: Whether it runs on while an agreement is kept.
    in_agreements: bool = False
    source: Source

    @model_validator(mode="after")
    def _runs_only_when_charged(self) -> Self:
        if not self.charged and (self.runs_from or self.in_agreements):
            raise ValueError("runs_from and in_agreements need charged: true")
        return self
