"""The option that says in which format to print, beside what prints (``printing``)."""

from __future__ import annotations

from typing import Annotated

import typer

from sfa.cli.declared import FORMAT
from sfa.cli.printing import FORMATS, emit, format_of

__all__ = ["FORMATS", "Format", "emit", "format_of"]

Format = Annotated[str, typer.Option(*FORMAT.flags, metavar=FORMAT.metavar, help=FORMAT.help)]
