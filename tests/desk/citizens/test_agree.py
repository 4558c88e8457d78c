"""A caseworker agrees with a citizen: ways are shown, one is chosen, nothing is kept by half."""

import re
from dataclasses import replace
from datetime import date

import pytest
from sqlalchemy import select

from data.models.agreements import Agreement, AgreementChannel, AgreementKind, AgreementState
from data.models.audit import AuditEntry
from data.models.citizens import Citizen
from data.models.claims import Claim, ClaimState
from data.models.conversations import Message, MessageKind
from data.municipalities.policy import Policies
from data.values.money import Money
from tests import make, make_desk
from tests.desk.citizens.conftest import agree

pytestmark = pytest.mark.usefixtures("at_mettes")

MARK = re.compile(r'name="mark" value="(\w+)"')
BY_PHONE = {"way": "yes", "channel": "voice", "level": "2", "read_aloud": "yes"}


@pytest.fixture
def ask(anna, page, claim):
    """Ask for ways to pay, as the form does."""

    async def asked(**fields):
        data = {
            "csrf_token": await anna.secret(page),
            "claims": str(claim.id),
            "wish": "200 om måneden",
        }
        return await anna.client.post(f"{page}/agree", data=data | fields)

    return asked


@pytest.fixture
def choose(anna, page, ask):
    """Ask for ways, and choose the first of them."""

    async def chosen(asked=None, **fields):
        shown = await ask(**(asked or {}))
        data = {
            "csrf_token": await anna.secret(page),
            "claims": re.findall(r'type="hidden" name="claims" value="([^"]+)"', shown.text),
            "wish": "200 om måneden",
            "mark": MARK.findall(shown.text)[0],
            "option": "1",
            "reason": "Mette ringede.",
        }
        return await anna.client.post(f"{page}/conclude", data=data | (asked or {}) | fields)

    return chosen


async def agreements(runtime):
    async with runtime.transaction() as session:
        return list(await session.scalars(select(Agreement).order_by(Agreement.offered_at)))


async def now_of(runtime, claim):
    async with runtime.transaction() as session:
        return await session.get_one(Claim, claim.id)


async def test_A12_A13_F13_ways_to_pay_are_shown_with_all_that_they_mean(runtime, ask):
    text = (await ask(wish="1 kr. om ugen")).text
    assert "Afdragsordning: det, borgeren selv foreslog" in text
    assert "1200 rater" in text
    text = (await ask()).text
    assert text.count('name="option"') == 3
    for words in (
        "6 rater, den første på 200 kr.",
        "1. dec. 2026",
        "Renter, hvis aftalen holdes",
        "Kommer en rate ikke senest",
        "Når du siger ja, anerkender du gælden.",
    ):
        assert words in text
    assert await agreements(runtime) == []


async def test_F5_a_yes_given_by_telephone_is_written_down_with_what_was_read(
    anna, runtime, claim, choose
):
    done = await choose(**BY_PHONE)
    assert done.status_code == 303
    text = (await anna.get(done.headers["location"])).text
    assert "Aftalen er indgået" in text
    assert "0 af 6 rater er betalt." in text
    assert "foreslået af Anna Berg" in text
    assert "Mette ringede." in text
    [agreed] = await agreements(runtime)
    assert (agreed.state, agreed.kind) == (AgreementState.ACCEPTED, AgreementKind.PLAN)
    assert (agreed.channel, agreed.identity_level) == (AgreementChannel.VOICE, 2)
    assert "anerkender du gælden" in agreed.shown_text
    assert agreed.proposed_by.startswith("staff:")
    assert (await now_of(runtime, claim)).state is ClaimState.IN_PLAN


