"""Files put onto records and taken off them."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from sqlmodel import Session

    from sfa.finding.attachments import Attachment


def add(noun: str, record_id: str, source: Path, home: Path) -> Callable[[Session], Attachment]:
    """Attach a file to a record."""

    def work(session: Session) -> Attachment:
        from sfa.services import attachments
        from sfa.store.home import content_dir

        return attachments.add(session, noun, record_id, source, folder=content_dir(home))

    return work


def delete(row_id: str) -> Callable[[Session], None]:
    """Take a file off its record."""

    def work(session: Session) -> None:
        from sfa.services import attachments

        attachments.delete(session, row_id)

    return work
