"""Nobody sees another municipality's rows, also not by guessing an address.

One walk over every route with the ids of real rows of Albertslund, by somebody who may do
everything in Faxe. A route with an id of a new kind fails here until its row is made.
"""

import re
from datetime import timedelta

import pytest
from sqlalchemy import text

from data.models import Record
from data.models.cases import Task
from data.models.saved import SavedText, SavedView
from data.models.staff import Role
from data.values.ids import new_id
from data.values.money import Money
from data.values.time import day_of
from tests import make, make_cases, make_desk
from tests.desk.test_routes import NEEDED

NAMED = re.compile(r"\{(\w+)\}")
#: What a form's address answers to who opens it as a page: it leads to the page of the form.
LEADS_ON = re.compile(r"\{_")
#: Words of the address that are no ids.
WORDS = {"pile": "payments"}


@pytest.fixture
async def theirs(runtime):
    """Albertslund's rows: the id of one of each kind that an address can name."""
    mette = await make.citizen(runtime)
    owed = await make.claim(runtime, mette)
    talk = await make.conversation(runtime, mette)
    anna = await make_desk.staff(runtime)
    task, saved, view = new_id(), new_id(), new_id()
    now, home = runtime.clock.now(), {"municipality": "albertslund"}
    money = await make.payment(runtime, owed, Money(100), day_of(now))
    async with runtime.transaction() as session:
        day = day_of(now) + timedelta(days=3)
        session.add_all(
            [
                Task(id=task, kind="dispute", claim_id=owed.id, citizen_id=mette.id,
                     unit="Dagtilbud", opened_at=now, due_on=day, **home),
                SavedText(id=saved, title="Tak", body="Tak for din tid.", written_at=now, **home),
                SavedView(id=view, staff_id=anna.id, page="inbox", name="Mine", query="",
                          created_at=now, **home),
            ]
        )  # fmt: skip
    return {
        "citizen_id": mette.id,
        "claim_id": owed.id,
        "conversation_id": talk.id,
        "handoff_id": (await make_desk.handoff(runtime, talk)).id,
        "message_id": (await make_desk.said(runtime, talk, "hej")).id,
        "agreement_id": (await make_desk.plan(runtime, talk)).id,
        "letter_id": (await make_cases.letter(runtime, owed)).id,
        "hand_over_id": (await make_cases.hand_over(runtime, owed)).id,
        "file_id": (await make_cases.hand_over_file(runtime, "albertslund")).id,
        "number": money.id,
        "task_id": task,
        "text_id": saved,
        "view_id": view,
        "staff_id": anna.id,
    }


@pytest.fixture
async def fie(runtime, browsers):
    """Fie of Faxe, who may do everything there."""
    person = await make_desk.staff(
        runtime, "fie", name="Fie Friis", municipality="faxe", roles=[*Role], unit="Dagtilbud"
    )
    browser = browsers()
    browser.hold(await make_desk.session_of(runtime, person))
    return browser


def ids_of(path):
    return [name for name in NAMED.findall(path) if not name.startswith("_") and name not in WORDS]


def filled(path, theirs):
    known = theirs | WORDS
    return NAMED.sub(lambda found: str(known.get(found[1].lstrip("_"), "x")), path)


def test_every_kind_of_id_is_walked(theirs):
    assert {name for _, path in NEEDED for name in ids_of(path)} == set(theirs)


async def test_real_rows_of_another_municipality_are_not_there(fie, theirs, runtime):
    before = await rows_of_albertslund(runtime)
    form = {"csrf_token": await fie.secret("/desk/me"), "reason": "nysgerrig", "answer": "hej"}
    found = {}
    for method, path in NEEDED:
        if not ids_of(path) and not LEADS_ON.search(path):
            continue
        answer = await fie.client.request(method, filled(path, theirs), data=form)
        is_led_on = LEADS_ON.search(path) and answer.status_code == 303
        if answer.status_code != 404 and not is_led_on:
            found[f"{method} {path}"] = answer.status_code
        assert "Mette" not in answer.text
    assert found == {}
    assert await rows_of_albertslund(runtime) == before


async def test_no_list_shows_a_row_of_another_municipality(fie, theirs, runtime):
    for method, path in NEEDED:
        if method == "GET" and "{" not in path and path != "/desk/events":
            page = (await fie.get(path)).text
            assert not re.search("Mette|Anna Berg|A-1001|20304050", page), path


async def rows_of_albertslund(runtime):
    """Return how many rows there are of each kind, and a trace of what stands in them."""
    async with runtime.transaction() as session:
        return {
            table.name: (
                await session.execute(
                    text(
                        f"select count(*), sum(hashtext(t::text)) from {table.name} t"  # noqa: S608
                        " where municipality = 'albertslund'"
                    )
                )
            ).one()
            for table in Record.metadata.sorted_tables
        }
