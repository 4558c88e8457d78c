"""Starts the certified oidc-provider as a municipality's sign-in service, and signs in there."""

from __future__ import annotations

import json
import re
import socket
import subprocess
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

import httpx

from tests.real.listening import until_listening

if TYPE_CHECKING:
    from datetime import datetime

ROOT = Path(__file__).parents[2]
SCRIPT = Path(__file__).with_name("provider.mjs")
READY_WITHIN_SECONDS = 120
SECRET = "hemmeligheden mellem os og dem"
BACK = "http://127.0.0.1:8000/desk/sign-in/with/albertslund/back"
BACK_TO_CHAT = "http://127.0.0.1:8000/chat/albertslund/mitid/back"
GOODBYE = "http://127.0.0.1:8000/desk/sign-in?signed-out"

PEOPLE = {
    "ida": {"name": "Ida Holm", "preferred_username": "ida", "groups": ["MD-sagsbehandler"]},
    "ole": {"name": "Ole Lund", "preferred_username": "ole", "groups": ["Kantinen"]},
}


def _free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as server:
        return int(server.getsockname()[1])


@dataclass
class RealProvider:
    """The provider as a process of its own; a second start has other keys."""

    log: Path
    now: datetime
    people: dict[str, dict[str, Any]] = field(default_factory=lambda: dict(PEOPLE))
    userinfo: bool = True
    port: int = field(default_factory=_free_port)
    process: subprocess.Popen[bytes] | None = None

    @property
    def issuer(self) -> str:
        """What it calls itself."""
        return f"http://127.0.0.1:{self.port}"

    def start(self) -> None:
        """Start it, and wait until it listens."""
        client = {
            "client_id": "mindelig",
            "client_secret": SECRET,
            "redirect_uris": [BACK, BACK_TO_CHAT],
            "post_logout_redirect_uris": [GOODBYE],
        }
        given = {
            "issuer": self.issuer,
            "client": client,
            "people": self.people,
            "userinfo": self.userinfo,
            "now": int(self.now.timestamp() * 1000),
        }
        with self.log.open("wb") as output:
            self.process = subprocess.Popen(
                ["node", str(SCRIPT), json.dumps(given)],
                cwd=ROOT,
                stdout=output,
                stderr=subprocess.STDOUT,
            )
        until_listening(self.process, self.port, self.log, within=READY_WITHIN_SECONDS)

    def stop(self) -> None:
        """Stop it."""
        if self.process is not None:
            self.process.terminate()
            self.process.wait(timeout=10)
            self.process = None


@dataclass
class AtProvider:
    """A browser at the provider, with cookies of its own there."""

    client: httpx.AsyncClient

    async def sign_in(self, address: str, login: str) -> str:
        """Follow the way to the provider, sign in, and return the address it leads back to."""
        page = await self._follow(address)
        if page.is_redirect:
            return page.headers["location"]
        form = {"prompt": "login", "login": login, "password": "-"}
        done = await self.client.post(_action(page), data=form)
        return (await self._follow(done.headers["location"])).headers["location"]

    async def refuse(self, address: str) -> str:
        """Follow the way to the provider, change one's mind there, and return where it leads."""
        page = await self._follow(address)
        left = await self._follow(re.findall(r'href="([^"]*/abort)"', page.text)[0], at=page)
        return left.headers["location"]

    async def sign_out(self, address: str) -> str:
        """Follow the way out, say yes, and return the address it leads back to."""
        page = await self.client.get(address)
        secret = re.findall(r'name="xsrf" value="([^"]+)"', page.text)[0]
        fields = {"xsrf": secret, "logout": "yes"}
        return (await self.client.post(_action(page), data=fields)).headers["location"]

    async def _follow(self, address: str, at: httpx.Response | None = None) -> httpx.Response:
        """Go on until a page is shown, or the way leads away from the provider."""
        page = await self.client.get(at.url.join(address) if at else address)
        while page.is_redirect:
            there = page.url.join(page.headers["location"])
            if there.port != page.url.port:
                return page
            page = await self.client.get(there)
        return page


def _action(page: httpx.Response) -> httpx.URL:
    return page.url.join(re.findall(r'action="([^"]+)"', page.text)[0])
