"""Who writes: birth date and case number in any common form, three tries, then a person."""

from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import select

from data.models.audit import AuditEntry
from data.models.citizens import Citizen
from data.values.ids import DebtorKind
from data.values.time import day_of
from outreach import conversations, identity
from outreach.identity import Check, read_evidence
from tests import make
from tests.conftest import TUESDAY_MORNING

TODAY = day_of(TUESDAY_MORNING)


@pytest.fixture
async def mette(runtime):
    """Mette, born 1 January 1980, who owes A-1001."""
    person = await make.citizen(runtime)
    await make.claim(runtime, person)
    return person


@pytest.fixture
async def talk(runtime, mette):
    return await make.conversation(runtime, mette)


@pytest.fixture
def write(runtime, talk):
    """Let the citizen write a proof, and say what became of it."""

    async def weigh(*texts, of=None):
        found = None
        for text in texts:
            async with runtime.transaction() as session:
                place = await conversations.lock(session, (of or talk).id)
                found = await identity.check(session, runtime, place, text)
        return found

    return weigh


@pytest.fixture
def now_of(runtime, talk):
    """Look at the conversation as it stands."""

    async def look(of=None):
        async with runtime.transaction() as session:
            return await conversations.lock(session, (of or talk).id)

    return look


@pytest.mark.parametrize(
    "text",
    [
        "01-01-1980 og A-1001",
        "010180, a1001",
        "A-1001 1/1 1980",
        "Jeg er født den 1. januar 1980 og sagen er A 1001",
        "1 Jan 1980, case A-1001",
        "1980-01-01 a-1001",
        "sagsnr. A-1001\nfødt 01.01.80",
        "010180-1234 A-1001",
        "1001 og 01 01 80",
    ],
)
async def test_one_message_with_both_halves_is_proof(write, now_of, mette, text):
    assert await write(text) is Check.PROVEN
    place = await now_of()
    assert place.identity_level == 2
    assert place.citizen_id == mette.id
    assert place.identity_birth_date is None
    assert place.identity_claim_ref is None


@pytest.mark.parametrize(
    ("first", "asks", "second"),
    [
        ("1. januar 1980", Check.NEED_REF, "A-1001"),
        ("A-1001", Check.NEED_BIRTH_DATE, "010180"),
        ("min fødselsdag er 01011980", Check.NEED_REF, "det er sag 1001"),
    ],
)
async def test_the_halves_may_come_one_by_one(write, first, asks, second):
    assert await write(first) is asks
    assert await write(second) is Check.PROVEN


@pytest.mark.parametrize("text", ["", "hej", "hvem er I?", "jeg har 3 børn", "ja"])
async def test_a_message_with_neither_half_costs_no_try(write, now_of, text):
    assert await write(text) is Check.NOTHING_GIVEN
    assert (await now_of()).identity_tries == 0


@pytest.mark.parametrize(
    "text", ["01-01-1980", "010180", "01011980", "1980-01-01", "010180-1234", "1. januar 1980"]
)
async def test_a_birth_date_alone_is_never_taken_for_a_case_number(write, now_of, text):
    assert await write(text) is Check.NEED_REF
    assert (await now_of()).identity_claim_ref is None


async def test_three_wrong_answers_and_a_person_must_look(write, now_of, runtime):
    wrong = "02-01-1980 A-1001"
    assert [await write(wrong) for _ in range(3)] == [Check.WRONG, Check.WRONG, Check.LOCKED]
    assert await write("01-01-1980 A-1001") is Check.LOCKED  # the right answer comes too late
    place = await now_of()
    assert place.identity_level < 2
    assert identity.tries_left(place, runtime) == 0


@pytest.mark.parametrize(
    "wrong", ["02-01-1980 A-1001", "01-01-1980 A-9999", "02-01-1980 A-9999", "01-01-1980 B-1001"]
)
async def test_whichever_half_is_wrong_the_answer_is_the_same(write, now_of, wrong):
    assert await write(wrong) is Check.WRONG
    place = await now_of()
    assert place.identity_birth_date is None  # both halves must be given again
    assert place.identity_claim_ref is None


@pytest.mark.parametrize("ref", ["A-1001", "A-9999"])
async def test_a_number_that_exists_and_one_that_does_not_are_asked_about_alike(write, ref):
    assert await write(ref) is Check.NEED_BIRTH_DATE


async def test_a_right_answer_gives_the_tries_back(write, now_of):
    await write("02-01-1980 A-1001")
    assert await write("01-01-1980 A-1001") is Check.PROVEN
    assert (await now_of()).identity_tries == 0


async def test_a_proof_holds_as_long_as_the_policy_says_and_no_longer(
    write, now_of, runtime, clock
):
    await write("01-01-1980 A-1001")
    clock.travel(timedelta(hours=24) - timedelta(seconds=1))
    assert identity.level(await now_of(), runtime) == 2
    clock.travel(timedelta(seconds=1))
    assert identity.level(await now_of(), runtime) == 1
    assert await write("01-01-1980 A-1001") is Check.PROVEN
    assert identity.level(await now_of(), runtime) == 2


async def test_another_citizens_case_number_proves_nothing(write, runtime):
    other = await make.citizen(runtime, debtor_id="0202901234", phone="+4520304051")
    await make.claim(runtime, other, claim_ref="A-2002")
    assert await write("01-01-1980 A-2002") is Check.WRONG


async def test_another_municipalitys_case_number_proves_nothing(write, runtime):
    same_in_faxe = await make.citizen(runtime, municipality="faxe")
    await make.claim(runtime, same_in_faxe, claim_ref="F-7007")
    assert await write("01-01-1980 F-7007") is Check.WRONG


