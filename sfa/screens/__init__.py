"""The terminal app: all Textual. No SQL, no arithmetic, no formatting of values."""

import os

# A key waits for the next turn of Textual to paint: 17 ms at its own 60 a second, 4 at these. Nothing is
# painted in turns without a change. It is read when Textual is loaded.
os.environ.setdefault("TEXTUAL_FPS", "240")
