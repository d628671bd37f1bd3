"""Where the benchmark keeps things: the cache is git-ignored, the results are not."""

from __future__ import annotations

import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
CACHE = ROOT / "benchmarks" / ".cache"
PAGE, FIGURES = "RESULTS.md", "results.json"
PYTHON = sys.executable
SFA = str(Path(sys.executable).with_name("sfa"))


def shown(text: str) -> str:
    """Return a text without the folders of this machine, for the report."""
    for folder, name in ((str(CACHE), ".cache"), (str(ROOT), "."), (sys.base_prefix, "")):
        text = text.replace(f"{folder}/", f"{name}/" if name else "").replace(folder, name or "python")
    return text.replace(str(Path.home()), "~")