async def test_a_shared_number_belongs_to_whoever_proves_it(write, now_of, runtime, mette):
    son = await make.citizen(runtime, debtor_id="0503054234", name="Emil Hansen")
    await make.claim(runtime, son, claim_ref="A-3003", claim_type="bibliotek")
    shared = await make.conversation(runtime, None, address="+4520999999")
    assert await write("05-03-2005 A-3003", of=shared) is Check.PROVEN
    assert (await now_of(shared)).citizen_id == son.id


async def test_an_unknown_number_may_prove_who_uses_it(write, now_of, runtime, mette):
    unknown = await make.conversation(runtime, None, address="+4520888888")
    assert await write("01-01-1980 A-1001", of=unknown) is Check.PROVEN
    assert (await now_of(unknown)).citizen_id == mette.id


async def test_two_with_one_case_number_in_figures_are_told_apart_by_birth(write, runtime, mette):
    other = await make.citizen(runtime, debtor_id="0202901234", phone="+4520304051")
    await make.claim(runtime, other, claim_ref="B-1001")
    assert await write("01-01-1980 1001") is Check.PROVEN
    async with runtime.transaction() as session:
        acts = await session.scalars(select(AuditEntry.act).order_by(AuditEntry.id))
    assert list(acts) == ["identity_proven"]


# Businesses (virksomheder) have no birth date: their CVR number takes its place.


@pytest.fixture
async def bakery(runtime):
    """A bakery with CVR 66137112 that owes E-5005."""
    business = await make.citizen(
        runtime,
        debtor_id="66137112",
        debtor_kind=DebtorKind.BUSINESS,
        name="Bageriet ApS",
        phone="+4543000000",
    )
    await make.claim(runtime, business, claim_ref="E-5005", claim_type="erhvervsaffald")
    return business


@pytest.mark.parametrize(
    "texts",
    [
        ("CVR 66137112, sag E-5005",),
        ("66 13 71 12 E-5005",),
        ("cvr66137112 og E5005",),
        ("66137112", "E-5005"),
        ("E-5005", "66137112"),
    ],
)
async def test_a_business_proves_itself_by_its_cvr_number(write, runtime, bakery, texts):
    talk = await make.conversation(runtime, bakery, address="+4543000000")
    assert await write(*texts, of=talk) is Check.PROVEN


@pytest.mark.parametrize("texts", [("CVR 66137112 E-5005",), ("E-5005", "66137112")])
async def test_a_business_may_write_from_any_telephone(write, runtime, bakery, texts):
    unknown = await make.conversation(runtime, None, address="+4520888888")
    assert await write(*texts, of=unknown) is Check.PROVEN


# Many ledgers number their bills with eight figures, as many as a CVR number has.


@pytest.mark.parametrize(
    "texts",
    [
        ("01-01-1980 og 20261001",),
        ("20261001 1. januar 1980",),
        ("01-01-1980", "20261001"),
        ("20261001", "01-01-1980"),
        ("sag 20261001, født 010180",),
    ],
)
@pytest.mark.parametrize("ref", ["20261001", "A-20261001"])
async def test_a_case_number_of_eight_figures_is_not_mistaken_for_a_cvr(write, runtime, ref, texts):
    person = await make.citizen(runtime, phone=None, debtor_id="0101800000")
    await make.claim(runtime, person, claim_ref=ref)
    unknown = await make.conversation(runtime, None, address="+4520888888")
    assert await write(*texts, of=unknown) is Check.PROVEN


async def test_a_wrong_case_number_of_eight_figures_costs_a_try(write, now_of):
    assert await write("01-01-1980", "20261001") is Check.WRONG
    assert (await now_of()).identity_tries == 1


async def test_a_business_with_a_case_number_of_eight_figures(write, runtime, bakery):
    await make.claim(runtime, bakery, claim_ref="20261001")
    talk = await make.conversation(runtime, bakery, address="+4543000000")
    assert await write("66137112 og 20261001", of=talk) is Check.PROVEN


# Guessing.


async def test_a_list_of_birth_dates_is_one_wrong_answer_whatever_it_holds(write, now_of):
    year = " ".join(f"{day:02}-01-1980" for day in range(1, 29))
    assert await write(f"A-1001 {year}") is Check.WRONG
    assert (await now_of()).identity_tries == 1


async def test_a_list_of_case_numbers_is_one_wrong_answer_whatever_it_holds(write, runtime, mette):
    for number in range(1002, 1015):
        await make.claim(runtime, mette, claim_ref=f"A-{number}")
    refs = " ".join(f"A-{number}" for number in range(1001, 1015))
    assert await write(f"01-01-1980 {refs}") is Check.WRONG


@given(st.text(max_size=300))
def test_no_text_breaks_the_reader_or_shows_in_a_log(text):
    evidence = read_evidence(text, TODAY)
    assert repr(evidence).startswith("Evidence(")
    assert not any(ref in repr(evidence) for ref in evidence.refs)


async def test_the_log_of_a_proof_holds_no_date_and_no_number(write, runtime, talk):
    await write("02-01-1980 A-1001", "01-01-1980 A-1001")
    async with runtime.transaction() as session:
        entries = list(await session.scalars(select(AuditEntry).order_by(AuditEntry.id)))
        assert await session.get(Citizen, talk.citizen_id)
    assert [entry.act for entry in entries] == ["identity_wrong", "identity_proven"]
    assert all(entry.facts == {} for entry in entries)
