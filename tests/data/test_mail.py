"""Where mail is handed over is read once, at the start; a wrong setting says how it looks."""

import pytest

from data.settings import SettingsError, load
from data.values.mail import SmtpServer, Wrap, mail_address


@pytest.mark.parametrize(
    ("url", "server"),
    [
        ("smtps://mail.example.dk", SmtpServer("mail.example.dk", 465, Wrap.TLS)),
        ("smtp://mail.example.dk", SmtpServer("mail.example.dk", 587, Wrap.STARTTLS)),
        (
            "smtp://u%40x:p%3A%2F@mail.example.dk:2525?starttls=required",
            SmtpServer("mail.example.dk", 2525, Wrap.STARTTLS, "u@x", "p:/"),
        ),
        ("smtp://127.0.0.1:25?starttls=never", SmtpServer("127.0.0.1", 25, Wrap.NONE)),
        ("smtp://[::1]:25?starttls=never", SmtpServer("::1", 25, Wrap.NONE)),
    ],
)
def test_the_address_of_a_mail_server_is_read(url, server):
    assert SmtpServer.parse(url) == server


@pytest.mark.parametrize(
    "url",
    [
        "",
        "mail.example.dk",
        "https://mail.example.dk",
        "smtp://",
        "smtp://mail.example.dk:0",
        "smtp://mail.example.dk:99999",
        "smtp://mail.example.dk:port",
        "smtp://user@mail.example.dk",
        "smtp://:secret@mail.example.dk",
        "smtp://mail.example.dk/inbox",
        "smtp://mail.example.dk?starttls=never",
        "smtp://mail.example.dk?starttls=perhaps",
        "smtp://mail.example.dk?tls=off",
        "smtp://mail.example.dk?starttls=required&starttls=never",
        "smtp://[::1",
    ],
)
def test_what_is_no_address_or_would_show_mail_to_the_network_is_refused(
    monkeypatch, tmp_path, url
):
    with pytest.raises(ValueError, match=r"is|may|names"):
        SmtpServer.parse(url)
    if url:
        monkeypatch.setenv("MINDELIG_SMTP_URL", url)
        with pytest.raises(SettingsError, match=r"MINDELIG_SMTP_URL: .*Example: MINDELIG_SMTP"):
            load(home=tmp_path)


def test_a_password_is_never_shown(monkeypatch, tmp_path):
    monkeypatch.setenv("MINDELIG_SMTP_URL", "smtp://mette:open-sesame@mail.example.dk:wrong")
    with pytest.raises(SettingsError) as refused:
        load(home=tmp_path)
    assert "open-sesame" not in str(refused.value)
    url = "smtps://mette:open-sesame@mail.example.dk"
    assert "open-sesame" not in repr(load(home=tmp_path, smtp_url=url))
    assert "open-sesame" not in repr(SmtpServer.parse(url))


def test_the_clock_may_not_be_moved_where_real_mail_can_be_sent(monkeypatch, tmp_path):
    monkeypatch.setenv("MINDELIG_NOW", "2026-11-24T10:00")
    with pytest.raises(SettingsError, match="MINDELIG_SMTP_URL"):
        load(home=tmp_path, smtp_url="smtps://mail.example.dk")
    assert load(home=tmp_path, smtp_url="smtp://127.0.0.1:25?starttls=never").smtp_url


@pytest.mark.parametrize("text", ["m@example.dk", "mette.h+sag@a.b-c.example.dk", "1@2.dk"])
def test_an_address_is_itself(text):
    assert mail_address(text) == text
