"""What a trained model makes of texts: `-m dialogues.measuring.parsing MODEL`, in its environment.

Reads a JSON list of texts from its input and writes one of dicts as its last line of output:
`intent` as the dialogue gets it, the `likeliest` that was named, `also`, and `ms` it took.
"""

import asyncio
import json
import sys
from time import perf_counter
from typing import Any

from rasa.core.agent import Agent

NOT_SURE = "nlu_fallback"


async def parse_all(model: str, texts: list[str]) -> list[dict[str, Any]]:
    """Parse each text as Rasa would when it comes from a citizen."""
    agent = Agent.load(model)
    await agent.parse_message("hej")  # the first one loads what is loaded late
    parsed = []
    for text in texts:
        begun = perf_counter()
        found = await agent.parse_message(text)
        took = 1_000 * (perf_counter() - begun)
        ranked = [one["name"] for one in found["intent_ranking"] if one["name"] != NOT_SURE]
        also = [one["name"] for one in found.get("also", [])]
        intent, likeliest = found["intent"]["name"], ranked[0] if ranked else None
        parsed.append({"intent": intent, "likeliest": likeliest, "also": also, "ms": took})
    return parsed


if __name__ == "__main__":
    told = json.load(sys.stdin)
    print(json.dumps(asyncio.run(parse_all(sys.argv[1], told))))  # noqa: T201 - it is read
