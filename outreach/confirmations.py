"""Confirms an agreement in a document (bekræftelse): what, with whom, how to pay, what then.

Sums and days are those agreed on, not those of today, and the same data gives the same bytes.
"""

from __future__ import annotations

import asyncio
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from sqlalchemy import select
from sqlalchemy.orm import selectinload

from data.law.claim_types import PlanKind
from data.models.agreements import AGREED, Agreement, AgreementKind, AgreementState
from data.models.citizens import Citizen
from data.models.claims import Claim
from data.values.ids import DebtorKind
from data.values.pay_lines import PayLine
from data.values.time import day_of
from outreach import pay_lines
from outreach.errors import MindeligError
from outreach.mailing.contents import spoken_name
from outreach.printing import as_pdf
from outreach.texts import catalogue, show

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import date, datetime

    from sqlalchemy.ext.asyncio import AsyncSession

    from data.law.claim_types import ClaimType
    from data.models.agreements import Instalment
    from data.municipalities.policy import Policy
    from data.values.ids import AgreementId
    from outreach.runtime import Runtime

type Block = dict[str, Any]

TEMPLATE: Final = "agreement.typ"
#: Who was it: a proof stronger than this is not told apart.
STRONGEST: Final = 3
_RIGHTS: Final = ("human", "change", "dispute", "representative", "access", "appeal")
_OVER: Final = {
    AgreementState.ENDED: "over_ended",
    AgreementState.BROKEN: "over_broken",
    AgreementState.CHANGED: "over_changed",
}


class NotAgreedError(MindeligError):
    """Nobody has said yes to it, so there is nothing to confirm."""

    code = "not_agreed"


async def pdf(
    session: AsyncSession, runtime: Runtime, agreement: Agreement, language: str
) -> bytes:
    """Return the confirmation of an agreement as an accessible PDF, in `da` or `en`.

    Raises:
        NotAgreedError: nobody has said yes to it.
        TextError: a text is missing, or the document would not be accessible.
    """
    return await printed(await gather(session, runtime, agreement.id, language))


async def printed(confirmed: Confirmation) -> bytes:
    """Print a confirmation: some 20 ms of work, a second for the longest plan there can be."""
    return await asyncio.to_thread(as_pdf, TEMPLATE, confirmed.document(), confirmed.at)


async def gather(
    session: AsyncSession, runtime: Runtime, agreement_id: AgreementId, language: str
) -> Confirmation:
    """Gather what a confirmation says.

    Raises:
        NotAgreedError: nobody has said yes to it.
    """
    agreement = await session.get_one(
        Agreement,
        agreement_id,
        options=[selectinload(Agreement.instalments), selectinload(Agreement.claims)],
        populate_existing=True,
    )
    if agreement.state not in AGREED:
        raise NotAgreedError(agreement.state.value)
    citizen = await session.get_one(Citizen, agreement.citizen_id)
    found = await session.scalars(
        select(Claim).where(Claim.id.in_([part.claim_id for part in agreement.claims]))
    )
    known = {claim.id: claim for claim in found}
    claims = tuple(known[part.claim_id] for part in agreement.claims)
    policy = runtime.policies[agreement.municipality]
    kinds = [runtime.claim_types[claim.claim_type] for claim in claims]
    return Confirmation(agreement, citizen, claims, policy, kinds, language)


