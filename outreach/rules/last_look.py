"""The last look before a message leaves: is it still right to send it, now?"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta

from data.municipalities.policy import Contact
from data.values.time import at_local, day_of
from outreach.rules.decision import ALLOWED, Reason, Refused, Verdict

BUDGET_WINDOW = timedelta(hours=24)
OPEN = "open"


@dataclass(frozen=True, slots=True)
class ClaimNow:
    """A claim (krav) that a first message is about, as it stands at this instant."""

    state: str
    is_paid: bool
    #: The last day of the pause.
    paused_until: date | None = None
    #: Whether another of the household has been written to about it.
    told_at_home: bool = False

    def obstacle(self, today: date) -> Reason | None:
        """Say why nobody should be chased for it today, if anything does."""
        if self.is_paid:
            return Reason.PAID
        if self.state != OPEN:
            return Reason(self.state)
        if self.paused_until is not None and today <= self.paused_until:
            return Reason.PAUSED
        return Reason.HOUSEHOLD_TOLD if self.told_at_home else None


@dataclass(frozen=True, slots=True)
class InstalmentNow:
    """An instalment (rate) that a message is about, as it stands at this instant."""

    plan_runs: bool
    plan_rests: bool = False
    #: Whether it has another day by now than the message says.
    is_moved: bool = False
    is_covered: bool = False
    #: Whether the very same words have reached this number already: they name nobody and no plan.
    said_already: bool = False

    @property
    def obstacle(self) -> Reason | None:
        """Say why nothing need be said of it, if so."""
        if not self.plan_runs:
            return Reason.PLAN_OVER
        if self.plan_rests:
            return Reason.PLAN_RESTS
        if self.is_moved:
            return Reason.USELESS_NOW
        if self.is_covered:
            return Reason.PAID
        return Reason.SAID_ALREADY if self.said_already else None


@dataclass(frozen=True, slots=True, kw_only=True)
class Leaving:
    """A message about to leave, and what is true at this instant."""

    is_first_contact: bool = False
    is_assistants_reply: bool = False
    is_notice: bool = False
    useless_after: datetime | None = None
    opted_out: bool = False
    number_distrusted: bool = False
    citizen_frozen: bool = False
    citizen_deceased: bool = False
    #: Whether a person holds the conversation (while it only waits for one, the assistant's word
    #: that one will answer goes out), and whether the owner is the one this was written under.
    held_by_person: bool = False
    owner_unchanged: bool = True
    #: Whether the citizen has written to us since this was: then we are in contact already.
    citizen_has_written: bool = False
    claims: tuple[ClaimNow, ...] = ()
    #: What a message about a plan speaks of.
    instalment: InstalmentNow | None = None
    #: When the citizen was written to first, on any channel, oldest first.
    contacts: tuple[datetime, ...] = ()
    #: Whether another of the household had a first message today: the second waits.
    home_had_word_today: bool = False
    #: Of a call that we place: what stands against it, and whether it rang there today already.
    call_obstacle: Reason | None = None
    called_today: bool = False

    @property
    def is_unasked(self) -> bool:
        """Tell whether we write without having been written to: hours and a budget count."""
        return self.is_first_contact or self.instalment is not None


def last_look(message: Leaving, contact: Contact, now: datetime) -> Verdict:
    """Decide whether a message may leave at `now`.

    What we write unasked, a first contact (straks-kontakt) or a word about a plan, must pass all
    of it. What answers a citizen does not wait for office hours or a budget, and what a person
    wrote is not stopped by a freeze; after a STOP only the notice that confirms it leaves. To the
    dead nothing is sent; whoever writes from their telephone is told that a person answers.
    """
    obstacle = _against_sending(message)
    if obstacle is None and message.is_unasked:
        obstacle = _against_writing(message, day_of(now))
    if obstacle is not None:
        return Refused(obstacle)
    if message.useless_after is not None and now > message.useless_after:
        return Refused(Reason.USELESS_NOW)
    return _moment(message, contact, now) if message.is_unasked else ALLOWED


def _against_sending(message: Leaving) -> Reason | None:
    """Find what stands against this message, asked for or not."""
    if message.opted_out and not message.is_notice:
        return Reason.OPTED_OUT
    if message.citizen_deceased and not message.is_notice:
        return Reason.DECEASED
    if message.is_assistants_reply and message.held_by_person:
        return Reason.HELD_BY_HUMAN
    if message.is_assistants_reply and not message.owner_unchanged:
        return Reason.OWNER_CHANGED
    return None


def _against_writing(message: Leaving, today: date) -> Reason | None:
    """Find what stands against writing to this citizen at all.

    A message about several claims leaves as long as one of them is still to be paid. While a
    person holds the conversation, nothing is said of a plan beside them.
    """
    if message.instalment is not None:
        obstacle = message.instalment.obstacle
    else:
        obstacle = _of_claims(message.claims, today)
    if obstacle is not None:
        return obstacle
    if message.citizen_frozen:
        return Reason.FROZEN
    if message.number_distrusted:
        return Reason.NUMBER_DISTRUSTED
    if message.call_obstacle is not None:
        return message.call_obstacle
    if message.instalment is not None:
        return Reason.HELD_BY_HUMAN if message.held_by_person else None
    return Reason.ALREADY_DONE if message.citizen_has_written else None


def _of_claims(claims: tuple[ClaimNow, ...], today: date) -> Reason | None:
    obstacles = [claim.obstacle(today) for claim in claims]
    if None in obstacles:
        return None
    return obstacles[0] if obstacles else Reason.NO_CLAIM


def _moment(message: Leaving, contact: Contact, now: datetime) -> Verdict:
    """Judge the hour, the household and the contact budget (kontaktbudget): all only postpone."""
    if not contact.is_open(now):
        return _later(message, Reason.OUTSIDE_HOURS, contact.next_opening(now))
    if message.is_first_contact and message.home_had_word_today:
        tomorrow = at_local(day_of(now) + timedelta(days=1), 0)
        return _later(message, Reason.HOUSEHOLD_TODAY, contact.next_opening(tomorrow))
    if message.called_today:
        tomorrow = at_local(day_of(now) + timedelta(days=1), 0)
        return _later(message, Reason.CALLED_TODAY, contact.next_opening(tomorrow))
    recent = [at for at in message.contacts if at > now - BUDGET_WINDOW]
    if len(recent) >= contact.at_most_in_24_hours:
        free_at = recent[-contact.at_most_in_24_hours] + BUDGET_WINDOW
        return _later(message, Reason.BUDGET_SPENT, contact.next_opening(free_at))
    return ALLOWED


def _later(message: Leaving, reason: Reason, retry_at: datetime) -> Refused:
    """Postpone, or refuse for good what would be useless by then."""
    too_late = message.useless_after is not None and retry_at > message.useless_after
    return Refused(reason, retry_at=None if too_late else retry_at)
