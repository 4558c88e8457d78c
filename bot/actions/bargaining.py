"""Turns what a citizen can pay into ways to pay, and puts them on the table (forhandling)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from sqlalchemy import select

from bot.actions.claims import is_for_people, overdue
from bot.actions.handoffs import hand_over
from bot.actions.reading import Way, if_not_kept, in_full, noted
from bot.actions.turn import Reply, Turn
from data.models.agreements import AgreementKind
from data.models.claims import Claim, ClaimState
from data.models.conversations import Awaiting, Direction, Message
from data.values.money import Money
from outreach import agreements
from outreach.agreements import Terms
from outreach.agreements.owing import in_policy_order, owed_of
from outreach.rules.counter_wish import carried_on, wish_of, with_another_sum
from outreach.rules.negotiation import Negotiated, negotiate
from outreach.rules.phrases import parse_amount
from outreach.rules.phrases.amounts import names_no_krone
from outreach.rules.phrases.asides import names_some_bills
from outreach.rules.phrases.corrections import sum_changed
from outreach.rules.phrases.wishes import parse_wish
from outreach.rules.plan_limits import Bar
from outreach.rules.terms import Missing, Slip
from outreach.rules.wish import Rhythm, Wish

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import date

    from data.models.agreements import Agreement
    from data.values.ids import AgreementId, ClaimId
    from outreach.rules.proposal import Proposal

#: So many of the citizen's last messages are read together.
MESSAGES_TOGETHER = 6
#: So many words at most are an answer to what was asked, and nothing else.
SHORT_ANSWER = 4
#: A bare figure below is a number on a list or a slip, no sum: "3" where two ways were shown.
LEAST_BARE = Money.kroner(10)
#: What may be asked again, and the text that does it.
ASK_AGAIN = {
    Slip.NO_AMOUNT: "amount_again",
    Slip.NO_COUNT: "amount_again",
    Slip.NO_SHARE: "amount_again",
    Slip.NO_SUCH_DAY: "respite_date_again",
    Slip.IN_THE_PAST: "respite_in_the_past",
    Slip.TOO_FAR_AHEAD: "respite_date_again",
}
#: What the law fixes, and only a person works out.
BY_LAW = frozenset(
    {
        Bar.STATUTORY_PLAN,
        Bar.STATUTORY_RESPITE,
        Bar.INCOME_UNKNOWN,
        Bar.SUPPORT_UNKNOWN,
        Bar.BEYOND_TABLE,
    }
)


async def open_claims(turn: Turn) -> list[Claim] | Reply:
    """Return what may be agreed on here, or the reply that says why nothing may."""
    claims = await overdue(turn)
    if is_for_people(turn, claims):
        return await hand_over(turn, "sensitive_claim")
    owed = [claim for claim in claims if agreements.agreeable(claim)]
    if not owed:
        return Reply(turn.say("nothing_to_agree" if claims else "nothing_owed"))
    return await for_some(turn, owed) or owed


async def for_some(turn: Turn, claims: list[Claim]) -> Reply | None:
    """Give a wish for some of the bills only to a person: "den ene nu og den anden til januar"."""
    if len(claims) > 1 and names_some_bills(turn.text):
        return await _to_person(turn, "plan_for_some", claims, None)
    return None


async def said_so_far(turn: Turn) -> Wish:
    """Read what the citizen wishes for, over the messages since we asked for what is missing."""
    texts = (await _texts_since(turn) if _is_asked(turn) else []) or [turn.text]
    wish = Wish()
    for text in texts:
        wish = carried_on(wish, heard(turn, text))
    return wish


def heard(turn: Turn, text: str) -> Wish:
    """Read a wish; where we wait for a sum, a short answer with a bare one in it names it."""
    wish = parse_wish(text, turn.today)
    awaits = turn.conversation.awaiting in {Awaiting.AMOUNT, Awaiting.OFFER}
    if wish.is_empty and awaits and len(text.split()) <= SHORT_ANSWER:
        bare = parse_amount(text)
        return Wish(amount=bare if bare is not None and bare >= LEAST_BARE else None)
    return wish


async def _texts_since(turn: Turn) -> list[str]:
    first = await turn.session.get(Message, turn.conversation.wanted_message_id)
    if first is None:
        return []
    found = await turn.session.scalars(
        select(Message.body)
        .where(
            Message.conversation_id == turn.conversation.id,
            Message.direction == Direction.IN,
            Message.number.between(first.number, turn.message.number),
        )
        .order_by(Message.number.desc())
        .limit(MESSAGES_TOGETHER)
    )
    return [*reversed(list(found))]


def in_place_of(offered: Agreement, said: Wish, text: str) -> Wish:
    """Read a counter-proposal: what it does not name stays as it was in the offer."""
    rhythm = Rhythm.of(offered.rhythm) if offered.rhythm else None
    return instead(wish_of(Way(offered, ()).rates, rhythm), said, text)


def instead(before: Wish, said: Wish, text: str) -> Wish:
    """Read what is wished for in place of something: of several sums one may be named anew."""
    changed = sum_changed(text)
    other = with_another_sum(before, *changed) if changed is not None else None
    return other or carried_on(before, said)


def is_only_a_day(wish: Wish) -> bool:
    """Tell whether a day was named, or payday, and nothing about sums or how often."""
    return not wish.is_empty and wish == Wish(first_on=wish.first_on, payday=wish.payday)


def names_plan(turn: Turn) -> bool:
    """Tell whether a message names a plan in figures: sum and rhythm, parts, or days."""
    wish = parse_wish(turn.text, turn.today)
    in_steps = (wish.amount and wish.rhythm) or (wish.first_amount and wish.days)
    return bool(in_steps or wish.parts or (wish.count or 0) > 1)


def is_all_now(wish: Wish, today: date) -> bool:
    """Tell whether all of it is to be paid now: that is no bargain."""
    return wish == Wish(whole=True, first_on=today)


def is_only_now(wish: Wish, today: date) -> bool:
    """Tell whether one sum was named that is to be paid now, and nothing about the rest."""
    return wish.amount is not None and wish == Wish(amount=wish.amount, first_on=today)


async def bargain(
    turn: Turn, claims: list[Claim], wish: Wish, *, replaces: AgreementId | None = None
) -> Reply:
    """Answer a wish with ways to pay, with a question for what is missing, or with a person."""
    let_go = {claim.id for claim in claims} if replaces else set()
    if wish.amount is not None and wish.amount < Money.kroner(1):
        wanted = "change_plan" if replaces else "propose_amount"
        text = turn.say("amount_in_kroner")
        return Reply(text, awaiting=Awaiting.AMOUNT, wanted=wanted, understood=False)
    person = await for_some(turn, claims)
    if person is not None:
        return person
    found = _negotiated(turn, claims, wish, let_go)
    if found.missing is not None:
        asked = _Asked(found.missing, is_all=wish == Wish(whole=True))
        return await ask_for(turn, asked, claims, let_go)
    reason = _for_person(found)
    if reason is not None:
        note = found.proposals[0] if found.proposals else None
        return await _to_person(turn, reason, claims, note)
    if not found.proposals:
        return _asked_again(turn, found, wanted="change_plan" if replaces else "propose_amount")
    first, *beside = [Terms.of(one, claims) for one in found.proposals if not one.needs_person]
    return await lay_out(turn, first, beside, replaces=replaces)


def _negotiated(
    turn: Turn, claims: list[Claim], wish: Wish, let_go: Iterable[ClaimId]
) -> Negotiated:
    ordered = in_policy_order(turn.runtime, turn.policy, claims)
    owed = [
        owed_of(claim, agreements.agreeable(claim, AgreementKind.PLAN, frozenset(let_go)))
        for claim in ordered
    ]
    return negotiate(owed, wish, turn.policy, turn.runtime.law, turn.today, order=list)


def _for_person(found: Negotiated) -> str | None:
    """Return why a person must take it from here, as handoffs name it; or none."""
    needs = found.proposals[0].needs_person if found.proposals else found.refused
    codes = {each.because.code for each in found.left} | ({needs.code} if needs else set())
    if codes & BY_LAW:
        return "statutory_plan"
    if Bar.RESPITE_BEYOND_MANDATE in codes:
        return "respite_beyond_mandate"
    beyond = {Bar.PLAN_BEYOND_MANDATE, Bar.NO_PLAN_FOR_TYPE, Bar.TOO_LARGE, Slip.TOO_MANY}
    return "plan_beyond_mandate" if codes & beyond else None


async def _to_person(
    turn: Turn, reason: str, claims: list[Claim], proposal: Proposal | None
) -> Reply:
    """Give it to a person, who is told what the citizen proposes."""
    note = noted(Terms.of(proposal, claims)) if proposal and proposal.rates else None
    return await hand_over(turn, reason, reason, note=note)


def _asked_again(turn: Turn, found: Negotiated, *, wanted: str) -> Reply:
    code = found.refused.code if found.refused else Slip.NO_AMOUNT
    if code is Bar.NOTHING_OWED:
        return Reply(turn.say("nothing_to_agree"))
    key = ASK_AGAIN[code] if isinstance(code, Slip) else "amount_again"
    return Reply(turn.say(key), awaiting=Awaiting.AMOUNT, wanted=wanted, understood=False)


@dataclass(frozen=True, slots=True)
class _Asked:
    """What is missing, and whether it is the day of all of it."""

    missing: Missing
    is_all: bool


async def ask_for(
    turn: Turn, asked: _Asked, claims: list[Claim], let_go: Iterable[ClaimId] = ()
) -> Reply:
    """Ask for the sum or the day that is missing; what was said so far is kept."""
    is_first = not _is_asked(turn)
    text = _question(turn, asked, claims, is_first=is_first)
    keep_from_here(turn)
    wanted = "change_plan" if let_go else "propose_amount"
    return Reply(text, awaiting=Awaiting.AMOUNT, wanted=wanted, understood=is_first)


def _question(turn: Turn, asked: _Asked, claims: list[Claim], *, is_first: bool) -> str:
    if asked.missing is Missing.DATE:
        return turn.say("ask_date_of_all" if asked.is_all else "ask_date_of_rest")
    if names_no_krone(turn.text):
        return turn.say("amount_in_kroner")
    if is_first:
        return turn.say("ask_amount", total=agreements.total_of(claims))
    return turn.say("amount_again")


def keep_from_here(turn: Turn) -> None:
    """Read what comes next together with this message."""
    if not _is_asked(turn):
        turn.conversation.wanted_message_id = turn.said_in


def _is_asked(turn: Turn) -> bool:
    """Tell whether we have asked for a sum or a day already, and keep what was said since."""
    place = turn.conversation
    return place.awaiting is Awaiting.AMOUNT and place.wanted_message_id is not None


async def lay_out(
    turn: Turn, first: Terms, beside: list[Terms], *, replaces: AgreementId | None = None
) -> Reply:
    """Put a way on the table and others beside it, and read the first back."""
    await agreements.offer(
        turn.session, turn.runtime, turn.conversation, first, beside=beside, replaces=replaces
    )
    claims = [*first.claims]
    shown = await agreements.on_the_table(turn.session, turn.conversation)
    own, *others = [Way.of(one, claims) for one in shown]
    return reading_reply(own.agreement, in_full(turn, own, *others, out=await _disputed(turn)))


async def _disputed(turn: Turn) -> list[Claim]:
    """Return what the citizen disagrees with, all of it or a part."""
    claims = await overdue(turn)
    return [one for one in claims if one.in_dispute or one.state is ClaimState.DISPUTED]


async def read_option(turn: Turn, option: int) -> Reply:
    """Read another of the ways back in full; only a yes after that concludes it."""
    chosen = await agreements.choose(turn.session, turn.runtime, turn.conversation, option)
    if chosen is None:
        return Reply(turn.say("offer_expired"), awaiting=Awaiting.AMOUNT)
    return await read_again(turn, chosen)


async def read_again(turn: Turn, offered: Agreement) -> Reply:
    """Read what lies on the table back in full."""
    claims = await claims_of(turn, offered)
    return reading_reply(offered, in_full(turn, Way.of(offered, claims)))


async def if_offer_is_not_kept(turn: Turn) -> str:
    """Say what happens if what lies on the table is agreed and not kept; nothing without one."""
    if turn.conversation.awaiting is not Awaiting.OFFER:
        return ""
    offered = await agreements.open_offer(turn.session, turn.conversation)
    return if_not_kept(turn, Way(offered, ())) if offered is not None else ""


async def claims_of(turn: Turn, agreement: Agreement) -> list[Claim]:
    """Return the claims of an agreement, in the order money goes to them."""
    ids = [part.claim_id for part in agreement.claims]
    found = await turn.session.scalars(select(Claim).where(Claim.id.in_(ids)))
    known = {claim.id: claim for claim in found}
    return [known[claim_id] for claim_id in ids]


def reading_reply(offered: Agreement, text: str) -> Reply:
    """Answer with what is read back, and keep it word for word: a yes counts from now on."""

    def keep(whole: str) -> None:
        agreements.read_back(offered, whole)

    return Reply(text, awaiting=Awaiting.OFFER, shown=keep)
