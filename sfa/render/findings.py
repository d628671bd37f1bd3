"""What an examination of the store found, as text."""

from __future__ import annotations

from collections.abc import Sequence

from sfa.errors import msg
from sfa.i18n import tr
from sfa.render.cells import wrap
from sfa.render.tables import Col, Grid, grid_text, json_text, terminal_width
from sfa.store.checks import Finding, Severity


def findings_text(findings: Sequence[Finding], fmt: str) -> str:
    """Return the findings: what is wrong, and below it what mends it."""
    if fmt == "table":
        return "".join(_paragraph(finding) for finding in findings)
    rows = [_row(finding) for finding in findings]
    if fmt == "json":
        return json_text("sfa.doctor/1", {"findings": rows})
    columns = tuple(Col(name, tr(label)) for name, label in _COLUMNS)
    return grid_text(Grid(columns, tuple(tuple(row[name] for name, _ in _COLUMNS) for row in rows)), fmt)


_COLUMNS = (
    ("code", msg("Code")),
    ("severity", msg("Severity")),
    ("what", msg("Wrong")),
    ("remedy", msg("Remedy")),
)


def _row(finding: Finding) -> dict[str, str]:
    remedy = finding.repair or finding.hint
    return {
        "code": finding.code,
        "severity": finding.severity.value,
        "what": tr(finding.what, **finding.data),
        "remedy": tr(remedy, **finding.data) if remedy else "",
    }


_MARKS = {Severity.REPAIRABLE: "!", Severity.REFUSED: "!!", Severity.UNUSABLE: "✗"}


def _paragraph(finding: Finding) -> str:
    row = _row(finding)
    width = terminal_width() - 3
    lines = [f"{_MARKS[finding.severity]:<2} {line}" for line in wrap(row["what"], width)[:1]]
    lines += [f"   {line}" for line in (*wrap(row["what"], width)[1:], *wrap(row["remedy"], width)) if line]
    return "\n".join(lines) + "\n"
