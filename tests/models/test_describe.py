"""The fields that readers use are those of the models."""

from __future__ import annotations

import pytest

from sfa.fields import NOUNS, TABLES, Kind, Noun
from sfa.models.describe import TARGET, describe, sa_table
from sfa.models.schema import NOUN_MODELS
from sfa.models.schema import TABLES as MODELS


def test_the_generated_fields_are_current() -> None:
    assert TARGET.read_text("utf-8") == describe()


def test_every_table_is_described_column_by_column() -> None:
    for model in MODELS:
        described = TABLES[str(model.__tablename__)]
        assert described.column_names() == tuple(column.name for column in sa_table(model).columns)


def test_parents_stand_before_children_but_for_links_among_records() -> None:
    order = list(TABLES)
    for table in TABLES.values():
        for column in table.columns:
            child_table = "ref" not in table.column_names()
            if column.references and child_table and column.name not in {"created_by", "owner_id", "team_id"}:
                assert order.index(column.references) < order.index(table.name), (table.name, column.name)


@pytest.mark.parametrize("noun", NOUNS.values(), ids=lambda noun: noun.name)
def test_what_a_noun_lists_and_sorts_by_are_fields_of_it(noun: Noun) -> None:
    for name in (*noun.listed, *(word.lstrip("-") for word in noun.order)):
        assert noun.field(name) is not None, name
    for column in noun.title:
        assert column in TABLES[noun.table].column_names()


@pytest.mark.parametrize("noun", NOUNS.values(), ids=lambda noun: noun.name)
def test_a_field_lives_in_a_column_that_exists(noun: Noun) -> None:
    for field in noun.fields:
        names = TABLES[field.table].column_names()
        assert field.column in names
        assert not field.currency_column or field.currency_column in names
        assert field.kind is not Kind.MANY or field.owner_column in names
        assert not field.through or field.through in TABLES[noun.table].column_names()


def test_every_noun_has_its_model() -> None:
    assert set(NOUNS) == set(NOUN_MODELS)
