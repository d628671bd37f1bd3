"""Import after export is identity, whatever is in the store."""

from __future__ import annotations

import contextlib
import shutil
import tempfile
from pathlib import Path

from hypothesis import HealthCheck, given, settings

from sfa.errors import msg
from sfa.interchange.archive_files import read_archive
from sfa.services.archive import export_all, import_all
from sfa.store.connection import open_writing
from sfa.store.doctor import examine
from sfa.store.home import content_dir
from sfa.store.perform import changing
from sfa.store.reading import reading
from sfa.store.version import SCHEMA_VERSION
from tests.properties.test_replay import PLANS, all_rows, carry_out
from tests.store.rows import hash_of_store

FEW = settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])


@FEW
@given(plan=PLANS)
def test_import_after_export_is_identity(new_store: Path, plan: list[list[tuple[int, int, int]]]) -> None:
    with tempfile.TemporaryDirectory() as name:
        full, fresh = Path(name, "full"), Path(name, "fresh")
        for home in (full, fresh):
            home.mkdir(mode=0o700)
            shutil.copyfile(new_store, home / new_store.name)
            (home / new_store.name).chmod(0o600)
        with contextlib.closing(open_writing(full / new_store.name)) as connection:
            for transaction in plan:
                carry_out(connection, transaction)
            wanted = all_rows(connection)
        with reading(full) as connection:
            export_all(connection, Path(name, "archive"), contents=content_dir(full))
        archive = read_archive(Path(name, "archive"), known_schema=SCHEMA_VERSION)
        with changing(fresh, name=msg("Import")) as found:
            import_all(found, archive, contents=content_dir(fresh))
        assert hash_of_store(fresh) == hash_of_store(full)
        with reading(fresh) as connection:
            assert all_rows(connection) == wanted
        unsound = {finding.code for finding in examine(fresh)} - {finding.code for finding in examine(full)}
        assert unsound == set()
