"""sfa find, as the framework takes it; what it does is in ``seeking``."""

from __future__ import annotations

from sfa.cli.options import plain_command
from sfa.cli.seeking import OPTIONS, find_records

find = plain_command(find_records, OPTIONS)
