"""The walk a newcomer takes: the demo as a program of its own, and a real browser before it."""

from __future__ import annotations

import os
import re
import signal
import socket
import subprocess
import time
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import httpx
import pytest
from playwright.sync_api import Browser, Locator, Page, expect, sync_playwright

if TYPE_CHECKING:
    from collections.abc import Iterator

pytestmark = [
    pytest.mark.slow,
    pytest.mark.browser,
    pytest.mark.rasa,
    pytest.mark.xdist_group("demo"),
]

ROOT = Path(__file__).resolve().parent.parent.parent
CHROMIUM = ROOT / ".setup" / "chromium"
#: What keeps Chromium from talking to the world, and lets it run as root in a container.
ARGUMENTS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--no-first-run",
]
READY_WITHIN_SECONDS = 240
ANSWER_WITHIN_MS = 30_000
#: The hard case of the stories below, as the page itself suggests it.
HARD = "Jeg kan ikke mere, jeg vil ikke leve længere"


@dataclass(frozen=True)
class Demo:
    """A demo that runs, and where it keeps its things."""

    address: str
    password: str


def _free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as server:
        return int(server.getsockname()[1])


def _chromium() -> str:
    """Find the browser that set-up has found."""
    given = os.environ.get("MINDELIG_CHROMIUM")
    return given or CHROMIUM.read_text(encoding="utf-8").strip()


@pytest.fixture(scope="module")
def demo(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Demo]:
    """`mindelig up --demo` on a Tuesday morning, in a home of its own."""
    home = tmp_path_factory.mktemp("demo")
    port = _free_port()
    kept = {name: value for name, value in os.environ.items() if "MINDELIG_" not in name}
    log = home / "up.log"
    with log.open("w", encoding="utf-8") as output:
        program = subprocess.Popen(
            [str(ROOT / ".venv" / "bin" / "mindelig"), "up", "--demo", "--port", str(port)],
            env=kept | {"MINDELIG_HOME": str(home), "MINDELIG_NOW": "2026-11-24T10:00"},
            stdout=output,
            stderr=subprocess.STDOUT,
            cwd=home,
        )
        try:
            address = f"http://127.0.0.1:{port}"
            _wait_until_ready(address, program, log)
            yield Demo(address, (home / "secrets" / "demo_password").read_text(encoding="utf-8"))
        finally:
            program.send_signal(signal.SIGTERM)
            ended = program.wait(timeout=60)
    said = log.read_text(encoding="utf-8")
    assert ended == 0, said
    assert "Traceback" not in said, said


def _wait_until_ready(address: str, program: subprocess.Popen[bytes], log: Path) -> None:
    deadline = time.monotonic() + READY_WITHIN_SECONDS
    while time.monotonic() < deadline:
        assert program.poll() is None, log.read_text(encoding="utf-8")
        try:
            if httpx.get(f"{address}/health/ready", trust_env=False).status_code == 200:
                return
        except httpx.TransportError:
            pass
        time.sleep(0.2)
    pytest.fail(f"not ready in time:\n{log.read_text(encoding='utf-8')}")


@pytest.fixture(scope="module")
def chromium() -> Iterator[Browser]:
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=_chromium(), args=ARGUMENTS)
        yield browser
        browser.close()


@dataclass(frozen=True)
class Telephone:
    """One telephone on the page, and the hands that hold it."""

    page: Page
    key: str

    @property
    def texts(self) -> Locator:
        """What the municipality has written."""
        return self.page.locator(f"#thread-{self.key} .bubble-theirs .bubble-text")

    def gets(self, *words: str) -> None:
        """Wait for the next text, and for these words in it."""
        for word in words:
            expect(self.texts.last).to_contain_text(re.compile(word), timeout=ANSWER_WITHIN_MS)

    def writes(self, text: str) -> None:
        """Write a text in the box, and send it with Enter."""
        box = self.page.locator(f"#body-{self.key}")
        box.fill(text)
        box.press("Enter")
        own = self.page.locator(f"#thread-{self.key} .bubble-own .bubble-text").last
        expect(own).to_have_text(text, timeout=ANSWER_WITHIN_MS)

    def taps(self, suggestion: str) -> None:
        """Send one of the suggestions beside the telephone."""
        phone = self.page.locator(f"#phone-{self.key}")
        phone.get_by_role("button", name=suggestion, exact=True).click()


