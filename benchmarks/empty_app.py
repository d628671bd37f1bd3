"""A Textual app that shows nothing: what any app of that library costs."""

from __future__ import annotations

from textual.app import App

if __name__ == "__main__":
    App[None]().run()
