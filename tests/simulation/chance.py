"""One seed for everything a program would ask of the machine: time, ids, salts."""

from __future__ import annotations

import os
import uuid
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from random import Random
from unittest.mock import patch

from sfa import clock, ids

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


@contextmanager
def decided_by(rng: Random, wall_ms: Callable[[], int]) -> Iterator[None]:
    """Let clocks read ``wall_ms``, and every random byte come from ``rng``."""

    def instant() -> datetime:
        return EPOCH + timedelta(milliseconds=wall_ms())

    def version_4() -> uuid.UUID:
        return uuid.UUID(bytes=rng.randbytes(16), version=4)

    last = list(ids._last)
    ids._last[:] = [0, 0]
    with (
        patch.object(clock, "wall_ms", wall_ms),
        patch.object(clock, "utc_now", instant),
        patch.object(os, "urandom", rng.randbytes),
        patch.object(uuid, "uuid4", version_4),
    ):
        try:
            yield
        finally:
            ids._last[:] = last