@pytest.fixture
def shots(tmp_path: Path) -> Path:
    """Where pictures of the pages go: `MINDELIG_SCREENSHOTS`, or where the test's files are."""
    folder = Path(os.environ.get("MINDELIG_SCREENSHOTS") or tmp_path)
    folder.mkdir(parents=True, exist_ok=True)
    return folder


@pytest.fixture
def telephones(demo: Demo, chromium: Browser) -> Iterator[Page]:
    """The page with the telephones; it may not complain in the browser's console."""
    yield from _page(chromium, f"{demo.address}/simulator")


@pytest.fixture
def desk(demo: Demo, chromium: Browser) -> Iterator[Page]:
    """The desk of Faxe, signed in."""
    for page in _page(chromium, f"{demo.address}/desk"):
        page.get_by_label("Brugernavn").fill("demo-faxe")
        page.get_by_label("Adgangskode").fill(demo.password)
        page.get_by_role("button", name="Log på").click()
        expect(page.get_by_role("heading", level=1)).to_have_text("Henvendelser")
        yield page


def _page(chromium: Browser, address: str) -> Iterator[Page]:
    context = chromium.new_context(locale="da-DK", viewport={"width": 1500, "height": 1300})
    page = context.new_page()
    complaints: list[str] = []
    page.on("console", lambda said: complaints.append(said.text) if said.type == "error" else None)
    page.on("pageerror", lambda fault: complaints.append(str(fault)))
    page.goto(address)
    yield page
    context.close()
    assert complaints == []


def test_a_citizen_reaches_a_plan_on_the_telephone(telephones: Page, shots: Path) -> None:
    mette = Telephone(telephones, "mette")
    mette.gets("Hej Mette.", "Albertslund Kommune", "STOP")
    first = mette.texts.last.inner_text()
    assert "1.840" not in first
    assert "Børnepasning" not in first

    mette.writes("JA")
    mette.gets("fødselsdato", "sagsnummer")
    mette.writes("14.03.1985 A-1001")
    mette.gets("1.840 kr.")
    mette.writes("Kan jeg betale i rater?")
    mette.gets("Hvad kan du betale")
    mette.writes("200 om måneden")
    mette.gets("1.840 kr.", "10 rater", "JA")
    telephones.screenshot(path=shots / "1-the-plan-is-read-back.png")
    mette.writes("JA")
    mette.gets("Aftalen er lavet")
    telephones.screenshot(path=shots / "2-the-plan-is-agreed.png")


def test_an_english_speaker_is_answered_in_english(telephones: Page, shots: Path) -> None:
    emily = Telephone(telephones, "emily")
    emily.gets("Hi Emily", "Albertslund Municipality")
    emily.taps("YES")
    emily.gets("birth", "case number")
    emily.taps("12.06.1990 A-1002")
    emily.gets("2,315.50")
    telephones.screenshot(path=shots / "3-in-english.png")


def test_a_hard_case_comes_to_the_desk_by_itself_and_a_caseworker_answers(
    telephones: Page, desk: Page, shots: Path
) -> None:
    karl = Telephone(telephones, "karl")
    karl.gets("Faxe Kommune")
    expect(desk.locator("#part-queue")).not_to_contain_text("Karl Mortensen")

    karl.taps(HARD)
    karl.gets("Livslinien")
    waiting = desk.locator("#part-queue").get_by_role("link", name="Karl Mortensen", exact=True)
    expect(waiting).to_be_visible(timeout=ANSWER_WITHIN_MS)
    desk.screenshot(path=shots / "4-it-is-on-the-desk.png")

    waiting.click()
    expect(desk.locator("#thread")).to_contain_text(HARD)
    desk.get_by_role("button", name="Overtag samtalen").click()
    answer = "Hej Karl. Det er Lone fra Faxe Kommune. Må jeg ringe til dig nu?"
    desk.get_by_label("Dit svar").fill(answer)
    desk.get_by_role("button", name="Send svar").click()
    karl.gets(re.escape(answer))

    karl.writes("Ja tak")
    expect(desk.locator("#thread")).to_contain_text("Ja tak", timeout=ANSWER_WITHIN_MS)
    desk.screenshot(path=shots / "5-the-caseworker-answers.png")
    telephones.screenshot(path=shots / "6-the-phone-shows-it.png")
    expect(karl.texts.last).to_contain_text(answer)  # the assistant stays silent
