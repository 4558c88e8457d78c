"""Two municipalities more, by their files alone (`tests/municipalities`): no line of Python."""

from __future__ import annotations

import shutil
from dataclasses import replace
from datetime import UTC, date, datetime
from pathlib import Path

import pytest
from sqlalchemy import select

from data.models.hand_overs import HandOver
from data.models.letters import Letter
from data.models.postings import Posting
from data.municipalities.policy import FOLDER, Policies
from data.values.money import Money
from data.values.time import at_local
from outreach.gateways.post_folder import PostFolder
from outreach.intake.importing import import_claims
from outreach.layers import check
from outreach.mailing.sending import send_letters
from outreach.rounds import outreach_round
from outreach.rules.negotiation import Owed, Why, negotiate
from outreach.rules.plan_limits import Bar
from outreach.rules.wish import Wish
from tests import make

MADE_UP = Path(__file__).parents[1] / "municipalities"
CLAIMS = """\
claim_ref;debtor_id;phone;claim_type;principal;due_date;bill_sent_on;payment_id;creditor_no
K-1;0101801233;20304050;dagtilbud;1.200,00;02-11-2026;01-10-2026;123456789012347;81234567
K-2;0101811239;20304051;bibliotek;90,00;02-11-2026;01-10-2026;123456789012347;81234567
"""


@pytest.fixture
def folder(tmp_path):
    """The two municipalities we know, and two that nobody has written a line of code for."""
    for file in (*FOLDER.glob("*.yml"), *MADE_UP.glob("*.yml")):
        if file.stem != "requirements":
            shutil.copy(file, tmp_path)
    return tmp_path


@pytest.fixture
def runtime(runtime, settings, folder):
    post = PostFolder(settings.home)
    return replace(runtime, policies=Policies.load(folder)).equip(post=post)


async def take_in(runtime, file, municipality):
    report = await import_claims(runtime, file, municipality)
    assert report.counts()["rejected"] == 0
    report.problems.close()


async def morning(runtime, clock, municipality, day):
    clock.instant = at_local(day, 10)
    await make.coverage(runtime, municipality, date(2035, 1, 1))
    report = await outreach_round(runtime, municipality=municipality)
    await send_letters(runtime, municipality=municipality)
    return report


async def rows(runtime, what):
    async with runtime.transaction() as session:
        return list(await session.scalars(select(what)))


async def test_their_files_are_taken_and_stand_under_the_law(runtime, folder):
    assert {"koebenhavn", "aabenraa"} <= set(runtime.policies.keys)
    check(runtime.policies, runtime.law, date(2026, 11, 24), folder)


async def test_in_copenhagen_the_first_reminder_costs_and_is_followed_by_the_list(
    runtime, clock, tmp_path
):
    file = tmp_path / "claims.csv"
    file.write_text(CLAIMS, encoding="utf-8")
    clock.instant = datetime(2026, 11, 3, 9, tzinfo=UTC)
    await take_in(runtime, file, "koebenhavn")
    first = await morning(runtime, clock, "koebenhavn", date(2026, 11, 3))
    assert first.messages == 2
    second = await morning(runtime, clock, "koebenhavn", date(2026, 11, 12))
    assert second.ladder.steps == {"reminder:1": 2}
    fees = [p.amount for p in await rows(runtime, Posting) if p.kind.value == "fee"]
    assert sorted(fees) == [Money(10000), Money(25000)]  # the library is civil
    last = await morning(runtime, clock, "koebenhavn", date(2026, 12, 1))
    assert last.ladder.steps == {"hand_over:1": 2}
    assert {one.ready_on for one in await rows(runtime, HandOver)} == {date(2026, 12, 8)}


async def test_in_aabenraa_the_reminder_is_free_and_the_next_costs_by_the_size_of_the_debt(
    runtime, clock, tmp_path
):
    file = tmp_path / "claims.csv"
    file.write_text(CLAIMS, encoding="utf-8")
    clock.instant = datetime(2026, 11, 3, 9, tzinfo=UTC)
    await take_in(runtime, file, "aabenraa")
    await morning(runtime, clock, "aabenraa", date(2026, 11, 3))
    await morning(runtime, clock, "aabenraa", date(2026, 11, 16))
    assert await rows(runtime, Posting) == []
    await morning(runtime, clock, "aabenraa", date(2026, 11, 30))
    assert sorted(p.amount for p in await rows(runtime, Posting)) == [Money(10000), Money(25000)]
    await morning(runtime, clock, "aabenraa", date(2026, 12, 14))
    assert {letter.step for letter in await rows(runtime, Letter)} == {
        "reminder:1", "reminder:2", "notice:1",
    }  # fmt: skip


@pytest.mark.parametrize(
    ("municipality", "types", "allowed", "longest"),
    [
        ("koebenhavn", {"dagtilbud"}, True, 24),
        ("koebenhavn", {"ejendomsskat"}, True, 3),
        ("koebenhavn", {"ejendomsskat", "dagtilbud"}, True, 3),
        ("koebenhavn", {"beboerindskud"}, True, 18),
        ("aabenraa", {"dagtilbud"}, False, 12),
        ("aabenraa", {"bibliotek"}, True, 12),
        ("albertslund", {"dagtilbud"}, True, None),
    ],
)
async def test_plans_have_the_limits_of_the_file(runtime, municipality, types, allowed, longest):
    plans = runtime.policies[municipality].plans
    assert plans.allowed_for(frozenset(types)) is allowed
    assert plans.longest_for(frozenset(types)) == longest


def wished(runtime, municipality, claim_type, kroner, **said):
    owed = [Owed("K-1", claim_type, Money.kroner(kroner), date(2026, 11, 2))]
    policy = runtime.policies[municipality]
    return negotiate(owed, Wish(**said), policy, runtime.law, date(2026, 11, 24))


async def test_copenhagen_takes_nothing_below_250_a_month(runtime):
    found = wished(runtime, "koebenhavn", "dagtilbud", 1200, amount=Money.kroner(100))
    assert (found.refused.code, found.proposals[0].why) == (Bar.BELOW_LEAST, Why.NEAREST_LEAST)
    assert found.proposals[0].rates[0].amount == Money.kroner(250)


@pytest.mark.parametrize(
    ("claim_type", "months"), [("dagtilbud", 24), ("beboerindskud", 18), ("ejendomsskat", 3)]
)
async def test_copenhagen_s_longest_plan_depends_on_the_claim(runtime, claim_type, months):
    found = wished(runtime, "koebenhavn", claim_type, 18_000, amount=Money.kroner(250))
    assert (found.refused.code, found.proposals[0].why) == (Bar.TOO_LONG, Why.NEAREST_LONGEST)
    assert len(found.proposals[0].rates) == months


async def test_in_aabenraa_a_person_answers_who_asks_for_a_plan_on_daycare(runtime):
    found = wished(runtime, "aabenraa", "dagtilbud", 1200, amount=Money.kroner(200))
    assert found.proposals == ()
    assert found.left[0].because.code is Bar.NO_PLAN_FOR_TYPE
    library = wished(runtime, "aabenraa", "bibliotek", 1200, amount=Money.kroner(200))
    assert library.proposals[0].why is Why.OWN
