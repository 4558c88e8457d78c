"""Stories on the telephone: silence, noise, crisis; and how a person is reached."""

from datetime import timedelta

import pytest

from data.models.calls import Call, CallOutcome
from data.models.cases import Task
from data.models.handoffs import Handoff
from data.values.phone import PhoneNumber
from tests import make
from tests.bot.voice.conftest import OFFICE
from tests.phone import NO, YES, Caseworker, prove


# -------------------------------------------------------------------------- silence and noise
async def test_who_is_silent_is_asked_once_more_offered_keys_and_then_a_person(phone, claim):
    mette = phone()
    await mette.call()
    assert "kan ikke høre dig" in await mette.stay_silent()
    assert "tasterne" in await mette.stay_silent()
    assert "ringe dig op" in await mette.stay_silent()


async def test_who_is_silent_in_the_talk_gets_three_wishes_by_key(phone, claim, understands):
    mette = phone()
    await prove(mette)
    await mette.stay_silent()
    assert "Tryk 1 for at høre" in await mette.stay_silent()
    understands("how_much")
    assert "1200 kroner" in await mette.press("1")


async def test_words_heard_badly_are_read_back_first(phone, claim, understands, heard):
    mette = phone()
    await prove(mette)
    said = await mette.speak("hvor meget skylder jeg", confidence="0.12")
    assert "Jeg hørte: hvor meget skylder jeg" in said
    assert await heard() == []
    understands("how_much")
    assert "1200 kroner" in await mette.press(YES)


async def test_a_proof_heard_badly_is_a_proof_once_it_is_confirmed(phone, claim, heard):
    mette = phone()
    await mette.call()
    assert "Jeg hørte: nul et nul et firs" in await mette.speak("nul et nul et firs", "0.12")
    assert "sagsnummer" in await mette.press(YES)
    await mette.speak("1001", "0.12")
    assert "ved jeg, hvem du er" in await mette.speak("ja")
    assert await heard() == []


async def test_three_times_misheard_and_a_person_is_asked_for(phone, claim):
    mette = phone()
    await prove(mette)
    for _ in range(2):
        await mette.speak("mumle", confidence="0.1")
        assert "med få ord" in await mette.press(NO)
    await mette.speak("mumle", confidence="0.1")
    assert "ringe dig op" in await mette.press(NO)


async def test_the_third_time_the_dialogue_does_not_understand_a_person_is_asked_for(
    phone, claim, understands
):
    mette = phone()
    await prove(mette)
    for _ in range(2):
        understands("not_understood")
        await mette.speak("blå tirsdag cykel")
    understands("not_understood")
    assert "ringe dig op" in await mette.speak("blå tirsdag cykel")


async def test_four_thousand_letters_of_speech_are_cut_and_answered(
    phone, claim, understands, heard
):
    mette = phone()
    await prove(mette)
    understands("how_much")
    said = await mette.speak("hvor meget skylder jeg " + "øh " * 1_400)
    assert "1200 kroner" in said
    assert [len(body) for body in await heard()] == [1_000]


# ---------------------------------------------------------------------------------- a person
@pytest.mark.parametrize(
    ("steps", "way"), [(0, "key"), (1, "key"), (2, "key"), (3, "key"), (1, "word"), (3, "word")]
)
async def test_a_person_is_reached_at_any_point(phone, claim, the_one, steps, way):
    mette = phone()
    await mette.call()
    for digits in ["010180", "1001", NO][:steps]:
        await mette.press(digits)
    said = await (mette.press("0") if way == "key" else mette.speak("Menneske!"))
    assert "Hvornår passer det dig" in said
    assert "Tryk 2 for" in said
    assert (await the_one(Handoff)).reason == "asked_human"


async def test_a_call_back_becomes_a_task_and_is_said_back(phone, claim, the_one, mette):
    caller = phone()
    await caller.call()
    said = await caller.press("0")
    assert "Tryk 1 for tirsdag den 24. november om formiddagen, mellem 9 og 12" in said
    assert "ringer til dig tirsdag den 24. november om eftermiddagen" in await caller.press("2")
    assert caller.is_over
    task = await the_one(Task)
    assert (task.kind, task.citizen_id) == ("call_back", mette.id)
    assert task.facts["call"] == make.METTE_PHONE
    assert (task.facts["slot_on"], task.facts["slot_opens"]) == ("2026-11-24", "12.00")
    assert (await the_one(Call)).outcome is CallOutcome.CALL_BACK


async def test_a_call_back_can_be_chosen_in_words(phone, claim, the_one):
    caller = phone()
    await caller.call()
    await caller.press("0")
    assert "om eftermiddagen" in await caller.speak("om eftermiddagen tak")
    assert (await the_one(Task)).facts["slot_opens"] == "12.00"


