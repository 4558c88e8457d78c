"""No message is longer than Twilio takes (error 21617): a long answer comes in several."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import select

from bot.parting import LONGEST, parted
from data.models.conversations import Author, Message, MessageKind, MessageStatus
from tests import make

TWILIO = 1_600


async def test_an_answer_about_many_bills_leaves_in_order_and_whole(
    write, runtime, mette, claim, prove
):
    for number in range(2, 30):
        await make.claim(runtime, mette, claim_ref=f"A-10{number:02}")
    said = await write("hvad er alt det?", "how_much")
    async with runtime.transaction() as session:
        found = await session.scalars(
            select(Message)
            .where(
                Message.kind == MessageKind.REPLY,
                Message.author == Author.ASSISTANT,
                Message.status == MessageStatus.QUEUED,
            )
            .order_by(Message.number.desc())
        )
        *_, first = parts = [one for one in found if one.body in said]
    assert len(parts) > 1
    assert max(len(one.body) for one in parts) <= TWILIO
    assert said.startswith(first.body)
    for number in range(1, 30):
        assert f"A-10{number:02}" in said
    assert "MENNESKE" in parts[0].choices  # one taps below the last
    assert first.choices == []


def test_a_short_answer_is_one_message():
    assert parted("Hej.\n\nSelv tak.") == ["Hej.\n\nSelv tak."]


def test_it_is_parted_where_a_part_ends():
    parts = parted("a" * 900 + "\n\n" + "b" * 400 + "\n" + "c" * 400)
    assert [part[0] for part in parts] == ["a", "b"]


@given(st.text(alphabet=st.sampled_from("ab .?\n"), max_size=400), st.integers(5, 60))
def test_no_word_is_lost_and_no_part_too_long(text, longest):
    parts = parted(text, longest)
    assert all(len(part) <= longest for part in parts)
    assert "".join("".join(parts).split()) == "".join(text.split())


@pytest.mark.parametrize("letters", [LONGEST, LONGEST + 1])
def test_a_word_without_an_end_is_cut(letters):
    assert [len(part) for part in parted("x" * letters)] == [LONGEST, 1][: letters - LONGEST + 1]
