"""Everything out and in: what ``sfa export --all`` and ``sfa import --all`` do."""

from __future__ import annotations

from pathlib import Path

from sfa.cli.asking import agreed
from sfa.cli.exits import say
from sfa.cli.gateway import changing, mind_the_role, reading
from sfa.cli.output import emit
from sfa.errors import msg
from sfa.i18n import tr, tr_plural
from sfa.store.home import content_dir, home_dir
from sfa.store.version import SCHEMA_VERSION


def export_everything(directory: Path) -> None:
    """Write every table and the attached files into a new folder."""
    from sfa.services.archive import export_all

    with reading() as connection:
        done = export_all(connection, directory, contents=content_dir(home_dir()))
    emit(str(done.path))
    say(tr_plural("Exported: {count} row.", "Exported: {count} rows.", done.rows))
    if done.missing:
        say(
            tr_plural(
                "{count} attached file is not in the content folder, so not exported; see: sfa doctor",
                "{count} attached files are not in the content folder, so not exported; see: sfa doctor",
                len(done.missing),
            )
        )


def import_everything(directory: Path, *, yes: bool, dry_run: bool = False) -> None:
    """Bring an archive in, after a yes; with ``dry_run`` only say what it would do."""
    from sfa.interchange.archive_files import read_archive
    from sfa.services.archive import import_all

    if not dry_run:
        mind_the_role()
    archive = read_archive(directory, known_schema=SCHEMA_VERSION)
    rows = sum(each.rows for each in archive.manifest.tables.values())
    question = tr("Import the archive {path} with {count} rows?", path=str(directory), count=rows)
    if not dry_run and not agreed(question, yes=yes):
        say(tr("Nothing was changed."))
        return
    with changing(msg("Import the archive {folder}"), dry_run=dry_run, folder=directory.name) as change:
        done = import_all(change, archive, contents=None if dry_run else content_dir(home_dir()))
    say(
        tr(
            "{created} created, {updated} changed, {same} the same, {kept} left as they are here.",
            created=done.created,
            updated=done.updated,
            same=done.same,
            kept=done.kept,
        )
    )
    if dry_run:
        say(tr("Nothing was changed."))
    elif done.fresh:
        say(tr("The store was new: it is now what the archive was."))
