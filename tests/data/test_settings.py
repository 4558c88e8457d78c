"""The environment is read once; what is missing or wrong stops the start with name and example."""

import os
import stat
import threading
from datetime import UTC, datetime, timedelta

import pytest

from data.settings import EXAMPLES, Settings, SettingsError, load

ACCOUNT = "AC" + "0" * 32


@pytest.fixture(autouse=True)
def bare(monkeypatch, tmp_path):
    """An environment with a home of its own and nothing else of ours."""
    for name in EXAMPLES:
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("MINDELIG_HOME", str(tmp_path / "home"))


def test_one_machine_starts_without_any_setting(tmp_path):
    settings = load()
    assert settings.home == tmp_path / "home"
    assert settings.database_url is None
    assert not settings.has_twilio


def test_every_setting_has_an_example():
    aliases = {str(field.validation_alias) for field in Settings.model_fields.values()}
    assert aliases == EXAMPLES.keys()


@pytest.mark.parametrize(
    ("name", "value", "because"),
    [
        ("MINDELIG_DATABASE_URL", "mysql://root@db/x", "is not a PostgreSQL address"),
        ("MINDELIG_DATABASE_URL", "db.example.dk", "is not a PostgreSQL address"),
        ("MINDELIG_PUBLIC_URL", "mindelig.example.dk", "is not a web address"),
        ("MINDELIG_PUBLIC_URL", "ftp://mindelig.example.dk", "is not a web address"),
        ("MINDELIG_PUBLIC_URL", "https://", "is not a web address"),
        ("MINDELIG_RASA_URL", "http://127.0.0.1:rasa", "is not a web address"),
        ("MINDELIG_ACTIONS_URL", "8000", "is not a web address"),
        ("MINDELIG_TWILIO_API_URL", "api.twilio.com", "is not a web address"),
        ("MINDELIG_TELEGRAM_API_URL", "//api.telegram.org", "is not a web address"),
        ("MINDELIG_SECRET_KEY", "short", "is shorter than 16"),
        ("MINDELIG_RASA_TOKEN", "short", "is shorter than 16"),
        ("TWILIO_ACCOUNT_SID", "SK" + "0" * 32, "match"),
        ("TWILIO_ACCOUNT_SID", "AC123", "match"),
        ("TWILIO_AUTH_TOKEN", "0f", "is shorter than 16"),
        ("MINDELIG_DATABASE_URL", "postgresql://a:b@db:port/x", "is not a PostgreSQL address"),
        ("TELEGRAM_BOT_TOKEN", "no token", "is not a bot's token"),
        ("TELEGRAM_BOT_NAME", "ExampleBot", "match"),
        ("TELEGRAM_WEBHOOK_SECRET", "a secret with blanks", "is not 16 to 256 letters"),
        ("MINDELIG_TELEGRAM_UPDATES", "pigeon", "webhook"),
        ("MINDELIG_NOW", "in the morning", "is no time such as"),
    ],
)
def test_a_malformed_value_is_named_with_an_example(monkeypatch, name, value, because):
    monkeypatch.setenv(name, value)
    with pytest.raises(SettingsError) as refused:
        load()
    [line] = str(refused.value).splitlines()
    assert line.startswith(f"{name}: ")
    assert because in line
    assert f"Example: {name}={EXAMPLES[name]}" in line


def test_a_secret_that_is_refused_is_not_shown(monkeypatch):
    monkeypatch.setenv("MINDELIG_SECRET_KEY", "kort")
    with pytest.raises(SettingsError) as refused:
        load()
    assert "kort" not in str(refused.value)


def test_all_mistakes_are_told_at_once(monkeypatch):
    monkeypatch.setenv("MINDELIG_RASA_URL", "rasa")
    monkeypatch.setenv("MINDELIG_SECRET_KEY", "kort")
    with pytest.raises(SettingsError) as refused:
        load()
    assert len(str(refused.value).splitlines()) == 2


@pytest.mark.parametrize(
    ("set_one", "missing"),
    [
        (("TWILIO_ACCOUNT_SID", ACCOUNT), "TWILIO_AUTH_TOKEN"),
        (("TWILIO_AUTH_TOKEN", "0f" * 16), "TWILIO_ACCOUNT_SID"),
    ],
)
def test_half_a_twilio_account_names_the_other_half(monkeypatch, set_one, missing):
    monkeypatch.setenv(*set_one)
    with pytest.raises(SettingsError, match=f"^{missing}: .*Example: {missing}="):
        load()


@pytest.mark.parametrize("name", sorted(EXAMPLES))
def test_an_empty_value_is_as_good_as_none(monkeypatch, tmp_path, name):
    plain = load().model_dump(exclude={"home"})
    monkeypatch.setenv(name, "")
    assert load(**({"home": tmp_path} if name == "MINDELIG_HOME" else {})).model_dump(
        exclude={"home"} | ({"secret_key", "rasa_token"} if name == "MINDELIG_HOME" else set())
    ) == {
        key: value
        for key, value in plain.items()
        if name != "MINDELIG_HOME" or key not in {"secret_key", "rasa_token"}
    }


