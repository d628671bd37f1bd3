"""Mapping files: what they may say, and that every mistake names its line and key."""

from __future__ import annotations

import tomllib
from pathlib import Path

import pytest

from sfa.errors import InvalidInput
from sfa.fields import noun
from sfa.i18n import tr_error
from sfa.interchange.csv_reading import read_table
from sfa.interchange.imported import imported_noun
from sfa.interchange.mapping import Mapping
from sfa.interchange.mapping_file import parse_mapping, read_mapping

EXAMPLES = Path(__file__).resolve().parents[2] / "examples" / "maven"


def parsed(text: str, word: str = "deal") -> Mapping:
    return parse_mapping(text, noun(word), "m.toml")


def refusal(text: str, word: str = "deal") -> str:
    with pytest.raises(InvalidInput) as caught:
        parsed(text, word)
    what, _, hint = tr_error(caught.value)
    return f"{what} {hint}".strip()


def test_a_column_may_serve_several_fields_and_the_key() -> None:
    mapping = parsed('[columns]\nsales_agent = ["name", "key"]\n', "user")
    assert mapping.columns == (("sales_agent", "name"),)
    assert mapping.key == ("sales_agent",)


def test_what_is_not_said_has_a_usual_value() -> None:
    mapping = parsed('[columns]\na = "name"\n')
    assert (mapping.source, mapping.key, mapping.defaults, mapping.pipeline) == ("import", (), {}, None)


def test_everything_that_a_mapping_may_say_is_kept() -> None:
    mapping = parsed(
        """
        noun = "deals"
        source = "crm"
        key = ["id", "year"]
        encoding = "gb18030"
        delimiter = ";"
        date_format = "DD.MM.YYYY"
        currency = "eur"
        ignore = ["x"]
        [columns]
        title = "name"
        colour = "field:colour"
        [values.title]
        a = "b"
        [defaults]
        source = "fair"
        colour = "red"
        [[fields]]
        name = "colour"
        kind = "choice"
        choices = ["red", "blue"]
        [pipeline]
        name = "Long"
        [[pipeline.stages]]
        name = "Won"
        kind = "won"
        [events]
        day = "*"
        [create]
        account = true
        owner = { role = "rep", team = { column = "office" } }
        """
    )
    assert (mapping.key, mapping.currency) == (("id", "year"), "EUR")
    assert mapping.defaults == {"source": "fair", "field:colour": "red"}
    assert mapping.pipeline is not None
    assert (mapping.pipeline.stages[0].probability_pct, mapping.pipeline.stages[0].category) == (
        100,
        "closed",
    )
    assert mapping.create["owner"].fixed == {"role": "rep"}
    assert mapping.create["owner"].columns == {"team": "office"}
    assert mapping.used_columns() == ("title", "colour", "id", "year", "day", "office")


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("colums = 1", "m.toml:1: colums: there is no such key."),
        ('[columns]\n\na = "nmae"', "m.toml:3: columns > a: deal has no field 'nmae'."),
        ("[columns]\na = 3", "m.toml:2: columns > a: it must be a text or a list of texts."),
        ('columns = "x"', "m.toml:1: columns: it must be a table: write [columns] on a line of its own."),
        ('noun = "lead"\n[columns]\na = "name"', "m.toml:1: noun: the mapping is for lead, not for deals."),
        ("[columns]", "m.toml:1: columns: no column is mapped."),
        ('key = 3\n[columns]\na = "name"', "m.toml:1: key: it must be a text or a list of texts."),
        ('[columns]\na = "name"\n[defaults]\nstagee = "x"', "m.toml:4: defaults > stagee: deal has no field"),
        ('[columns]\na = "name"\n[values]\nb = "x"', "m.toml:4: values > b: it must be a text in quotes."),
        ('[columns]\na = "name"\n[[fields]]\nname = "A b"', "m.toml:3: fields: 'A b' cannot name a field."),
        ('[columns]\na = "name"\n[[fields]]\nname = "a"\nkind = "colour"', "kind cannot be 'colour'."),
        ('[columns]\na = "name"\n[pipeline]\nstages = []', "m.toml:3: pipeline: name is missing."),
        ('[columns]\na = "name"\n[create]\nname = true', "m.toml:4: create > name: deal has no link 'name'."),
        ('[columns]\na = "name"\n[create]\nowner = "yes"', "it must be true, false or a table of fields."),
        ("[columns\n", "m.toml: it is no TOML:"),
    ],
)
def test_a_mistake_names_its_line_and_key(text: str, said: str) -> None:
    assert said in refusal(text)


def test_pipelines_and_events_are_for_deals() -> None:
    assert "only deals" in refusal('[columns]\na = "name"\n[events]\nb = "*"', "lead")
    assert "only deals" in refusal('[columns]\na = "name"\n[pipeline]\nname = "x"', "lead")


def test_two_columns_cannot_fill_one_field() -> None:
    said = refusal('[columns]\na = "name"\nb = "name"\n')
    assert "m.toml:3: columns > b: name is filled by another column already." in said
    assert parsed('[columns]\na = "phones"\nb = "phones"\n', "lead").columns == (
        ("a", "phones"),
        ("b", "phones"),
    )


def test_a_missing_mapping_file_is_refused(tmp_path: Path) -> None:
    with pytest.raises(InvalidInput, match="no such mapping file"):
        read_mapping(tmp_path / "none.toml", noun("deal"))


def test_a_file_without_a_mapped_column_is_refused_with_both_lists() -> None:
    with pytest.raises(InvalidInput) as caught:
        parsed('[columns]\nPhone = "name"\n').check_header(("Name", "Mail"), "wrong.csv")
    assert tr_error(caught.value)[0] == "wrong.csv: the file has no column Phone; it has Name, Mail."


@pytest.mark.parametrize(
    ("word", "file"),
    [("user", "sales_teams"), ("account", "accounts"), ("product", "products"), ("deal", "sales_pipeline")],
)
def test_the_examples_fit_their_files(word: str, file: str, shared_data: Path) -> None:
    described = noun(word)
    mapping = read_mapping(EXAMPLES / f"{described.plural}.toml", described)
    mapping.check_header(read_table(shared_data / "maven_crm" / f"{file}.csv").header, file)


def test_only_whole_fields_have_defaults_and_only_plain_records_are_made() -> None:
    assert "only whole fields" in refusal('[columns]\na = "name"\n[defaults]\ncurrency = "EUR"')
    assert "deals are not made in passing" in refusal(
        '[columns]\na = "subject"\n[create]\ndeal = true', "task"
    )
    assert "one value" in refusal('[columns]\na = "name"\n[create]\naccount = { phones = "1" }')


MAPPINGS = sorted(EXAMPLES.parent.glob("*/*.toml"))


@pytest.mark.parametrize("path", MAPPINGS, ids=lambda path: f"{path.parent.name}-{path.stem}")
def test_the_mapping_files_of_the_examples_are_such(path: Path) -> None:
    word = tomllib.loads(path.read_text("utf-8"))["noun"]
    described = imported_noun(word)
    assert described is not None
    assert read_mapping(path, described).columns
