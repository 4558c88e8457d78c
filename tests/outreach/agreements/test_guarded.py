"""A yes from somebody who has a guardian may be void, and concludes nothing."""

from data.models.agreements import AgreementState
from data.models.relations import RelationKind
from outreach import relations
from outreach.agreements import Refusal
from outreach.relations import Person


async def test_a_yes_under_guardianship_concludes_nothing(
    runtime, mette, anna, offer, say_yes, kept
):
    await offer()
    async with runtime.transaction() as session:
        await relations.add(
            session, runtime, mette, anna, Person(RelationKind.GUARDIAN, "Vera Holm"),
            evidence="Beskikkelsen er set.",
        )  # fmt: skip
    assert await say_yes() is Refusal.FROZEN
    [agreement], _ = await kept()
    assert agreement.state is AgreementState.SUPERSEDED
