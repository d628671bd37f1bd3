"""Random keys, clicks, pastes and sizes on a real terminal: no crash, no freeze, and the doctor is content.

``make prove`` presses 200,000 keys; what fits in a few minutes is pressed here. A seed that breaks
something: ``python -m tests.monkey --seed N --keys K``.
"""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.monkey.hands import LONGEST_PASTE, acts
from tests.monkey.run import Cage, furnish, let_loose

SEEDS = range(10)
KEYS = 5_000


@pytest.fixture(scope="module")
def furnished(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return the home of a small company; each monkey gets a copy."""
    return furnish(tmp_path_factory.mktemp("furnished") / "home")


def test_a_seed_gives_the_same_acts_every_time() -> None:
    assert list(acts(7, 2_000)) == list(acts(7, 2_000))
    assert list(acts(7, 2_000)) != list(acts(8, 2_000))
    assert sum(act.keys for act in acts(7, 2_000)) >= 2_000


def test_the_acts_hold_what_breaks_programs() -> None:
    done = [act for seed in range(5) for act in acts(seed, 20_000)]
    assert (20, 5) in {act.size for act in done}
    assert any(len(act.sent) > LONGEST_PASTE for act in done)
    assert any("华创".encode() in act.sent for act in done)
    assert any("👩".encode() in act.sent for act in done)
    assert any(b"\x00" in act.sent for act in done)


@pytest.mark.parametrize("seed", SEEDS)
def test_a_monkey_breaks_nothing(furnished: Path, seed: int) -> None:
    cage = let_loose(seed, KEYS, furnished)
    assert cage.acts > KEYS / 20


def test_a_megabyte_pasted_into_a_form_is_borne_and_kept(furnished: Path, tmp_path: Path) -> None:
    import shutil

    home = tmp_path / "home"
    shutil.copytree(furnished, home)
    cage = Cage(home, 0)
    try:
        shown = cage.shown
        shown.press("ctrl+n")
        shown.until("  product")
        shown.press("t")
        shown.until("New task")
        shown.type("Call")
        shown.click(30, 15)
        shown.paste("长文 x\n" * (LONGEST_PASTE // 9))
        cage.look()
        shown.resize(100, 30)
        cage.look()
        cage.close()
    finally:
        cage.stop()
