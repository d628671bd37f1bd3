"""sfa doctor: examine the store, mend it, or save what can be read of it."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from sfa.cli.exits import DONE, NOTHING, UNUSABLE, say
from sfa.cli.output import Format, emit, format_of
from sfa.errors import msg
from sfa.i18n import tr, tr_plural
from sfa.store.home import home_dir

if TYPE_CHECKING:
    from collections.abc import Sequence

    from sfa.store.checks import Finding


def doctor(
    repair: Annotated[
        bool, typer.Option("--repair", help=msg("Mend what can be mended, after a backup."))
    ] = False,
    salvage: Annotated[
        Path | None,
        typer.Option(
            "--salvage",
            metavar="FILE",
            help=msg("Write what can be read of a damaged store into a new one."),
            show_default=False,
        ),
    ] = None,
    format_: Format = "",
) -> None:
    """Examine the store; exit 0 clean, 1 with findings, 6 unusable."""
    fmt = format_of(format_)
    if salvage is not None:
        _salvage(salvage)
        return
    from sfa.render.findings import findings_text
    from sfa.store import doctor as the_doctor

    found = the_doctor.examine(home_dir())
    if repair and found:
        done = the_doctor.repair(home_dir(), found)
        for finding in done.mended:
            say(tr("Mended: {what}", what=tr(finding.what, **finding.data)))
        if done.kept:
            say(tr("The store from before is kept as {path}", path=str(done.kept)))
        found = list(done.left)
    emit(findings_text(found, fmt))
    say(_summary(found))
    raise typer.Exit(_code(found))


def _code(found: Sequence[Finding]) -> int:
    from sfa.store.checks import Severity

    if not found:
        return DONE
    return UNUSABLE if any(finding.severity is Severity.UNUSABLE for finding in found) else NOTHING


def _summary(found: Sequence[Finding]) -> str:
    if not found:
        return tr("The store is sound.")
    text = tr_plural("{count} finding.", "{count} findings.", len(found))
    if any(finding.repair for finding in found):
        return f"{text} {tr('Mend them with: sfa doctor --repair')}"
    return text


def _salvage(target: Path) -> None:
    from sfa.store.salvage import salvage

    done = salvage(home_dir(), target)
    emit(str(done.path))
    say(
        tr(
            "Saved: {ops} ops and {rows} rows; {ops_lost} ops and {rows_lost} rows could not be read.",
            ops=done.ops,
            rows=done.rows,
            ops_lost=done.ops_lost,
            rows_lost=done.rows_lost,
        )
    )
    say(tr("Bring it into use with: sfa backup restore {path}", path=str(done.path)))
