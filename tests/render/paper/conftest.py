"""What tests of papers share: one cache of cut fonts, the package's font, what a PDF says."""

from __future__ import annotations

import shutil
import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest

from sfa.render.paper import font_files
from sfa.render.paper.document import Look, Paper
from sfa.render.paper.files import content_of
from sfa.render.paper.templates import Template, standard

Draw = Callable[..., bytes]


@pytest.fixture(scope="session")
def font_folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a folder for cut fonts; the first paper of the tests fills it."""
    return tmp_path_factory.mktemp("fonts")


@pytest.fixture
def package_font(monkeypatch: pytest.MonkeyPatch) -> Path:
    """Draw with the font that comes as a package, on whatever machine."""
    monkeypatch.setattr(font_files, "_installed", dict)
    path = font_files._of_package()
    assert path is not None, "the extra 'fonts' is installed for tests"
    return path


@pytest.fixture
def drawn(font_folder: Path, package_font: Path) -> Draw:
    """Return a paper in a format, PDF unless said."""
    assert package_font.is_file()

    def draw(paper: Paper, look: Look, template: Template | None = None, fmt: str = "pdf") -> bytes:
        return content_of(paper, look, template or standard(), fmt, cache=font_folder)

    return draw


def text_of(pdf: bytes, *, page: int | None = None) -> str:
    """Return what a PDF says, as a reader copies it: line by line, as laid out."""
    command = shutil.which("pdftotext")
    if command is None:
        pytest.fail("pdftotext is needed: Debian, Ubuntu: apt install poppler-utils")
    pages = ["-f", str(page), "-l", str(page)] if page else []
    run = subprocess.run([command, "-layout", *pages, "-", "-"], input=pdf, capture_output=True, check=True)
    return run.stdout.decode()


def pages_of(pdf: bytes) -> list[str]:
    """Return what each page says."""
    return text_of(pdf).split("\f")[:-1]


def squeezed(text: str) -> str:
    """Return a text without any space, as lines are broken elsewhere on paper."""
    return "".join(text.split())
