"""Where set-up finds and puts things."""

from __future__ import annotations

import os
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
REQUIREMENTS = ROOT / "requirements"
STATE = ROOT / ".setup"
VENV = ROOT / ".venv"
VENV_RASA = ROOT / ".venv-rasa"
NODE_MODULES = ROOT / "node_modules"


def cache() -> Path:
    """Return the folder that all clones on this machine share.

    `MINDELIG_CACHE` moves it; uv and Rasa's environment (1.8 GB) live there.
    """
    chosen = os.environ.get("MINDELIG_CACHE")
    return Path(chosen).expanduser().resolve() if chosen else Path.home() / ".cache" / "mindelig"
