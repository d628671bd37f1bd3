"""What a list that is scrolled reads: the keys of its order, then rows by key. Read-only.

A key is the rowid of a record: 4 bytes each, so that a million records in order fit
anywhere. It lasts as long as ``data_version`` says the same; across changes records
are known by their ids.
"""

from sfa.finding.browsing.keys import (
    SMALL,
    Asked,
    data_version,
    ids_of,
    joined,
    keys_of,
    stream_ids,
    stream_keys,
)
from sfa.finding.browsing.rows import BrowsedRow, fields_of, listed_fields, read_rows

__all__ = [
    "SMALL",
    "Asked",
    "BrowsedRow",
    "data_version",
    "fields_of",
    "ids_of",
    "joined",
    "keys_of",
    "listed_fields",
    "read_rows",
    "stream_ids",
    "stream_keys",
]
