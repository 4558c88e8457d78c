"""What people fear: told in general to whoever asks, and of their own bills once they are known."""

import itertools
import re

import pytest

from data.models.cases import Task
from data.models.conversations import Awaiting, Conversation, Owner
from data.models.handoffs import Handoff
from tests.bot.citizens_of_towns import LANGUAGES, SECRETS, TOWNS, Mette, fits_two_messages, rows

GENERAL = re.compile(r"generel information|general information")
ASKED = {
    "wage_withholding": ("kan I trække i min løn", "can you take my salary"),
    "credit_bureau": ("kommer jeg i rki", "does this hit my credit score"),
    "home_auction": ("mister jeg huset", "will you take my house"),
    "service_closure": ("lukker i for vandet", "will you turn off my water"),
    "daycare_place": ("mister vi pladsen", "do we lose the place in kindergarten"),
}


@pytest.fixture(params=itertools.product(TOWNS, LANGUAGES), ids="-".join)
def mette(request, runtime, write):
    return Mette(runtime, write, *request.param)


@pytest.mark.parametrize("intent", ASKED)
async def test_a_fear_is_answered_before_anybody_has_proven_anything(mette, intent):
    await mette.moves_in()
    said = await mette.writes(*ASKED[intent], intent)
    assert not SECRETS.search(said)
    assert "MENNESKE" in said or "HUMAN" in said  # a person is a word away
    assert fits_two_messages(said)


@pytest.mark.parametrize("intent", ["wage_withholding", "credit_bureau", "home_auction"])
async def test_A31_what_the_state_may_do_is_told_as_general_information(mette, intent):
    await mette.moves_in()
    assert GENERAL.search(await mette.writes(*ASKED[intent], intent))


async def test_the_share_of_the_pay_is_the_laws_of_today(mette):
    await mette.moves_in()
    said = await mette.writes(*ASKED["wage_withholding"], "wage_withholding")
    assert "60" in said
    assert mette.text("wage_withholding", most=60) in said


@pytest.mark.parametrize("intent", ["wage_withholding", "credit_bureau"])
async def test_who_is_known_hears_the_same_and_two_ways_forward(mette, intent):
    await mette.moves_in()
    await mette.proves()
    before = await rows(mette.runtime, Conversation)
    said = await mette.writes(*ASKED[intent], intent)
    assert GENERAL.search(said)
    assert (await rows(mette.runtime, Conversation))[0].awaiting is before[0].awaiting


async def test_a_place_in_childcare_is_never_threatened_and_a_person_answers(mette):
    await mette.moves_in()
    said = await mette.writes(*ASKED["daycare_place"], "daycare_place")
    assert mette.says("daycare_place") in said
    [handoff] = await rows(mette.runtime, Handoff)
    assert (handoff.reason, handoff.severity) == ("daycare_place", 3)
    assert (await rows(mette.runtime, Conversation))[0].owner is Owner.NOBODY


async def test_F24_only_where_the_policy_has_a_bailiff_is_one_spoken_of(mette):
    await mette.moves_in()
    said = await mette.writes(*ASKED["home_auction"], "home_auction")
    has_bailiff = mette.town == "faxe"
    assert (mette.says("home_auction_bailiff") in said) is has_bailiff
    assert (mette.says("home_auction_state") in said) is not has_bailiff


async def test_F22_the_reminders_before_a_warning_are_the_ladders_own(write, runtime):
    mette = await Mette(runtime, write, "faxe", "da").moves_in()
    assert "først 2 rykkere" in await mette.writes(*ASKED["home_auction"], "home_auction")


async def test_who_owes_nothing_with_a_lien_is_told_so_and_nobody_is_disturbed(mette):
    await mette.moves_in()
    await mette.writes(*ASKED["home_auction"], "home_auction")
    said = await mette.writes("01-01-1980 A-1001", "01-01-1980 A-1001", "identify")
    assert mette.text("home_auction_none") in said
    assert await rows(mette.runtime, Task) == []


async def test_a_claim_with_a_lien_is_looked_at_by_a_person_the_same_day(mette):
    await mette.moves_in(claim_type="rottegebyr")
    await mette.writes(*ASKED["home_auction"], "home_auction")
    said = await mette.writes("01-01-1980 A-1001", "01-01-1980 A-1001", "identify")
    assert "24. november" in said or "24 November" in said
    [task] = await rows(mette.runtime, Task)
    assert (task.kind, task.claim_id) == ("home_worry", mette.known["claim"].id)
    assert (await rows(mette.runtime, Conversation))[0].owner is Owner.ASSISTANT


async def test_A27_only_where_the_policy_closes_a_supply_is_it_explained(mette):
    await mette.moves_in()
    said = await mette.writes(*ASKED["service_closure"], "service_closure")
    closes = mette.town == "albertslund"
    assert (mette.says("service_closure") in said) is closes
    assert (mette.text("service_closure_none") in said) is not closes


async def test_A28_a_plan_or_a_deposit_keeps_it_open_and_children_come_first(write, runtime):
    mette = await Mette(runtime, write, "albertslund", "da").moves_in(claim_type="fjernvarme")
    await mette.proves()
    said = await mette.writes(*ASKED["service_closure"], "service_closure")
    for promise in ("En aftale eller et depositum", "Er der børn", "brudt mindst 2 gange"):
        assert promise in said
    [task] = await rows(runtime, Task)
    assert task.kind == "closure_worry"
    assert task.due_on.isoformat() == "2026-11-24"


@pytest.mark.parametrize("kind", ["vand", "dagtilbud"])
async def test_a_bill_that_cannot_lead_to_it_frightens_nobody(write, runtime, kind):
    """Water waits for a lawyer's word, and childcare has nothing to shut off."""
    mette = await Mette(runtime, write, "albertslund", "da").moves_in(claim_type=kind)
    await mette.proves()
    said = await mette.writes(*ASKED["service_closure"], "service_closure")
    assert mette.text("service_closure_none_of_yours") in said
    assert await rows(runtime, Task) == []


async def test_in_the_middle_of_a_bargain_the_fear_is_answered_and_the_place_kept(mette):
    await mette.moves_in()
    await mette.proves()
    said = await mette.writes(*ASKED["service_closure"], "service_closure")
    assert mette.text("still_awaiting_amount") not in said  # who saw the ways is not pressed
    assert (await rows(mette.runtime, Conversation))[0].awaiting is Awaiting.AMOUNT