@dataclass(frozen=True)
class Confirmation:
    """All that a confirmation says, as the template takes it."""

    agreement: Agreement
    citizen: Citizen
    #: In the order money goes to them.
    claims: tuple[Claim, ...]
    policy: Policy
    #: The type of each.
    kinds: list[ClaimType]
    language: str

    @property
    def at(self) -> datetime:
        """When it was agreed."""
        if self.agreement.accepted_at is None:
            raise NotAgreedError(self.agreement.state.value)
        return self.agreement.accepted_at

    def document(self) -> Block:
        """Return the document: title, facts, and sections of blocks."""
        title = f"confirmation.title_{self.agreement.kind.value}"
        sections = [
            self._parties(),
            self._claims(),
            self._instalments(),
            self._pay(),
            self._trouble(),
            self._words(),
            self._rights(),
        ]
        return {
            "language": self.language,
            "sender": self.policy.name.of(self.language),
            "title": self._say(title),
            "page": self._say("confirmation.page", page="#", pages="#"),
            "facts": self._facts(),
            "lead": self._lead(),
            "sections": [section for section in sections if section["blocks"]],
        }

    def _say(self, key: str, **values: object) -> str:
        policy = self.policy
        return catalogue(self.language).render(
            key,
            municipality=policy.name.of(self.language),
            unit=policy.units.default.of(self.language),
            telephone=policy.telephone.number,
            hours=policy.telephone.hours.of(self.language),
            **values,
        )

    def _text(self, key: str, **values: object) -> Block:
        return {"kind": "text", "text": self._say(f"confirmation.{key}", **values)}

    def _section(self, key: str, blocks: list[Block]) -> Block:
        return {"heading": self._say(f"confirmation.{key}"), "blocks": blocks}

    def _show(self, value: object) -> str:
        return show(value, self.language)

    # ------------------------------------------------------------------------------ the head
    def _facts(self) -> list[Block]:
        facts = {
            "agreed_on": self.agreement.accepted_at,
            "reference": ", ".join(claim.claim_ref for claim in self.claims),
            "telephone": self.policy.telephone.number,
        }
        return [
            {"label": self._say(f"confirmation.{key}"), "value": self._show(value)}
            for key, value in facts.items()
        ]

    def _lead(self) -> list[Block]:
        """Say in one line what was agreed, and whether it still holds."""
        lead = [{"kind": "strong", "text": self._summary()}]
        over = _OVER.get(self.agreement.state)
        if over is not None:
            return [*lead, self._text(over)]
        waits = self.agreement.kind is AgreementKind.ASSIGNMENT
        return [*lead, self._text("waiting" if waits else "kept")]

    def _summary(self) -> str:
        made, rates = self.agreement, self.agreement.instalments
        match made.kind:
            case AgreementKind.PLAN:
                return catalogue(self.language).plural(
                    "confirmation.summary_plan",
                    len(rates),
                    total=made.total,
                    first=_agreed(rates[0]),
                    last=_agreed(rates[-1]),
                )
            case AgreementKind.RESPITE:
                key = "confirmation.summary_respite"
                return self._say(key, total=made.total, until=made.respite_until)
            case AgreementKind.ASSIGNMENT:
                benefit = self._say(f"benefit.{made.benefit}")
                return self._say(
                    "confirmation.summary_assignment",
                    benefit=benefit[:1].upper() + benefit[1:],
                    total=made.total,
                    until=made.respite_until,
                )

    # -------------------------------------------------------------------------- the sections
    def _parties(self) -> Block:
        name = spoken_name(self.citizen)
        if self.citizen.debtor_kind is DebtorKind.BUSINESS:
            debtor = self._say(
                "confirmation.party_business", name=name, number=self.citizen.debtor_id
            )
        else:
            debtor = self._say("confirmation.party_debtor", name=name)
        creditor = self._say("confirmation.party_creditor")
        return self._section("parties", [{"kind": "list", "items": [creditor, debtor]}])

    def _claims(self) -> Block:
        names = [kind.en if self.language == "en" else kind.da for kind in self.kinds]
        rows = [
            [name, claim.claim_ref, self._show(part.amount)]
            for name, claim, part in zip(names, self.claims, self.agreement.claims, strict=True)
        ]
        in_all = [self._say("confirmation.in_all"), "", self._show(self.agreement.total)]
        columns = {"what": "text", "reference": "key", "amount": "sum"}
        blocks = [self._table(columns, rows, in_all)]
        if len(self.claims) > 1:
            blocks.insert(0, self._text("claims_order"))
        interest = self.policy.interest
        is_plan = self.agreement.kind is AgreementKind.PLAN
        runs = is_plan and interest.charged and interest.in_agreements
        blocks.append(self._text("interest" if runs else "no_interest"))
        if any(claim.in_dispute for claim in self.claims):
            blocks.append(self._text("disputed"))
        return self._section("claims", blocks)

    def _instalments(self) -> Block:
        made = self.agreement
        own = {each.instalment: str(each.line) for each in pay_lines.of_instalments(made)}
        columns = {"number": "key", "day": "text", "amount": "sum"}
        columns |= {"line": "line"} if own else {}
        rows = [
            [str(rate.number), self._day(rate), self._show(rate.amount)]
            + ([own.get(rate.number, "")] if own else [])
            for rate in made.instalments
        ]
        return self._section("instalments", [self._table(columns, rows)] if rows else [])

    def _day(self, rate: Instalment) -> str:
        if rate.agreed_on is None or rate.agreed_on == rate.due_on:
            return self._show(rate.due_on)
        return self._say("confirmation.moved", day=rate.due_on, agreed=rate.agreed_on)

    def _pay(self) -> Block:
        if self.agreement.kind is AgreementKind.ASSIGNMENT:
            return self._section("pay", [self._text("pay_assignment")])
        whole = pay_lines.of_agreement(self.agreement)
        blocks = self._by_own_lines(whole) if whole else self._by_claims()
        for enrolment in [pay_lines.enrolment(self.policy, claim) for claim in self.claims][:1]:
            if enrolment is not None:
                numbers = {"number": enrolment.pbs_no, "group": enrolment.debtor_group}
                blocks.append(self._text("betalingsservice", **numbers))
        return self._section("pay", blocks)

    def _by_own_lines(self, whole: pay_lines.Payable) -> list[Block]:
        lines = [self._text("pay_whole"), {"kind": "line", "text": str(whole.line)}]
        instalments = [self._text("pay_instalments")] if self.agreement.instalments else []
        return [self._text("pay_in_bank"), *instalments, *lines]

    def _by_claims(self) -> list[Block]:
        lines = [PayLine.of(claim.payment_id, claim.creditor_no) for claim in self.claims]
        if not any(lines):
            return [self._text("pay_by_bill")]
        by_bill = self._say("confirmation.by_bill")
        rows = [
            [claim.claim_ref, str(line) if line else by_bill]
            for claim, line in zip(self.claims, lines, strict=True)
        ]
        first = [self._text("pay_claims")] if len(rows) > 1 else []
        table = self._table({"claim": "text", "line": "line"}, rows)
        return [self._text("pay_in_bank"), *first, table]

    def _trouble(self) -> Block:
        """Say what to do when it cannot be kept, and what comes of it by the policy's figures."""
        if self.agreement.kind is not AgreementKind.PLAN:
            return self._section(
                "trouble", [self._text("trouble_respite"), self._text("after_respite")]
            )
        plans, texts = self.policy.plans, catalogue(self.language)
        missed = min(plans.missed_before_breach, len(self.agreement.instalments))
        after = [
            texts.plural("confirmation.grace", plans.grace_bank_days),
            texts.plural("confirmation.way_back", plans.way_back_bank_days),
            texts.plural("confirmation.breach", missed),
            self._say("confirmation.after_breach"),
        ]
        return self._section(
            "trouble", [self._text("trouble_plan"), {"kind": "list", "items": after}]
        )

    def _words(self) -> Block:
        """Repeat the exact text that was agreed to, how, when, and by whom it was known."""
        made = self.agreement
        level = min(made.identity_level, STRONGEST)
        said = self._text(
            "said_yes",
            at=made.accepted_at,
            channel=self._say(f"confirmation.by_{made.channel.value}"),
            identity=self._say(f"confirmation.identity_{level}"),
        )
        lines = (made.shown_text or "").splitlines()
        quote = {"kind": "quote", "lines": lines}
        return self._section("words", [quote, said, self._text("acknowledged")])

    def _rights(self) -> Block:
        plans = {kind.on(day_of(self.at)).plan for kind in self.kinds}
        # Where the law decides the plan, its order decides who hears a complaint too.
        rights = _RIGHTS[:-1] if PlanKind.STATUTORY in plans else _RIGHTS
        items = [self._say(f"confirmation.right_{right}") for right in rights]
        return self._section("rights", [{"kind": "list", "items": items}])

    def _table(
        self, columns: dict[str, str], rows: list[list[str]], in_all: Sequence[str] = ()
    ) -> Block:
        heads = [
            {"head": self._say(f"confirmation.{key}"), "kind": kind}
            for key, kind in columns.items()
        ]
        return {"kind": "table", "columns": heads, "rows": rows, "sum": list(in_all)}


def _agreed(rate: Instalment) -> date:
    return rate.agreed_on or rate.due_on
