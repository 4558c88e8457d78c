"""Notes on a citizen: written where the talk was, never changed, and put right by another."""

from datetime import timedelta

import pytest
from sqlalchemy import select

from data.models.audit import AuditEntry
from data.models.notes import Note
from tests import make

pytestmark = pytest.mark.usefixtures("at_mettes")


async def notes_of(runtime):
    async with runtime.transaction() as session:
        return list(await session.scalars(select(Note).order_by(Note.at, Note.kind)))


async def test_a_call_is_noted_and_shown_newest_first(anna, runtime, clock, claim, page, send):
    done = await send("note", kind="call", body="Hun ringer fredag.", claim=str(claim.id))
    assert "Notatet er gemt." in (await anna.get(done.headers["location"])).text
    clock.travel(timedelta(minutes=5))
    await send("note", kind="other", body="Hun har ringet.")
    section = (await anna.get(page)).text.partition('id="notes"')[2].partition("</section>")[0]
    assert section.index("Hun har ringet.") < section.index("Hun ringer fredag.")
    assert f'href="/desk/claims/{claim.id}"' in section
    assert "Anna Berg" in section
    first = (await notes_of(runtime))[0]
    assert (first.kind, first.claim_id) == ("call", claim.id)
    async with runtime.transaction() as session:
        acts = select(AuditEntry.facts).where(AuditEntry.act == "note_written")
        for facts in await session.scalars(acts):
            assert "fredag" not in str(facts)


async def test_a_note_is_put_right_by_another_and_stays(anna, runtime, page, send):
    await send("note", kind="call", body="Hun kan betale 500 kr.")
    [wrong] = await notes_of(runtime)
    await send("note", corrects=str(wrong.id), body="Det var 50 kr.")
    text = (await anna.get(page)).text
    assert "Hun kan betale 500 kr." in text
    assert "Det var 50 kr." in text
    assert f'href="#note-{wrong.id}"' in text
    right = next(each for each in await notes_of(runtime) if each.corrects)
    assert (right.kind, right.corrects) == ("correction", wrong.id)


@pytest.mark.parametrize(
    ("fields", "why"),
    [
        ({"kind": "call", "body": " "}, "Skriv noget i notatet."),
        ({"kind": "rygte", "body": "Hej"}, "Vælg, hvad det er."),
        ({"kind": "call", "body": "å" * 4001}, "for lang"),
    ],
)
async def test_a_note_that_says_nothing_is_not_taken(runtime, send, fields, why):
    refused = await send("note", **fields)
    assert refused.status_code == 422
    assert why in refused.text
    assert await notes_of(runtime) == []


async def test_from_a_conversation_one_is_led_back_to_it(anna, runtime, talk, claim, send):
    done = await send("note", kind="call", body="Talt i telefon.", conversation=str(talk.id))
    assert done.headers["location"].startswith(f"/desk/conversations/{talk.id}")
    assert (await notes_of(runtime))[0].conversation_id == talk.id


async def test_only_what_is_the_citizens_own_can_be_named(runtime, send):
    bo = await make.citizen(runtime, name="Bo Juul", debtor_id="0202801234", phone="+4520304060")
    his = await make.claim(runtime, bo, claim_ref="B-9")
    talk = await make.conversation(runtime, bo, address="+4520304060")
    for field, number in (("claim", his.id), ("conversation", talk.id), ("corrects", his.id)):
        answer = await send("note", kind="call", body="Hej", **{field: str(number)})
        assert answer.status_code == 404
    assert (await send("note", kind="call", body="Hej", claim="tolv")).status_code == 404
    assert await notes_of(runtime) == []


async def test_what_was_written_is_text_and_nothing_else(anna, page, send):
    await send("note", kind="call", body="<script>alert(1)</script> {{ 7*7 }}")
    text = (await anna.get(page)).text
    assert "<script>alert" not in text
    assert "{{ 7*7 }}" in text


async def test_the_conversations_page_has_the_form_too(anna, runtime, talk, claim):
    text = (await anna.get(f"/desk/conversations/{talk.id}")).text
    assert f'action="/desk/citizens/{talk.citizen_id}/note"' in text
    assert f'name="conversation" value="{talk.id}"' in text
