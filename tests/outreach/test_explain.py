"""Why a claim stands where it stands: what was decided, what holds it, and what would come."""

from datetime import date, timedelta
from typing import Any

import pytest

from data.models.cases import Effect, Override
from data.models.claims import ClaimState, Decision, Outcome
from data.models.hand_overs import (
    AnswerStatus,
    HandOver,
    HandOverAnswer,
    HandOverFile,
    HandOverState,
)
from data.models.staff import Staff
from data.values.money import Money
from data.values.recipients import Recipient
from data.values.time import at_local
from outreach import words
from outreach.explain import explain
from outreach.rules.decision import Reason
from outreach.rules.outlook import Came
from outreach.telling import tell
from tests import make

DUE = date(2026, 11, 20)  # Friday; the story stands on Tuesday the 24th
FAXE_LINE_37 = "alle øvrige krav oversendes såfremt første rykkerskrivelse ikke er betalt rettidigt"


@pytest.fixture
async def owed(runtime):
    """A claim of Faxe's, four days late, of a citizen nobody has written to."""
    person = await make.citizen(runtime, municipality="faxe")
    await make.coverage(runtime, "faxe", date(2026, 11, 23))
    return await make.claim(
        runtime, person, due_date=DUE, payment_id="000000000020016", creditor_no="89990202"
    )


async def explained(runtime, claim):
    async with runtime.transaction() as session:
        return await explain(session, runtime, await session.merge(claim))


async def add(runtime, *rows):
    async with runtime.transaction() as session:
        for row in rows:
            session.add(row)
            await session.flush()


async def caseworker(runtime):
    person = Staff(
        municipality="faxe",
        username="bo",
        name="Bo Lund",
        password_hash="-",
        created_at=runtime.clock.now(),
    )
    await add(runtime, person)
    return person


def lines(told, key):
    return next(section.lines for section in told.sections if section.key == key)


async def test_a_claim_that_nothing_was_done_about_tells_what_would_come(runtime, owed):
    about = await explained(runtime, owed)
    assert about.decisions == ()
    assert about.now.reason is Reason.FIRST_CONTACT_FIRST
    assert [(event.step, event.came) for event in about.ahead] == [
        ("first_contact", Came.TAKEN),
        ("reminder:1", Came.TAKEN),
        ("hand_over:1", Came.TAKEN),
        ("hand_over:1", Came.LEFT),
    ]
    assert about.expires_on == date(2029, 11, 20)


async def test_each_line_quotes_the_councils_own_words(runtime, owed):
    told = tell(await explained(runtime, owed), "en")
    hand_over = lines(told, "ahead")[2]
    assert hand_over.day == date(2026, 12, 14)
    assert hand_over.text.startswith("Hand-over for enforcement to the state's debt agency")
    assert "F21 (line 37)" in hand_over.basis
    [quote] = hand_over.quotes
    assert (quote.first, quote.last) == (37, 37)
    assert FAXE_LINE_37 in quote.text


async def test_what_was_decided_is_told_with_what_it_rested_on(runtime, owed):
    await add(
        runtime,
        Decision(
            municipality="faxe",
            claim_id=owed.id,
            step="ladder",
            outcome=Outcome.REFUSED,
            reason="too_early",
            retry_at=at_local(date(2026, 11, 30), 0),
            facts={"step": "reminder:1", "outstanding": 120000, "state": "open", "taken": []},
            decided_at=runtime.clock.now(),
            basis="F21 (line 37)",
            policy_version="Opkrævningsstrategi, 2020",
        ),
    )
    [line] = lines(tell(await explained(runtime, owed), "da"), "decisions")
    assert line.text == (
        "1. rykker: Dagen for næste skridt er ikke kommet. Afgjort af reglerne."
        " Spørges igen mandag 30. november 2026. Bygger på: restgæld: 1.200 kr., status: åbent."
    )
    assert line.quotes


