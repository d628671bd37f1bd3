"""The schema's version that this program carries; ``PRAGMA user_version`` of a store says its own."""

from __future__ import annotations

SCHEMA_VERSION = 9
APPLICATION_ID = 0x73666131  # "sfa1"
