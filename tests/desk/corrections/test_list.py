"""What citizens wrote and what was understood: the doubtful first, without names and numbers."""

from datetime import timedelta

import pytest

from data.models.conversations import Hearer
from tests import make

LIST = "/desk/understandings"


def rows_of(page):
    return page.text.partition("<tbody>")[2].partition("</tbody>")[0]


async def test_the_unsure_stand_first_and_the_sure_are_under_all(anna, wrote):
    await wrote("hvad koster det", "how_much", 0.95)
    await wrote("øh hvad nu", "ask_plan", 0.41)
    unsure = rows_of(await anna.get(LIST))
    assert "øh hvad nu" in unsure
    assert "Spørger om en afdragsordning, 41 %" in unsure
    assert "hvad koster det" not in unsure
    every = rows_of(await anna.get(f"{LIST}?view=all"))
    assert every.index("øh hvad nu") < every.index("hvad koster det")


async def test_names_numbers_and_addresses_are_not_shown(anna, wrote):
    await wrote("hej det er METTE hansen, ring 20304050 eller skriv til m@h.dk")
    shown = rows_of(await anna.get(LIST))
    assert "hej det er navn navn, ring 0 eller skriv til mail" in shown
    for told in ("METTE", "hansen", "2030", "m@h"):
        assert told not in shown


async def test_what_was_not_understood_has_a_view_of_its_own(anna, wrote):
    await wrote("blip blop", "nlu_fallback", 0.2)
    await wrote("øh hvad nu", "ask_plan", 0.41)
    shown = rows_of(await anna.get(f"{LIST}?view=not_understood"))
    assert "blip blop" in shown
    assert "øh hvad nu" not in shown


async def test_a_rule_is_never_unsure(anna, wrote):
    await wrote("stop", "stop", None, understood_by=Hearer.RULE)
    assert "Assistenten var sikker" in (await anna.get(LIST)).text
    assert "af en fast regel" in rows_of(await anna.get(f"{LIST}?view=all"))


async def test_the_list_is_filtered_by_intent_and_day(anna, wrote, clock):
    await wrote("hvad skylder jeg", "how_much", created_at=clock.now() - timedelta(days=2))
    await wrote("må jeg vente", "ask_respite")
    picked = rows_of(await anna.get(f"{LIST}?intent=ask_respite"))
    assert "må jeg vente" in picked
    assert "hvad skylder jeg" not in picked
    first_day = rows_of(await anna.get(f"{LIST}?until=2026-11-22"))
    assert "hvad skylder jeg" in first_day
    assert "må jeg vente" not in first_day


async def test_the_list_goes_a_month_back_unless_a_day_is_asked_for(anna, wrote, clock):
    await wrote("for længe siden", created_at=clock.now() - timedelta(days=40))
    assert "for længe siden" not in (await anna.get(LIST)).text
    assert "for længe siden" in (await anna.get(f"{LIST}?since=2026-10-01")).text


@pytest.mark.parametrize(
    "asked", ["view=x", "intent=%00", "since=i+går&until=0001-01-01", "until=9999-12-31"]
)
async def test_an_odd_question_shows_the_list(anna, wrote, asked):
    await wrote("øh hvad nu")
    assert "øh hvad nu" in (await anna.get(f"{LIST}?{asked}")).text


async def test_another_municipalitys_messages_do_not_exist(anna, runtime, wrote):
    frode = await make.citizen(runtime, municipality="faxe", name="Frode", phone=None)
    far = await make.conversation(runtime, frode, address="+4520999998")
    message = await wrote("jeg bor i faxe", talk=far)
    assert "jeg bor i faxe" not in (await anna.get(f"{LIST}?view=all")).text
    page = f"{LIST}/{message.id}"
    assert (await anna.get(page)).status_code == 404
    for act in ("right", "correct", "review"):
        fields = {"should_be": "stop", "text": "hej", "language": "da", "decision": "approve"}
        assert (await anna.send(f"{page}/{act}", **fields)).status_code == 404


async def test_the_thread_tells_what_was_understood_and_leads_to_the_correction(anna, wrote, talk):
    message = await wrote("hvad koster det", "how_much", 0.72, also=["due_date"])
    text = (await anna.get(f"/desk/conversations/{talk.id}")).text
    assert "Forstået som: Hvor meget skylder jeg, 72 %; også: Hvornår skal det betales" in text
    assert f'href="{LIST}/{message.id}"' in text
    assert "Forstået forkert?" in text


async def test_the_list_and_a_message_are_in_english_too(anna, wrote):
    message = await wrote("øh hvad nu", "ask_plan", 0.41)
    assert "Asks for a plan, 41%" in (await anna.get(f"{LIST}?lang=en")).text
    assert (
        "Did the assistant understand it right?"
        in (await anna.get(f"{LIST}/{message.id}?lang=en")).text
    )