async def test_a_caseworkers_word_is_told_with_who_when_until_when_and_why(runtime, owed):
    bo = await caseworker(runtime)
    await add(
        runtime,
        Override(
            municipality="faxe",
            claim_id=owed.id,
            step="all",
            effect=Effect.HOLD,
            reason="Hun venter på svar fra kommunen.",
            until=date(2026, 12, 31),
            staff_id=bo.id,
            at=runtime.clock.now(),
        ),
    )
    about = await explained(runtime, owed)
    assert about.now.reason is Reason.HELD_BY_CASEWORKER
    told = tell(about, "en")
    [word] = lines(told, "words")
    assert word.day == date(2026, 11, 24)
    assert "Bo Lund: Hun venter på svar fra kommunen." in word.text
    assert "Holds until Thursday 31 December 2026" in word.text
    [now] = lines(told, "now")
    assert now.text.startswith("A caseworker has asked to wait. Asked again Friday 1 January")
    steps = [event.day for event in about.ahead if event.step == "reminder:1"]
    assert steps[0] >= date(2027, 1, 1)


async def test_a_word_that_was_taken_back_is_still_told(runtime, owed):
    bo = await caseworker(runtime)
    now = runtime.clock.now()
    await add(
        runtime,
        Override(
            municipality="faxe",
            claim_id=owed.id,
            step="reminder:1",
            effect=Effect.WITHOUT_FEE,
            reason="Fejl i opkrævningen.",
            staff_id=bo.id,
            at=now,
            revoked_at=now + timedelta(hours=1),
            revoked_by=bo.id,
            revoked_because="Opkrævningen var rigtig.",
        ),
    )
    about = await explained(runtime, owed)
    assert not about.words[0].holds
    [word] = lines(tell(about, "da"), "words")
    assert word.text.startswith("1. rykker uden gebyr. Bo Lund: Fejl i opkrævningen.")
    assert word.text.endswith(
        "Taget tilbage tirsdag 24. november 2026 af Bo Lund: Opkrævningen var rigtig."
    )


async def test_a_letter_that_has_not_left_leaves_today_in_the_outlook(runtime, owed):
    await add(
        runtime,
        Decision(
            municipality="faxe",
            claim_id=owed.id,
            step="reminder:1",
            outcome=Outcome.ALLOWED,
            facts={"offers_plan": True, "gives_notice": True},
            decided_at=runtime.clock.now(),
        ),
    )
    async with runtime.transaction() as session:
        claim = await session.merge(owed)
        claim.first_contact_at = at_local(date(2026, 11, 2), 10)
    runtime.clock.travel(timedelta(days=7))
    about = await explained(runtime, owed)
    assert about.now.reason is Reason.LETTER_NOT_SENT
    assert (about.ahead[0].step, about.ahead[0].day) == ("reminder:1", date(2026, 12, 1))


async def test_a_hand_over_in_its_quiet_period_leaves_when_that_is_over(runtime, owed):
    now, ready_on = runtime.clock.now(), date(2026, 11, 30)
    common = {"municipality": "faxe", "claim_id": owed.id}
    taken = {"outcome": Outcome.ALLOWED, "decided_at": now}
    await add(
        runtime,
        Decision(
            **common,
            **taken,
            step="reminder:1",
            pay_by=DUE,
            facts={"gives_notice": True, "offers_plan": True},
        ),
        Decision(**common, **taken, step="hand_over:1", facts={}),
        HandOver(
            **common,
            recipient=Recipient.STATE,
            ground="unpaid_reminder",
            basis="F21 (line 37)",
            ready_on=ready_on,
            decided_by="rule",
            created_at=now,
            updated_at=now,
        ),
    )
    about = await explained(runtime, owed)
    assert [(event.day, event.came, event.reason) for event in about.ahead] == [
        (ready_on, Came.LEFT, None)
    ]
    text = lines(tell(about, "da"), "ahead")[0].text
    assert text == "Overdragelse til inddrivelse: kravet sendes til Gældsstyrelsen."
    [now] = lines(tell(about, "da"), "now")
    assert now.text == (
        "Kravet står på listen over det, der skal sendes til Gældsstyrelsen."
        " Det sendes mandag 30. november 2026, hvis ingen stopper det."
    )
    assert now.basis == about.ahead[0].basis
    [now] = lines(tell(about, "en"), "now")
    assert now.text.endswith("It leaves on Monday 30 November 2026 unless somebody stops it.")


async def test_what_a_letter_that_left_has_cost_is_told_as_a_sum_and_a_day(runtime, owed):
    await add(
        runtime,
        Decision(
            municipality="faxe",
            claim_id=owed.id,
            step="reminder:1",
            outcome=Outcome.ALLOWED,
            facts={"fee": 25000, "left_on": "2026-11-24"},
            decided_at=runtime.clock.now(),
        ),
    )
    [line] = lines(tell(await explained(runtime, owed), "da"), "decisions")
    assert line.text.startswith("1. rykker besluttet.")
    assert "gebyr: 250 kr., brevet sendt: tirsdag 24. november 2026." in line.text


