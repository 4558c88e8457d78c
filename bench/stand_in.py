"""A Twilio that answers at once, in a process of its own: `python -m bench.stand_in`.

Prints its port; ends with its standard input.
"""

from __future__ import annotations

import asyncio
import sys
from itertools import count

from aiohttp import web

_NUMBER = count(1)


async def take(request: web.Request) -> web.Response:
    """Take one message."""
    form = await request.post()
    return web.json_response(
        {"sid": f"SM{next(_NUMBER):032x}", "status": "queued", "to": form["To"]}, status=201
    )


async def serve() -> None:
    """Serve on a free port until the one who started it is done."""
    app = web.Application()
    app.router.add_post("/{anything:.*}", take)
    runner = web.AppRunner(app, access_log=None)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    print(runner.addresses[0][1], flush=True)
    await asyncio.to_thread(sys.stdin.read)
    await runner.cleanup()


if __name__ == "__main__":
    asyncio.run(serve())