async def test_a_proposal_is_sent_in_the_conversation_and_waits_for_the_citizens_yes(
    anna, runtime, clock, mette, claim, choose
):
    await make.conversation(runtime, mette, identity_level=2, identity_at=clock.now())
    done = await choose(way="send")
    text = (await anna.get(done.headers["location"])).text
    assert "Forslaget er på vej til borgeren" in text
    assert "Tilbudt, ikke besvaret" in text
    [offered] = await agreements(runtime)
    assert offered.state is AgreementState.OFFERED
    async with runtime.transaction() as session:
        message = (await session.scalars(select(Message))).one()
    assert message.kind is MessageKind.STAFF_ANSWER
    assert message.body == offered.shown_text
    assert (await now_of(runtime, claim)).state is ClaimState.OPEN


async def test_nothing_is_sent_to_whom_has_not_proven_who_they_are(runtime, mette, claim, choose):
    await make.conversation(runtime, mette)
    refused = await choose(way="send")
    assert refused.status_code == 422
    assert "ikke bekræftet, hvem de er" in refused.text
    assert await agreements(runtime) == []


async def test_a_respite_is_granted_until_a_day(anna, runtime, claim, choose):
    asked = {"wish": "", "until": "2027-02-01"}
    done = await choose(asked, **BY_PHONE)
    assert "Betaling venter til 1. feb. 2027" in (await anna.get(done.headers["location"])).text
    owed = await now_of(runtime, claim)
    assert (owed.state, owed.respite_until) == (ClaimState.IN_RESPITE, date(2027, 2, 1))


async def test_a_running_plan_is_changed_and_that_is_no_breach(
    anna, runtime, clock, plan, claim, page, choose
):
    assert f"/agree?replaces={plan.id}" in (await anna.get(page)).text
    asked = await anna.get(f"{page}/agree?replaces={plan.id}")
    assert "Ændr aftalen med Mette Hansen" in asked.text
    assert "checked" in asked.text
    done = await choose({"replaces": str(plan.id), "wish": "100 om måneden"}, **BY_PHONE)
    text = (await anna.get(done.headers["location"])).text
    assert "Der er aftalt noget andet i stedet." in text
    old, new = await agreements(runtime)
    assert (old.state, old.broken_at) == (AgreementState.CHANGED, None)
    assert (new.state, new.replaces) == (AgreementState.ACCEPTED, old.id)


async def test_the_next_instalment_is_skipped_by_a_respite_on_top_of_the_plan(
    anna, runtime, clock, plan, claim, page, choose
):
    await make.coverage(runtime, "albertslund", date(2026, 11, 10))
    link = f"/agree?until=2026-12-01&amp;claims={claim.id}"
    assert link in (await anna.get(page)).text
    asked = (await anna.get(f"{page}{link.replace('amp;', '')}")).text
    assert 'value="2026-12-01"' in asked
    done = await choose({"wish": "", "until": "2026-12-01"}, **BY_PHONE)
    text = (await anna.get(done.headers["location"])).text
    assert "Aftalen står stille siden 24. nov. 2026: der er givet henstand" in text
    assert (await now_of(runtime, claim)).state is ClaimState.IN_PLAN


@pytest.mark.parametrize(
    ("fields", "why"),
    [
        ({"wish": " "}, "Skriv, hvad borgeren kan betale, eller hvilken dag der ventes til."),
        ({"claims": ""}, "Vælg mindst ét krav."),
        ({"until": "i morgen <b>"}, "Skriv en dato, for eksempel 24.12.2026."),
    ],
)
async def test_what_cannot_be_read_is_told_and_kept_in_its_field(ask, fields, why):
    refused = await ask(**fields)
    assert refused.status_code == 422
    assert why in refused.text
    assert "i morgen &lt;b&gt;" in refused.text or "until" not in fields


@pytest.mark.parametrize(
    ("wish", "said"),
    [
        ("hej", "Skriv, hvor meget borgeren kan betale ad gangen"),
        ("halvdelen nu", "Skriv, hvilken dag resten kan betales."),
    ],
)
async def test_what_is_not_said_is_asked_for(ask, wish, said):
    shown = await ask(wish=wish)
    assert shown.status_code == 200
    assert said in shown.text
    assert 'name="option"' not in shown.text


