"""A code for Telegram is said on the telephone to those alone who have proven who they are."""

import pytest

from data.settings import load
from tests.bot.voice.conftest import PUBLIC
from tests.phone import NO, prove
from tests.twilio import ACCOUNT, TOKEN


@pytest.fixture
def settings(tmp_path, postgres):
    """An installation with a telephone and a bot on Telegram."""
    return load(
        home=tmp_path / "home",
        database_url=postgres,
        public_url=PUBLIC,
        twilio_account_sid=ACCOUNT,
        twilio_auth_token=TOKEN,
        telegram_bot_token="1:forged",
        telegram_bot_name="@MindeligTestBot",
    )


async def test_a_forged_number_gets_no_code_and_a_proof_does(phone, claim, understands):
    somebody = phone()
    await somebody.call()
    understands("channel_preference")
    assert "MindeligTestBot" not in await somebody.speak("skriv hellere på telegram")
    await somebody.hang_up()
    mette = phone()
    await prove(mette, text_me=NO)
    understands("channel_preference")
    assert "MindeligTestBot" in await mette.speak("skriv hellere på telegram")
