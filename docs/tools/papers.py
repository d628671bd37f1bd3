"""Draw sample papers: ``python docs/tools/papers.py``.

Writes pages of the sample quotes as ``docs/screens/paper-NAME-PAGE.png``; the PDFs and every
other format of them go into ``build/papers``, to be looked at. Needs ``pdftoppm``.
"""

from __future__ import annotations

import shutil
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

from PIL import Image

ROOT = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT))

from sfa.render.paper.document import Tongue, Variant  # noqa: E402
from sfa.render.paper.files import FORMATS, content_of  # noqa: E402
from sfa.render.paper.templates import standard  # noqa: E402
from tests.render.paper.samples import SAMPLES  # noqa: E402

SCREENS = ROOT / "docs" / "screens"
BESIDE = ROOT / "build" / "papers"
DOTS_PER_INCH = 84
# The pages that are kept with the documentation.
SHOWN = {"short": (1,), "bilingual": (1, 2), "long": (1, 4)}
COLOURS = 48  # a page has few; a picture of them is a third as large


def main() -> None:
    """Draw every sample."""
    if shutil.which("pdftoppm") is None:
        raise SystemExit("pdftoppm is needed: Debian, Ubuntu: apt install poppler-utils")
    BESIDE.mkdir(parents=True, exist_ok=True)
    for name, (make, look) in SAMPLES.items():
        for fmt in FORMATS:
            path = BESIDE / f"{name}.{fmt}"
            path.write_bytes(content_of(make(), look, standard(), fmt, cache=BESIDE / "fonts"))
        for number in SHOWN[name]:
            draw(BESIDE / f"{name}.pdf", number, SCREENS / f"paper-{name}-{number}.png")
        for variant in (Variant.INTERNAL, Variant.WAREHOUSE):
            other = replace(look, variant=variant, tongue=Tongue.CHINESE)
            path = BESIDE / f"{name}-{variant}.pdf"
            path.write_bytes(content_of(make(), other, standard(), "pdf", cache=BESIDE / "fonts"))


def draw(pdf: Path, number: int, picture: Path) -> None:
    """Draw a page of a PDF as a picture."""
    stem = BESIDE / picture.stem
    command = [
        "pdftoppm",
        "-r",
        str(DOTS_PER_INCH),
        "-f",
        str(number),
        "-l",
        str(number),
        "-singlefile",
        "-png",
    ]
    subprocess.run([*command, str(pdf), str(stem)], check=True)  # noqa: S603
    with Image.open(f"{stem}.png") as drawn:
        drawn.quantize(COLOURS).save(picture, optimize=True)
    print(picture.relative_to(ROOT), flush=True)


if __name__ == "__main__":
    main()
