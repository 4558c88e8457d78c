"""Starts telegram-test-api as Telegram, and lets a citizen write, press and read there."""

from __future__ import annotations

import socket
import subprocess
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import httpx

from tests.real.listening import until_listening

if TYPE_CHECKING:
    from collections.abc import Iterator

ROOT = Path(__file__).parents[2]
SCRIPT = Path(__file__).with_name("telegram.mjs")
READY_WITHIN_SECONDS = 120


@contextmanager
def telegram(log: Path) -> Iterator[str]:
    """Serve Telegram on a free port; yields its address once it answers."""
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = int(free.getsockname()[1])
    command = ["node", str(SCRIPT), str(port)]
    with (
        log.open("wb") as output,
        subprocess.Popen(command, cwd=ROOT, stdout=output, stderr=subprocess.STDOUT) as process,
    ):
        try:
            until_listening(process, port, log, within=READY_WITHIN_SECONDS)
            yield f"http://127.0.0.1:{port}"
        finally:
            process.terminate()
            try:
                process.wait(timeout=10)
            except subprocess.TimeoutExpired:
                process.kill()


@dataclass(frozen=True)
class Telephone:
    """A citizen's Telegram (app), with one chat."""

    url: str
    token: str
    chat: int

    async def write(self, text: str, **given: Any) -> None:
        """Send a message to the bot; a command is marked as one, as the app does."""
        message = {"botToken": self.token, "date": 1764000000, "text": text, **self._who(), **given}
        if text.startswith("/"):
            length = len(text.split(maxsplit=1)[0])
            message["entities"] = [{"type": "bot_command", "offset": 0, "length": length}]
            await self._post("/sendCommand", message)
        else:
            await self._post("/sendMessage", message)

    async def press(self, label: str) -> None:
        """Press a button under the last message that has it."""
        under = [one for one in await self.shown() if label in _labels(one)][-1]
        said = under["message"]
        message = {
            "message_id": under["messageId"],
            "date": 1764000000,
            "chat": self._who()["chat"],
            "text": said["text"],
            "reply_markup": said["reply_markup"],
        }
        number = said.get("reply_parameters", {}).get("message_id")
        for one in await self._history():
            if number is not None and one.get("messageId") == number:
                message["reply_to_message"] = one["message"] | {"message_id": number}
        button = _labels(under)[label]
        press = {"botToken": self.token, "date": 1764000000, "data": button, "message": message}
        await self._post("/sendCallback", press | {"from": self._who()["from"]})

    async def shown(self) -> list[dict[str, Any]]:
        """Return what the bot has written in this chat, oldest first."""
        history = [one for one in await self._history() if "message" in one]
        return [one for one in history if str(one["message"].get("chat_id")) == str(self.chat)]

    async def read(self) -> list[str]:
        """Return the texts of what the bot has written in this chat."""
        return [one["message"]["text"] for one in await self.shown()]

    async def buttons(self) -> list[str]:
        """Return what stands on the buttons of this chat, the oldest first."""
        return [label for one in await self.shown() for label in _labels(one)]

    async def _history(self) -> list[dict[str, Any]]:
        answer = await self._post("/getUpdatesHistory", {"token": self.token})
        return list(answer["result"])

    def _who(self) -> dict[str, Any]:
        person = {"id": self.chat, "first_name": "Mette"}
        return {"chat": person | {"type": "private"}, "from": person | {"is_bot": False}}

    async def _post(self, path: str, given: dict[str, Any]) -> dict[str, Any]:
        async with httpx.AsyncClient(base_url=self.url, trust_env=False, timeout=30) as client:
            answer = await client.post(path, json=given)
            return dict(answer.raise_for_status().json())


def _labels(shown: dict[str, Any]) -> dict[str, str]:
    markup = shown["message"].get("reply_markup") or {}
    rows = markup.get("inline_keyboard", [])
    return {button["text"]: button["callback_data"] for row in rows for button in row}
