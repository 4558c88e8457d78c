"""What a citizen has a right to is said at once, taken further in time, and never weighed by us."""

import itertools

import pytest

from data.models.audit import AuditEntry
from data.models.cases import Task
from data.models.conversations import Awaiting, Conversation, Owner
from data.models.handoffs import Handoff
from tests.bot.citizens_of_towns import LANGUAGES, SECRETS, TOWNS, Mette, fits_two_messages, rows

ASKED = {
    "complaint": ("hvor klager man", "where do I complain"),
    "access_data": ("hvad har i på mig", "what data do you keep about me"),
    "debt_relief": ("kan gælden slettes", "can my debt be cancelled"),
    "economic_help": ("kan kommunen hjælpe med regningen", "can you help me pay the bill"),
    "representative": ("jeg skriver for min mor", "I am writing for my mother"),
}
STRANGER = "+4520999999"


@pytest.fixture(params=itertools.product(TOWNS, LANGUAGES), ids="-".join)
def mette(request, runtime, write):
    return Mette(runtime, write, *request.param)


@pytest.fixture
def in_albertslund(runtime, write):
    """Mette of Albertslund, who writes Danish."""
    return Mette(runtime, write, "albertslund", "da")


async def tasks_of(mette):
    return [(task.kind, task.citizen_id) for task in await rows(mette.runtime, Task)]


@pytest.mark.parametrize("intent", ASKED)
async def test_F14_a_right_is_told_without_proof_and_without_the_case(mette, intent):
    await mette.moves_in()
    said = await mette.writes(*ASKED[intent], intent)
    assert not SECRETS.search(said)
    assert fits_two_messages(said)


async def test_how_to_complain_is_told_and_nobody_is_called(mette):
    await mette.moves_in()
    said = await mette.writes(*ASKED["complaint"], "complaint")
    guidance = mette.runtime.policies[mette.town].guidance
    assert guidance.complaints.of(mette.language) in said
    for place in ("Ankestyrelsen", "Datatilsynet"):
        assert place in said
    assert await tasks_of(mette) == []
    assert await rows(mette.runtime, Handoff) == []


async def test_a_complaint_goes_to_the_head_of_the_office_and_the_talk_goes_on(mette):
    await mette.moves_in()
    said = await mette.writes("det er under al kritik", "this is a disgrace", "complaint")
    assert "8. december" in said or "8 December" in said  # ten bank days
    assert await tasks_of(mette) == [("complaint", mette.known["citizen"].id)]
    assert (await rows(mette.runtime, Conversation))[0].owner is Owner.ASSISTANT


async def test_the_same_complaint_twice_is_one_task_with_one_promise(in_albertslund):
    mette = await in_albertslund.moves_in()
    first = await mette.writes("jeg vil klage", "", "complaint")
    assert (await mette.writes("nu klager jeg", "", "complaint")) in first
    assert len(await tasks_of(mette)) == 1
    acts = [entry.act for entry in await rows(mette.runtime, AuditEntry)]
    assert acts.count("task_opened") == 1


@pytest.mark.parametrize(
    "danish", ["min advokat tager fat i jer", "ekstra bladet får den her historie"]
)
async def test_a_lawyer_or_the_press_is_answered_by_the_leader_within_a_day(in_albertslund, danish):
    mette = await in_albertslund.moves_in()
    said = await mette.writes(danish, "", "complaint")
    [handoff] = await rows(mette.runtime, Handoff)
    assert (handoff.reason, handoff.severity) == ("complaint_to_leader", 3)
    assert handoff.due_at.date().isoformat() == "2026-11-25"
    assert mette.says("complaint_leader") in said
    assert danish not in handoff.summary


async def test_access_is_answered_within_seven_working_days(mette):
    await mette.moves_in()
    said = await mette.writes(*ASKED["access_data"], "access_data")
    assert "3. december" in said or "3 December" in said
    assert (
        str(mette.runtime.policies[mette.town].guidance.data_protection.number.national()) in said
    )
    assert await tasks_of(mette) == [("access_request", mette.known["citizen"].id)]


async def test_a_stranger_who_asks_what_we_keep_is_asked_who_they_are(in_albertslund):
    mette = await in_albertslund.moves_in()
    said = await mette.send("hvad har i på mig", "access_data", sender=STRANGER)
    assert mette.says("access_data_unknown") in said
    assert await tasks_of(mette) == []
    said = await mette.send("01-01-1980 A-1001", "identify", sender=STRANGER)
    assert "3. december" in said
    assert await tasks_of(mette) == [("access_request", mette.known["citizen"].id)]


async def test_who_writes_for_another_is_told_nothing_and_a_person_looks(mette):
    await mette.moves_in()
    await mette.proves()
    said = await mette.writes(*ASKED["representative"], "representative")
    assert "Digital Fuldmagt" in said
    assert not SECRETS.search(said)
    [talk] = await rows(mette.runtime, Conversation)
    assert (talk.identity_level, talk.identity_at, talk.owner) == (0, None, Owner.NOBODY)
    assert talk.awaiting is Awaiting.NOTHING
    [handoff] = await rows(mette.runtime, Handoff)
    assert (handoff.reason, handoff.severity) == ("representative", 2)


async def test_a_proof_sent_along_for_another_proves_nothing(mette):
    await mette.moves_in()
    said = await mette.writes(
        "jeg skriver for min mor, født 01-01-1980, sag A-1001, hvad skylder hun",
        "I am writing for my mother, born 01-01-1980, case A-1001, what does she owe",
        "representative",
    )
    assert not SECRETS.search(said)
    [talk] = await rows(mette.runtime, Conversation)
    assert talk.identity_level < 2


async def test_who_asks_how_another_may_speak_for_them_goes_on(in_albertslund):
    mette = await in_albertslund.moves_in()
    await mette.proves()
    said = await mette.writes("kan min datter ringe på mine vegne", "", "representative")
    assert mette.text("representative_how") in said
    [talk] = await rows(mette.runtime, Conversation)
    assert (talk.identity_level, talk.owner) == (2, Owner.ASSISTANT)


async def test_A6_payment_debt_and_settling_it_are_explained(mette):
    """The rules for payments, those on debt, and how debt is settled: each in general."""
    await mette.moves_in()
    asked = {
        "fee_question": ("hvorfor gebyr", "why a fee"),
        "wage_withholding": ("trækker I i løn", "do you take my pay"),
        "debt_relief": ASKED["debt_relief"],
    }
    for intent, words in asked.items():
        assert not SECRETS.search(await mette.writes(*words, intent))


async def test_A33_debt_advice_is_general_and_A34_the_citizen_chooses(in_albertslund):
    mette = await in_albertslund.moves_in()
    said = await mette.writes(*ASKED["debt_relief"], "debt_relief")
    for words in ("generel information", "du vælger selv", "både privat og offentlig", "gratis"):
        assert words in said


async def test_help_with_a_bill_is_named_and_never_weighed(mette):
    await mette.moves_in()
    said = await mette.writes(*ASKED["economic_help"], "economic_help")
    assert "§ 81" in said
    assert mette.runtime.policies[mette.town].guidance.benefits.name.of(mette.language) in said
    assert await tasks_of(mette) == []
