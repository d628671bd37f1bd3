"""A year of a real company's sales, imported on one device and read at the centre with plain SQL."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.conftest import ROOT
from tests.sync.whole.office import Office, in_step, nothing_lost

_FILES = {
    "users": "sales_teams.csv",
    "products": "products.csv",
    "accounts": "accounts.csv",
    "deals": "sales_pipeline.csv",
}
_DEALS = 8_800
_TOTALS = """
SELECT s.name, count(*)::int, coalesce(sum(d.amount_minor), 0)::bigint
FROM sfa.deal AS d JOIN sfa.stage AS s ON s.id = d.stage_id
WHERE d.deleted_at IS NULL GROUP BY s.name ORDER BY s.name
"""


@pytest.mark.slow
def test_a_year_of_sales_reaches_the_centre_whole(office: Office, shared_data: Path) -> None:
    ada = office.signed_in("root")
    for word, file in _FILES.items():
        mapping = ROOT / "examples" / "maven" / f"{word}.toml"
        path = shared_data / "maven_crm" / file
        ada.does(
            "import", word, str(path), "--mapping", str(mapping), "--yes", "--rejects", str(ada.home / "bad")
        )
    largest = ada.value("SELECT max(n) FROM (SELECT count(*) AS n FROM oplog GROUP BY tx_id)")
    assert largest > _DEALS  # one transaction, and many batches
    first = ada.does("sync", "--json").data
    assert first["unsent"] == 0
    assert first["outcomes"].keys() == {"applied"}
    assert ada.value("SELECT count(*) FROM outcome") == 0
    nothing_lost(office, ada)

    here = ada.rows(_TOTALS.replace("sfa.", "").replace("::int", "").replace("::bigint", ""))
    assert office.rows(_TOTALS) == here
    assert sum(count for _, count, _ in here) == _DEALS
    printed = ada.does("pipeline", "--format", "json", "--no-store").data
    kinds = {kind: (count, total) for kind, count, total in office.rows(_TOTALS.replace("s.name", "s.kind"))}
    for kind in ("open", "won", "lost"):
        assert kinds[kind] == (printed[kind]["count"], round(float(printed[kind]["amount"]) * 100))
    for stage in printed["stages"]:
        assert (stage["name"], stage["count"], round(float(stage["amount"]) * 100)) in here
    again = ada.does("sync", "--verify", "--json").data
    assert (again["verified"], again["repaired"], again["pushed"]) == (True, 0, 0)

    other = office.signed_in("root", "-new-laptop")
    assert other.value("SELECT count(*) FROM deal") == _DEALS
    in_step(other)
