"""A step becomes a letter: looked at once more, written, handed over, settled."""

import json
import stat
from dataclasses import replace

from sqlalchemy import text, update

from data.law.dated import Confidence
from data.law.fees import FeeLaw, Fees
from data.models.audit import AuditEntry
from data.models.cases import Effect, Override
from data.models.citizens import Citizen, Language
from data.models.claims import Claim, ClaimState, Decision, Outcome
from data.models.letters import Letter, LetterStatus
from data.models.postings import Posting
from data.models.staff import Staff
from data.values.ids import DebtorKind
from data.values.money import NOTHING, Money
from outreach import letters
from outreach.gateways.post_folder import PostFolder
from tests import make
from tests.outreach.mailing.post import (
    IN_TWO_WEEKS,
    TODAY,
    change,
    count,
    decide,
    late_claim,
    one,
    owes_too,
    send,
)


async def test_a_letter_leaves_in_the_folder_with_what_the_digital_post_system_must_know(
    runtime, faxe_claim, tmp_path
):
    runtime = runtime.equip(post=PostFolder(tmp_path))
    await decide(runtime, "faxe")
    report = await send(runtime, "faxe")

    letter = await one(runtime, Letter)
    day = tmp_path / "letters" / "faxe" / "2026-11-24"
    slip = json.loads((day / f"{letter.id}.json").read_text())
    recipient = {"debtor_id": "0101801234", "kind": "person", "name": "Mette Hansen"}
    assert report.sent == 1
    assert slip["recipient"] == recipient
    assert (slip["kind"], slip["pay_by"], slip["mandatory"]) == ("reminder", "2026-12-08", True)
    assert (day / slip["file"]).read_text() == letter.body
    assert {stat.S_IMODE(file.stat().st_mode) for file in day.iterdir()} == {0o600}
    assert stat.S_IMODE(day.stat().st_mode) == stat.S_IMODE(day.parent.stat().st_mode) == 0o700
    assert sorted(file.suffix for file in day.iterdir()) == [".html", ".json"]


async def test_the_step_counts_once_its_letter_has_left(runtime, faxe_claim):
    await decide(runtime, "faxe")
    assert (await one(runtime, Decision, Decision.step == "reminder:1")).pay_by is None
    await send(runtime, "faxe")

    letter = await one(runtime, Letter)
    decision = await one(runtime, Decision, Decision.step == "reminder:1")
    entry = await one(runtime, AuditEntry, AuditEntry.act == "letter_sent")
    assert letter.status is LetterStatus.SENT
    assert letter.pay_by == decision.pay_by == IN_TWO_WEEKS
    assert (decision.facts["gives_notice"], decision.facts["left_on"]) == (True, "2026-11-24")
    assert entry.subject_id == str(letter.id)


async def test_F21_the_only_reminder_carries_the_notice_of_hand_over(runtime, faxe_claim, post):
    await decide(runtime, "faxe")
    await send(runtime, "faxe")
    [letter] = post.taken.values()
    assert letter.subject == "Rykker og underretning: Børnepasning"
    assert "gældsinddrivelsesloven § 2, stk. 4" in letter.html


async def test_a_round_queues_a_letter_and_the_job_that_sends_it_once(runtime, faxe_claim):
    await decide(runtime, "faxe")
    await decide(runtime, "faxe")
    async with runtime.transaction() as session:
        jobs = await session.scalar(
            text("select count(*) from procrastinate_jobs where task_name = 'send_letters'")
        )
    assert (jobs, await count(runtime, Letter)) == (1, 1)


async def test_a_payment_that_comes_first_beats_the_letter(runtime, faxe_claim, post):
    await decide(runtime, "faxe")
    await change(runtime, update(Claim).values(paid=Money(120000), state=ClaimState.PAID))
    report = await send(runtime, "faxe")

    letter = await one(runtime, Letter)
    decision = await one(runtime, Decision, Decision.step == "reminder:1")
    assert report.stood_down == {"paid": 1}
    assert (letter.status, letter.stood_down_because) == (LetterStatus.STOOD_DOWN, "paid")
    assert (decision.outcome, decision.reason) == (Outcome.REFUSED, "paid")
    assert post.handed == []


async def test_a_letter_that_stood_down_is_queued_again_when_the_step_is_decided_anew(
    runtime, faxe_claim, post
):
    await decide(runtime, "faxe")
    await change(runtime, update(Claim).values(state=ClaimState.DISPUTED))
    await send(runtime, "faxe")
    await change(runtime, update(Claim).values(state=ClaimState.OPEN))
    await decide(runtime, "faxe")
    assert (await send(runtime, "faxe")).sent == 1
    assert len(post.handed) == await count(runtime, Letter) == 1


async def test_A39_a_caseworkers_word_after_the_decision_holds_the_letter(
    runtime, faxe_claim, post
):
    await decide(runtime, "faxe")
    now = runtime.clock.now()
    anna = Staff(
        municipality="faxe", username="anna", name="Anna Berg", password_hash="x", created_at=now
    )
    async with runtime.transaction() as session:
        session.add(anna)
        await session.flush()
        word = Override(
            municipality="faxe",
            claim_id=faxe_claim.id,
            step="reminder:1",
            effect=Effect.HOLD,
            reason="Ringer i morgen",
            staff_id=anna.id,
            at=now,
        )
        session.add(word)
    assert (await send(runtime, "faxe")).stood_down == {"held_by_caseworker": 1}
    assert post.handed == []


