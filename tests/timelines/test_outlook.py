"""What `explain` and `simulate` foresee is what the days bring: both walks come to the same."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from typing import TYPE_CHECKING

import pytest

from data.models.cases import Effect
from data.values.time import ONE_DAY, add_bank_days
from outreach.rules import outlook
from outreach.rules.case import Debtor, Word
from outreach.rules.happenings import (
    Disputed,
    Learned,
    Paid,
    Paused,
    PlanAgreed,
    PlanBroken,
    Reopened,
    RespiteGiven,
    Shelved,
    Spoken,
)
from outreach.rules.outlook import Came
from tests.timelines.stories import Event, Story
from tests.timelines.test_timelines import EACH, PAIRS, STORIES, law, policy_of, walked
from tests.timelines.world import case_of, end_of

if TYPE_CHECKING:
    from collections.abc import Iterator

    from outreach.rules.happenings import Happening
    from tests.timelines.world import World


def happenings(story: Story, municipality: str, world: World) -> Iterator[Happening]:
    """Tell a story's events as the outlook takes them."""
    claim = story.claim
    debtor = Debtor(benefit=claim.benefit, children_at_home=claim.children_at_home)
    for day, event in sorted(story.events(municipality), key=lambda pair: pair[0]):
        learned = _learned(debtor, event, day)
        if learned != debtor:
            debtor = learned
            yield Learned(day, debtor)
        yield from _of_the_claim(event, day, world)
        if event.dispute_answered or event.shelving_ends:
            yield Reopened(day)


def _of_the_claim(event: Event, day: date, world: World) -> Iterator[Happening]:
    if event.pays is not None:
        yield Paid(day, event.pays)
    if event.agrees_to_a_plan:
        yield PlanAgreed(day)
    if event.breaks_the_plan:
        yield PlanBroken(day)
    if event.respite_until is not None:
        yield RespiteGiven(day, event.respite_until)
    if event.says_it_is_paid:
        yield Paused(day, add_bank_days(day, world.policy.already_paid.pause_bank_days))
    if event.disputes:
        yield Disputed(day)
    said = event.caseworker
    if said is not None and f"{day}: word refused" not in "\n".join(world.lines):
        word = Word(said.step, said.effect, said.until, said.ground, said.facts, day)
        yield Shelved(day) if said.effect is Effect.SHELVE else Spoken(day, word)


def _learned(debtor: Debtor, event: Event, day: date) -> Debtor:
    benefit = None if event.benefit_ends else event.benefit or debtor.benefit
    told = day if event.social_authorities_told else debtor.social_authorities_told_on
    frozen = debtor.is_frozen if event.frozen is None else event.frozen
    return replace(
        debtor,
        benefit=benefit,
        social_authorities_told_on=told,
        is_frozen=frozen,
        is_deceased=debtor.is_deceased or bool(event.dies),
    )


def can_be_foreseen(name: str, municipality: str) -> bool:
    """The outlook lets every letter leave on its day and every payment file come."""
    story = STORIES[name]
    files = any(event.payment_files for _, event in story.events(municipality))
    return not files and not story.at(municipality).late_letters


@pytest.mark.parametrize(
    ("name", "municipality"),
    [
        each
        for each, (name, municipality) in zip(EACH, PAIRS, strict=True)
        if can_be_foreseen(name, municipality)
    ],
)
def test_the_outlook_foresees_the_same_days(name, municipality):
    story, world = STORIES[name], walked(name, municipality)
    policy = policy_of(story, municipality)
    foreseen = outlook.walk(
        case_of(story, policy),
        law(),
        policy,
        story.first_day,
        end_of(story) - ONE_DAY,
        list(happenings(story, municipality, world)),
    )
    taken = [
        (event.day, event.step, event.fee, event.pay_by, event.to)
        for event in foreseen
        if event.came is Came.TAKEN and event.step != "first_contact"
    ]
    assert taken == [(day, move.name, move.fee, move.pay_by, move.to) for day, move in world.moves]
    left = [event.day.isoformat() for event in foreseen if event.came is Came.LEFT]
    assert left == [line[:10] for line in world.lines if line.endswith(": handed over")]
    contacts = [event.day for event in foreseen if event.step == "first_contact"]
    assert contacts == [world.case.contacted_on] * bool(world.case.contacted_on)
