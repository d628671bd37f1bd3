from __future__ import annotations

from collections.abc import Callable

from hypothesis import given
from hypothesis import strategies as st

from sfa.sync import plan
from sfa.sync.protocol import Hello, TableDigest, Welcome


def hello(*, head: int = 10, acked: int = 8, epoch: str | None = "e") -> Hello:
    return Hello("d", head, acked, "", epoch, 5, "b", 0, 5)


def welcome(
    *, last: int, chain: str = "", registered: bool = True, knows: bool = True, epoch: str = "e"
) -> Welcome:
    return Welcome(registered, last, chain, epoch, 5, knows, False, "u", "U", "rep", "A", "o", 0, 5)


def chain(seq: int) -> str | None:
    return f"c{seq}"


def test_a_device_the_centre_does_not_know_registers() -> None:
    assert plan.stand(hello(), welcome(last=0, registered=False), chain) == plan.Register()


def test_a_centre_as_far_as_was_acknowledged_is_in_line() -> None:
    assert plan.stand(hello(), welcome(last=8, chain="c8"), chain) == plan.InLine(8)


def test_what_was_pushed_and_never_acknowledged_is_pushed_again_to_hear_its_outcome() -> None:
    assert plan.stand(hello(), welcome(last=10, chain="c10"), chain) == plan.InLine(8)


def test_a_centre_that_lost_ops_gets_them_again() -> None:
    assert plan.stand(hello(), welcome(last=3, chain="c3"), chain) == plan.InLine(3)


def test_a_new_device_is_in_line_at_nothing() -> None:
    assert plan.stand(hello(acked=0), welcome(last=0), chain) == plan.InLine(0)


def test_other_ops_under_our_id_make_a_fork() -> None:
    assert plan.stand(hello(), welcome(last=9, chain="other"), chain) == plan.Fork()


def test_a_home_from_an_older_backup_makes_a_fork() -> None:
    assert plan.stand(hello(), welcome(last=11, chain="c11"), chain) == plan.Fork()


@given(st.integers(0, 60), st.integers(0, 60))
def test_the_common_seq_is_the_last_at_which_both_agree(common: int, more: int) -> None:
    theirs: Callable[[int], str | None] = lambda seq: chain(seq) if seq <= common else "other"  # noqa: E731
    assert plan.common_seq(common + more, chain, theirs) == common


def test_a_link_the_centre_does_not_have_is_not_common() -> None:
    assert plan.common_seq(9, chain, lambda seq: chain(seq) if seq <= 4 else None) == 4


def test_another_epoch_or_an_unknown_cursor_asks_for_a_comparison() -> None:
    assert not plan.needs_comparison(hello(), welcome(last=8))
    assert plan.needs_comparison(hello(), welcome(last=8, epoch="f"))
    assert plan.needs_comparison(hello(), welcome(last=8, knows=False))


def test_a_device_before_its_first_sync_has_nothing_to_compare() -> None:
    assert not plan.needs_comparison(hello(epoch=None), welcome(last=8, knows=False))


def test_tables_differ_by_count_or_sum_or_when_one_side_lacks_them() -> None:
    ours = (TableDigest("a", 1, 5), TableDigest("b", 1, 5), TableDigest("c", 2, 5))
    theirs = (
        TableDigest("a", 1, 5),
        TableDigest("b", 1, 6),
        TableDigest("c", 1, 5),
        TableDigest("d", 0, 0),
    )
    assert plan.differing(ours, theirs) == ("b", "c", "d")
