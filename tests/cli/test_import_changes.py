"""What an import says it changes in records that are there."""

from __future__ import annotations

from pathlib import Path

from tests.cli.conftest import Sfa


def test_a_dry_run_and_the_report_say_what_changes_in_records_that_are_there(
    sfa: Sfa, tmp_path: Path
) -> None:
    path = tmp_path / "leads.csv"
    mapping = tmp_path / "m.toml"
    mapping.write_text(
        'key = "Id"\n[columns]\nName = "name"\nPhone = "phones"\nOwner = "owner"\nRating = "rating"\n'
        'Colour = "field:colour"\n[[fields]]\nname = "colour"\n',
        "utf-8",
    )
    me = sfa("user", "list", "--fields", "name", "--format", "json").data["rows"][0]["name"]
    sfa("user", "add", "Jo")
    path.write_text("Id,Name,Phone,Owner,Rating,Colour\n1,Ann,111,,,red\n2,Bob,,,,\n", "utf-8")
    answer = sfa("import", "leads", str(path), "--mapping", str(mapping), "--report", "json")
    assert [row.get("changes") for row in answer.data["rows"]] == [None, None]
    path.write_text("Id,Name,Phone,Owner,Rating,Colour\n1,Ann B.,222,Jo,hot,blue\n2,Bob,333,,,\n", "utf-8")
    command = ("import", "leads", str(path), "--mapping", str(mapping))
    said = sfa(*command, "--dry-run")
    first, second = said.err.splitlines()[:2]
    assert first.startswith(f"line 2: Owner: {me} → Jo; Name: Ann → Ann B.; Rating: – → Hot; ")
    assert first.endswith("; Phones: 111 → 222; colour: red → blue")
    assert second == "line 3: Phones: – → 333"
    rows = sfa(*command, "--report", "json").data["rows"]
    changes = {each["field"]: (each["before"], each["after"]) for each in rows[0]["changes"]}
    assert changes["name"] == ("Ann", "Ann B.")
    assert changes["phones"] == (["111"], ["222"])
    assert changes["colour"] == ("red", "blue")
    assert changes["rating"][1] == "hot"
    assert [each["name"] for each in changes["owner"]] == [me, "Jo"]
    assert sfa(*command, "--report", "json").data["rows"][0].get("changes") is None
