"""The commands of e-mail, and what the doctor says of the mail server."""

from dataclasses import replace

import pytest
from pydantic import SecretStr
from typer.testing import CliRunner

from data.models.citizens import Channel
from data.settings import load
from mindelig.cli import app
from mindelig.doctor import _mail
from mindelig.installation import equip
from mindelig.up import plan
from outreach.gateways.smtp import SmtpMail
from tests.mail_server import mail_server


@pytest.fixture
def there(monkeypatch, postgres, tmp_path, runtime):
    monkeypatch.setenv("MINDELIG_DATABASE_URL", postgres)
    monkeypatch.setenv("MINDELIG_HOME", str(tmp_path))


def run(*words, **given):
    return CliRunner().invoke(app, ["mail", "bounces", *words], **given)


def test_a_mail_is_read_from_a_file_or_from_a_pipe(there, tmp_path):
    out_of_office = b"From: m@example.dk\r\nAuto-Submitted: auto-replied\r\n\r\nFerie."
    (tmp_path / "one.eml").write_bytes(out_of_office)
    for done in (run(str(tmp_path / "one.eml")), run("-", input=out_of_office)):
        assert done.exit_code == 0, done.output
        assert "1 automatic" in done.output
    done = run("--json", str(tmp_path / "one.eml"), str(tmp_path / "one.eml"))
    assert '"automatic": 2' in done.output


@pytest.mark.parametrize("words", [(), ("no-such-file.eml",), ("--maildir", "no-such-folder")])
def test_what_cannot_be_read_is_said(there, words):
    assert run(*words).exit_code == 2


async def test_the_doctor_says_hello_to_the_mail_server_and_leaves_no_mail(tmp_path):
    assert (await _mail(load(home=tmp_path))).says.startswith("not used")
    async with mail_server() as server:
        url = f"smtp://127.0.0.1:{server.port}?starttls=never"
        found = await _mail(load(home=tmp_path, smtp_url=url))
        assert found.is_well, found
        assert "without a sender: albertslund, faxe" in found.says
        assert (server.connections, server.taken) == (1, [])
    gone = await _mail(load(home=tmp_path, smtp_url=url))
    assert not gone.is_well
    assert "MINDELIG_SMTP_URL" in gone.mend


def test_a_demo_sends_no_mail_whatever_is_set(monkeypatch, tmp_path):
    monkeypatch.setenv("MINDELIG_HOME", str(tmp_path))
    monkeypatch.setenv("MINDELIG_SMTP_URL", "smtps://mail.example.dk")
    assert plan(is_demo=True, port=8000).settings.smtp_url is None
    assert plan(is_demo=False, port=8000).settings.smtp_url is not None


def test_an_installation_with_a_mail_server_can_send_mail(runtime):
    there = "smtp://127.0.0.1:25?starttls=never"
    with_mail = runtime.settings.model_copy(update={"smtp_url": SecretStr(there)})
    assert Channel.EMAIL not in equip(runtime).outgoing_channels
    assert isinstance(equip(replace(runtime, settings=with_mail)).carriers[Channel.EMAIL], SmtpMail)
