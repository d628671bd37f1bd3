"""All tables together, and each noun's model by itself."""

from __future__ import annotations

import subprocess
import sys
from importlib import import_module
from pkgutil import iter_modules

from sqlmodel import SQLModel

import sfa.models
from sfa.models import model_of
from sfa.models.schema import NOUN_MODELS, TABLES


def test_no_table_of_any_module_is_forgotten() -> None:
    for module in iter_modules(sfa.models.__path__):
        import_module(f"sfa.models.{module.name}")
    ours = {name for name in SQLModel.metadata.tables if not name.startswith("test_")}
    assert ours == {str(model.__tablename__) for model in TABLES}


def test_every_noun_finds_the_model_that_the_schema_has_for_it() -> None:
    assert {noun: model_of(noun) for noun in NOUN_MODELS} == NOUN_MODELS


def test_a_model_by_itself_points_to_no_table_that_may_not_be_mapped() -> None:
    """SQLAlchemy asks for the tables that foreign keys name when it writes a row."""
    program = (
        "import sys; from sfa.models import model_of\n"
        "tables = [model_of(noun).__table__ for noun in sys.argv[1:]]\n"
        "sys.exit(any(table.foreign_keys for table in tables) or 'sfa.models.schema' in sys.modules)"
    )
    done = subprocess.run([sys.executable, "-c", program, *NOUN_MODELS], timeout=60, check=False)
    assert done.returncode == 0
    assert all(model.__table__.foreign_keys for model in TABLES)  # type: ignore[attr-defined]
