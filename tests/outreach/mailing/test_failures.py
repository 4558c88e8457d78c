"""Machines die, folders fill up, senders meet: no letter is lost, doubled or charged in vain."""

import asyncio
from dataclasses import replace
from datetime import date, timedelta

import pytest
from sqlalchemy import update
from structlog.testing import capture_logs

from data.models.cases import Task
from data.models.claims import Claim, ClaimState, Decision
from data.models.letters import Letter, LetterStatus
from data.models.postings import Posting
from data.values.money import Money
from outreach.gateways.post_folder import PostFolder
from outreach.runtime import LetterGateway
from tests import make
from tests.outreach.mailing.post import (
    IN_TEN_DAYS,
    TODAY,
    PowerCutError,
    change,
    count,
    decide,
    one,
    owes_too,
    send,
    several_late_claims,
)


async def test_a_sum_that_was_agreed_while_the_letter_left_gets_no_fee(
    runtime, costly_claim, post, clock
):
    await decide(runtime, "albertslund")
    post.dies_after = True
    with pytest.raises(PowerCutError):
        await send(runtime, "albertslund")
    await change(runtime, update(Claim).values(state=ClaimState.IN_PLAN))
    post.dies_after = False
    clock.travel(timedelta(minutes=11))
    await send(runtime, "albertslund")
    assert (await one(runtime, Letter)).status is LetterStatus.SENT
    assert await count(runtime, Posting) == 0


@pytest.mark.parametrize("moment", ["dies_before", "dies_after"])
async def test_a_machine_that_dies_while_handing_over_makes_no_second_letter(
    runtime, costly_claim, post, clock, moment
):
    await decide(runtime, "albertslund")
    setattr(post, moment, True)
    with pytest.raises(PowerCutError):
        await send(runtime, "albertslund")
    written = (await one(runtime, Letter)).body

    setattr(post, moment, False)
    assert (await send(runtime, "albertslund")).sent == 0  # somebody may still be at it
    clock.travel(timedelta(days=1))
    assert (await send(runtime, "albertslund")).sent == 1
    assert (await send(runtime, "albertslund")).sent == 0

    [letter] = post.taken.values()
    assert letter.html == written
    assert letter.written_on == TODAY
    assert await count(runtime, Posting) == 1
    assert (await one(runtime, Decision, Decision.step == "reminder:2")).pay_by == IN_TEN_DAYS


async def test_what_may_have_left_is_never_written_anew(runtime, costly_claim, post, clock):
    await decide(runtime, "albertslund")
    post.dies_after = True
    with pytest.raises(PowerCutError):
        await send(runtime, "albertslund")
    written = (await one(runtime, Letter)).body
    post.dies_after, post.is_full = False, True
    clock.travel(timedelta(days=1))
    assert (await send(runtime, "albertslund")).unknown == 1
    letter = await one(runtime, Letter)
    assert (letter.status, letter.body) == (LetterStatus.SENDING, written)
    assert await count(runtime, Posting) == 0


async def test_a_gateway_that_breaks_is_asked_again_with_the_same_letter(
    runtime, faxe_claim, clock
):
    class Broken(LetterGateway):
        async def hand_over(self, letter):
            raise RuntimeError(letter.debtor_id)

    await decide(runtime, "faxe")
    broken = runtime.equip(post=Broken())
    for tries in range(1, 12):
        assert (await send(broken, "faxe")).unknown == 1
        clock.travel(timedelta(minutes=11))
        assert await count(runtime, Task) == (tries >= 10)
    assert (await send(runtime, "faxe")).sent == 1


async def test_a_claim_that_is_just_being_paid_is_left_for_the_next_look(runtime, faxe_claim, post):
    await decide(runtime, "faxe")
    async with runtime.transaction() as paying:
        settled = {"paid": Money(120000), "state": ClaimState.PAID}
        await paying.execute(update(Claim).values(**settled))
        await send(runtime, "faxe")
        assert post.handed == []
    assert (await send(runtime, "faxe")).stood_down == {"paid": 1}


async def test_the_same_letter_replaces_its_own_files(runtime, faxe_claim, tmp_path, clock):
    folder = PostFolder(tmp_path)

    class DiesOnce(LetterGateway):
        async def hand_over(self, letter):
            await folder.hand_over(letter)
            raise PowerCutError

    await decide(runtime, "faxe")
    with pytest.raises(PowerCutError):
        await send(runtime.equip(post=DiesOnce()), "faxe")
    clock.travel(timedelta(days=1))
    await send(runtime.equip(post=folder), "faxe")
    files = [file for file in (tmp_path / "letters").rglob("*") if file.is_file()]
    assert len(files) == 2


async def test_senders_at_once_send_each_letter_once(runtime, post):
    await several_late_claims(runtime, 12)
    await decide(runtime, "faxe")
    reports = await asyncio.gather(*(send(runtime, "faxe") for _ in range(3)))
    await send(runtime, "faxe")  # what one had locked, another left for later
    assert len(post.handed) == len(post.taken) == 12
    assert sum(report.sent for report in reports) <= 12


async def test_the_deadline_runs_once_the_last_of_the_letters_has_left(
    runtime, costly_claim, post, clock
):
    jens = await owes_too(runtime, costly_claim, "0202802345", name="Jens Hansen")
    await decide(runtime, "albertslund")
    post.refuses = {jens.debtor_id}
    report = await send(runtime, "albertslund")
    decision = await one(runtime, Decision, Decision.step == "reminder:2")
    assert (report.sent, report.put_back, decision.pay_by) == (1, 1, None)

    post.refuses = set()
    clock.travel(timedelta(days=1))
    await make.coverage(runtime, "albertslund", date(2026, 11, 24))
    await send(runtime, "albertslund")
    decision = await one(runtime, Decision, Decision.step == "reminder:2")
    [late] = [letter for letter in post.taken.values() if letter.debtor_id == jens.debtor_id]
    assert decision.pay_by == late.pay_by == date(2026, 12, 7)
    assert "1.450,00 kr." in late.html
    assert await count(runtime, Posting) == 1


async def test_one_letter_that_is_not_taken_does_not_stop_the_rest(runtime, post):
    await several_late_claims(runtime, 3)
    post.refuses = {"0101801201"}
    await decide(runtime, "faxe")
    report = await send(runtime, "faxe")
    assert (report.sent, report.put_back) == (2, 1)


async def test_a_folder_that_cannot_be_written_keeps_the_letter_and_calls_a_person(
    runtime, faxe_claim, tmp_path
):
    in_the_way = tmp_path / "letters"
    in_the_way.touch()
    blocked = runtime.equip(post=PostFolder(tmp_path))
    await decide(blocked, "faxe")
    with capture_logs() as logs:
        for _ in range(11):
            assert (await send(blocked, "faxe")).put_back == 1

    letter, task = await one(runtime, Letter), await one(runtime, Task)
    assert (letter.status, letter.attempts, letter.body) == (LetterStatus.QUEUED, 11, None)
    assert (task.kind, task.claim_id) == ("letter_failed", faxe_claim.id)
    assert {line["event"] for line in logs} >= {"letters_not_taken"}
    assert not any(word in str(logs) for word in ("Mette", "0101801234", "A-1001"))

    in_the_way.unlink()
    assert (await send(blocked, "faxe")).sent == 1


async def test_without_a_way_for_letters_they_wait(runtime, faxe_claim):
    await decide(runtime, "faxe")
    report = await send(replace(runtime, post=None), "faxe")
    assert (report.sent, (await one(runtime, Letter)).status) == (0, LetterStatus.QUEUED)
