"""What the assistant may agree on where a municipality's file limits plans by kind of claim."""

from dataclasses import replace

import pytest

from data.municipalities.policy import PlanException, Policies
from data.values.money import Money

CHILDCARE = {"claim_types": frozenset({"dagtilbud"}), "source": "made up for this test"}


@pytest.fixture
def limit():
    """How plans on childcare are limited; a story may change it."""
    return {"allowed": False}


@pytest.fixture
def runtime(runtime, limit):
    policy = runtime.policies["albertslund"]
    exceptions = (PlanException(**CHILDCARE, **limit),)
    plans = policy.plans.model_copy(update={"exceptions": exceptions})
    changed = policy.model_copy(update={"plans": plans})
    return replace(runtime, policies=Policies([changed, runtime.policies["faxe"]]))


async def test_a_kind_without_plans_goes_to_a_person(write, prove):
    assert "medarbejder" in await write("200 om måneden", "propose_amount")


@pytest.mark.parametrize("limit", [{"most_months": 3}])
async def test_a_plan_that_would_be_too_long_is_raised_to_the_nearest(write, prove, the_option):
    offered = await write("200 om måneden", "propose_amount")
    assert "400 kr." in offered
    assert "Reglerne (Opkrævningspolitik) siger højst 3 måneder. Det nærmeste" in offered
    agreement = await the_option()
    assert agreement.total == Money(120000)


class TestWithALeast:
    """A municipality that asks for at least 250 kr. a month, as Copenhagen does."""

    @pytest.fixture
    def runtime(self, runtime):
        policy = runtime.policies["albertslund"]
        plans = policy.plans.model_copy(update={"least_monthly": Money(25000), "exceptions": ()})
        changed = policy.model_copy(update={"plans": plans})
        return replace(runtime, policies=Policies([changed, runtime.policies["faxe"]]))

    async def test_a_smaller_sum_is_raised_no_more_than_it_takes_and_why_is_said(
        self, write, prove
    ):
        offered = await write("100 om måneden", "propose_amount")
        assert "siger mindst 250 kr. om måneden" in offered
        assert "5 rater. Hver måned 250 kr." in offered
