"""A paper into a file, whole or not at all."""

from __future__ import annotations

import errno
import os
from contextlib import suppress
from pathlib import Path

from sfa.errors import BadUsage, InvalidInput, Msg, Refused, msg
from sfa.render.paper.document import Look, Paper
from sfa.render.paper.templates import Template

FORMATS = ("pdf", "html", "md", "xlsx", "eml")


def format_of(path: Path) -> str:
    """Return the format that a file's ending asks for.

    Raises:
        InvalidInput: there is no such format.
    """
    ending = path.suffix.lower().removeprefix(".")
    found = {"htm": "html", "markdown": "md"}.get(ending, ending)
    if found not in FORMATS:
        raise InvalidInput(
            str(path),
            msg("its ending says no format of a paper."),
            hint=msg("Known: {known}."),
            known=", ".join(f".{each}" for each in FORMATS),
        )
    return found


def font_cache(home: Path) -> Path:
    """Return the folder where cut fonts are kept; it may be emptied at any time."""
    return home / "cache" / "fonts"


def content_of(
    paper: Paper, look: Look, template: Template, fmt: str, *, cache: Path, font: Path | None = None
) -> bytes:
    """Return a paper in a format.

    Raises:
        InvalidInput: what the format needs is not there; see its module.
    """
    match fmt:
        case "html":
            from sfa.render.paper.html import html_of

            return html_of(paper, look, template).encode()
        case "md":
            from sfa.render.paper.markdown import markdown_of

            return markdown_of(paper, look, template).encode()
        case "xlsx":
            from sfa.render.paper.spreadsheet import xlsx_of

            return xlsx_of(paper, look, template)
    from sfa.render.paper.pdf import pdf_of

    pdf = pdf_of(paper, look, template, cache=cache, font=font)
    if fmt != "eml":
        return pdf
    from sfa.render.paper.labels import Labels
    from sfa.render.paper.mail import eml_of

    title = Labels(look.tongue, template.labels).lines(f"title_{paper.kind}")[0]
    return eml_of(paper, look, template, pdf, title)


def write_paper(path: Path, content: bytes, *, over: bool = False) -> None:
    """Write a file whole or not at all; one that is there stays unless ``over``.

    Raises:
        Refused: it is there already.
        BadUsage: the folder is not there or cannot be written, or the disk is full.
    """
    unfinished = path.with_name(f".{path.name}.{os.getpid()}.part")
    try:
        with unfinished.open("wb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        if over:
            unfinished.replace(path)
        else:
            _put_new(unfinished, path)
    except FileExistsError as error:
        raise Refused(
            msg("{path} is there already; nothing was written."),
            hint=msg("Give another name, or replace it: --over."),
            path=str(path),
        ) from error
    except OSError as error:
        raise BadUsage(
            msg("{path} cannot be written; nothing was left there."),
            why=msg("The system says: {system}."),
            hint=_next_step(error),
            path=str(path),
            system=error.strerror or str(error),
        ) from error
    finally:
        with suppress(OSError):
            unfinished.unlink(missing_ok=True)


def _put_new(unfinished: Path, path: Path) -> None:
    """Give a file its name unless another has it; where the disk knows no links, look first."""
    try:
        os.link(unfinished, path)
    except FileExistsError:
        raise
    except OSError:
        if path.exists():
            raise FileExistsError(errno.EEXIST, os.strerror(errno.EEXIST), str(path)) from None
        unfinished.rename(path)


def _next_step(error: OSError) -> Msg:
    if error.errno in {errno.ENOSPC, getattr(errno, "EDQUOT", errno.ENOSPC)}:
        return msg("Make room on the disk, or write to another folder.")
    if error.errno == errno.ENOENT:
        return msg("Make the folder first, or give another one.")
    return msg("Give a folder you may write to.")
