"""The centre, its devices and a machine's own server as text."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict
from typing import TYPE_CHECKING

from sfa.i18n import tr
from sfa.render.dates import instant
from sfa.render.tables import Col, Grid, grid_text, json_text, pairs_text

if TYPE_CHECKING:
    from sfa.sync.centre.admin import CentreState, DeviceState
    from sfa.sync.centre.cluster import ClusterState

Pairs = Sequence[tuple[str, str, str]]


def status_text(found: CentreState, fmt: str) -> str:
    """Return what the centre holds."""
    labels = {
        "server": tr("PostgreSQL"),
        "schema_version": tr("Schema"),
        "version": tr("Version"),
        "epoch": tr("Epoch"),
        "users": tr("People"),
        "devices": tr("Devices"),
        "ops": tr("Changes"),
        "open_conflicts": tr("Open conflicts"),
        "open_proposals": tr("Open proposals"),
        "quarantined": tr("In quarantine"),
        "size_bytes": tr("Bytes"),
        "last_backup_at": tr("Last backup"),
        "in_recovery": tr("Devices bring back"),
    }
    return _facts("sfa.hub.status/1", asdict(found), labels, fmt)


def cluster_text(found: ClusterState, fmt: str) -> str:
    """Return whether a machine's own server runs, and where."""
    labels = {
        "running": tr("Running"),
        "port": tr("Port"),
        "data": tr("Data"),
        "programs": tr("Programs"),
        "version": tr("PostgreSQL"),
    }
    plain = {**asdict(found), "data": str(found.data), "programs": str(found.programs)}
    return _facts("sfa.hub.dev/1", plain, labels, fmt)


def _facts(schema: str, plain: dict[str, object], labels: dict[str, str], fmt: str) -> str:
    if fmt == "json":
        return json_text(schema, plain)
    if fmt == "table":
        return pairs_text([(label, _shown(name, plain[name])) for name, label in labels.items()])
    cells = tuple((name, _raw(plain[name])) for name in labels)
    return grid_text(Grid((Col("field", tr("Field")), Col("value", tr("Value"))), cells), fmt)


def _shown(name: str, value: object) -> str:
    if isinstance(value, bool):
        return tr("yes") if value else tr("no")
    if name.endswith("_at"):
        return instant(str(value)) if value else tr("never")
    return str(value)


def _raw(value: object) -> str:
    return "" if value is None else str(int(value)) if isinstance(value, bool) else str(value)


def devices_text(found: Sequence[DeviceState], fmt: str) -> str:
    """Return the devices, the last seen first."""
    if fmt == "json":
        return json_text("sfa.hub.devices/1", {"devices": [asdict(each) for each in found]})
    columns = (
        Col("code", tr("Code"), rigid=True),
        Col("user", tr("User")),
        Col("name", tr("Name")),
        Col("seen_at", tr("Last seen")),
        Col("last_seq", tr("Changes"), right=True),
        Col("state", tr("State")),
    )
    is_shown = fmt in {"table", "md"}
    cells = tuple(
        (
            each.code,
            each.user,
            each.name,
            (instant(each.seen_at) if is_shown else each.seen_at) if each.seen_at else "",
            str(each.last_seq),
            _state(each),
        )
        for each in found
    )
    return grid_text(Grid(columns, cells), fmt)


def _state(each: DeviceState) -> str:
    if each.revoked:
        return tr("revoked")
    return tr("clock ahead") if each.clock_ahead_ms else ""