async def test_a_frozen_citizen_gets_no_letter(runtime, faxe_claim, post):
    await decide(runtime, "faxe")
    frozen = {"frozen_at": runtime.clock.now(), "frozen_because": "bereavement"}
    await change(runtime, update(Citizen).values(**frozen))
    assert (await send(runtime, "faxe")).stood_down == {"frozen": 1}
    assert post.handed == []


async def test_A20_a_fee_is_charged_when_its_letter_has_left_and_not_before(
    runtime, costly_claim, post
):
    await decide(runtime, "albertslund")
    post.is_full = True
    await send(runtime, "albertslund")
    assert await count(runtime, Posting) == 0

    post.is_full = False
    await send(runtime, "albertslund")
    posting = await one(runtime, Posting)
    assert (posting.amount, posting.day) == (Money(25000), TODAY)
    assert "gebyrloven § 2" in posting.basis
    assert "A20-A22" in posting.basis
    assert (await one(runtime, Claim)).charged == Money(25000)


async def test_the_letter_asks_for_the_sum_with_its_fee(runtime, costly_claim, post):
    await decide(runtime, "albertslund")
    await send(runtime, "albertslund")
    [letter] = post.taken.values()
    assert "1.450,00 kr." in letter.html
    assert "+71&lt;000000000010017 +80123456&lt;" in letter.html


async def test_all_who_owe_get_the_notice_and_the_fee_is_charged_once(runtime, costly_claim, post):
    jens = await owes_too(runtime, costly_claim, "0202802345", name="Hansen, Jens")
    await decide(runtime, "albertslund")
    assert (await send(runtime, "albertslund")).sent == 2

    pages = {letter.debtor_id: letter.html for letter in post.taken.values()}
    assert "Kære Jens Hansen" in pages[jens.debtor_id]
    assert "fordi du hæfter for regningen sammen med en anden" in pages[jens.debtor_id]
    assert "Mette" not in pages[jens.debtor_id]
    assert "Andre hæfter for regningen sammen med dig" in pages["0101801234"]
    assert all("1.450,00 kr." in page for page in pages.values())
    assert await count(runtime, Posting) == 1


async def test_A21_the_law_of_the_day_the_letter_leaves_decides_the_fee(
    runtime, costly_claim, post
):
    await decide(runtime, "albertslund")
    cheaper = FeeLaw(
        valid_from=TODAY,
        source="gebyrloven § 2, ændret",
        confidence=Confidence.FOUND,
        max_fee=Money(20000),
        max_count=None,
        min_gap_days=0,
    )
    fees = runtime.law.fees
    udpantning = type(fees.udpantning)([*fees.udpantning.root, cheaper])
    changed = Fees(udpantning=udpantning, civil=fees.civil, none=fees.none)
    await send(replace(runtime, law=replace(runtime.law, fees=changed)), "albertslund")
    [letter] = post.taken.values()
    assert (await one(runtime, Posting)).amount == Money(20000)
    assert "1.400,00 kr." in letter.html


async def test_A2_a_business_is_written_to_as_several(runtime, post):
    firm = await make.citizen(
        runtime,
        municipality="faxe",
        debtor_id="12345674",
        debtor_kind=DebtorKind.BUSINESS,
        name="Bageren, Smeden og Co",
        phone=None,
    )
    await late_claim(runtime, firm)
    await make.coverage(runtime, "faxe", TODAY)
    await decide(runtime, "faxe")
    await send(runtime, "faxe")
    [letter] = post.taken.values()
    assert letter.name == "Bageren, Smeden og Co"
    assert "I kan betale det hele" in letter.html
    assert "gældssanering" not in letter.html


async def test_F27_an_invitation_to_betalingsservice_goes_to_who_is_not_enrolled(runtime, post):
    await make.coverage(runtime, "faxe", TODAY)
    for number, enrolled in enumerate((False, True)):
        person = await make.citizen(
            runtime, municipality="faxe", debtor_id=f"010180120{number}", phone=None
        )
        await late_claim(runtime, person, claim_ref=f"F-{number}", betalingsservice=enrolled)
    await decide(runtime, "faxe")
    await send(runtime, "faxe")
    invited = {letter.claim_ref: "næste regning" in letter.html for letter in post.taken.values()}
    assert invited == {"F-0": True, "F-1": False}


async def test_the_letter_is_in_the_citizens_language(runtime, faxe_claim, post):
    await change(runtime, update(Citizen).values(language=Language.ENGLISH))
    await decide(runtime, "faxe")
    await send(runtime, "faxe")
    [letter] = post.taken.values()
    assert (letter.language, letter.subject) == ("en", "Reminder and notice: Childcare")


async def test_a_citizens_letters_can_be_listed(runtime, faxe_claim):
    await decide(runtime, "faxe")
    async with runtime.transaction() as session:
        [(mine, ref)] = await letters.of_citizen(session, faxe_claim.citizen_id)
        [(same, _)] = await letters.of_municipality(
            session, "faxe", status=LetterStatus.QUEUED, limit=10
        )
        sent = await letters.of_municipality(session, "faxe", status=LetterStatus.SENT, limit=10)
    assert (mine.id, ref, mine.fee, sent) == (same.id, "A-1001", NOTHING, [])
