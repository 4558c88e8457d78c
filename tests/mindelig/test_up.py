"""`mindelig up` on one machine: what it asks for first, and the demo's clock."""

import socket
from datetime import timedelta

import pytest

from data.settings import load
from data.values.time import parse_instant
from mindelig.up import demo_now


@pytest.mark.slow
def test_a_port_that_is_taken_is_told_at_once_and_in_one_sentence(mindelig, tmp_path):
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        done = mindelig("up", "--port", str(port), MINDELIG_HOME=str(tmp_path))
    assert done.returncode == 2
    [sentence] = done.stderr.splitlines()
    assert sentence.startswith(f"port {port} on 127.0.0.1: ")
    assert sentence.endswith("--port")
    assert not (tmp_path / "postgres").exists()


@pytest.fixture(autouse=True)
def own_home(monkeypatch, tmp_path):
    """A demo that nobody has started before."""
    monkeypatch.setenv("MINDELIG_HOME", str(tmp_path))


def at(monkeypatch, moment):
    """Let the machine's clock show a moment."""
    monkeypatch.setenv("MINDELIG_NOW", moment)
    return load()


@pytest.mark.parametrize(
    ("real", "shown"),
    [
        ("2026-11-24T10:30", "2026-11-24T10:30"),
        ("2026-11-24T07:00", "2026-11-24T10:00"),
        ("2026-11-24T19:00", "2026-11-25T10:00"),
        ("2026-11-22T12:00", "2026-11-23T10:00"),  # a Sunday
        ("2026-12-24T12:00", "2026-12-28T10:00"),  # Christmas Eve
    ],
)
def test_a_demo_is_shown_when_citizens_may_be_written_to(monkeypatch, real, shown):
    assert abs(demo_now(at(monkeypatch, real)) - parse_instant(shown)) < timedelta(minutes=1)


def test_a_demo_started_again_never_goes_back_in_time(monkeypatch):
    first = demo_now(at(monkeypatch, "2026-11-22T12:00"))
    again = demo_now(at(monkeypatch, "2026-11-22T12:20"))
    assert timedelta(minutes=19) < again - first < timedelta(minutes=21)
    after_hours = demo_now(at(monkeypatch, "2026-11-22T19:00"))
    assert after_hours > again
    assert abs(after_hours - parse_instant("2026-11-24T10:00")) < timedelta(minutes=1)