def test_the_own_secrets_are_made_once_and_belong_to_their_owner_alone(tmp_path):
    first, second = load(), load()
    assert first.secret_key == second.secret_key
    assert first.rasa_token == second.rasa_token
    assert first.secret_key != first.rasa_token
    folder = tmp_path / "home" / "secrets"
    assert sorted(path.name for path in folder.iterdir()) == ["rasa_token", "secret_key"]
    assert {stat.S_IMODE(path.stat().st_mode) for path in folder.iterdir()} == {0o600}
    assert stat.S_IMODE(folder.stat().st_mode) == 0o700


def test_processes_that_start_together_agree_on_the_secrets(tmp_path):
    found, barrier = [], threading.Barrier(8)

    def start():
        barrier.wait()
        found.append(load().secret_key.get_secret_value())

    starts = [threading.Thread(target=start) for _ in range(8)]
    for one in starts:
        one.start()
    for one in starts:
        one.join()
    assert len(found) == 8
    assert len(set(found)) == 1
    assert len(list((tmp_path / "home" / "secrets").iterdir())) == 2


def test_given_secrets_need_no_place_to_keep_them(monkeypatch, tmp_path):
    (tmp_path / "file").touch()
    monkeypatch.setenv("MINDELIG_HOME", str(tmp_path / "file" / "home"))
    monkeypatch.setenv("MINDELIG_SECRET_KEY", "s" * 32)
    monkeypatch.setenv("MINDELIG_RASA_TOKEN", "t" * 32)
    assert load().secret_key.get_secret_value() == "s" * 32


def test_a_home_that_cannot_be_written_is_named(monkeypatch, tmp_path):
    (tmp_path / "file").touch()
    monkeypatch.setenv("MINDELIG_HOME", str(tmp_path / "file" / "home"))
    with pytest.raises(SettingsError, match=r"^MINDELIG_HOME: .*cannot be written"):
        load()


def test_a_web_address_has_no_slash_at_its_end(monkeypatch):
    monkeypatch.setenv("MINDELIG_PUBLIC_URL", "https://mindelig.example.dk/")
    assert load().public_url == "https://mindelig.example.dk"


@pytest.mark.parametrize("scheme", ["postgres", "postgresql", "postgresql+psycopg"])
def test_any_way_to_name_postgresql_leads_to_the_one_driver(monkeypatch, scheme):
    monkeypatch.setenv("MINDELIG_DATABASE_URL", f"{scheme}://me:secret@db/mindelig")
    assert load().database_url == "postgresql+psycopg://me:secret@db/mindelig"


def test_the_clock_starts_where_it_is_set_and_runs_on(monkeypatch):
    monkeypatch.setenv("MINDELIG_NOW", "2026-11-24T10:00")
    ahead = load().clock.now() - datetime(2026, 11, 24, 9, tzinfo=UTC)
    assert timedelta() <= ahead < timedelta(seconds=10)


def test_the_clock_may_not_be_moved_where_real_messages_can_be_sent(monkeypatch):
    monkeypatch.setenv("MINDELIG_NOW", "2026-11-24T10:00")
    monkeypatch.setenv("TWILIO_ACCOUNT_SID", ACCOUNT)
    monkeypatch.setenv("TWILIO_AUTH_TOKEN", "0f" * 16)
    with pytest.raises(SettingsError, match=r"^MINDELIG_NOW: .*MINDELIG_TWILIO_API_URL"):
        load()
    monkeypatch.setenv("MINDELIG_TWILIO_API_URL", "https://api.twilio.com/")
    with pytest.raises(SettingsError, match=r"^MINDELIG_NOW"):
        load()
    monkeypatch.setenv("MINDELIG_TWILIO_API_URL", "http://127.0.0.1:9000")
    assert load().now is not None


def test_settings_are_frozen_and_keep_their_secrets_to_themselves():
    settings = load(twilio_account_sid=ACCOUNT, twilio_auth_token="0f" * 16)
    with pytest.raises(ValueError, match="frozen"):
        settings.home = "elsewhere"  # type: ignore[misc, assignment]
    assert "0f0f" not in repr(settings)
    assert settings.secret_key.get_secret_value() not in repr(settings)


def test_a_given_value_comes_before_the_environment(monkeypatch):
    monkeypatch.setenv("MINDELIG_RASA_URL", "http://127.0.0.1:1111")
    assert load(rasa_url="http://127.0.0.1:2222").rasa_url == "http://127.0.0.1:2222"
    assert os.environ["MINDELIG_RASA_URL"].endswith("1111")