async def test_a_hidden_number_is_asked_where_to_call_back(phone, claim, the_one):
    nobody = phone("anonymous")
    await nobody.call()
    assert "Hvilket nummer" in await nobody.press("0")
    assert "kan jeg ikke bruge" in await nobody.press("12")
    assert "Hvornår passer det" in await nobody.press("20304051")
    assert "ringer til dig" in await nobody.press("1")
    task = await the_one(Task)
    assert (task.citizen_id, task.facts["call"]) == (None, "+4520304051")


class TestPutThrough:
    """In office hours, where the municipality has a number for it."""

    @pytest.fixture
    def changes(self):
        return {"transfer_to": PhoneNumber(OFFICE)}

    async def test_the_caseworker_alone_hears_what_it_is_about_and_takes_the_call(
        self, phone, claim, the_one
    ):
        mette = phone()
        mette.caseworker = Caseworker()
        await prove(mette)
        said = await mette.press("0")
        assert mette.dialled == OFFICE
        assert "stiller dig om" in said
        assert mette.is_over
        assert "Mette Hansen" in mette.caseworker.heard
        assert "tale med et menneske" in mette.caseworker.heard
        assert not any("Mette Hansen" in words for words in mette.said)
        assert (await the_one(Call)).outcome is CallOutcome.TRANSFERRED

    async def test_two_who_have_talked_for_an_hour_are_not_told_that_time_is_up(
        self, phone, claim, clock, the_one
    ):
        mette = phone()
        mette.caseworker = Caseworker(talks=lambda: clock.travel(timedelta(hours=1)))
        await mette.call()
        assert "talt længe" not in await mette.press("0")
        assert (await the_one(Call)).outcome is CallOutcome.TRANSFERRED

    async def test_nobody_is_named_to_the_caseworker_before_the_proof(self, phone, claim):
        mette = phone()
        mette.caseworker = Caseworker()
        await mette.call()
        await mette.press("0")
        assert "Mette" not in mette.caseworker.heard

    @pytest.mark.parametrize("caseworker", [Caseworker(answers=False), Caseworker(key="")])
    async def test_nobody_takes_it_and_a_call_back_is_offered(self, phone, claim, caseworker):
        mette = phone()
        mette.caseworker = caseworker
        await mette.call()
        said = await mette.press("0")
        assert "ingen, der kan tage telefonen" in said
        assert "Tryk 1 for" in said

    async def test_outside_office_hours_nobody_is_rung(self, phone, claim, clock):
        clock.travel(timedelta(hours=9))
        mette = phone()
        await mette.call()
        assert "onsdag den 25. november" in await mette.press("0")
        assert mette.dialled == ""

    async def test_words_of_crisis_are_said_and_the_call_is_put_through_at_once(
        self, phone, claim, the_one
    ):
        mette = phone()
        mette.caseworker = Caseworker()
        await mette.call()
        said = await mette.speak("jeg kan ikke mere, jeg vil ikke leve længere")
        assert said.index("1 1 2") < said.index("stiller dig om")
        assert mette.dialled == OFFICE
        assert (await the_one(Handoff)).severity == 0

    async def test_nobody_takes_it_in_a_crisis_and_the_helping_words_come_once_more(
        self, phone, claim, the_one
    ):
        mette = phone()
        await mette.call()
        said = await mette.speak("jeg vil ikke leve længere")
        assert said.index("1 1 2") < said.index("ingen, der kan tage") < said.rindex("1 1 2")
        assert mette.is_over
        assert (await the_one(Task)).kind == "call_back"


async def test_in_a_crisis_who_keyed_a_number_hears_the_helping_words_last(phone, claim, the_one):
    nobody = phone("anonymous")
    await nobody.call()
    assert "Hvilket nummer" in await nobody.speak("jeg vil ikke leve længere")
    assert "1 1 2" in await nobody.press("20304051")
    assert nobody.is_over
    assert (await the_one(Task)).facts["call"] == "+4520304051"


async def test_where_somebody_may_hold_the_telephone_no_call_back_is_promised_unasked(
    phone, claim, the_one, the_all
):
    mette = phone()
    await mette.call()
    assert "1 1 2" in await mette.speak("min mand slår mig, jeg er bange")
    assert mette.is_over
    assert (await the_one(Handoff)).reason == "hard_violence"
    assert await the_all(Task) == []


async def test_in_a_crisis_with_nobody_there_the_helplines_are_said_and_no_time_is_asked_for(
    phone, claim, the_one
):
    mette = phone()
    await mette.call()
    said = await mette.speak("jeg vil ikke leve længere")
    assert "1 1 2" in said
    assert "70, 20, 12, 01" in said
    assert "Hvornår passer" not in said
    assert "god dag" not in said
    assert mette.is_over
    assert (await the_one(Handoff)).reason == "hard_suicide"
    assert (await the_one(Task)).kind == "call_back"
