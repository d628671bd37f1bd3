from __future__ import annotations

from pathlib import Path

from tests.cli.conftest import Sfa
from tests.store.rows import hash_of_store


def test_a_personal_setting_is_kept_in_the_file(sfa: Sfa, home: Path) -> None:
    assert sfa("config", "get", "limit").out == "50\n"
    assert sfa("config", "set", "limit", "20").code == 0
    assert sfa("config", "get", "limit").out == "20\n"
    assert "limit = " in (home / "config.toml").read_text("utf-8")
    listed = {each["name"]: each for each in sfa("config", "list", "--format", "json").data["settings"]}
    assert listed["limit"]["origin"] == str(home / "config.toml")
    assert listed["theme"]["origin"] == "default"


def test_a_wrong_setting_is_refused(sfa: Sfa) -> None:
    assert sfa("config", "set", "limit", "-5").code == 2
    assert sfa("config", "get", "colour").code == 2
    assert sfa("config", "org", "get", "colour").code == 2


def test_an_organisation_setting_is_a_change_that_can_be_undone(sfa: Sfa, home: Path) -> None:
    before = hash_of_store(home)
    assert sfa("config", "org", "set", "stale_days", "45").code == 0
    assert sfa("config", "org", "get", "stale_days").out == "45\n"
    assert sfa("undo").out == "Undone: Set stale_days to 45\n"
    assert hash_of_store(home) == before


def test_another_currency_warns_about_the_amounts_there_are(sfa: Sfa) -> None:
    assert "keep" not in sfa("config", "org", "set", "currency", "CNY").err
    sfa("deal", "add", "Pumps", "--amount", "100")
    said = sfa("config", "org", "set", "currency", "eur")
    assert said.code == 0
    assert "1 deal keeps its amount in CNY" in said.err
    (deal,) = sfa("deal", "list", "--format", "json").data["rows"]
    assert deal["amount"]["currency"] == "CNY"
    assert sfa("config", "org", "set", "currency", "XXQ").code == 2


def test_the_organisation_list_shows_the_default_pipeline_by_name(sfa: Sfa) -> None:
    listed = sfa("config", "org", "list", "--format", "json").data["settings"]
    values = {each["name"]: each["value"] for each in listed}
    assert values["default_pipeline"] == "Standard"
    assert sfa("config", "org", "list").out.startswith("name\tvalue")


def test_whoami_names_user_device_and_store(sfa: Sfa, home: Path) -> None:
    sfa("config", "org", "set", "organisation_name", "Pumps Ltd")
    found = sfa("whoami", "--format", "json").data
    assert found["role"] == "rep"
    assert found["organisation"] == "Pumps Ltd"
    assert found["store"] == str(home / "sfa.db")
    assert len(found["device_id"]) == 36
    for fmt in ("table", "md", "tsv"):
        assert "Pumps Ltd" in sfa("whoami", "--format", fmt).out


def test_an_empty_value_goes_back_to_the_default(sfa: Sfa, home: Path) -> None:
    sfa("config", "set", "theme", "light")
    assert sfa("config", "set", "theme", "").code == 0
    assert sfa("config", "get", "theme").out == "dark\n"
    assert "theme" not in (home / "config.toml").read_text("utf-8")


def test_a_key_is_given_listed_and_taken_back(sfa: Sfa, home: Path) -> None:
    assert sfa("config", "keys").code == 0
    assert sfa("config", "key", "records.find", "f3,/").code == 0
    assert sfa("config", "keys").out.splitlines()[1].split("\t")[:4] == [
        "records.find", "Find", "f3,/", "slash",
    ]  # fmt: skip
    refused = sfa("config", "key", "records.find", "n")
    assert refused.code == 2
    assert "'records.new' has in the same place" in refused.err
    assert sfa("config", "key", "records.find").code == 0
    assert "records.find" not in (home / "config.toml").read_text("utf-8")


def test_a_wrong_key_in_the_file_is_listed_with_the_reason(sfa: Sfa, home: Path) -> None:
    (home / "config.toml").write_text('[keys]\n"app.dance" = "f2"\n"app.jump" = "f4"\n', "utf-8")
    found = sfa("config", "keys", "--format", "json")
    assert found.code == 1
    assert [bool(each["fault"]) for each in found.data["keys"]] == [True, False]
    assert len(sfa("config", "keys", "--all", "--format", "json").data["keys"]) > 100


def test_the_pipeline_takes_the_shape_of_a_way_of_selling_until_the_first_deal(sfa: Sfa, home: Path) -> None:
    before = hash_of_store(home)
    assert sfa("pipeline", "shape", "project").code == 0
    stages = [row["name"] for row in sfa("stage", "list", "--format", "json").data["rows"]]
    assert stages[:5] == ["Prospecting", "Needs known", "Solution", "Tender", "Negotiation"]
    assert sfa("undo").code == 0
    assert hash_of_store(home) == before
    assert sfa("pipeline", "shape", "round").code == 2
    sfa("deal", "add", "Pumps")
    assert sfa("pipeline", "shape", "short").code == 3