@pytest.mark.parametrize(
    ("asked", "said"),
    [
        ({"wish": "0,10 kr. om ugen"}, "Det bliver for mange rater."),
        ({"wish": "", "until": "2020-01-01"}, "Dagen er allerede gået."),
        ({"wish": "", "until": "2999-01-01"}, "Dagen ligger for langt ude i fremtiden."),
    ],
)
async def test_what_can_be_no_agreement_is_told_plainly(ask, asked, said):
    shown = await ask(**asked)
    assert shown.status_code == 200
    assert said in shown.text
    assert 'name="option"' not in shown.text


async def test_an_agreement_that_is_over_is_not_changed(anna, plan, page, choose, ask, send):
    asked = {"replaces": str(plan.id)}
    done = await choose(asked, **BY_PHONE)
    assert done.status_code == 303
    for answer in (await anna.get(f"{page}/agree?replaces={plan.id}"), await ask(**asked)):
        assert answer.status_code == 409
        assert "En anden har ændret det" in answer.text


async def test_the_same_choice_sent_twice_makes_one_agreement(anna, runtime, claim, page, ask):
    shown = await ask()
    data = {
        "csrf_token": await anna.secret(page),
        "claims": str(claim.id),
        "wish": "200 om måneden",
        "mark": MARK.findall(shown.text)[0],
        "option": "1",
        "reason": "Mette ringede.",
        **BY_PHONE,
    }
    answers = [await anna.client.post(f"{page}/conclude", data=data) for _ in range(2)]
    assert [answer.status_code for answer in answers] == [303, 409]
    assert len(await agreements(runtime)) == 1


@pytest.mark.parametrize(
    ("without", "why"),
    [
        ("option", "Vælg et af forslagene."),
        ("way", "Vælg, hvordan borgeren siger ja."),
        ("channel", "Vælg, hvordan borgeren sagde ja."),
        ("level", "Vælg, hvordan du ved, hvem det er."),
        ("read_aloud", "Læs teksten op for borgeren, før ja gælder."),
        ("reason", "Skriv en begrundelse."),
    ],
)
async def test_a_choice_needs_all_that_a_yes_rests_on(runtime, choose, without, why):
    refused = await choose(**(BY_PHONE | {without: ""}))
    assert refused.status_code == 422
    assert why in refused.text
    assert await agreements(runtime) == []


async def test_money_that_came_in_meanwhile_shows_the_ways_anew(runtime, claim, choose, ask):
    mark = MARK.findall((await ask()).text)[0]
    await make.payment(runtime, claim, Money(20000), date(2026, 11, 23))
    late = await choose(mark=mark, **BY_PHONE)
    assert late.status_code == 409
    assert "1.000 kr." in late.text
    assert await agreements(runtime) == []


async def test_who_is_frozen_is_agreed_with_by_nobody(runtime, mette, choose):
    async with runtime.transaction() as session:
        citizen = await session.get_one(Citizen, mette.id)
        citizen.frozen_at, citizen.frozen_because = runtime.clock.now(), "hard_illness"
    refused = await choose(**BY_PHONE)
    assert refused.status_code == 422
    assert "er fredet" in refused.text
    assert await agreements(runtime) == []


@pytest.fixture
def short_plans(app, runtime):
    """Let Albertslund agree on three months at most."""
    policy = runtime.policies["albertslund"]
    plans = policy.plans.model_copy(update={"most_months": 3})
    policies = Policies([policy.model_copy(update={"plans": plans}), runtime.policies["faxe"]])
    app.state.runtime = replace(runtime, policies=policies)


