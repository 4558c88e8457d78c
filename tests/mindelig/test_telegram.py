"""Stories of an operator and Telegram: is the bot ours, and where does Telegram call us?"""

import asyncio

import pytest
from typer.testing import CliRunner

from data.settings import load
from mindelig.cli import app
from mindelig.doctor import _telegram
from tests.telegram import TOKEN, refuses, telegram_stand_in, tells

PUBLIC = "https://mindelig.example.dk"
HERE = f"{PUBLIC}/webhooks/telegram"
BOT = {"id": 666, "is_bot": True, "username": "MindeligTestBot"}


@pytest.fixture
async def there():
    async with telegram_stand_in() as stand_in:
        yield stand_in


@pytest.fixture
def settings(tmp_path, there):
    def given(**more):
        plain = {"telegram_bot_token": TOKEN, "telegram_api_url": there.url, "public_url": PUBLIC}
        return load(home=tmp_path / "home", **plain | more)

    return given


@pytest.mark.parametrize(
    ("answers", "more", "is_well", "says"),
    [
        ([tells(BOT), tells({"url": HERE})], {}, True, "as @MindeligTestBot; calls us"),
        ([tells(BOT), tells({"url": ""})], {}, False, "calls nobody"),
        ([tells(BOT), tells({"url": "https://x.dk"})], {}, False, "calls https://x.dk"),
        ([tells(BOT)], {"telegram_updates": "polling"}, True, "we ask it"),
        ([tells(BOT)], {"telegram_bot_name": "@another_bot"}, False, "told @another_bot"),
        ([refuses(401, "Unauthorized")], {}, False, "does not take our token"),
        ([tells(["no", "bot"])], {}, False, "does not take our token"),
    ],
)
async def test_the_doctor_looks_at_the_bot_and_at_where_telegram_calls(
    there, settings, answers, more, is_well, says
):
    there.answers = list(answers)
    finding = await _telegram(settings(**more))
    assert (finding.is_well, bool(finding.mend)) == (is_well, not is_well)
    assert says in finding.says


async def test_a_place_without_telegram_is_well(tmp_path):
    assert (await _telegram(load(home=tmp_path / "home"))).is_well


@pytest.fixture
def command(there, tmp_path, monkeypatch):
    """Run `mindelig telegram …` as an operator would."""
    monkeypatch.setenv("MINDELIG_HOME", str(tmp_path / "home"))
    monkeypatch.setenv("MINDELIG_PUBLIC_URL", PUBLIC)
    monkeypatch.setenv("TELEGRAM_BOT_TOKEN", TOKEN)
    monkeypatch.setenv("MINDELIG_TELEGRAM_API_URL", there.url)

    async def run(*words):
        return await asyncio.to_thread(CliRunner().invoke, app, ["telegram", *words])

    return run


async def test_telegram_is_told_where_to_call_with_a_word_of_our_own(there, command, tmp_path):
    done = await command("webhook")
    assert (done.exit_code, done.stdout) == (0, f"Telegram calls {HERE}.\n")
    [told] = there.of("setWebhook")
    word = load(home=tmp_path / "home").telegram_secret_token
    assert (told["url"], str(told["secret_token"])) == (HERE, word)


async def test_telegram_is_told_to_call_nobody(there, command):
    assert (await command("webhook", "--remove")).exit_code == 0
    assert len(there.of("deleteWebhook")) == 1


async def test_an_address_that_telegram_refuses_is_named(there, command):
    there.answers = [refuses(400, "Bad Request: bad webhook: HTTPS url must be provided")]
    done = await command("webhook")
    assert done.exit_code == 1
    assert "HTTPS url must be provided" in done.stderr
