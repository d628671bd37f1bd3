"""Python looks for garbage again when the last that wanted no look is done, and not before."""

from __future__ import annotations

import gc
import threading

import pytest

from sfa.store.garbage import no_looks


def test_no_look_while_anybody_wants_none() -> None:
    assert gc.isenabled()
    with no_looks():
        with no_looks():
            assert not gc.isenabled()
        assert not gc.isenabled()
    assert gc.isenabled()


def test_threads_do_not_take_it_up_for_each_other() -> None:
    begun, go_on = threading.Event(), threading.Event()

    def elsewhere() -> None:
        with no_looks():
            begun.set()
            go_on.wait(10)

    thread = threading.Thread(target=elsewhere)
    thread.start()
    assert begun.wait(10)
    with no_looks():
        pass
    assert not gc.isenabled()
    go_on.set()
    thread.join(10)
    assert gc.isenabled()


def test_what_goes_wrong_takes_it_up_again_and_who_had_none_keeps_none() -> None:
    with pytest.raises(KeyError), no_looks():
        raise KeyError
    assert gc.isenabled()
    gc.disable()
    try:
        with no_looks():
            pass
        assert not gc.isenabled()
    finally:
        gc.enable()
