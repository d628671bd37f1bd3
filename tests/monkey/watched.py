"""The app as ``python -m sfa`` runs it, which tells what it is at when it is asked, even while it hangs.

``python watched.py FILE``: asked with ``ASKED`` it writes to the file what its threads and tasks do, which
screens there are and what waits for them. A thread of its own answers: the app's may have no turn any more.
"""

from __future__ import annotations

import asyncio
import runpy
import signal
import sys
import threading
import time
import traceback
from collections import Counter
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from types import FrameType

    from textual.screen import Screen

    from sfa.screens.app import SfaApp

ASKED = signal.SIGUSR1
END = "(that is all)\n"
_LOOKED_AT_S = 0.5
_DEEPEST = 40  # frames


def main() -> None:
    """Run the app, and somebody who answers beside it."""
    told = Path(sys.argv[1])
    del sys.argv[1:], sys.path[0]  # the latter is the folder of this file
    signal.pthread_sigmask(signal.SIG_BLOCK, {ASKED})  # in every thread: it waits for the one that answers
    threading.Thread(target=_answer, args=(told,), name="watched", daemon=True).start()
    runpy.run_module("sfa", run_name="__main__", alter_sys=True)


def _answer(told: Path) -> None:
    while True:
        signal.sigwait({ASKED})
        with told.open("w", encoding="utf-8") as file:
            for tell in (_main_thread, _screens, _tasks, _other_threads):
                file.writelines(f"{line}\n" for line in _safely(tell))
            file.write(END)


def _safely(tell: Callable[[], Iterator[str]]) -> Iterator[str]:
    try:
        yield from tell()
    except Exception:  # noqa: BLE001  the app goes on meanwhile, and may be half made
        yield traceback.format_exc()


def _main_thread() -> Iterator[str]:
    began = time.process_time()
    time.sleep(_LOOKED_AT_S)
    yield f"The main thread; the process used {time.process_time() - began:.2f} s of {_LOOKED_AT_S} s:"
    yield from (f"  {place}" for place in _frames(sys._current_frames()[_main_id()]))


def _main_id() -> int:
    found = threading.main_thread().ident
    assert found is not None
    return found


def _frames(frame: FrameType | None) -> Iterator[str]:
    for each, line in list(traceback.walk_stack(frame))[:_DEEPEST]:
        yield _place(each, line)


def _place(frame: FrameType, line: int) -> str:
    return f"{'/'.join(Path(frame.f_code.co_filename).parts[-2:])}:{line} {frame.f_code.co_name}"


def _apps() -> list[SfaApp]:
    """Return the app from where it was started: what is frozen is not among the objects that one can list."""
    from sfa.screens.app import SfaApp

    frames = traceback.walk_stack(sys._current_frames()[_main_id()])
    found = [each for frame, _ in frames for each in frame.f_locals.values()]
    return list({id(each): each for each in found if isinstance(each, SfaApp)}.values())


def _screens() -> Iterator[str]:
    for app in _apps():
        yield (
            f"The app: {app._current_mode} in front, {app._batch_count} pauses in drawing, "
            f"{app.size} taken, {app._resize_event} to take, {len(app._type_ahead._held)} keys held, "
            f"{_waiting(app)}"
        )
        for mode, stack in app._screen_stacks.items():
            yield f"  {mode}: {stack}"
        for screen in app.screen_stack:
            yield f"  {screen}: {_state(screen)}"


def _state(screen: Screen[Any]) -> str:
    marks = ("_running", "_closing", "_closed", "is_attached", "is_current", "_layout_required")
    more = ("_scroll_required", "_repaint_required", "_recompose_required")
    true = [name.strip("_") for name in (*marks, *more) if getattr(screen, name)]
    return (
        f"{', '.join(true)}; {screen._size}; {len(screen._dirty_widgets)} dirty, "
        f"{len(screen._callbacks)} callbacks, focus {screen.focused}, {_waiting(screen)}"
    )


def _waiting(pump: Any) -> str:
    counted = Counter(type(each).__name__ for each in list(pump._message_queue.values))
    return f"waiting for it: {dict(counted) or 'nothing'}"


def _tasks() -> Iterator[str]:
    """Tell of the tasks that wait for something else than for their next message."""
    idle = 0
    for app in _apps():
        for task in asyncio.all_tasks(app._loop):
            places = list(_awaited(task.get_coro()))
            if any("textual/_queue.py" in place for place in places):
                idle += 1
            else:
                yield f"Task {task.get_name()}: {' > '.join(places)}"
    yield f"{idle} tasks wait for a message."


def _awaited(waits: Any) -> Iterator[str]:
    for _ in range(_DEEPEST):
        frame = getattr(waits, "cr_frame", None) or getattr(waits, "gi_frame", None)
        if frame is None:
            break
        yield _place(frame, frame.f_lineno)
        waits = getattr(waits, "cr_await", None) or getattr(waits, "gi_yieldfrom", None)
    if waits is not None:
        yield repr(waits)


def _other_threads() -> Iterator[str]:
    names = {each.ident: each.name for each in threading.enumerate()}
    for ident, frame in sys._current_frames().items():
        if ident not in {_main_id(), threading.get_ident()}:
            yield f"Thread {names.get(ident)}: {' < '.join(_frames(frame))}"


if __name__ == "__main__":
    main()
