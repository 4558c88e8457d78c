"""Reusable answers at the desk: written by who leads, found by all, filled for who is known."""

import re

import pytest

from data.models.citizens import Language
from outreach import saved_texts
from tests import make, make_desk

HERE = "/desk/texts"
TEXT = {
    "title": "Vi ses",
    "body": "Hej {first_name}\nDer mangler {sum} endnu.",
    "tags": "møde, aftale",
}


@pytest.fixture
async def dora(runtime, browsers):
    """Dora, who leads the shift, signed in."""
    browser = browsers()
    person = await make_desk.staff(runtime, "dora", name="Dora Vagt", roles=["duty_manager"])
    browser.hold(await make_desk.session_of(runtime, person))
    return browser


@pytest.fixture
async def written(dora):
    """The page of a text that Dora has written."""
    done = await dora.send(HERE, HERE, **TEXT)
    listed = (await dora.get(done.headers["location"])).text
    assert "Svarteksten er gemt." in listed
    return re.findall(r'href="(/desk/texts/[^"]+)"><strong><bdi>Vi ses<', listed)[0]


async def test_a_text_is_written_changed_laid_away_and_taken_out_again(dora, written):
    assert "Vi ses" in (await dora.get(f"{HERE}?q=aftale")).text
    changed = TEXT | {"title": "På gensyn", "tags": ""}
    done = await dora.send(f"{written}/change", written, **changed)
    shown = (await dora.get(done.headers["location"])).text
    assert "På gensyn" in shown
    assert "Vi ses" not in shown
    away = (await dora.send(f"{written}/archive", written)).headers["location"]
    assert "På gensyn" not in (await dora.get(f"{HERE}?q=gensyn")).text.partition("<main")[2]
    assert f'action="{written}/take-out"' in (await dora.get(away)).text
    await dora.send(f"{written}/take-out", away)
    assert "På gensyn" in (await dora.get(f"{HERE}?q=gensyn")).text


@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        ({"title": " "}, "Skriv en titel."),
        ({"title": "x" * 121}, "Titlen er for lang."),
        ({"body": ""}, "Skriv en tekst."),
        ({"body": "Hej {cpr}"}, "Stedet {cpr} findes ikke."),
        ({"title": "Vi ses"}, "Der er allerede en svartekst med den titel."),
    ],
)
async def test_what_cannot_be_kept_is_told_and_stays_in_the_form(dora, written, wrong, said):
    given = TEXT | {"title": "En ny", "tags": "<her>"} | wrong
    refused = await dora.send(HERE, HERE, **given)
    assert refused.status_code == 422
    assert said in refused.text
    assert 'value="&lt;her&gt;"' in refused.text
    if wrong.get("title") != "Vi ses":
        again = await dora.send(f"{written}/change", written, **given)
        assert again.status_code == 422
        assert said in again.text


async def test_a_title_that_is_used_again_meanwhile_is_not_taken_out(dora, written):
    await dora.send(f"{written}/archive", written)
    await dora.send(HERE, HERE, **TEXT)
    refused = await dora.send(f"{written}/take-out", HERE)
    assert refused.status_code == 409
    assert "Der er allerede en svartekst med den titel." in refused.text


async def test_who_does_not_lead_reads_texts_and_changes_none(anna, written):
    assert '<form method="post" action="/desk/texts' not in (await anna.get(HERE)).text
    assert "Vagtlederen kan ændre svarteksterne." in (await anna.get(written)).text
    for act in (HERE, f"{written}/change", f"{written}/archive", f"{written}/take-out"):
        assert (await anna.send(act, **TEXT)).status_code == 404


async def test_another_municipalitys_text_is_not_there(dora, runtime):
    async with runtime.transaction() as session:
        [theirs, *_] = await saved_texts.search(session, runtime, "faxe", Language.DANISH)
    page = f"{HERE}/{theirs.id}"
    assert (await dora.get(page)).status_code == 404
    for act in ("change", "archive", "take-out"):
        assert (await dora.send(f"{page}/{act}", **TEXT)).status_code == 404


@pytest.mark.parametrize(
    ("level", "shown"),
    [
        (0, "Hej {first_name}\nDer mangler {sum} endnu."),
        (1, "Hej Mette\nDer mangler {sum} endnu."),
        (2, "Hej Mette\nDer mangler 1.200 kr. endnu."),
    ],
)
async def test_a_text_is_filled_in_a_conversation_as_far_as_the_citizen_is_known(
    anna, runtime, clock, written, level, shown
):
    mette = await make.citizen(runtime)
    await make.claim(runtime, mette)
    proven = {"identity_level": 2, "identity_at": clock.now()} if level == 2 else {}
    talk = await make.conversation(runtime, mette if level else None, **proven)
    await make_desk.handoff(runtime, talk)
    page = f"/desk/conversations/{talk.id}"
    await anna.get(page)
    for there in (f"{page}/texts?q=vi+ses", f"{page}/texts/live?q=vi+ses"):
        text = (await anna.get(there)).text
        assert f'data-body="{shown}"' in text
    assert "Ingen svartekst passer" in (await anna.get(f"{page}/texts?q=findes-ikke")).text
    await anna.send(f"{page}/take", page)
    number = written.rpartition("/")[2]
    assert f">{shown}</textarea>" in (await anna.get(f"{page}?text={number}")).text
