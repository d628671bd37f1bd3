"""Draw sample papers: ``python docs/tools/papers.py``.

Writes pages of sample quotes, made by the services, as ``docs/screens/paper-NAME-PAGE.png``; the
PDFs and every other format of them go into ``build/papers``, to be looked at. Needs ``pdftoppm``.
"""

from __future__ import annotations

import shutil
import subprocess
import sys
from dataclasses import replace
from pathlib import Path
from tempfile import TemporaryDirectory

from PIL import Image

ROOT = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT))

from sfa.render.paper.document import Look, Tongue, Variant  # noqa: E402
from sfa.render.paper.files import FORMATS, content_of  # noqa: E402
from sfa.render.paper.templates import standard  # noqa: E402
from tests.render.paper.real import REAL, as_role, paper, with_quote  # noqa: E402

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
    for name, (_, look) in REAL.items():
        with TemporaryDirectory() as folder:
            home = Path(folder)
            quote = with_quote(home, name)
            for fmt in FORMATS:
                write(home, quote, look, BESIDE / f"{name}.{fmt}")
            for number in SHOWN[name]:
                draw(BESIDE / f"{name}.pdf", number, SCREENS / f"paper-{name}-{number}.png")
            for variant in (Variant.INTERNAL, Variant.WAREHOUSE):
                other = replace(look, variant=variant, tongue=Tongue.CHINESE)
                write(home, quote, other, BESIDE / f"{name}-{variant}.pdf")


def write(home: Path, quote: str, look: Look, path: Path) -> None:
    """Write a quote into a file, in the format of its ending."""
    with as_role(home, "manager" if look.variant is Variant.INTERNAL else None):
        made = paper(home, quote, look)
    path.write_bytes(content_of(made, look, standard(), path.suffix[1:], cache=BESIDE / "fonts"))


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
