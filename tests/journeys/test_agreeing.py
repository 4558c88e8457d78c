"""From a wish to a plan, and through a plan's changes, in people's own words: on real parts."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from sqlalchemy import select

from data.models.agreements import Agreement, AgreementState
from tests import make
from tests.journeys.test_conversation import METTE, _mette
from tests.journeys.town import Town

pytestmark = [pytest.mark.slow, pytest.mark.rasa, pytest.mark.xdist_group("rasa")]

LINE = {"payment_id": "18", "creditor_no": "81234567"}


async def _in(town: Town, state: AgreementState) -> list[Agreement]:
    async with town.runtime.transaction() as session:
        found = await session.scalars(select(Agreement).where(Agreement.state == state))
        return list(found)


async def test_a_citizen_bargains_chooses_agrees_and_thinks_better_of_it(town):
    await _mette(town, **LINE)
    await town.text(METTE, "010180 A-1001")
    assert "6 rater" in await town.text(METTE, "kan jeg betale 200 om måneden")
    assert "15. december" in await town.text(METTE, "hellere den 15.")
    assert "12 rater. Hver måned 100 kr." in await town.text(METTE, "nummer to")
    agreed = await town.text(METTE, "ja tak")
    assert "Aftalen er lavet" in agreed
    assert "+71<000000000000018 +81234567<" in agreed
    assert "8 rater. Hver måned 150 kr." in await town.text(METTE, "fortryder, kan vi sige 150")
    assert "Aftalen er lavet" in await town.text(METTE, "ja")
    assert len(await _in(town, AgreementState.CHANGED)) == 1
    assert len(await _in(town, AgreementState.ACCEPTED)) == 1


async def test_a_wish_may_come_over_two_messages_and_a_no_may_name_another_sum(town):
    await _mette(town)
    await town.text(METTE, "010180 A-1001")
    await town.text(METTE, "jeg vil gerne betale hver 14. dag")
    assert "Hver 14. dag 200 kr." in await town.text(METTE, "200")
    assert "Hver 14. dag 150 kr." in await town.text(METTE, "nej hellere 150")
    assert "Hver 14. dag 75 kr." in await town.text(METTE, "2")


async def test_half_now_and_so_much_a_week_in_english(town):
    await _mette(town, **LINE)
    await town.text(METTE, "hello, what is this about?")
    await town.text(METTE, "1 January 1980 A-1001")
    part = await town.text(METTE, "can I pay half now")
    assert "Whatever you pay counts" in part
    assert "+71<000000000000018 +81234567<" in part
    offer = await town.text(METTE, "100 a week")
    assert "- 600 kr. Wednesday 25 November 2026" in offer
    assert "The agreement is made" in await town.text(METTE, "yes please")
    assert "600 kr." in await town.text(METTE, "when is my next instalment")
    assert "+71<" in await town.text(METTE, "how do I pay")


async def test_who_forgot_an_instalment_finds_a_way_back(town, clock):
    await _mette(town)
    await town.text(METTE, "010180 A-1001")
    await town.text(METTE, "400 om måneden")
    assert "Aftalen er lavet" in await town.text(METTE, "ja")
    clock.travel(timedelta(days=20))
    await make.coverage(town.runtime, "albertslund", date(2026, 12, 11))
    await town.text(METTE, "jeg glemte afdraget")
    ways = await town.text(METTE, "010180 A-1001")
    assert "ikke et brud" in ways
    assert "2: Flyt raten til sidst: 400 kr. 1. marts 2027." in ways
    assert "1. marts 2027" in await town.text(METTE, "2")
    assert "Aftalen er lavet" in await town.text(METTE, "ja")
    assert len(await _in(town, AgreementState.CHANGED)) == 1


async def test_one_month_is_skipped_at_a_word(town):
    await _mette(town)
    await town.text(METTE, "010180 A-1001")
    await town.text(METTE, "300 om måneden")
    await town.text(METTE, "ja")
    assert "1 rate flytter til sidst" in await town.text(
        METTE, "kan jeg springe over i denne måned"
    )
    assert "står stille til" in await town.text(METTE, "ja")
    assert "4. januar 2027" in await town.text(METTE, "hvornår er næste rate")