@pytest.mark.usefixtures("short_plans")
async def test_beyond_the_limits_it_takes_a_reason_of_its_own(anna, claim, choose):
    asked = {"wish": "100 om måneden"}
    refused = await choose(asked, **BY_PHONE)
    assert refused.status_code == 422
    assert "Aftalen løber længere end det, kommunen har fastsat." in refused.text
    assert "Skriv, hvorfor aftalen går ud over kommunens rammer." in refused.text
    done = await choose(asked, beyond="Tre børn og ny i job.", **BY_PHONE)
    assert "Tre børn og ny i job." in (await anna.get(done.headers["location"])).text


async def test_an_agreement_is_ended_with_a_reason(anna, runtime, plan, claim, send):
    without = await send("end", agreement=str(plan.id), reason=" ")
    assert without.status_code == 422
    done = await send("end", agreement=str(plan.id), reason="Mette betaler det hele nu.")
    text = (await anna.get(done.headers["location"])).text
    assert "Aftalen er ophørt." in text
    assert "Mette betaler det hele nu." in text
    assert (await now_of(runtime, claim)).state is ClaimState.OPEN
    again = await send("end", agreement=str(plan.id), reason="En gang til.")
    assert again.status_code == 409


@pytest.mark.parametrize(
    "act", ["agree", "conclude", "end", "dispute", "write-off", "assign", "sign"]
)
async def test_another_municipalitys_citizen_is_agreed_with_by_nobody_here(anna, runtime, act):
    frode = await make.citizen(runtime, municipality="faxe", name="Frode", phone=None)
    owed = await make.claim(runtime, frode, claim_ref="F-77")
    fields = {
        "claims": str(owed.id),
        "claim": str(owed.id),
        "wish": "100",
        "option": "1",
        "mark": "x",
        "reason": "Hej",
        **BY_PHONE,
    }
    answer = await anna.send(f"/desk/citizens/{frode.id}/{act}", **fields)
    assert answer.status_code == 404
    assert "Frode" not in answer.text
    assert await agreements(runtime) == []


async def test_another_citizens_agreement_is_not_ended_from_here(anna, runtime, clock, send):
    frode = await make.citizen(runtime, name="Frode", debtor_id="0202801234", phone="+4520999999")
    owed = await make.claim(runtime, frode, claim_ref="B-9")
    talk = await make.conversation(runtime, frode, address="+4520999999")
    other = await agree(runtime, clock, talk, owed)
    assert (await send("end", agreement=str(other.id), reason="Hej")).status_code == 404
    assert (await send("end", agreement="x", reason="Hej")).status_code == 404


async def test_the_confirmation_is_a_file_and_who_fetched_it_is_on_record(
    anna, runtime, plan, browsers
):
    fetched = await anna.get(f"/desk/agreements/{plan.id}/confirmation.pdf?lang=en")
    assert fetched.status_code == 200
    assert fetched.content.startswith(b"%PDF")
    assert fetched.headers["content-type"] == "application/pdf"
    assert fetched.headers["content-disposition"].startswith("attachment")
    assert fetched.headers["x-content-type-options"] == "nosniff"
    async with runtime.transaction() as session:
        read = await session.scalar(
            select(AuditEntry).where(AuditEntry.act == "confirmation_fetched")
        )
    assert (read.subject_id, read.facts["language"]) == (str(plan.id), "en")
    frida = await make_desk.staff(runtime, "frida", municipality="faxe")
    stranger = browsers()
    stranger.hold(await make_desk.session_of(runtime, frida))
    answer = await stranger.get(f"/desk/agreements/{plan.id}/confirmation.pdf")
    assert answer.status_code == 404


async def test_what_nobody_said_yes_to_has_no_confirmation(anna, runtime, talk):
    offered = await make_desk.plan(
        runtime, talk, state=AgreementState.OFFERED, accepted_at=None, shown_text=None
    )
    answer = await anna.get(f"/desk/agreements/{offered.id}/confirmation.pdf")
    assert answer.status_code == 404