async def test_a_closing_that_was_approved_and_cannot_come_yet_says_why(runtime):
    bo = await caseworker(runtime)
    person = await make.citizen(runtime)
    heat = await make.claim(
        runtime,
        person,
        claim_type="fjernvarme",
        due_date=DUE,
        payment_id="000000000010017",
        creditor_no="89990101",
    )
    assert len(lines(tell(await explained(runtime, heat), "da"), "now")) == 1
    await add(
        runtime,
        Override(
            municipality="albertslund",
            claim_id=heat.id,
            step="closure_notice:1",
            effect=Effect.APPROVE,
            reason="Har brudt aftaler.",
            staff_id=bo.id,
            at=runtime.clock.now(),
        ),
    )
    _, closing = lines(tell(await explained(runtime, heat), "da"), "now")
    assert closing.text == "Lukkevarsel: Borgeren har ikke fået tilbudt en afdragsordning."


async def test_what_left_in_a_file_and_what_its_recipient_answered_is_told_by_day(runtime, owed):
    now, day = runtime.clock.now(), date(2026, 11, 24)
    of_faxe = {"municipality": "faxe"}
    file = HandOverFile(
        **of_faxe,
        recipient=Recipient.STATE,
        number=7,
        rows=1,
        total=Money(120000),
        content="",
        created_at=now,
    )
    await add(runtime, file)
    sent = HandOver(
        **of_faxe,
        claim_id=owed.id,
        recipient=Recipient.STATE,
        state=HandOverState.RETURNED,
        ground="unpaid_reminder",
        basis="F21 (line 37)",
        ready_on=day,
        decided_by="rule",
        file_id=file.id,
        their_ref="PSRM-77",
        created_at=now,
        updated_at=now,
    )
    await add(runtime, sent)
    answers: dict[AnswerStatus, dict[str, Any]] = {
        AnswerStatus.ACCEPTED: {},
        AnswerStatus.WRITTEN_DOWN: {"amount": Money(5000)},
        AnswerStatus.RETURNED: {"reason_code": "F12", "reason": "Mette Hemmelig findes ikke"},
    }
    for at, (status, more) in enumerate(answers.items()):
        about = {"status": status, "day": day + timedelta(days=at), "key": str(at)} | more
        answer = HandOverAnswer(**of_faxe, hand_over_id=sent.id, taken_at=now, **about)
        await add(runtime, answer)
    about = await explained(runtime, owed)
    assert [(line.day, line.text) for line in lines(tell(about, "da"), "decisions")] == [
        (day, "Kravet er sendt til Gældsstyrelsen i fil 7."),
        (day, "Gældsstyrelsen har modtaget kravet under nummer PSRM-77."),
        (day + timedelta(days=1), "Gældsstyrelsen har skrevet kravet 50 kr. ned."),
        (day + timedelta(days=2), "Gældsstyrelsen har sendt kravet retur: F12"),
    ]
    assert lines(tell(about, "en"), "decisions")[2].text.endswith("down by 50 kr.")


@pytest.mark.parametrize("language", ["da", "en"])
def test_every_answer_of_a_recipient_has_words(language):
    known = words.catalogue(language).texts
    assert {f"explain.handed.{status.value}" for status in AnswerStatus} <= known.keys()


async def test_nobody_is_named_and_no_number_is_shown(runtime):
    person = await make.citizen(runtime, municipality="faxe", name="Mette Hemmelig")
    claim = await make.claim(runtime, person, principal=Money(50000))
    for language in ("da", "en"):
        told = str(tell(await explained(runtime, claim), language))
        for hidden in ("Mette", "Hemmelig", "0101801234", "20304050"):
            assert hidden not in told


@pytest.mark.parametrize("state", [ClaimState.DISPUTED, ClaimState.SHELVED, ClaimState.PAID])
async def test_every_state_can_be_told_in_both_languages(runtime, state):
    person = await make.citizen(runtime)
    claim = await make.claim(runtime, person, state=state)
    for language in ("da", "en"):
        told = tell(await explained(runtime, claim), language)
        assert [section.key for section in told.sections] == ["decisions", "now", "words", "ahead"]
        assert lines(told, "now")[0].text
