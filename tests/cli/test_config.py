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
