"""What comes from outside is text on every page: it runs nothing, turns nothing, spills nowhere."""

import pytest

from data.models.cases import Task
from data.models.claims import Claim
from data.models.payments import Payment
from data.models.staff import Role
from data.values.money import Money
from data.values.time import day_of
from outreach import notes, tasks
from tests import make, make_desk
from tests.desk.browsing import open_desk

pytestmark = [pytest.mark.slow, pytest.mark.browser]

#: A script, a picture that runs one, a link, a template, a turn of the reading, and stacked marks.
HOSTILE = (
    "<script>window.hacked = 1</script><img src=x onerror='window.hacked = 1'>"
    "<a href='javascript:window.hacked=1' id='evil'>x</a> {{ 7*7 }} \u202e\u2067vend\u2066 "
    "Z" + "\u0351\u0300\u0316" * 20 + "langt-ord-" * 12
)
SHORT = HOSTILE[:200]
UNIT = "Dagtilbud"
#: A caption is a paragraph of its own: what turns the reading in it turns nothing else.
#: A caption is a paragraph of its own: what turns the reading in it turns nothing else.
SEEN = """words => ({
    hacked: 'hacked' in window,
    elements: document.querySelectorAll('main script:not([src]), #evil, main img[src=x]').length,
    shown: document.querySelector('main').textContent.includes(words),
    spills: document.documentElement.scrollWidth - document.documentElement.clientWidth,
    turned: [...document.querySelectorAll('main *')].filter(e => [...e.childNodes].some(
        node => node.nodeType === Node.TEXT_NODE && node.data.includes(words))
        && !e.closest('bdi, textarea, option, caption')).map(e => e.outerHTML.slice(0, 60)),
})"""


@pytest.fixture
async def anna(runtime):
    return await make_desk.staff(runtime, roles=list(Role), unit=UNIT)


@pytest.fixture
async def pages(runtime, anna):
    """Where somebody from outside has put a hostile text: name, message, note, payer, reference."""
    mette = await make.citizen(runtime, name=SHORT)
    talk = await make.conversation(runtime, mette)
    said = await make_desk.said(runtime, talk, HOSTILE)
    await make_desk.handoff(runtime, talk, summary=HOSTILE)
    await make_desk.reading(runtime, anna, mette, reason=HOSTILE)
    claim = await make.claim(runtime, mette, claim_ref=HOSTILE[:60], owning_unit=UNIT)
    async with runtime.transaction() as session:
        asked = await tasks.open_task(
            session,
            runtime,
            claim=claim,
            kind="dispute",
            facts={"message": str(said.id)},
            unit=UNIT,
        )
        await notes.write(session, runtime, mette, anna, HOSTILE)
        money = Payment(
            municipality="albertslund", payment_ref="P-1", amount=Money(100), payer=SHORT[:140],
            paid_on=day_of(runtime.clock.now()), text=HOSTILE, created_at=runtime.clock.now(),
        )  # fmt: skip
        session.add(money)
        await session.flush()
        number = money.id
    assert isinstance(asked, Task)
    assert isinstance(claim, Claim)
    return (
        "", "/conversations", f"/conversations/{talk.id}", "/citizens?q=vend",
        f"/citizens/{mette.id}", f"/claims/{claim.id}", "/tasks", f"/tasks/{asked.id}", "/unit",
        f"/unit/{asked.id}", "/payments", f"/payments/{number}", "/record?act=reading",
    )  # fmt: skip


@pytest.mark.parametrize("width", [1280, 320])
async def test_no_page_takes_a_text_for_anything_else(address, runtime, anna, pages, width):
    wrong = {}
    async with open_desk(address, runtime) as desk:
        page = await desk(anna)
        await page.set_viewport_size({"width": width, "height": 900})
        for there in pages:
            await page.goto(f"/desk{there}", wait_until="domcontentloaded")
            await page.evaluate("document.querySelectorAll('details').forEach(d => d.open = true)")
            seen = await page.evaluate(SEEN, "<script>")
            fine = {"hacked": False, "elements": 0, "shown": True, "spills": 0, "turned": []}
            if seen != fine:
                wrong[there] = {key: seen[key] for key in seen if seen[key] != fine[key]}
    assert wrong == {}
